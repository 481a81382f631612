"""Requests about messages: publishing them, asking for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ums_actors.emulator.failures import Refused
from ums_actors.emulator.records.brand import event_record
from ums_actors.emulator.requests.routes import Routes, body_of
from ums_actors.emulator.values import as_list
from ums_actors.emulator.wire.frames import Answer, Request

if TYPE_CHECKING:
    from ums_actors.emulator.sides.client import Client
    from ums_actors.emulator.world.conversation import Conversation, Event
    from ums_actors.emulator.world.world import World

__all__ = ["BOTH", "BRAND", "dialog_of"]


def dialog_of(world: World, body: dict[str, Any]) -> tuple[Conversation, str]:
    """Find the dialog that a body names; the MAIN one has its conversation's id.

    Raises:
        Refused: there is none, or it is another conversation's.
    """
    dialog_id = str(body.get("dialogId") or body.get("conversationId"))
    conversation = world.find_dialog(dialog_id)
    if body.get("conversationId") not in (None, conversation.conversation_id):
        raise Refused(400, "The dialog belongs to another conversation")
    return conversation, dialog_id


def _publish(world: World, client: Client, request: Request) -> Answer:
    body = body_of(request)
    conversation, dialog_id = dialog_of(world, body)
    sequence = world.publish(
        conversation,
        dialog_id,
        client.identity,
        body.get("event"),
        audience=body.get("messageAudience") or "ALL",
        metadata=as_list(request.metadata) or None,
    )
    return Answer({"sequence": sequence}, ".ams.ms.PublishEvent$Response")


def _query(world: World, _client: Client, request: Request) -> Answer:
    body = body_of(request)
    conversation, dialog_id = dialog_of(world, body)
    names = ("newerThanSequence", "olderThanSequence", "maxQuantity")
    newest, oldest, most = numbers = [body.get(name) for name in names]
    if not all(number is None or type(number) is int for number in numbers):
        raise Refused(400, "A bound of the query is no number")
    events = conversation.events.get(dialog_id, [])
    start = max(newest or 0, 0)
    stop = len(events) if oldest is None else max(oldest + 1, 0)
    chosen = _at_most(most, events[start:stop], from_start=newest is not None)
    return Answer([event_record(it) for it in chosen], ".ams.ms.QueryMessages$Response")


def _at_most(most: int | None, events: list[Event], *, from_start: bool) -> list[Event]:
    """Both bounds are inclusive; the quantity counts from the bound that is given."""
    if most is None:
        return events
    most = max(most, 0)
    return (
        events[:most] if from_start else events[len(events) - min(most, len(events)) :]
    )


BOTH: Final[Routes] = {".ams.ms.PublishEvent": _publish}
BRAND: Final[Routes] = {".ams.ms.QueryMessages": _query}
