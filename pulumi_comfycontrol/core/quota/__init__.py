"""The API's quota, shared by all threads and processes of a host, or of all hosts with a store.

=============== ===================================================================
``window.py``   when a request may leave: arithmetic, without storage or waiting
``line.py``     the line of waiting requests, and those that hold a slot, as rows
``permit.py``   a request's permission to leave
``quota.py``    waiting for one's turn in a line
``host.py``     the line of this host, in a SQLite file
``shared.py``   the line of all hosts, in a store; this host's while the store is away
=============== ===================================================================
"""
