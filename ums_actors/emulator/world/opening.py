"""A conversation as it begins."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from ums_actors.emulator import choices
from ums_actors.emulator.world.conversation import Conversation, Details
from ums_actors.emulator.world.dialog import Dialog, Participant
from ums_actors.emulator.world.origin import Origin

if TYPE_CHECKING:
    from ums_actors.emulator.world.consumers import Consumer
    from ums_actors.emulator.world.users import User

__all__ = ["new_conversation"]


def new_conversation(
    person: Consumer,
    *,
    skill: str | None,
    assign: User | None,
    survey: bool,
    origin: Origin | None,
    now: int,
) -> Conversation:
    """Make the conversation of a consumer; ``now`` is in epoch milliseconds.

    Its MAIN dialog has its own id. Whoever is assigned is so from the start.
    """
    identity, origin = str(uuid.uuid4()), origin or Origin()
    members = [Participant(person.consumer_id, "CONSUMER")]
    if assign is not None:
        members.append(Participant(assign.old_id, "ASSIGNED_AGENT"))
    main = Dialog(identity, "MAIN", now, members, origin.channel)
    details = Details([main], skill or choices.DEFAULT_SKILL, survey=survey)
    details.ttr_type = origin.ttr_type
    details.ttr_value = choices.TTR_SECONDS.get(origin.ttr_type, details.ttr_value)
    return Conversation(
        identity,
        person.consumer_id,
        details,
        now,
        origin,
        is_first=not person.conversations,
    )
