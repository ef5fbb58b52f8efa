"""Folders and databases that outlive a process.

``database.py`` says what the journal and the quota ask of a database; ``sqlite.py`` is the one of
this machine, ``postgres.py`` the one that machines share.
"""
