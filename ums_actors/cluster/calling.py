"""A call of an agent's method, and what came of it, as they travel."""

from __future__ import annotations

import pickle
from typing import Any, Final, TypeAlias

import msgspec

from ums_actors.arguments import shown
from ums_actors.errors import LocalProtocolError, NotSupported
from ums_actors.runtime import LoopActor

__all__ = [
    "Call",
    "Done",
    "Elsewhere",
    "Raised",
    "Reply",
    "check_method",
    "check_name",
    "packed_arguments",
    "packed_reply",
    "unpacked",
]

_OWN: Final = {
    "child": "it gives an actor, which cannot travel",
    "close": "the cluster opens and closes its agents",
    "events": "give the cluster a handler, which is called where the agent is",
    "forget": "a call of the cluster is forgotten at its deadline",
    "get_download_token": "secrets do not leave the process that needs them",
    "get_token": "secrets do not leave the process that needs them",
    "open": "the cluster opens and closes its agents",
    "subscribe": "give the cluster a handler, which is called where the agent is",
    "subscribe_notifications": (
        "give the cluster a handler, which is called where the agent is"
    ),
    "unsubscribe": "give the cluster a handler, which is called where the agent is",
}
"""Public methods of connections that are not to be called from elsewhere, and why."""


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A method of an agent, to be called in the process that has it.

    Attributes:
        patience: seconds that whoever calls waits for the answer.
        payload: its arguments, pickled.
    """

    account_id: str
    user: str
    method: str
    patience: float
    payload: bytes

    def arguments(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Give them again, by position and by name."""
        given: tuple[tuple[Any, ...], dict[str, Any]] = pickle.loads(self.payload)  # noqa: S301
        return given


class Done(msgspec.Struct, frozen=True):
    """It gave this."""

    value: Any


class Raised(msgspec.Struct, frozen=True):
    """It raised this; if an error of ours, with its verdict of delivery."""

    error: BaseException


class Elsewhere(msgspec.Struct, frozen=True):
    """Nothing was done: the agent is not here, or not yet; ``why`` in a few words."""

    why: str


Reply: TypeAlias = Done | Raised | Elsewhere


def check_name(name: str) -> None:
    """Check that a method may be called from elsewhere, as far as its name tells.

    Raises:
        NotSupported: it may not be.
    """
    if name in _OWN:
        why = _OWN[name]
        raise NotSupported(f"{name}() cannot be called by way of a cluster: {why}")
    if name.startswith("_") or hasattr(LoopActor, name):
        raise NotSupported(
            f"{shown(name)} is no method for users: call one of the connection's"
        )


def check_method(kind: type, name: str) -> None:
    """Check that connections of a class have such a method for others.

    Raises:
        NotSupported: they have not.
    """
    check_name(name)
    if not callable(getattr(kind, name, None)):
        raise NotSupported(f"a {kind.__name__} has no method {shown(name)}")


def packed_arguments(
    method: str, arguments: tuple[Any, ...], keywords: dict[str, Any]
) -> bytes:
    """Give the payload of a call.

    Raises:
        LocalProtocolError: an argument cannot be pickled.
    """
    try:
        return pickle.dumps((arguments, keywords))
    except Exception as error:  # noqa: BLE001  (whatever a user's class may raise)
        raise LocalProtocolError(
            f"the arguments of {method}() cannot travel to another process: {error}; "
            "give plain values, requests of ums_actors.requests or Structs"
        ) from None


def packed_reply(reply: Reply, method: str) -> bytes:
    """Give the bytes that travel, of a word of explanation if it cannot itself."""
    try:
        packed = pickle.dumps(reply)
        if isinstance(reply, Raised):  # many an error's own constructor refuses it
            pickle.loads(packed)  # noqa: S301
    except Exception:  # noqa: BLE001  (whatever pickling a user's class may raise)
        return pickle.dumps(Raised(_untravelled(reply, method)))
    return packed


def _untravelled(reply: Reply, method: str) -> BaseException:
    if isinstance(reply, Raised):
        return RuntimeError(
            f"{method}() raised {type(reply.error).__name__}, which cannot travel: "
            f"{shown(str(reply.error), 200)}"
        )
    value = reply.value if isinstance(reply, Done) else reply
    return NotSupported(
        f"{method}() was carried out, but what it gave, a {type(value).__name__}, "
        "cannot travel to another process: call something that gives plain values"
    )


def unpacked(packed: bytes) -> Reply:
    """Give the reply again; it comes from a process of the cluster."""
    reply: Reply = pickle.loads(packed)  # noqa: S301
    return reply
