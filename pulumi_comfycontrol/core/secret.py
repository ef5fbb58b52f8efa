"""Redaction of the token and of header values in texts."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_TOKEN = re.compile(r"cfc_[A-Za-z0-9_]+")
_MASK = "[secret]"
#: Shortest word of a secret that is redacted by itself: an answer may quote "Bearer abc123" as
#: "abc123", while "Bearer" reveals nothing.
_LONG_WORD = 7
#: Secrets shorter than this are redacted only as whole words.
_SHORT = 4


_hidden: ContextVar[frozenset[str]] = ContextVar("hidden", default=frozenset())


@contextmanager
def hiding(secrets: Iterable[str]) -> Iterator[None]:
    """Let :func:`redact` replace ``secrets`` in all texts that the block makes in this thread.

    The answer to any request of an operation may quote a value that another one has sent.
    """
    token = _hidden.set(_hidden.get().union(secrets))
    try:
        yield
    finally:
        _hidden.reset(token)


def redact(text: str, secrets: Collection[str] = ()) -> str:
    """Replace every API token in ``text``, and each of ``secrets`` whole or in its long words."""
    secrets = {*secrets, *_hidden.get()}
    words = {word for secret in secrets for word in secret.split() if len(word) >= _LONG_WORD}
    # The longest first: a value may be a part of another one.
    for secret in sorted({*filter(None, secrets), *words}, key=len, reverse=True):
        text = _without(text, secret)
    return _TOKEN.sub(_MASK, text)


def _without(text: str, secret: str) -> str:
    if len(secret) < _SHORT:
        return re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", lambda _: _MASK, text)
    return text.replace(secret, _MASK)


class Secret:
    """A string that only :meth:`reveal` returns, and that can't be pickled."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> str:
        msg = "a secret can't be pickled"
        raise TypeError(msg)
