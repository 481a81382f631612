"""A service's facts: taken from it, given back to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ums_actors.emulator.failures import EmulatorError
from ums_actors.emulator.kept.conversations import (
    kept_conversation,
    restored_conversation,
)
from ums_actors.emulator.kept.facts import Facts, KeptSession, KeptTokens

if TYPE_CHECKING:
    from ums_actors.emulator.service import Service
    from ums_actors.emulator.tls import Certificate

__all__ = ["facts_of", "restore"]


def facts_of(service: Service, tls: Certificate | None) -> Facts:
    """Give all of a service that outlives it: not sockets, states, files, faults."""
    world = service.world
    key, live = world.tokens.kept()
    return Facts(
        account=service.account,
        users={user.name: user.old_id for user in service.users},
        conversations=list(map(kept_conversation, world.conversations.values())),
        consumers=list(world.consumers),
        away=sorted(service.consumer_side.away),
        profiles=world.profiles.told,
        client_properties=world.client_properties,
        sessions=[
            KeptSession(it.user.name, it.bearer, it.csrf, it.session_id)
            for it in service.sessions
        ],
        tokens=KeptTokens(key, live),
        tls=tls,
        shifts=world.shifts.kept(),
    )


def restore(service: Service, facts: Facts) -> None:
    """Give a fresh service what another one knew; belongs to its loop.

    Raises:
        EmulatorError: it is another account's, or users have other ids now.
        ValueError: the facts do not fit together.
    """
    _check(service, facts)
    world = service.world
    world.tokens.restore(facts.tokens.key, facts.tokens.live)
    world.profiles.told.update(facts.profiles)
    world.client_properties.update(facts.client_properties)
    world.shifts.restore(facts.shifts)
    for consumer in facts.consumers:
        world.consumers.put(consumer)
    for session in facts.sessions:
        user = service.users.by_name.get(session.user)
        if user is not None:
            service.sessions.restore(
                user, session.bearer, session.csrf, session.session_id
            )
    for kept in facts.conversations:
        world.recall(restored_conversation(kept))
    if not all(
        identity in world.conversations
        for consumer in facts.consumers
        for identity in consumer.conversations
    ):
        raise ValueError("a consumer's conversation is missing")
    service.consumer_side.away.update(facts.away)


def _check(service: Service, facts: Facts) -> None:
    if facts.account != service.account:
        raise EmulatorError(
            f"the state is of the account {facts.account}, not {service.account}; give "
            f"--account {facts.account} or another --state directory"
        )
    moved = [
        user.name
        for user in service.users
        if facts.users.get(user.name, user.old_id) != user.old_id
    ]
    if moved:
        raise EmulatorError(
            f"the state knows the user {moved[0]} by another id; give the same users "
            "in the same order, or another --state directory"
        )
