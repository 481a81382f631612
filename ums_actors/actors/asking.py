"""A brand's message events: they come unasked, and the missing ones are queried."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from ums_actors.actors.delivery import deliver, publish
from ums_actors.actors.dialogs import Dialogs
from ums_actors.actors.marking import show
from ums_actors.core.course import State
from ums_actors.errors import ConnectionLost, RequestRejected
from ums_actors.protocol import brand
from ums_actors.protocol.records import read_message_events

if TYPE_CHECKING:
    from ums_actors.protocol.envelopes import Notification
    from ums_actors.protocol.records import ConversationResult, MessageEvent
    from ums_actors.runtime import LoopFuture

__all__ = ["AskedDialogs"]


class AskedDialogs(Dialogs):
    """The dialogs of an agent; loop thread only."""

    def sight(
        self,
        result: ConversationResult,
        *,
        baseline: bool,
        first: bool,
        fresh: bool = False,
    ) -> None:
        """Compare what a conversation says of its messages with what was heard."""
        del first
        kernel = self._kernel
        last, details = result.last_content_event, result.conversation_details
        mine = _takes_part(kernel.own_id, result)
        if mine:
            kernel.rings.arrived(result)
        for dialog in details.dialogs:
            if not dialog.keeps_messages:
                continue  # to ask for them is refused
            dialog_id = dialog.dialog_id or result.conv_id
            is_last = (
                last is not None and (last.dialog_id or result.conv_id) == dialog_id
            )
            kernel.streams.snapshot(
                dialog_id,
                last.sequence if is_last and last is not None else None,
                dialog.meta_data_last_update_ts
                or details.meta_data_last_update_ts
                or 0,
                baseline=baseline,
                participating=mine,
                unread=frozenset(result.unread.items()) if result.unread else None,
                fresh=fresh and is_last,
            )

    def leave(self, result: ConversationResult) -> None:
        """Do nothing: messages come for as long as the user takes part."""

    def take(self, frame: Notification) -> None:
        """Take a message notification."""
        streams = self._kernel.streams
        events = read_message_events(frame.body)
        show(self._kernel, events)
        for event in events:
            if event.sequence is None or not self._may_be_asked_for(event):
                publish(self._kernel, event)
                continue
            ready = streams.live(event.dialog_id, event.sequence, event)
            deliver(self._kernel, ready)

    def _may_be_asked_for(self, event: MessageEvent) -> bool:
        """Tell whether what is missing before an event could be had."""
        dialog_id = event.dialog_id
        if dialog_id == event.conversation_id or not dialog_id:
            return bool(dialog_id)
        card = self._kernel.conversations.find(event.conversation_id, dialog_id)
        facts = None if card is None else card.facts.dialog(dialog_id)
        return facts is None or not facts.cobrowse

    def _ask(self) -> None:
        kernel = self._kernel
        if kernel.websocket is None:
            return  # asked again when there is a line
        if kernel.session.state is State.READY and kernel.all_shown():
            kernel.streams.snapshots_over()
        for wanted in kernel.streams.queries():
            call = brand.query_messages(wanted.dialog_id, wanted.newer_than)
            answer = self._query(call.type, call.body)
            answer.add_done_callback(partial(self._caught_up, wanted.dialog_id))

    def _caught_up(self, dialog_id: str, answer: LoopFuture[Any]) -> None:
        streams = self._kernel.streams
        error = answer.exception()
        try:
            if isinstance(error, ConnectionLost):
                return  # losing the line has put it back
            if error is not None:
                self._report("catch_up.failed", error, dialog_id=dialog_id)
                self._kernel.catch_ups.fail(dialog_id, error)
                if isinstance(error, RequestRejected) and error.may_pass:
                    self._fail_later(dialog_id, error)
                    return
                ready = streams.query_failed(dialog_id, error)
            else:
                events = [
                    event
                    if event.dialog_id
                    else msgspec.structs.replace(event, dialog_id=dialog_id)
                    for event in read_message_events(answer.get(timeout=0))
                ]
                show(self._kernel, events, asked=True)
                ready = streams.caught_up(
                    dialog_id,
                    [(e.sequence, e) for e in events if e.sequence is not None],
                )
        except Exception as failure:  # noqa: BLE001  (isolation is the point)
            self._kernel.counters.failed_notifications += 1
            self._report("catch_up.failed", failure, dialog_id=dialog_id)
            ready = streams.query_failed(dialog_id, failure)
        self._hand_out(ready)


def _takes_part(own_id: str | None, result: ConversationResult) -> bool:
    """Tell whether our user is a participant, and so is sent the messages."""
    if own_id is None:
        return False
    details = result.conversation_details
    if any(member == own_id for _, member in details.members()):
        return True
    found = (dialog.participant(own_id) for dialog in details.dialogs)
    return any(who is not None and who.state == "ACTIVE" for who in found)
