from __future__ import annotations

import pytest

import ums_actors as ums
from ums_actors.emulator import running_emulator

PROFILE = ".ams.userprofile.GetUserProfile"
CLOCK = ".GetClock"


def status(proxy):
    return proxy.status().get(timeout=5)


def ready(generation):
    return lambda event: event.state == "READY" and event.generation == generation


def test_a_connection_has_an_id_of_its_own_that_outlasts_its_lines(
    emulator, start, events
):
    one, two = start(emulator), start(emulator, "bot2")
    before = status(one)
    assert before.state == "NEW"
    assert before.connection_id
    assert before.connection_id != status(two).connection_id
    states = events(one, ums.StateChanged)
    one.open().get(timeout=10)
    emulator.cut("bot1")
    states.wait(ready(2))
    assert status(one).connection_id == before.connection_id


def test_however_many_open_it_there_is_one_attempt(emulator, start):
    emulator.add_fault("login", count=1, value={"delay": 0.2})
    proxy = start(emulator)
    futures = [proxy.open() for _ in range(20)]
    futures += [proxy._connect_with_retry() for _ in range(20)]
    proxy.reconnect_now().get(timeout=5)
    for future in futures:
        future.get(timeout=10)
    proxy.open().get(timeout=10)
    state = emulator.state()
    assert (state["logins"], state["handshakes"], state["sockets"]) == (1, 1, 1)
    assert status(proxy).generation == 1


def test_a_drop_is_told_step_by_step(emulator, start, events):
    proxy = start(emulator)
    states = events(proxy, ums.StateChanged)
    proxy.open().get(timeout=10)
    emulator.close_sockets(1012, "bot1")
    states.wait(ready(2))
    proxy.close().get(timeout=10)
    states.wait(lambda event: event.state == "CLOSED")
    told = [(event.previous, event.state, event.generation) for event in states.seen]
    up = ["AUTHENTICATING", "CONNECTING", "RESTORING", "READY"]
    first, second = ["NEW", *up], ["BACKING_OFF", *up, "CLOSING", "CLOSED"]
    assert [state for _, state, _ in told] == [*first[1:], *second]
    assert [previous for previous, _, _ in told] == [*first, *second[:-1]]
    lost = states.seen[len(up)]
    assert "1012" in lost.reason


def test_a_line_on_which_nothing_is_said_is_kept_alive_by_pings(start, events):
    with running_emulator(users=2, idle_timeout=0.5) as emulator:
        pinging = start(emulator, options={"ping_interval": 0.1})
        silent = start(emulator, "bot2", options={"ping_interval": 3600.0})
        states = events(silent, ums.StateChanged)
        pinging.open().get(timeout=10)
        silent.open().get(timeout=10)
        states.wait(lambda event: event.state == "BACKING_OFF")
        now = status(pinging)
        assert (now.state, now.generation) == ("READY", 1)
        for proxy in (pinging, silent):
            proxy.actor_ref.stop(timeout=10)


def test_a_line_that_does_not_hold_costs_longer_and_longer_pauses(
    emulator, start, events, eventually
):
    proxy = start(emulator, options={"stable_after": 3600.0})
    states = events(proxy, ums.StateChanged)
    proxy.open().get(timeout=10)
    for line in (2, 3, 4):
        emulator.cut("bot1")
        states.wait(ready(line))
        assert status(proxy).attempt == line - 1  # READY alone proves nothing


def test_a_line_that_has_held_for_a_while_has_pauses_begin_anew(
    emulator, start, events, eventually
):
    proxy = start(emulator, options={"stable_after": 0.05})
    kernel = proxy.actor_ref.actor_inbox.keep
    states = events(proxy, ums.StateChanged)
    proxy.open().get(timeout=10)
    for line in (2, 3):
        stable_at = kernel.session.backoff.stable_at
        eventually(lambda at=stable_at: kernel.runtime.clock.now() > at)
        emulator.cut("bot1")
        states.wait(ready(line))
        assert status(proxy).attempt == 1


def test_each_answer_goes_to_the_request_that_it_is_for(emulator, start, events):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    emulator.add_fault("delay", count=1, value={"seconds": 0.3, "types": [PROFILE]})
    slow = proxy.send({"type": PROFILE, "body": {}})
    quick = [proxy.send({"type": CLOCK}) for _ in range(10)]
    assert all("currentTime" in future.get(timeout=5) for future in quick)
    assert not slow.done()
    assert "currentTime" not in slow.get(timeout=5)
    ids = [e["frame"]["id"] for e in emulator.log("bot1") if e["dir"] == "in"]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("side", ["brand", "consumer"])
def test_the_application_is_named_on_each_line(emulator, start, events, side):
    more = {"app_id": "shop bot", "app_version": "1.2"}
    if side == "consumer":
        more |= {"kind": ums.ConsumerWebsocketConnection, "auth": ums.Anonymous()}
    proxy = start(emulator, **more)
    heard = events(proxy, ums.MessageReceived)
    proxy.open().get(timeout=10)
    if side == "brand":
        conversation = emulator.open_conversation(assign="bot1").conversation_id
    else:
        conversation = proxy.create_conversation().get(timeout=5)
    proxy.send_text(conversation, "hello").get(timeout=5)
    heard.wait(lambda event: event.text == "hello")
    said = emulator.transcript(conversation)[-1]
    told = said["originatorMetadata"]["clientProperties"]
    assert (told["appId"], told["appVersion"]) == ("shop bot", "1.2")
    assert told["integration"] == "ums-actors"
