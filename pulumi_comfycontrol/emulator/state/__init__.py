"""The emulated account, apart from HTTP."""
