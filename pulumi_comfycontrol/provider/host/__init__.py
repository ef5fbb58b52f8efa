"""The only access to inner parts of Pulumi's Python host, the process that calls our methods.

The host passes neither the request nor its context to a provider method, and has no way to report
an object as partly initialized. The inner parts in use are listed here; the tests in
``tests/provider`` run it on a real host of the SDK's oldest and newest supported version.

===================== ==================================== =====================================
function              inner part                           without it
===================== ==================================== =====================================
``current_call``      ``request`` and ``context`` in the   messages name no resource, an
                      frame of the host's RPC method       interrupted create is recognised by
                                                           its fields, no ``customTimeouts``
``raw_outputs``       the same ``request``                 SDKs before 3.250 drop the notes in
                                                           the state (``frontend/state.py``)
``fail``              ``traceback`` in the host's main     a traceback around the sentence, on
                      module (from 3.260 on)               SDKs from 3.260 on
``keep_in_state``     trailing metadata of ``context``     a warning and an ``unfinished`` note
                                                           instead of a failed resource
===================== ==================================== =====================================

Tried on SDK 3.219.0, 3.231.0 and 3.272.0.
"""

from .call import current_call, engine_address, raw_outputs
from .failure import fail, fail_as_bug, keep_in_state

__all__ = [
    "current_call",
    "engine_address",
    "fail",
    "fail_as_bug",
    "keep_in_state",
    "raw_outputs",
]
