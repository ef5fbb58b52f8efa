"""A simulation of many hosts on a virtual clock, which computes a day's work in seconds.

What decides is the package's own code: the chain that each request passes (``core/api``), reads
and deletions (``core/lifecycle``), the arithmetic of the quota (``core/quota``), and at the other
end the emulator's rate limit. What is replaced is time and threads (``virtual.py``), the network
and the account (``service.py``), and the file in which the processes of a host count
(``host.py``).
"""
