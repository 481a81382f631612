"""A shard in this process: its lease, its agents, and how both end; no Ray."""

from __future__ import annotations

import importlib.util
import logging
from pathlib import Path

import msgspec
import pytest

import ums_actors as ums
from ums_actors.cluster import Stage
from ums_actors.cluster.calling import Call, Elsewhere, packed_arguments
from ums_actors.cluster.life import Life
from ums_actors.core.grant import Grant
from ums_actors.emulator import running_emulator
from ums_actors.errors import LocalProtocolError, NotSupported

_path = Path(__file__).with_name("stagehand.py")
_spec = importlib.util.spec_from_file_location("stagehand", _path)
stagehand = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(stagehand)

LONG, USERS = stagehand.LONG, stagehand.USERS


@pytest.fixture
def emulator():
    with running_emulator(users=len(USERS)) as made:
        yield made


@pytest.fixture
def store():
    return stagehand.store()


@pytest.fixture
def stage(emulator, store):
    made = stagehand.Stagehand(emulator, store)
    yield made
    made.clear()


@pytest.fixture
def host(stage, eventually):
    made = stage.start()
    eventually(lambda: made.status().settled)
    return made


def call(emulator, method, *arguments, user="bot1"):
    return Call(
        account_id=emulator.account,
        user=user,
        method=method,
        patience=LONG,
        payload=packed_arguments(method, arguments, {}),
    )


def test_it_opens_its_agents_when_it_has_the_lease(host, store):
    status = host.status()
    assert (status.stage, status.agents, status.ready) == (Stage.OPEN, 2, 2)
    assert (status.shard, status.node, status.failed) == (0, "here", 0)
    assert status.epoch == store.who(0, LONG).epoch
    assert status.memory > 1 << 20
    assert host.look() is None


def test_until_then_it_says_that_its_agents_are_elsewhere(stage, store):
    store.acquire(0, "elsewhere@1/2/3/4", LONG)
    host = stage.start()
    assert host.look() == Elsewhere("shard 0 is WAITING")
    assert host.status().stage is Stage.WAITING
    with pytest.raises(LocalProtocolError, match="it asks the provider anyway"):
        host.reload()


def test_a_call_gives_what_the_method_gives(host, emulator):
    assert host.call(call(emulator, "get_clock")).get(timeout=LONG) > 0


def test_an_agent_that_there_is_not_is_an_error_and_not_elsewhere(host, emulator):
    with pytest.raises(ums.AgentUnknown):
        host.call(call(emulator, "get_clock", user="bot7"))
    with pytest.raises(NotSupported, match="has no method 'dance'"):
        host.call(call(emulator, "dance"))


def test_a_call_that_is_given_up_is_forgotten(host, emulator):
    emulator.add_fault("drop", value=".GetClock")
    asked = call(emulator, "get_clock")
    future = host.call(asked)
    host.forget(asked, future)
    with pytest.raises(ums.RequestForgotten):
        future.get(timeout=LONG)
    host.forget(call(emulator, "get_clock", user="bot7"), future)  # whoever that was


def test_it_leaves_in_order_and_the_next_owner_need_not_wait(host, store, emulator):
    assert host.leave(5.0)
    assert store.who(0, LONG) is None
    assert isinstance(store.acquire(0, "the next", LONG), Grant)
    assert host.look() == Elsewhere("shard 0 is LEFT")
    assert isinstance(host.call(call(emulator, "get_clock")), Elsewhere)
    assert emulator.state()["sockets"] == 0
    assert host.leave(5.0)  # once more


def test_who_has_an_heir_closes_ends_and_gives_the_lease_back(
    stage, host, store, emulator, eventually
):
    store.heir = "another"
    eventually(lambda: stage.ended)
    assert stage.ended == ["the lease book has it otherwise (another)"]
    assert emulator.state()["sockets"] == 0
    assert store.who(0, LONG) is None
    assert host.status().stage is Stage.LOST
    assert not host.leave(5.0)


def test_who_cannot_renew_closes_before_the_end_and_ends(
    stage, host, store, emulator, eventually
):
    store.silent = True
    eventually(lambda: stage.ended)
    assert stage.ended == ["the lease was not renewed in time"]
    eventually(lambda: emulator.state()["sockets"] == 0)
    assert "the lease was not renewed" in host.look().why


def test_a_provider_that_fails_is_asked_again(stage, eventually, caplog):
    rounds = []

    def provider(share):
        rounds.append(share)
        if len(rounds) == 1:
            raise ValueError("the vault is closed")
        return stage.provider(share)

    host = stage.start(provider)
    with caplog.at_level(logging.ERROR, "ums_actors"):
        eventually(lambda: host.status().trouble)
    assert host.status().trouble == "ValueError"  # its text might hold a secret
    assert "shard.provider_failed" in [each.message for each in caplog.records]
    eventually(lambda: host.status().settled)
    assert (host.status().stage, host.status().trouble) == (Stage.OPEN, "")


def test_a_handler_hears_its_agents(stage, eventually):
    heard = []

    def ask(event, fleet):
        bot = fleet.get(event.user, event.account_id)
        heard.append((event.user, bot.get_clock().get(timeout=LONG) > 0))

    host = stage.start(handler=ask, kinds=(ums.AgentReady,))
    eventually(lambda: host.status().settled)
    eventually(lambda: sorted(heard) == [(user, True) for user in USERS])


def test_what_it_is_asked_anew_is_added_and_removed(stage, eventually):
    wanted = ["bot1"]

    def provider(share):
        return [each for each in stage.provider(share) if each.user in wanted]

    host = stage.start(provider)
    eventually(lambda: host.status().settled)
    wanted[:] = ["bot2"]
    host.reload().get(timeout=LONG)
    eventually(lambda: (host.status().agents, host.status().ready) == (1, 1))


def test_the_lease_of_a_process_that_has_ended_here_is_given_back(
    store, stage, eventually
):
    here = Life.of_this_process("here")
    if not here.started:
        pytest.skip("processes show when they were started in /proc, not here")
    before = msgspec.structs.replace(here, started="1")  # another life of this number
    assert isinstance(store.acquire(0, before.owner, LONG), Grant)
    host = stage.start()
    eventually(lambda: host.status().stage is not Stage.WAITING)
    assert store.who(0, LONG).owner == host._life.owner


def test_the_lease_of_one_that_may_live_is_waited_for(store, stage):
    store.acquire(0, "elsewhere@1/2/3/4", LONG)
    host = stage.start()
    assert store.who(0, LONG).owner == "elsewhere@1/2/3/4"
    assert host.status().stage is Stage.WAITING


@pytest.mark.parametrize("named", [{"handler": "no_such:f"}, {"provider": "no_such:f"}])
def test_what_cannot_be_imported_is_its_trouble(store, stage, named):
    host = stage.start(**named)
    [argument] = named
    said = f"{argument}='no_such:f' is nothing that can be called"
    assert said in host.status().trouble
    assert said in host.look().why
    assert store.who(0, LONG) is None


def test_a_book_that_is_silent_does_not_keep_it_from_starting(store, stage, eventually):
    store.silent = True
    host = stage.start()
    store.silent = False
    eventually(lambda: host.status().settled)
