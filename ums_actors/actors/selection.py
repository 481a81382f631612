"""Which events a subscriber hears: their kinds, their place, and a predicate."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from ums_actors.actors.events import Event
from ums_actors.actors.traffic_events import NotificationReceived, Tap
from ums_actors.arguments import identifier, shown
from ums_actors.errors import LocalProtocolError
from ums_actors.protocol.names import spellings

__all__ = ["Selection", "Where", "selection"]

Where = Callable[[Any], object]
"""Tells whether an event is wanted; called on the loop thread, must not block."""


class Selection(NamedTuple):
    """What one subscriber hears.

    Attributes:
        kinds: event classes; none means all but taps.
        where: a predicate of the user's.
        conversation_id: hear of this conversation alone.
        dialog_id: hear of this dialog alone.
        types: of notifications, under all their names; None means all.
    """

    kinds: tuple[type[Event], ...] = ()
    where: Where | None = None
    conversation_id: str | None = None
    dialog_id: str | None = None
    types: frozenset[str] | None = None

    @property
    def place(self) -> str | None:
        """The dialog or conversation that it is bound to, None for all."""
        return self.conversation_id if self.dialog_id is None else self.dialog_id

    @property
    def plain(self) -> bool:
        """Whether the kind alone decides."""
        return self[1:] == (None,) * 4

    def wants(self, kind: type[Event]) -> bool:
        """Tell whether events of a class may be heard."""
        if issubclass(kind, Tap):
            return any(
                issubclass(each, Tap) and issubclass(kind, each) for each in self.kinds
            )
        return not self.kinds or issubclass(kind, self.kinds)

    def takes_type(self, notification_type: str) -> bool:
        """Tell whether notifications of a type are heard."""
        return self.types is None or notification_type in self.types

    def takes(self, event: Event) -> bool:
        """Tell whether an event of a wanted class is heard; ``where`` may raise."""
        if self.types is not None and not (
            isinstance(event, NotificationReceived) and event.type in self.types
        ):
            return False
        if self.conversation_id is not None and self.conversation_id != getattr(
            event, "conversation_id", None
        ):
            return False
        if self.dialog_id is not None and self.dialog_id != getattr(
            event, "dialog_id", None
        ):
            return False
        return self.where is None or bool(self.where(event))


def selection(
    kinds: Iterable[Any],
    *,
    where: Any = None,
    conversation_id: Any = None,
    dialog_id: Any = None,
    types: Iterable[Any] | None = None,
) -> Selection:
    """Make a selection of what a user gave.

    Raises:
        LocalProtocolError: a part of it is of no use.
    """
    chosen = tuple(kinds)
    for kind in chosen:
        if not (isinstance(kind, type) and issubclass(kind, Event)):
            raise LocalProtocolError(
                f"{shown(kind)} is no event class: subscribe to classes such as "
                "ums_actors.MessageReceived, or to all with none"
            )
    if where is not None and not callable(where):
        raise LocalProtocolError(
            f"where must be a function of one event, not {type(where).__name__}"
        )
    for name, value in (("conversation_id", conversation_id), ("dialog_id", dialog_id)):
        if value is not None:
            identifier(name, value)
    return Selection(chosen, where, conversation_id, dialog_id, _types(types))


def _types(types: Iterable[Any] | None) -> frozenset[str] | None:
    """Give all names of the types, so that either dialect's will do."""
    if types is None:
        return None
    found: set[str] = set()
    for each in types:
        if not isinstance(each, str) or not each:
            raise LocalProtocolError(
                f"{shown(each)} is no notification type: give names such as "
                "'.ams.ms.OnlineEventDistribution'"
            )
        found |= spellings(each)
    return frozenset(found)
