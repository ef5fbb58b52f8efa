"""The record of creates, so that a killed process loses none.

=================== ===========================================================================
``attempt.py``      one create, and the states that it passes
``attempt_rows.py`` the attempts as rows of a database
``holders.py``      which processes still live
``equal.py``        creates of equal objects, one at a time
``writes.py``       writes that must not fail: made up for when the store is back
``journal.py``      the parts together
``supervisor.py``   the program that this process works for
=================== ===========================================================================
"""
