"""Who hears the events of a connection on its loop's thread, for those above it."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ums_actors.actors.events import Event

__all__ = ["Ear"]


class Ear(abc.ABC):
    """A target of the library's own; unlike an inbox it stays when all is at rest.

    Its methods are called on the loop's thread, so they must neither block nor raise.
    """

    __slots__ = ()

    @abc.abstractmethod
    def push(self, event: Event) -> bool:
        """Take an event; tell whether none of this connection's was lost for it."""

    @abc.abstractmethod
    def __len__(self) -> int:
        """Count the events that wait."""

    @abc.abstractmethod
    def waiting(self) -> list[Event]:
        """Give the events that wait or are being handled; a copy."""

    @abc.abstractmethod
    def token_refused(self) -> None:
        """Take note that the service has refused the token that was held."""

    @abc.abstractmethod
    def close(self) -> None:
        """Let no more come: the connection has stopped for good."""
