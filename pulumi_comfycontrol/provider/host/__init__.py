"""Everything that leans on inner parts of Pulumi's Python host."""
