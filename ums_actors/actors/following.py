"""A consumer's message events: each dialog is subscribed to, and so is what is missing.

See :mod:`ums_actors.core.following`, which decides.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

import msgspec

from ums_actors.actors.delivery import publish
from ums_actors.actors.dialogs import Dialogs, Query
from ums_actors.actors.marking import show
from ums_actors.core.course import State
from ums_actors.core.following import FollowedStreams, Sighting
from ums_actors.errors import ConnectionLost, RequestRejected
from ums_actors.protocol import consumer
from ums_actors.protocol.enums import DialogState
from ums_actors.protocol.lenient import read_record
from ums_actors.protocol.records import read_message_events

if TYPE_CHECKING:
    from ums_actors.actors.kernel import Kernel
    from ums_actors.protocol.envelopes import Notification
    from ums_actors.protocol.records import (
        ConversationDetails,
        ConversationResult,
        Dialog,
        MessageEvent,
    )
    from ums_actors.runtime import LoopFuture
    from ums_actors.runtime.timers import CallLater

__all__ = ["GRACE", "FollowedDialogs"]

GRACE = 2.0
"""Seconds from the answer to a subscription until its events, or their absence, must
have come; the service needs some milliseconds."""


class FollowedDialogs(Dialogs):
    """The dialogs of a consumer; loop thread only."""

    __slots__ = ("_streams",)

    def __init__(self, kernel: Kernel, query: Query, call_later: CallLater) -> None:
        super().__init__(kernel, query, call_later)
        self._streams = cast("FollowedStreams[MessageEvent]", kernel.streams)

    def sight(
        self,
        result: ConversationResult,
        *,
        baseline: bool,
        first: bool,
        fresh: bool = False,
    ) -> None:
        """Follow the open dialogs of a conversation."""
        details = result.conversation_details
        for dialog in details.dialogs:
            if not dialog.keeps_messages:
                continue
            seen = _sighting(result, details, dialog, fresh=fresh)
            self._streams.sight(seen, baseline=baseline, first=first)

    def leave(self, result: ConversationResult) -> None:
        """Follow its dialogs no more on later lines."""
        for dialog in result.conversation_details.dialogs:
            self._streams.leave(dialog.dialog_id or result.conversation_id)

    def take(self, frame: Notification) -> None:
        """Take a message notification."""
        events = read_message_events(frame.body)
        if not events:
            beside = read_record(frame.body, _Beside)
            self._hand_out(self._streams.told_nothing(beside.dialog_id))
            return
        show(self._kernel, events)
        numbered: dict[str, list[tuple[int, MessageEvent]]] = {}
        for event in events:
            if event.sequence is None or not event.dialog_id:
                publish(self._kernel, event)
            else:
                pairs = numbered.setdefault(event.dialog_id, [])
                pairs.append((event.sequence, event))
        for dialog_id, pairs in numbered.items():
            self._hand_out(self._streams.told(dialog_id, pairs))

    def _ask(self) -> None:
        kernel = self._kernel
        if kernel.websocket is None or kernel.session.state is not State.READY:
            return  # asked again when the line is READY
        for wanted in self._streams.requests():
            call = consumer.subscribe_messages(
                wanted.conversation_id, wanted.dialog_id, wanted.from_sequence
            )
            answer = self._query(call.type, call.body)
            answer.add_done_callback(partial(self._answered, wanted.dialog_id))

    def _answered(self, dialog_id: str, answer: LoopFuture[Any]) -> None:
        error = answer.exception()
        if error is None:
            ticket = self._streams.accepted(dialog_id)
            if ticket:
                silent = partial(self._silent, dialog_id, ticket)
                self._wait(dialog_id, GRACE, silent)
            return
        if isinstance(error, ConnectionLost):
            return  # losing the line has put it back
        code = error.code if isinstance(error, RequestRejected) else None
        self._report("messages.refused", error, dialog_id=dialog_id, code=code)
        self._kernel.catch_ups.fail(dialog_id, error)
        if not isinstance(error, RequestRejected):
            self._hand_out(self._streams.query_failed(dialog_id, error))
        elif error.may_pass:
            self._fail_later(dialog_id, error)
        else:
            self._hand_out(self._streams.refused(dialog_id, error))

    def _silent(self, dialog_id: str, ticket: int) -> None:
        self._hand_out(self._streams.silent(dialog_id, ticket))


class _Beside(msgspec.Struct, rename="camel"):
    """What may stand beside the changes of a notification."""

    dialog_id: str = ""


def _sighting(
    result: ConversationResult,
    details: ConversationDetails,
    dialog: Dialog,
    *,
    fresh: bool,
) -> Sighting:
    conversation_id = result.conversation_id
    dialog_id = dialog.dialog_id or conversation_id
    last = result.last_content_event
    is_last = last is not None and (last.dialog_id or conversation_id) == dialog_id
    return Sighting(
        conversation_id=conversation_id,
        dialog_id=dialog_id,
        is_open=dialog.state != DialogState.CLOSE,
        last_sequence=last.sequence if is_last and last is not None else None,
        updated=dialog.meta_data_last_update_ts
        or details.meta_data_last_update_ts
        or 0,
        created=dialog.creation_ts,
        fresh=fresh and is_last,
    )
