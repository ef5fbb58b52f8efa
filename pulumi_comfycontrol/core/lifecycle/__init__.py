"""Creation, adoption, reading, updates and deletion of objects."""
