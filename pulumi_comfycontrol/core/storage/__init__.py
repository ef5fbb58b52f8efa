"""Folders and databases that outlive a process."""
