"""Requests about messages: publishing them, asking for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ums_actors.emulator import choices
from ums_actors.emulator.failures import Refused
from ums_actors.emulator.records.brand import event_record
from ums_actors.emulator.requests.routes import Routes, body_of
from ums_actors.emulator.values import as_id
from ums_actors.emulator.wire.frames import Answer, Request

if TYPE_CHECKING:
    from ums_actors.emulator.sides.client import Client
    from ums_actors.emulator.world.conversation import Conversation
    from ums_actors.emulator.world.event import Event
    from ums_actors.emulator.world.world import World

__all__ = ["BOTH", "BRAND", "dialog_of"]


def dialog_of(world: World, body: dict[str, Any]) -> tuple[Conversation, str]:
    """Find the dialog that a body names; the MAIN one has its conversation's id.

    Raises:
        Refused: there is none, or it is another conversation's.
    """
    conversation_id = as_id(body.get("conversationId"))
    dialog_id = as_id(body.get("dialogId")) or conversation_id
    if dialog_id is None:
        raise Refused(400, "The dialogId is missing")
    conversation = world.find_dialog(dialog_id)
    if conversation_id not in (None, conversation.conversation_id):
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
        audience=body.get("messageAudience"),
        metadata=request.metadata,
    )
    return Answer({"sequence": sequence}, ".ams.ms.PublishEvent$Response")


def _query(world: World, _client: Client, request: Request) -> Answer:
    body = body_of(request)
    conversation, dialog_id = dialog_of(world, body)
    if conversation.details.dialog(dialog_id).channel_type == "COBROWSE":
        raise Refused(400, choices.COBROWSE_UNREAD)
    newest = _bound(body, "newerThanSequence")
    if newest is None:
        newest = _bound(body, "fromSeq")  # its older name
    oldest = _bound(body, "olderThanSequence")
    events = conversation.events.get(dialog_id, [])
    start = max(newest or 0, 0)
    stop = len(events) if oldest is None else max(oldest + 1, 0)
    most = _bound(body, "maxQuantity")
    chosen = _at_most(most, events[start:stop], from_start=newest is not None)
    return Answer([event_record(it) for it in chosen], ".ams.ms.QueryMessages$Response")


def _bound(body: dict[str, Any], name: str) -> int | None:
    number = body.get(name)
    if number is not None and type(number) is not int:
        raise Refused(400, f"The {name} of the query is no number")
    return number


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
