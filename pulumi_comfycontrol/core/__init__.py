"""Core: ComfyControl's kinds of objects and the operations on them, independent of Pulumi."""
