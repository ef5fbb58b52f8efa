"""The resources on the native plugin: the same arguments and outputs as the dynamic classes.

A program moves over by importing from here; docs/native.md describes what happens to the stack.
"""

from .provider import Provider
from .resources import Runner, Template

__all__ = ["Provider", "Runner", "Template"]
