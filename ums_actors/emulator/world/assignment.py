"""Whose a conversation is: what its participants say about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ums_actors.emulator.world.conversation import Participant

if TYPE_CHECKING:
    from ums_actors.emulator.world.conversation import Conversation, Details

__all__ = [
    "answer_due",
    "assign",
    "assigned_agent",
    "is_asking",
    "suggested_agent",
    "withdraw_suggestion",
]

_ROLE = "ASSIGNED_AGENT"


def assigned_agent(conversation: Conversation) -> str | None:
    """Give the agent of the open MAIN dialog, by old id."""
    main = conversation.details.main
    assigned = main.in_role(_ROLE) if main.state == "OPEN" else []
    return assigned[0] if assigned else None


def suggested_agent(conversation: Conversation) -> str | None:
    """Give the first agent whom a transfer asks to take the open MAIN dialog."""
    main = conversation.details.main
    if main.state != "OPEN":
        return None
    for member in main.participants:
        if (member.role, member.state) == (_ROLE, "SUGGESTED"):
            return member.id
    return None


def is_asking(conversation: Conversation) -> bool:
    """Say whether a consumer has written in the MAIN dialog and it is still open."""
    main = conversation.details.main
    return main.state == "OPEN" and any(
        event.is_content and event.author.role == "CONSUMER"
        for event in conversation.events.get(main.dialog_id, ())
    )


def answer_due(conversation: Conversation, now: int) -> int:
    """Give the time at which the consumer is to have an answer, in epoch ms."""
    details, last = conversation.details, conversation.last_content
    if details.manual_ettr is not None:
        return details.manual_ettr
    asked = now if last is None or last.timestamp is None else last.timestamp
    return asked + details.ttr_value * 1000


def assign(details: Details, agent: str) -> None:
    """Make an agent the one of the MAIN dialog, suggested before or not."""
    main = details.main
    entries = [it for it in main.participants if it.role == _ROLE]
    place = next((it for it in entries if it.id == agent), None)
    if place is None:
        place = Participant(agent, _ROLE)
        main.participants.append(place)
    place.state = "ACTIVE"
    main.participants = [
        it for it in main.participants if it.role != _ROLE or it is place
    ]


def withdraw_suggestion(details: Details, agent: str) -> None:
    """Let an agent be suggested no more."""
    main = details.main
    main.participants = [
        it
        for it in main.participants
        if (it.id, it.role, it.state) != (agent, _ROLE, "SUGGESTED")
    ]
