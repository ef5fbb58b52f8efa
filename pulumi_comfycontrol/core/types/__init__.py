"""Kinds of objects: records, inputs, rules and fields, one file a kind."""
