"""Notifications on their way to subscribers: read, put in order, handed out.

What fails in one frame is reported and concerns that frame alone: a crash here
would come again with the same snapshot after each restart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ums_actors.actors.agents import AGENT_STATE_TYPES
from ums_actors.actors.asking import AskedDialogs
from ums_actors.actors.following import FollowedDialogs
from ums_actors.actors.rings import ROUTING_TYPES
from ums_actors.actors.showing import Showing
from ums_actors.actors.traffic_events import NotificationReceived
from ums_actors.actors.trouble import report
from ums_actors.actors.unasked import UnaskedDialogs
from ums_actors.protocol import brand
from ums_actors.protocol.envelopes import Notification, decode_body
from ums_actors.protocol.names import spellings

if TYPE_CHECKING:
    from ums_actors.actors.dialogs import Dialogs, Query
    from ums_actors.actors.kernel import Kernel
    from ums_actors.runtime.timers import CallLater

__all__ = ["Feed"]

_CONVERSATIONS = spellings(brand.CONVERSATION_NOTIFICATION)
_MESSAGES = spellings(brand.MESSAGE_NOTIFICATION)


class Feed(Showing):
    """Turns notification frames into events; loop thread only."""

    __slots__ = ("_dialogs",)

    def __init__(self, kernel: Kernel, query: Query, call_later: CallLater) -> None:
        super().__init__(kernel, query, call_later)
        self._dialogs: Dialogs | None = None  # until there is something to follow

    def stop(self) -> None:
        """Leave no timer behind."""
        if self._dialogs is not None:
            self._dialogs.stop()
        self.line_lost()

    def take(self, frame: Notification) -> None:
        """Handle one notification; never raises.

        Call :meth:`catch_up` after the last of those that came together.
        """
        try:
            self._hand_on(frame, by_webhook=False)
        except Exception as error:  # noqa: BLE001  (isolation is the point)
            self._kernel.counters.failed_notifications += 1
            report(
                self._kernel,
                "notification.failed",
                error,
                notification_type=frame.type,
            )
        if self._dialogs is not None:
            self._dialogs.spill()

    def take_webhook(self, frame: Notification) -> None:
        """Handle a notification that came by a webhook; :meth:`catch_up` after it.

        Raises:
            RemoteProtocolError: it is none that can be read.
        """
        self._hand_on(frame, by_webhook=True)

    def catch_up(self) -> None:
        """Ask for messages that are missing, a few dialogs at a time."""
        if self._kernel.made("intake"):
            self._kernel.intake.settle()
        if self._dialogs is not None or self._kernel.made("streams"):
            self._followed().catch_up()
        if self._kernel.made("conversations"):
            self._kernel.conversations.settle()

    def _hand_on(self, frame: Notification, *, by_webhook: bool) -> None:
        kind = frame.type
        if self._subscribers.wants_notification(kind):
            self._subscribers.publish(
                NotificationReceived(type=kind, body=decode_body(frame.body))
            )
        if kind in _CONVERSATIONS:
            take = self._told_conversations if by_webhook else self._conversations
            take(frame)
        elif kind in _MESSAGES:
            taker = self._kernel.intake if by_webhook else self._followed()
            taker.take(frame)
        elif kind in ROUTING_TYPES:
            self._kernel.rings.take(frame)
        elif kind in AGENT_STATE_TYPES:
            self._kernel.agents.take(frame)

    def _followed(self) -> Dialogs:
        """Give the dialogs, made when they are first needed."""
        dialogs = self._dialogs
        if dialogs is None:
            dialogs = _kind_of(self._kernel)(
                self._kernel, self._query, self._call_later
            )
            self._dialogs = dialogs
        return dialogs


def _kind_of(kernel: Kernel) -> type[Dialogs]:
    if not kernel.asks:
        return UnaskedDialogs
    return FollowedDialogs if kernel.follows else AskedDialogs
