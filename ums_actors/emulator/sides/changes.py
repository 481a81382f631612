"""Notifications of changed conversations, in the dialect of who is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ums_actors.emulator.records.brand import conversation_record
from ums_actors.emulator.records.consumer import consumer_conversation_record
from ums_actors.emulator.wire.dialects import short_notification
from ums_actors.emulator.wire.frames import encode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ums_actors.emulator.sides.client import Client
    from ums_actors.emulator.world.conversation import Conversation
    from ums_actors.emulator.world.world import World

__all__ = ["change_notification", "changes_of"]

_TYPE: Final = ".ams.aam.ExConversationChangeNotification"
_OLDER_TYPE: Final = ".ams.cm.ConversationChangeNotification"


def changes_of(
    world: World, client: Client, kind: str, conversations: Iterable[Conversation]
) -> str:
    """Give the JSON text of a list of changes, all of one kind (UPSERT, DELETE)."""
    record = conversation_record if client.is_brand else consumer_conversation_record
    return encode(
        [
            {"type": kind, "result": record(world, conversation)}
            for conversation in conversations
        ]
    )


def change_notification(
    client: Client, subscription_id: str, changes: str, *, is_older: bool = False
) -> str:
    """Give the frame of a change.

    Args:
        client: who is told.
        subscription_id: of the subscription that shows it.
        changes: the JSON text of the list.
        is_older: whether it has the name that the older subscription's have. What is
            in it is the same, by our choice: the older form is not published.
    """
    kind = _OLDER_TYPE if is_older else _TYPE
    kind = kind if client.is_brand else short_notification(kind)
    return (
        f'{{"kind":"notification","type":"{kind}","body":'
        f'{{"subscriptionId":"{subscription_id}","changes":{changes}}}}}'
    )
