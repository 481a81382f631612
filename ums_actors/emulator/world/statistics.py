"""How much is said in the account, in figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ums_actors.emulator import choices

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ums_actors.emulator.world.conversation import Conversation
    from ums_actors.emulator.world.event import Event
    from ums_actors.emulator.world.users import User
    from ums_actors.emulator.world.world import World

__all__ = ["statistics"]


def statistics(world: World, agent: User | None) -> dict[str, Any]:
    """Count conversations and messages of the account, or those of one agent."""
    conversations = list(world.conversations.values())
    who: dict[str, Any] = {"brandId": world.account}
    if agent is not None:
        who["agentId"] = agent.user_id
        conversations = [it for it in conversations if _is_theirs(it, agent)]
    stages = [it.details.stage for it in conversations]
    messages = list(_messages(conversations))
    by_consumers = sum(it.author.role == "CONSUMER" for it in messages)
    if agent is None:
        by_agents = len(messages) - by_consumers
    else:
        by_agents = sum(it.author.id == agent.old_id for it in messages)
    figures = (stages.count("OPEN"), stages.count("CLOSE"), by_consumers, by_agents)
    return who | dict(zip(choices.MESSAGE_STATISTICS, figures, strict=True))


def _is_theirs(conversation: Conversation, agent: User) -> bool:
    """Say whether an agent was the last to be assigned to it, or wrote something."""
    assigned = conversation.details.in_role("ASSIGNED_AGENT")
    return agent.old_id in assigned or any(
        it.author.id == agent.old_id for it in _messages([conversation])
    )


def _messages(conversations: Iterable[Conversation]) -> Iterator[Event]:
    for conversation in conversations:
        yield from (it for it in conversation.events_from(0) if it.is_content)
