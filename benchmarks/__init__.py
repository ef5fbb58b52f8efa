"""Benchmarks, and simulations where measuring would take hours."""
