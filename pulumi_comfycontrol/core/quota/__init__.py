"""The API's quota, shared by all threads and processes of a host, or of all hosts with a store.

=============== ===================================================================
``window.py``   the time at which a request may be sent: arithmetic, without storage or waiting
``line.py``     the queue of waiting requests, and those that hold a slot, as rows
``permit.py``   the permission to send a request
``quota.py``    waiting for a permit
``host.py``     the line of this host, in a SQLite file
``shared.py``   the line of all hosts, in a store; this host's while the store is unreachable
=============== ===================================================================
"""
