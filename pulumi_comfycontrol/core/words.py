"""Parts of advice that depend on the front-end.

The front-end hands its :class:`Words` to ``load_settings``; from there they travel as
``Settings.words`` and ``Client.words``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """Clauses of an error's ``advice``, each without a full stop; see ``core.errors``."""

    #: Advice when only another attempt is needed.
    again: str = "try again"
    #: The next step for an object that exists, but not yet as requested.
    finish: str = "the next update finishes it"
    #: Advice when the recorded state of an object is outdated.
    refresh: str = "read the object again, then try again"
    #: Advice after an object was removed by hand.
    forget: str = "remove the object from the records"
    #: Advice on adopting an existing object.
    adopt: str = "take it over by its id"
    #: The same for the object ``{id}``, as exact as possible.
    adopt_id: str = "take it over by its id {id}"
    #: Addition to the message that an interrupted create was finished; "" for none.
    pending: str = ""
    #: Advice on sharing the journal between machines.
    share: str = "set if_exists to 'adopt'"
    #: Advice for the id of an object that can't be adopted.
    correct_id: str = "correct the id"
    #: Advice on letting an adoption change the object.
    adopt_update: str = "allow the take-over to change the object"
    #: The place of settings outside the environment.
    config: str = "configuration"
    #: Advice on configuring a token.
    give_token: str = "set the environment variable COMFYCONTROL_API_TOKEN"  # noqa: S105
    #: Addition about a missing token, or a rejected one from the configuration; "" for none.
    config_token: str = ""
    #: The same for a token of an explicit provider.
    account_token: str = ""


#: The words for a program that calls the core directly.
NEUTRAL = Words()
