"""Agents that are to be online: once, at the first READY, whatever comes between."""

from __future__ import annotations

import ums_actors as ums


def test_agents_are_online_and_offered_conversations(emulator, specs, fleet, heard):
    bots = fleet(specs(emulator, online=True), handler=heard)
    assert bots.open().get(timeout=30).ready == 6
    assert set(emulator.state()["agent_states"].values()) == {"ONLINE"}
    emulator.open_conversation(text="Hello")
    heard.wait(ums.RingOffered).event.ring.accept().get(timeout=20)


def test_one_who_is_not_to_be_is_only_ready(emulator, specs, fleet):
    bots = fleet(specs(emulator, "bot1"))
    bots.open().get(timeout=30)
    assert emulator.state()["agent_states"].get("bot1", "OFFLINE") == "OFFLINE"


def test_a_new_line_restores_it_and_it_is_told_but_once(
    emulator, specs, fleet, heard, eventually
):
    bots = fleet(specs(emulator, "bot1", online=True), handler=heard)
    bots.open().get(timeout=30)
    emulator.cut("bot1")
    eventually(lambda: bots.get("bot1").status().get(timeout=5).reconnects == 1)
    eventually(lambda: bots.status().ready == 1)
    assert emulator.state()["agent_states"]["bot1"] == "ONLINE"
    emulator.open_conversation(text="Hello")
    heard.wait(ums.RingOffered)
    assert len(heard.of(ums.AgentReady)) == 1
    kinds = [frame["frame"] for frame in emulator.log("bot1") if frame["dir"] == "in"]
    subscribed = [each for each in kinds if "SubscribeRoutingTasks" in str(each)]
    assert len(subscribed) == 2  # one on each line


def test_requests_do_not_grow_old_in_the_line_before_a_gate(emulator, specs, fleet):
    options = ums.Options(queue_timeout=0.2, request_timeout=5.0)
    slow = ums.Pacing(connects=10.0, connect_burst=1)
    agents = specs(emulator, online=True, settings={"options": options})
    bots = fleet(agents, pacing=slow)
    assert bots.open().get(timeout=30).ready == 6
    assert set(emulator.state()["agent_states"].values()) == {"ONLINE"}


def test_one_whose_line_breaks_on_the_way_goes_on_with_the_next(
    emulator, specs, fleet, heard
):
    for request in (".ams.routing.SubscribeRoutingTasks", ".ams.routing.SetAgentState"):
        emulator.add_fault("process-then-disconnect", count=1, value=request)
    bots = fleet(specs(emulator, "bot1", online=True), handler=heard)
    assert bots.open().get(timeout=30).ready == 1
    assert emulator.state()["agent_states"]["bot1"] == "ONLINE"
    assert len(heard.first(1, ums.AgentReady)) == 1
    assert emulator.faults() == []


def test_one_who_is_refused_is_ready_and_says_so(emulator, specs, fleet, heard):
    refusal = {"code": 400, "type": ".ams.routing.SetAgentState"}
    emulator.add_fault("reject", user="bot1", value=refusal)
    bots = fleet(specs(emulator, "bot1", "bot2", online=True), handler=heard)
    assert bots.open().get(timeout=30).ready == 2
    failure = heard.wait(ums.ErrorOccurred)
    assert (failure.user, failure.event.context) == ("bot1", "fleet.online_failed")
    assert failure.event.error.code == 400
    assert [event.user for event in heard.first(1, ums.AgentReady)] == ["bot2"]
    emulator.clear_faults()
    emulator.cut("bot1")
    assert heard.wait(ums.AgentReady, "bot1")
    assert emulator.state()["agent_states"]["bot1"] == "ONLINE"


def test_one_that_has_failed_and_is_tried_again_is_online_again(
    emulator, specs, fleet, heard, eventually
):
    agents = specs(emulator, "bot1", online=True)
    bots = fleet(agents, handler=heard, trials=ums.Trials(first=0.2))
    bots.open().get(timeout=30)
    emulator.add_fault("login", value=401)
    emulator.expire_tokens()
    emulator.cut()
    heard.wait(ums.AgentFailed)
    emulator.clear_faults()
    eventually(lambda: bots.status().states == {"READY": 1})
    eventually(lambda: emulator.state()["agent_states"].get("bot1") == "ONLINE")
    emulator.open_conversation(text="Hello")
    heard.wait(ums.RingOffered)
    assert bots.status().retried >= 1


def test_one_who_is_removed_on_the_way_is_not_waited_for(emulator, specs, fleet):
    emulator.add_fault("drop", value=".ams.routing.SubscribeRoutingTasks")
    bots = fleet(specs(emulator, "bot1", online=True))
    opening = bots.open()
    bots.events(ums.StateChanged).close()
    with_ready = bots.events(timeout=20)
    while not bots.status().ready:
        next(with_ready)
    bots.remove("bot1").get(timeout=20)
    assert opening.get(timeout=20).agents == 0
