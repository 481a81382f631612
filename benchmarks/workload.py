"""The workload: what every contestant asks, and of whom."""

from __future__ import annotations

from typing import Final, NamedTuple

__all__ = [
    "ACCOUNT",
    "BODY",
    "REQUEST_TYPE",
    "RESPONSE_BODY",
    "SUBSCRIPTION",
    "TOKEN",
    "USER",
    "Target",
    "check_answer",
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


class Target(NamedTuple):
    """Where the server listens."""

    port: int

    @property
    def url(self) -> str:
        """The brand socket's address."""
        return f"{self.origin}/ws_api/account/{ACCOUNT}/messaging/brand/{TOKEN}?v=2.1"

    @property
    def origin(self) -> str:
        """Scheme, host and port alone."""
        return f"ws://127.0.0.1:{self.port}"


def check_answer(body: object) -> None:
    """Hold a contestant to the right answer; called once a run, not in its loop.

    Raises:
        ValueError: it is not what the server answers.
    """
    if body != RESPONSE_BODY:
        raise ValueError(f"the answer was {body!r}, not {RESPONSE_BODY!r}")
