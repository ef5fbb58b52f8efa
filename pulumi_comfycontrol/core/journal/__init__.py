"""The journal: a durable record of create attempts, so that a killed process loses none.

=================== ===========================================================================
``attempt.py``      one attempt, and the states that it passes
``attempt_rows.py`` the attempts as rows of a database
``holders.py``      the processes that hold attempts, and whether each is alive
``equal.py``        creates of equal objects, one at a time
``writes.py``       writes that must not fail: repeated once the store is back
``journal.py``      the parts together
``supervisor.py``   the program that records the ids, and whether it still runs
=================== ===========================================================================
"""
