"""The end of a fleet: at once, in time, whoever asks for it and whatever hangs."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pykka
import pytest

import ums_actors as ums
from ums_actors.fleet.closing import Closing
from ums_actors.runtime import LoopFuture


def test_it_may_be_closed_twice_and_by_many(emulator, specs, fleet):
    bots = fleet(specs(emulator))
    bots.open().get(timeout=30)
    done = [bots.close() for _ in range(3)]
    assert len(set(map(id, done))) == 1
    done[0].get(timeout=20)
    assert bots.close().get(timeout=1) is None


def test_it_may_be_closed_before_it_is_open(emulator, specs, fleet):
    bots = fleet(specs(emulator))
    bots.close().get(timeout=20)
    with pytest.raises(ums.ConnectionLost):
        bots.open().get(timeout=20)
    assert emulator.sockets() == []


def test_who_waits_for_it_to_open_is_answered(fleet):
    asked, go_on = threading.Event(), threading.Event()

    def provide():
        asked.set()
        go_on.wait(30)
        return []

    bots = fleet(provide)
    opening = bots.open()
    assert asked.wait(20)
    bots.close().get(timeout=20)
    with pytest.raises(ums.ConnectionLost, match="the fleet is closed"):
        opening.get(timeout=20)
    go_on.set()


def test_agents_that_are_given_too_late_are_not_started(emulator, specs, fleet):
    asked, go_on = threading.Event(), threading.Event()

    def provide():
        asked.set()
        go_on.wait(30)
        return specs(emulator)

    bots = fleet(provide)
    reloading = bots.reload()
    assert asked.wait(20)
    bots.close().get(timeout=20)
    go_on.set()
    refused = reloading.get(timeout=20).refused
    assert {type(error) for _, error in refused} == {ums.ConnectionLost}
    assert (len(refused), len(bots), emulator.sockets()) == (6, 0, [])


@pytest.mark.parametrize("waits", [False, True])
def test_a_handler_may_close_it_and_even_wait_for_that(emulator, specs, fleet, waits):
    closing = []
    closed = threading.Event()

    def handle(event):
        if isinstance(event.event, ums.AgentReady):
            closing.append(bots.close())
            if waits:
                closing[-1].get(timeout=30)
            closed.set()

    bots = fleet(specs(emulator), handler=handle)
    bots.open()
    assert closed.wait(30)
    closing[0].get(timeout=20)
    assert emulator.sockets() == []


def test_what_waits_for_the_handler_is_heard_before_the_end(emulator, specs, fleet):
    go_on, seen = threading.Event(), []

    def handle(event):
        go_on.wait(30)
        seen.append(event)

    bots = fleet(specs(emulator, "bot1"), handler=handle, kinds=[ums.StateChanged])
    bots.open().get(timeout=30)
    done = bots.close()
    go_on.set()
    done.get(timeout=20)
    states = [event.event.state for event in seen]
    assert states[:3] == ["AUTHENTICATING", "CONNECTING", "RESTORING"]
    assert states[-2:] == ["CLOSING", "CLOSED"]


def test_requests_under_way_are_answered(emulator, specs, fleet):
    emulator.add_fault("delay", value=60)
    bots = fleet(specs(emulator))
    opening = bots.open()
    clocks = []
    for user in emulator.users:
        while user not in bots:
            threading.Event().wait(0.005)
        clocks += [bots.get(user).get_clock() for _ in range(5)]
    bots.close().get(timeout=20)
    for clock in clocks:
        with pytest.raises((ums.ConnectionLost, pykka.ActorDeadError)):
            clock.get(timeout=0)
    with pytest.raises(ums.ConnectionLost):
        opening.get(timeout=0)


def test_a_loop_that_does_not_answer_holds_nobody_up(emulator, specs, runtime, busy):
    bots = ums.Fleet(specs(emulator), runtime=runtime)
    bots.open().get(timeout=30)
    busy()
    assert bots.status().ready == 6
    left = bots.remove("bot1")
    with pytest.raises(TimeoutError) as caught:
        bots.close(timeout=0.3).get(timeout=20)
    assert str(caught.value) == "6 of 6 agents did not end within 0.3 s"
    with pytest.raises(TimeoutError, match=r"did not end within 0.3 s"):
        left.get(timeout=0)
    busy.end()


def test_a_handler_that_does_not_return_is_not_waited_for_for_long(emulator, specs):
    go_on, entered = threading.Event(), threading.Event()

    def handle(event):
        entered.set()
        go_on.wait(60)

    bots = ums.Fleet(specs(emulator, "bot1"), handler=handle)
    bots.open().get(timeout=30)
    assert entered.wait(20)
    bots.close(timeout=6).get(timeout=20)
    assert emulator.sockets() == []
    assert bots.status().events_waiting == 0
    go_on.set()


def test_none_for_a_timeout_is_the_usual_one(emulator, specs, fleet):
    bots = fleet(specs(emulator))
    bots.open().get(timeout=30)
    bots.close(timeout=None).get(timeout=40)
    assert emulator.sockets() == []


def test_an_agent_that_is_started_while_it_closes_is_stopped(emulator, spec, fleet):
    class Late(ums.BrandWebsocketConnection):
        def __init__(self, account_id, **more):
            super().__init__(account_id, **more)
            bots.close()

    bots = fleet()
    with pytest.raises(ums.ConnectionLost, match="the fleet is closed"):
        bots.add(spec(emulator, kind=Late))
    bots.close().get(timeout=20)
    assert (len(bots), emulator.sockets()) == (0, [])


def test_without_a_thread_it_says_so_and_may_be_tried_again(
    emulator, specs, fleet, monkeypatch
):
    bots = fleet(specs(emulator))
    bots.open().get(timeout=30)

    def refuse(_: object) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        for ask in (bots.close, bots.reload):
            with pytest.raises(RuntimeError, match="can't start new thread"):
                ask().get(timeout=0)
    assert bots.status().ready == 6
    bots.close().get(timeout=20)


class Broken:
    def all(self):
        raise KeyError("x")


def test_who_waits_for_it_is_answered_whatever_breaks():
    done = LoopFuture()
    Closing(Broken(), None, None, runtime=None, done=done).begin(1.0)
    with pytest.raises(KeyError):
        done.get(timeout=20)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_child_has_no_part_in_it(emulator, specs, fleet):
    bots = fleet(specs(emulator))
    bots.open().get(timeout=30)
    child = os.fork()
    if not child:
        found = 1
        try:
            bots.close().get(timeout=1)
            for ask in (bots.status, bots.open, bots.reload, lambda: bots.get("bot1")):
                with pytest.raises(ums.LocalProtocolError, match="that made it"):
                    ask()
            found = 0
        finally:
            os._exit(found)
    assert os.waitpid(child, 0)[1] == 0
    assert bots.get("bot1").get_clock().get(timeout=20) > 0


PROGRAM = """
import ums_actors as ums
from ums_actors.emulator import password_of, running_emulator

with running_emulator(users=3) as emulator:
    fleet = ums.Fleet(
        [
            ums.AgentSpec(
                user=user,
                account_id=emulator.account,
                auth=ums.PasswordLogin(user, password_of(user)),
                settings={"csds": "http://" + emulator.csds},
            )
            for user in emulator.users
        ],
        handler=lambda event: None,
    )
    print(fleet.open().get(timeout=30).ready)
"""


def test_a_program_that_forgets_to_close_it_ends_all_the_same():
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM],
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("3\n", "", 0)
