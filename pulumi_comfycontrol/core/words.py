"""Parts of advice that depend on the front-end through which a person uses the core.

The front-end hands its :class:`Words` to ``load_settings``; from there they travel as
``Settings.words`` and ``Client.words``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """Clauses of an error's ``advice``, each without a full stop; see ``core.errors``."""

    #: What to do when nothing but another attempt is needed.
    again: str = "try again"
    #: What becomes of an object that exists, but not yet as it was asked for.
    finish: str = "the next update finishes it"
    #: What to do when the records of an object are older than the object.
    refresh: str = "read the object again, then try again"
    #: What to do after an object was removed by hand.
    forget: str = "remove the object from the records"
    #: How to take over an existing object.
    adopt: str = "take it over by its id"
    #: The same for the object ``{id}``, as exactly as possible.
    adopt_id: str = "take it over by its id {id}"
    #: What to add, without a full stop, when an interrupted create was finished; "" for nothing.
    pending: str = ""
    #: How to let runs on other machines know of each other's creates.
    share: str = "set if_exists to 'adopt'"
    #: What to do about the id of an object that can't be taken over.
    correct_id: str = "correct the id"
    #: How to let a take-over change the object.
    adopt_update: str = "allow the take-over to change the object"
    #: The place where settings are kept that are not in the environment.
    config: str = "configuration"
    #: How to configure a token.
    give_token: str = "set the environment variable COMFYCONTROL_API_TOKEN"  # noqa: S105
    #: What to add about a token from the configuration that was refused; "" for nothing.
    config_token: str = ""
    #: The same about a token of an explicit provider.
    account_token: str = ""


#: For a program that calls the core itself.
NEUTRAL = Words()
