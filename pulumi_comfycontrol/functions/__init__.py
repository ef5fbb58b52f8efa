"""Functions that look up existing objects without managing them; one file a kind.

Each has a form for plain values, which returns its result at once, and one whose name ends in
``_output``, which takes outputs too and returns an output. Both also run in preview, with the
same token, retries and quota as the resources. Every function raises :class:`pulumi.RunError`,
which the CLI shows as one message.

``invoke.py`` runs them; the lookups are those of :mod:`pulumi_comfycontrol.core.lookups`.
"""
