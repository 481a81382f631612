"""What every contestant asks, and of whom."""

from __future__ import annotations

import resource
import ssl
from functools import lru_cache
from typing import Any, Final, NamedTuple

__all__ = [
    "ACCOUNT",
    "BODY",
    "CLOCK",
    "CUT",
    "FLOOD",
    "NOTIFICATION_TYPE",
    "REQUEST_TYPE",
    "RESPONSE_BODY",
    "SUBSCRIPTION",
    "TOKEN",
    "USER",
    "Target",
    "check_answer",
    "raise_limits",
]

ACCOUNT: Final = "acc"
USER: Final = "1"
TOKEN: Final = "token"
SUBSCRIPTION: Final = "s1"
"""The id of every subscription that the server makes."""

REQUEST_TYPE: Final = ".ams.ms.PublishEvent"
BODY: Final = {
    "conversationId": "0c8b2a57-9c3a-4b7e-8f5b-4b1c9e7d2a60",
    "dialogId": "0c8b2a57-9c3a-4b7e-8f5b-4b1c9e7d2a60",
    "event": {
        "type": "ContentEvent",
        "contentType": "text/plain",
        "message": "hello there",
    },
}
RESPONSE_BODY: Final = {"sequence": 1}

FLOOD: Final = ".bench.Flood"
"""Asks for ``frames`` notifications of ``size`` bytes; answered behind the last one."""
CUT: Final = ".bench.Cut"
"""Has this line (``all``: every line) ended by the server, with no answer.

``code`` is that of the close frame; 0 ends the stream without one.
"""
CLOCK: Final = ".bench.Clock"
"""Asks when the server last cut: monotonic seconds, in ``cut``."""
NOTIFICATION_TYPE: Final = ".bench.Notification"
"""Unknown to all clients: none does more for it than to read it."""


class Target(NamedTuple):
    """Where the server listens; ``ca`` vouches for it, None: it speaks no TLS."""

    port: int
    ca: str | None = None

    @property
    def url(self) -> str:
        """The brand socket's address."""
        return f"{self.origin}/ws_api/account/{ACCOUNT}/messaging/brand/{TOKEN}?v=2.1"

    @property
    def origin(self) -> str:
        """Scheme, host and port alone."""
        return f"{'ws' if self.ca is None else 'wss'}://127.0.0.1:{self.port}"

    @property
    def tls(self) -> ssl.SSLContext | None:
        """The context that trusts the server: one for all its lines."""
        return None if self.ca is None else _trusting(self.ca)


@lru_cache(maxsize=1)
def _trusting(ca: str) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=ca)


def check_answer(body: Any) -> None:
    """Hold a contestant to the right answer; called once a run, not in its loop.

    Raises:
        ValueError: it is not what the server answers.
    """
    if body != RESPONSE_BODY:
        raise ValueError(f"the answer was {body!r}, not {RESPONSE_BODY!r}")


def raise_limits() -> None:
    """Let this process have as many descriptors as it may."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
