"""A fleet that is replaced by another."""

from __future__ import annotations

import ums_actors as ums

USERS = ("bot1", "bot2")


def told(heard):
    """Give what was heard: user and text."""
    return [(each.user, each.event.text) for each in heard.of(ums.MessageReceived)]


def test_each_agent_goes_on_from_its_own_place(
    emulator, spec, fleet, heard, eventually
):
    talks = {
        user: emulator.open_conversation(assign=user, text="history").conversation_id
        for user in USERS
    }
    agents = [spec(emulator, user) for user in USERS]
    first = fleet(agents, handler=heard)
    first.open().get(timeout=20)
    for talk in talks.values():
        emulator.write(talk, "one")
    eventually(lambda: {(user, "one") for user in USERS} <= set(told(heard)))
    saved = {}
    for user in USERS:
        agent = first.get(user)
        agent.close().get(timeout=20)
        saved[user] = agent.save_conversations().get(timeout=20)
    first.close(timeout=10).get(timeout=20)
    for user, talk in talks.items():
        emulator.write(talk, f"for {user}")
    heard.all.clear()

    agents = [spec(emulator, user, settings={"memory": saved[user]}) for user in USERS]
    second = fleet(agents, handler=heard)
    second.open().get(timeout=20)
    wanted = [(user, f"for {user}") for user in USERS]
    eventually(lambda: set(wanted) <= set(told(heard)))
    assert sorted(told(heard)) == wanted
