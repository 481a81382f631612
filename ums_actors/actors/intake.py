"""What webhooks tell, made to fit in between what a websocket tells.

It goes through the same streams and the same book, so that what comes both ways, twice,
or before its turn is told once and in order. Two things differ. It comes of all
conversations, whether the user takes part or not, so that it proves nothing about what
the line will bring; and its first event of a dialog says nothing of where that begins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from ums_actors.actors.delivery import deliver, publish
from ums_actors.actors.marking import show
from ums_actors.actors.messages import CatchUp
from ums_actors.core.starts import Starts
from ums_actors.protocol.records import read_message_events

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ums_actors.actors.kernel import Kernel
    from ums_actors.core.starts import Start
    from ums_actors.protocol.envelopes import Notification
    from ums_actors.protocol.records import ConversationResult, MessageEvent
    from ums_actors.runtime.timers import Timer

__all__ = ["Intake"]

_EVENTS: Final = 1_000
"""Events of one dialog that may wait so; as many as its stream holds."""


class Intake:
    """The way in for webhooks; loop thread only.

    Args:
        kernel: of the connection.
    """

    __slots__ = ("_kernel", "_since", "_starts", "_timer")

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        options = kernel.options
        self._starts: Starts[MessageEvent] = Starts(
            options.out_of_order_timeout, options.dialog_limit, _EVENTS
        )
        self._since: int | None = None  # the service's time of what was told first
        self._timer: Timer | None = None

    @property
    def duplicates(self) -> int:
        """Events that came twice while they waited."""
        return self._starts.duplicates

    # -- what is told

    def take(self, frame: Notification) -> None:
        """Take a message notification.

        Raises:
            RemoteProtocolError: it holds no event.
        """
        events = [self._ours(each) for each in read_message_events(frame.body)]
        show(self._kernel, events)
        for event in events:
            self._note_time(event.server_timestamp)
            if event.sequence is None or not event.dialog_id:
                publish(self._kernel, event)
            else:
                self._number(event, event.sequence)
        self._arm()

    def sight(self, result: ConversationResult) -> None:
        """Compare what a conversation says of its messages with what was heard."""
        details, streams = result.conversation_details, self._kernel.streams
        updated = details.meta_data_last_update_ts
        self._note_time(updated)
        main = result.conversation_id
        begun = (
            {main: details.start_ts}
            if not details.dialogs
            else {
                each.dialog_id or main: each.creation_ts or details.start_ts
                for each in details.dialogs
            }
        )
        for dialog_id, created in begun.items():
            if dialog_id and self._began_since(created, updated):
                self._start_whole(dialog_id)
        last = result.last_content_event
        if last is not None and last.sequence is not None:
            streams.promise(last.dialog_id or main, last.sequence)

    # -- in its place among the others

    def _number(self, event: MessageEvent, sequence: int) -> None:
        dialog_id, streams = event.dialog_id, self._kernel.streams
        if sequence == 0 or self._kernel.options.get_all_messages:
            self._start_whole(dialog_id)
        if streams.knows(dialog_id):
            ready = streams.live(dialog_id, sequence, event, ours=False)
            deliver(self._kernel, ready)
        else:
            now = self._kernel.loop.clock.now()
            self._begin(self._starts.hold(dialog_id, sequence, event, now))

    def _start_whole(self, dialog_id: str) -> None:
        """Have a dialog begin with its first event, unless that is known otherwise."""
        self._kernel.streams.start(dialog_id, -1)
        for start in self._starts.take(dialog_id):
            self._hand_on(start)

    def _begin(self, starts: Iterable[Start[MessageEvent]]) -> None:
        for start in starts:
            self._kernel.streams.start(start.dialog_id, start.before)
            self._hand_on(start)

    def _hand_on(self, start: Start[MessageEvent]) -> None:
        for sequence, event in start.events:
            ready = self._kernel.streams.live(
                start.dialog_id, sequence, event, ours=False
            )
            deliver(self._kernel, ready)

    def _note_time(self, told: int | None) -> None:
        if self._since is None:
            self._since = told

    def _began_since(self, created: int | None, updated: int | None) -> bool:
        """Tell whether all that was said in a dialog is news; times are compared only.

        Of one that began before, nobody knows how much of it is history.
        """
        if created is None:
            return False
        return created == updated or (self._since is not None and created > self._since)

    def _ours(self, event: MessageEvent) -> MessageEvent:
        """Let an event name its user as those do that come by the connection's line."""
        kernel, told, pid = self._kernel, event.originator_id, event.originator_pid
        if kernel.follows or (pid and pid == kernel.own_id):
            named = pid or told
        else:
            named = kernel.ids.agent_of(told) or told
        if named == told:
            return event
        return msgspec.structs.replace(
            event, originator_id=named, originator_pid=pid or told
        )

    # -- its moment

    def settle(self) -> None:
        """Let those begin whose moment is over; cheap if there are none."""
        if len(self._starts):
            self._begin(self._starts.due(self._kernel.loop.clock.now()))
            self._arm()

    def finish(self) -> None:
        """Let all begin: nothing will be waited for any longer."""
        self.stop()
        self._begin(self._starts.all())

    def stop(self) -> None:
        """Leave no timer behind."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self) -> None:
        due = self._starts.next_at()
        if due is not None and self._timer is None:
            delay = max(0.0, due - self._kernel.loop.clock.now())
            self._timer = self._kernel.loop.call_later(delay, self._over)

    def _over(self) -> None:
        self._timer = None
        correlator = self._kernel.refs.get("correlator")
        if correlator is not None and correlator.is_alive():
            correlator.tell(CatchUp())
