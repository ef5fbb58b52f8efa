"""What is measured, and what is computed where measuring would take hours."""
