"""One connected socket as the service sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ums_actors.emulator.sides.subscriptions import Subscriptions

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.emulator.world.users import User

__all__ = ["Client"]


class Client:
    """Who is at the other end of a socket.

    Args:
        user: the brand user who is logged in; None for a consumer.
        identity: how requests and events name them: ``account.user``, or the
            consumer's id; empty until a consumer has said who they are.
        notify: has a notification written; the flag makes it wait for the response to
            the request in hand, however late that is.

    Attributes:
        name: in the log and for scripts: the login name, or the consumer's id.
        generation: which of their sockets it is since the start, from 1 on; 0 until it
            is known whose.
        dialogs: those whose events a consumer has subscribed to; brand users need none.
    """

    def __init__(
        self, user: User | None, identity: str, notify: Callable[[str, bool], None]
    ) -> None:
        self.user = user
        self.identity = identity
        self.notify = notify
        self.generation = 0
        self.subscriptions: Subscriptions = Subscriptions()
        self.dialogs: set[str] = set()

    @property
    def name(self) -> str:
        """Login name or consumer id."""
        return self.identity if self.user is None else self.user.name

    @property
    def is_known(self) -> bool:
        """Whether it is known who is there."""
        return bool(self.identity)

    @property
    def is_brand(self) -> bool:
        """Whether it is an agent or bot, and not a consumer."""
        return self.user is not None
