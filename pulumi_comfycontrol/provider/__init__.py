"""Pulumi's dynamic provider protocol, translated to the core.

The paths of the classes :class:`~.runner.RunnerProvider` and ``TemplateProvider`` are written
into every user's state, so these two modules and names never move.
"""
