"""What is different between two states of a conversation, in one order.

Values of the whole first, then dialog by dialog who left, who was asked and who came,
then handing over, and what closed last.
"""

from __future__ import annotations

import enum
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ums_actors.protocol.enums import ParticipantRole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ums_actors.core.facts import ConversationFacts, DialogFacts, Member

__all__ = ["Change", "What", "changes"]

_ASSIGNED: Final = ParticipantRole.ASSIGNED_AGENT.value


class What(enum.Enum):
    """The kinds of changes."""

    OPENED = "opened"
    SKILL = "skill"
    GROUP = "group"
    TTR = "ttr"
    MANUAL_ETTR = "manual ettr"
    NOTE = "note"
    CSAT = "csat"
    DIALOG_OPENED = "dialog opened"
    LEFT = "participant left"
    WITHDRAWN = "suggestion withdrawn"
    SUGGESTED = "participant suggested"
    JOINED = "participant joined"
    ROLE = "participant's role"
    STEPPED_UP = "consumer stepped up"
    TO_AGENT = "transferred to agent"
    TO_SKILL = "transferred to skill"
    TO_QUEUE = "back to queue"
    DIALOG_CLOSED = "dialog closed"
    CLOSED = "closed"
    REMOVED = "removed"


_VALUES: Final = (
    (What.SKILL, attrgetter("skill_id")),
    (What.GROUP, attrgetter("group_id")),
    (What.TTR, attrgetter("ttr")),
    (What.MANUAL_ETTR, attrgetter("manual_ettr")),
    (What.NOTE, attrgetter("note")),
    (What.CSAT, attrgetter("csat")),
)


class Change(NamedTuple):
    """One difference; which parts are there depends on ``what``."""

    what: What
    dialog: DialogFacts | None = None
    member: Member | None = None
    previous: Any = None
    current: Any = None


def changes(
    old: ConversationFacts, new: ConversationFacts, last_consumer: str
) -> list[Change]:
    """Give the differences; ``last_consumer`` is the id of the last one seen."""
    found: list[Change] = []
    if new.open and not old.open:
        found.append(Change(What.OPENED))
    if not _same_values(old, new):
        for what, value in _VALUES:
            previous, current = value(old), value(new)
            if previous != current:
                found.append(Change(what, previous=previous, current=current))
    people_differ = not _same_people(old.dialogs, new.dialogs)
    if people_differ:
        found += _of_dialogs(old, new)
        found += _of_consumer(new, last_consumer)
    if people_differ or found:
        found += _handed_over(old, new)
    if people_differ:
        found += _closed(old, new)
    if old.open and not new.open:
        found.append(Change(What.CLOSED))
    return found


def _same_values(old: ConversationFacts, new: ConversationFacts) -> bool:
    """Tell, quickly, what is nearly always so: that none of the values differs."""
    return (
        old.skill_id == new.skill_id
        and old.group_id == new.group_id
        and old.ttr == new.ttr
        and old.manual_ettr == new.manual_ettr
        and old.note == new.note
        and old.csat == new.csat
    )


def _same_people(old: tuple[DialogFacts, ...], new: tuple[DialogFacts, ...]) -> bool:
    """Tell whether the same dialogs are open, and the same people in them."""
    if len(old) != len(new):
        return False
    for before, after in zip(old, new, strict=True):
        if (
            before.members is not after.members
            or before.state != after.state
            or before.dialog_id != after.dialog_id
        ):
            return False
    return True


def _of_dialogs(old: ConversationFacts, new: ConversationFacts) -> Iterator[Change]:
    for dialog in new.dialogs:
        before = old.dialog(dialog.dialog_id)
        if dialog.open and (before is None or not before.open):
            yield Change(What.DIALOG_OPENED, dialog)
        if before is None:
            continue  # who takes part is part of its opening
        if before.members is not dialog.members:
            yield from _of_members(before, dialog)


def _of_members(old: DialogFacts, new: DialogFacts) -> Iterator[Change]:
    before = {each.key: each for each in old.members}
    after = {each.key: each for each in new.members}
    for key, member in before.items():
        later = after.get(key)
        if member.active and (later is None or not later.active):
            yield Change(What.LEFT, new, member)
        elif not member.active and later is None:
            yield Change(What.WITHDRAWN, new, member)
    for key, member in after.items():
        earlier = before.get(key)
        if not member.active and (earlier is None or earlier.active):
            yield Change(What.SUGGESTED, new, member)
    for key, member in after.items():
        earlier = before.get(key)
        if member.active and (earlier is None or not earlier.active):
            yield Change(What.JOINED, new, member, current=earlier is not None)
    yield from _of_roles(before, after, new)


def _of_roles(
    before: dict[tuple[str, str], Member],
    after: dict[tuple[str, str], Member],
    dialog: DialogFacts,
) -> Iterator[Change]:
    """Give those who have one role in the place of another.

    Who comes into one role and leaves several, or the other way round, is not among
    them.
    """
    left = [key for key, member in before.items() if member.active and key not in after]
    came = [key for key, member in after.items() if member.active and key not in before]
    for who, role in came:
        earlier = [was for other, was in left if other == who]
        later = [now for other, now in came if other == who]
        if len(earlier) == len(later) == 1:
            member = after[who, role]
            yield Change(What.ROLE, dialog, member, earlier[0], role)


def _of_consumer(new: ConversationFacts, last: str) -> Iterator[Change]:
    main = new.main
    if main is None or not last:
        return
    consumers = main.in_role(ParticipantRole.CONSUMER)
    if len(consumers) == 1 and consumers[0].user_id != last:
        yield Change(What.STEPPED_UP, main, consumers[0], previous=last)


def _handed_over(old: ConversationFacts, new: ConversationFacts) -> Iterator[Change]:
    before, after = old.main, new.main
    if before is None or after is None or not after.open:
        return
    had, has = before.in_role(_ASSIGNED), after.in_role(_ASSIGNED)
    asked = {each.key for each in had if not each.active}
    for member in has:
        if not member.active and member.key not in asked:
            yield Change(What.TO_AGENT, after, member)
    if has:
        return
    if old.skill_id != new.skill_id:
        yield Change(What.TO_SKILL, after, previous=old.skill_id, current=new.skill_id)
    elif had:
        yield Change(What.TO_QUEUE, after)


def _closed(old: ConversationFacts, new: ConversationFacts) -> Iterator[Change]:
    for before in old.dialogs:
        after = new.dialog(before.dialog_id)
        if before.open and (after is None or not after.open):
            yield Change(What.DIALOG_CLOSED, after or before)
