"""Agents from a file, from a provider, and what becomes of them when these change."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ums_actors as ums
from ums_actors.fleet.source import difference

ROSTER = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 2))


@given(ROSTER, ROSTER)
def test_the_difference_makes_of_what_is_there_what_is_wanted(present, wanted):
    specs = {key: (key, value) for key, value in wanted.items()}
    found = difference({key: (key, v) for key, v in present.items()}, specs)
    made = {key: (key, value) for key, value in present.items()}
    for key in found.removed:
        del made[key]
    for spec in found.changed:
        assert made[spec[0]] != spec
        made[spec[0]] = spec
    for spec in found.added:
        assert spec[0] not in made
        made[spec[0]] = spec
    assert made == specs


@pytest.fixture
def lines(emulator):
    """Give what makes the lines of a file of these agents."""

    def make(*users: str) -> str:
        head = f'account = "{emulator.account}"\ncsds = "http://{emulator.csds}"\n'
        return head + "".join(
            f'[[agents]]\nuser = "{user}"\npassword = "{user}-password"\n'
            for user in users
        )

    return make


def test_a_file_is_read_when_it_is_opened_and_again_when_it_is_reloaded(
    emulator, fleet, lines, tmp_path
):
    path = tmp_path / "agents.toml"
    path.touch(0o600)
    bots = fleet(path)
    path.write_text(lines("bot1", "bot2"))
    assert bots.open().get(timeout=30).ready == 2
    kept = bots.get("bot2")
    path.write_text(lines("bot2", "bot3"))
    done = bots.reload().get(timeout=30)
    assert ([key[1] for key in done.added], done.changed) == (["bot3"], ())
    assert [key[1] for key in done.removed] == ["bot1"]
    assert done.refused == ()
    bots.get("bot3").wait_ready(20).get(timeout=30)
    assert {key[1] for key in bots} == {"bot2", "bot3"}
    assert bots.get("bot2") == kept
    assert kept.status().get(timeout=10).generation == 1
    assert {each["user"] for each in emulator.sockets()} == {"bot2", "bot3"}


def test_an_agent_that_is_given_differently_is_removed_and_added(
    emulator, specs, fleet, heard
):
    given = specs(emulator, "bot1", "bot2")
    bots = fleet(lambda: given, handler=heard)
    assert bots.open().get(timeout=30).ready == 2
    before = bots.get("bot1").actor_ref
    given = [*specs(emulator, "bot1", settings={"app_id": "new"}), given[1]]
    done = bots.reload().get(timeout=30)
    assert [key[1] for key in done.changed] == ["bot1"]
    assert not before.is_alive()
    bots.get("bot1").wait_ready(20).get(timeout=30)
    assert bots.get("bot2").status().get(timeout=10).logins == 1


def test_a_source_that_fails_changes_nothing_and_is_asked_again(emulator, specs, fleet):
    given = specs(emulator, "bot1")

    def provide():
        if not given:
            raise OSError("the vault is away")
        return given

    bots = fleet(provide)
    given = []
    with pytest.raises(OSError, match="the vault is away"):
        bots.open().get(timeout=20)
    given = specs(emulator, "bot1")
    assert bots.open().get(timeout=30).ready == 1
    given = []
    with pytest.raises(OSError, match="the vault is away"):
        bots.reload().get(timeout=20)
    given = [*specs(emulator, "bot1"), *specs(emulator, "bot1")]
    with pytest.raises(ums.LocalProtocolError, match="twice"):
        bots.reload().get(timeout=20)
    assert bots.status().states == {"READY": 1}


def test_it_is_asked_on_no_loop_and_once_at_a_time(fleet):
    threads, running = [], threading.Semaphore(1)

    def provide():
        assert running.acquire(blocking=False)
        threads.append(threading.current_thread().name)
        threading.Event().wait(0.02)
        running.release()
        return []

    bots = fleet(provide)
    for each in [bots.reload() for _ in range(4)]:
        each.get(timeout=20)
    assert threads == ["ums-fleet-loading"] * 4


def test_agents_that_were_added_by_hand_stay(emulator, specs, fleet):
    given = specs(emulator, "bot1")
    bots = fleet(lambda: given)
    bots.open().get(timeout=30)
    bots.add(specs(emulator, "bot2")[0])
    given = []
    done = bots.reload().get(timeout=30)
    assert ([key[1] for key in done.removed], len(bots)) == (["bot1"], 1)
    assert "bot2" in bots


def test_one_that_cannot_be_started_keeps_no_other_from_it(
    emulator, specs, spec, fleet, heard
):
    bad = spec(emulator, "bot1", settings={"ca_file": "/nowhere.pem"})
    bots = fleet([bad, *specs(emulator, "bot2")], handler=heard)
    assert bots.open().get(timeout=30).states == {"READY": 1}
    failed = heard.wait(ums.AgentFailed)
    assert (failed.user, failed.event.retry_in) == ("bot1", None)
    assert "/nowhere.pem" in failed.event.reason
    done = bots.reload().get(timeout=20)  # it is not there, so it is tried again
    ((key, error),) = done.refused
    assert (key, type(error)) == (bad.key, ums.LocalProtocolError)
