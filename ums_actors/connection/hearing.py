"""Who hears what a connection tells."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Any, TypeVar

from ums_actors.actors.events import Event
from ums_actors.actors.inbox import EventInbox
from ums_actors.actors.traffic_events import NotificationReceived
from ums_actors.connection.listening import LIMIT, EventsShortcut, listen
from ums_actors.connection.root import Root
from ums_actors.runtime.proxy import shortcut

if TYPE_CHECKING:
    from ums_actors.actors.iterator import EventIterator
    from ums_actors.actors.selection import Where
    from ums_actors.actors.subscribers import Target

__all__ = ["Hearing"]

E = TypeVar("E", bound=Event)


class Hearing(Root, abc.ABC):
    """Subscribing to events: by a callback, an actor, a queue, an iterator."""

    def subscribe(
        self,
        target: Target,
        *kinds: type[Event],
        where: Where | None = None,
        conversation_id: str | None = None,
        dialog_id: str | None = None,
    ) -> str:
        """Hear events: of these classes, or all; gives a handle.

        What a callable raises is told as :class:`~ums_actors.ErrorOccurred`.

        Args:
            target: a callable (called in order, on a worker thread), a
                :class:`pykka.ActorRef` (told), or a :class:`queue.Queue`. A slow one
                loses its oldest events, which is counted.
            kinds: event classes such as ``ums_actors.MessageReceived``. ``RequestSent``
                and all others that are a ``Tap`` must be named to be heard.
            where: tells of an event whether it is wanted; called on the loop thread, so
                it must not block.
            conversation_id: hear of this conversation alone.
            dialog_id: hear of this dialog alone.
        """
        return self._hear(
            target,
            kinds,
            where=where,
            conversation_id=conversation_id,
            dialog_id=dialog_id,
        )

    def subscribe_notifications(
        self, target: Target, *types: str, where: Where | None = None
    ) -> str:
        """Hear notifications as they come, of these types alone; gives a handle.

        Args:
            target: as for :meth:`subscribe`; it gets ``NotificationReceived``.
            types: names of either dialect, also unknown ones; none means all.
            where: as for :meth:`subscribe`.
        """
        return self._hear(
            target, (NotificationReceived,), types=types or None, where=where
        )

    @shortcut(EventsShortcut)
    def events(
        self,
        *kinds: type[E],
        where: Where | None = None,
        conversation_id: str | None = None,
        dialog_id: str | None = None,
        limit: int = LIMIT,
        timeout: float | None = None,
        strict: bool = False,
    ) -> EventIterator[E]:
        """Iterate over events, by ``for`` or ``async for``; subscribed from now on.

        Called through a proxy it gives the iterator at once, not a future.

        Args:
            kinds: event classes, or all.
            where: as for :meth:`subscribe`, as the next two.
            conversation_id: hear of this conversation alone.
            dialog_id: hear of this dialog alone.
            limit: events that may wait; the oldest are dropped beyond.
            timeout: seconds without an event after which ``for`` ends.
            strict: raise ConnectionLost also when the connection is closed in order.
        """
        return listen(
            self.actor_ref,
            kinds,
            where=where,
            conversation_id=conversation_id,
            dialog_id=dialog_id,
            limit=limit,
            timeout=timeout,
            strict=strict,
        )

    def _hear(self, target: Target, kinds: Any, **narrower: Any) -> str:
        kernel = self._kernel
        handle = kernel.subscribers.add(target, kinds, **narrower)
        if isinstance(target, EventInbox) and kernel.has_ended():
            kernel.subscribers.rest(None)  # nothing would ever come
        return handle

    def unsubscribe(self, handle: str) -> bool:
        """Hear no more; tell whether the handle was known."""
        return isinstance(handle, str) and self._kernel.subscribers.remove(handle)
