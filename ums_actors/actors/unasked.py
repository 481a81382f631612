"""Message events where nobody can be asked for the missing ones: time is given them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from ums_actors.actors.delivery import deliver
from ums_actors.actors.dialogs import Dialogs, Query
from ums_actors.errors import Delivery, RequestForgotten

if TYPE_CHECKING:
    from ums_actors.actors.kernel import Kernel
    from ums_actors.core.unasked import UnaskedStreams
    from ums_actors.protocol.envelopes import Notification
    from ums_actors.protocol.records import ConversationResult, MessageEvent
    from ums_actors.runtime.timers import CallLater

__all__ = ["UnaskedDialogs"]


class UnaskedDialogs(Dialogs):
    """The dialogs of a connection that only hears; loop thread only."""

    __slots__ = ("_streams",)

    def __init__(self, kernel: Kernel, query: Query, call_later: CallLater) -> None:
        super().__init__(kernel, query, call_later)
        self._streams = cast("UnaskedStreams[MessageEvent]", kernel.streams)
        # what a crashed predecessor waited for is waited for anew
        crashed = RequestForgotten("its timer is gone", delivery=Delivery.NOT_SENT)
        deliver(kernel, self._streams.line_lost(crashed))

    def sight(
        self,
        result: ConversationResult,
        *,
        baseline: bool,
        first: bool,
        fresh: bool = False,
    ) -> None:
        """Compare what a conversation says of its messages with what was heard."""
        del baseline, first, fresh
        self._kernel.intake.sight(result)

    def leave(self, result: ConversationResult) -> None:
        """Do nothing: webhooks go on."""

    def take(self, frame: Notification) -> None:
        """Take a message notification, whichever way it came in."""
        self._kernel.intake.take(frame)

    def _ask(self) -> None:
        patience = self._kernel.options.out_of_order_timeout
        for wanted in self._streams.queries():
            over = partial(self._over, wanted.dialog_id)
            self._wait(wanted.dialog_id, patience, over)

    def _over(self, dialog_id: str) -> None:
        self._hand_out(self._streams.waited(dialog_id))
