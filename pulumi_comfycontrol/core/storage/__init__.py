"""Folders and databases that outlive a process.

``database.py`` is the interface for the journal and the quota; ``sqlite.py`` implements it on this
machine, ``postgres.py`` for several machines.
"""
