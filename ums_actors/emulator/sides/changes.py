"""Notifications of changed conversations, in the dialect of who is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ums_actors.emulator.records.brand import conversation_record
from ums_actors.emulator.wire.frames import encode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ums_actors.emulator.sides.client import Client
    from ums_actors.emulator.world.conversation import Conversation
    from ums_actors.emulator.world.world import World

__all__ = ["change_notification", "changes_of"]

_TYPE: Final = ".ams.aam.ExConversationChangeNotification"


def changes_of(
    world: World, client: Client, kind: str, conversations: Iterable[Conversation]
) -> str:
    """Give the JSON text of a list of changes, all of one kind (UPSERT, DELETE)."""
    del client
    return encode(
        [
            {"type": kind, "result": conversation_record(world, conversation)}
            for conversation in conversations
        ]
    )


def change_notification(client: Client, subscription_id: str, changes: str) -> str:
    """Give the frame of a change; ``changes`` is the JSON text of the list."""
    del client
    return (
        f'{{"kind":"notification","type":"{_TYPE}","body":'
        f'{{"subscriptionId":"{subscription_id}","changes":{changes}}}}}'
    )
