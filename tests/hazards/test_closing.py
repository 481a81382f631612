from __future__ import annotations

import subprocess
import sys

import pytest

import ums_actors as ums
from ums_actors.emulator import password_of

SUBSCRIBE = ".ams.aam.SubscribeExConversations"

PROGRAM = """
import sys
import ums_actors as ums

account, csds, password = sys.argv[1:]
connection = ums.connect(
    account_id=account,
    auth=ums.PasswordLogin("bot1", password),
    csds=csds,
    options=ums.Options(backoff_base=0.02),
)
changes = connection.events(ums.StateChanged, timeout=10)
print("ready", flush=True)
next(each for each in changes if (each.state, each.generation) == ("READY", 2))
connection.close()
print("closed", flush=True)
"""

STEPS = {
    "AUTHENTICATING": ("login", {"delay": 0.2}),
    "CONNECTING": ("handshake", {"delay": 0.2}),
    "RESTORING": ("delay", {"seconds": 0.2, "types": SUBSCRIBE}),
    "BACKING_OFF": ("handshake", 502),
}


def status(proxy):
    return proxy.status().get(timeout=5)


def begun(emulator, start, events, step):
    """Open a connection, and give it in this state on its first attempt."""
    name, value = STEPS[step]
    emulator.add_fault(name, value=value)
    proxy = start(emulator, options={"backoff_base": 0.3})
    states = events(proxy, ums.StateChanged)
    opening = proxy.open()
    states.wait(lambda event: event.state == step)
    return proxy, states, opening


# -- 2: close() while the line is being made


@pytest.mark.parametrize("step", STEPS)
def test_who_closes_while_a_line_is_made_stays_closed(emulator, start, events, step):
    proxy, states, opening = begun(emulator, start, events, step)
    proxy.close().get(timeout=5)
    with pytest.raises(ums.ConnectionLost):
        opening.get(timeout=5)
    emulator.clear_faults()
    told = [event.state for event in states.rest(0.4)]
    assert told in (["CLOSING", "CLOSED"], ["CLOSED"])
    assert status(proxy).state == "CLOSED"
    assert emulator.state()["sockets"] == 0


def test_who_closes_while_a_line_is_made_again_stays_closed(emulator, opened, events):
    proxy = opened(emulator)
    states = events(proxy, ums.StateChanged)
    emulator.add_fault("delay", value={"seconds": 0.2, "types": SUBSCRIBE})
    emulator.cut("bot1")
    states.wait(lambda event: event.state == "RESTORING")
    proxy.close().get(timeout=5)
    assert [event.state for event in states.rest(0.4)] == ["CLOSING", "CLOSED"]
    assert status(proxy).state == "CLOSED"
    assert emulator.state()["sockets"] == 0


# -- 10: what a closed connection leaves running


def test_a_program_whose_connection_is_closed_ends_by_itself(emulator):
    arguments = [emulator.account, f"http://{emulator.csds}", password_of("bot1")]
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments], stdout=subprocess.PIPE, text=True
    )
    try:
        assert program.stdout.readline() == "ready\n"
        emulator.close_sockets(4401, "bot1")
        assert program.stdout.readline() == "closed\n"
        assert program.wait(10) == 0
    finally:
        program.kill()
        program.wait(10)
        program.stdout.close()


@pytest.mark.parametrize("token", ["kept", "refused"])
def test_a_closed_connection_refreshes_no_token_any_more(
    emulator, opened, events, eventually, token
):
    proxy = opened(emulator, options={"refresh_interval": 0.05})
    states = events(proxy, ums.StateChanged)
    eventually(lambda: emulator.state()["refreshes"] >= 2)
    if token == "refused":
        emulator.close_sockets(4401, "bot1")
        states.wait(lambda event: event.state == "BACKING_OFF")
    proxy.close().get(timeout=5)
    states.rest()  # a login that was under way may still come about
    before = emulator.state()
    states.rest(0.25)
    after = emulator.state()
    assert (after["refreshes"], after["logins"]) == (
        before["refreshes"],
        before["logins"],
    )


def test_a_token_is_to_be_had_before_the_opening_and_during_it(emulator, start):
    emulator.add_fault("login", count=1, value={"delay": 0.1})
    proxy = start(emulator)
    early = proxy.get_token()
    opening = proxy.open()
    later = proxy.get_token()
    opening.get(timeout=10)
    assert early.get(timeout=5) == later.get(timeout=5) != ""
    assert emulator.state()["logins"] == 1


# -- 11: `reconnect` for a line that is none


def test_no_line_is_called_ready_that_was_not_restored(emulator, opened, events):
    proxy = opened(emulator)
    proxy.set_agent_state(ums.AgentState.ONLINE).get(timeout=5)
    states = events(proxy, ums.StateChanged)
    state = {"code": 503, "type": ".ams.routing.SetAgentState"}
    emulator.add_fault("reject", count=2, value=state)
    emulator.cut("bot1")
    told = states.ready(2)
    assert told.generation == 4
    assert emulator.state()["agent_states"]["bot1"] == "ONLINE"


def test_nobody_is_told_of_a_line_that_a_close_prevented(emulator, opened, events):
    proxy = opened(emulator, options={"backoff_base": 0.3})
    states = events(proxy, ums.StateChanged)
    emulator.add_fault("handshake", value=502)
    emulator.cut("bot1")
    states.wait(lambda event: event.state == "BACKING_OFF")
    waiting = proxy.wait_ready()
    emulator.clear_faults()
    proxy.close().get(timeout=5)
    with pytest.raises(ums.ConnectionLost):
        waiting.get(timeout=5)
    states.rest(0.4)
    assert "READY" not in [event.state for event in states.seen]
    assert status(proxy).reconnects == 0
