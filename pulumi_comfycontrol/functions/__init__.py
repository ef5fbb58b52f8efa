"""Functions that look up what exists, without managing it."""
