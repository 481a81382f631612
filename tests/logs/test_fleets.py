"""What a fleet tells: one test an event, named after it."""

from __future__ import annotations

import threading

import pykka
import pytest

import ums_actors as ums
from ums_actors.fleet import handlers


@pytest.fixture
def fleet(runtime):
    made = []

    def make(**more):
        bots = ums.Fleet(runtime=runtime, **more)
        made.append(bots)
        return bots

    yield make
    for each in made:
        each.close().get(timeout=20)


@pytest.fixture
def spec(emulator):
    def make(password="bot1-password", options=None, **more):
        return ums.AgentSpec(
            user="bot1",
            account_id=emulator.account,
            auth=ums.PasswordLogin("bot1", password),
            settings={"csds": "http://" + emulator.csds, "options": options},
            **more,
        )

    return make


def test_fleet_agent_failed(fleet, spec, heard):
    fleet(trials=None).add(spec("wrong"))
    told = heard.wait("fleet.agent_failed")
    assert (told["user"], told["retry_in"], told["tried"]) == ("bot1", None, 0)
    assert told["reason"] == "the credentials were rejected with HTTP status 401"


def test_fleet_agent_contested(fleet, spec, heard, emulator, eventually):
    options = ums.Options(backoff_base=0.02, stable_after=0.01)
    bots = fleet()
    bots.add(spec(options=options))

    def fight():
        if bots.status().ready:
            emulator.expire_tokens("bot1")
            emulator.cut("bot1")
        return bots.status().contested

    eventually(fight)
    told = heard.wait("fleet.agent_contested")
    assert (told["user"], told["account"]) == ("bot1", emulator.account)
    assert told["retry_in"] > 60


def test_fleet_online_failed(fleet, spec, heard, emulator):
    refusal = {"code": 400, "type": ".ams.routing.SetAgentState"}
    emulator.add_fault("reject", value=refusal)
    fleet().add(spec(online=True))
    told = heard.wait("fleet.online_failed")
    assert told["reason"].endswith("with code 400")


def test_fleet_agent_refused(fleet, emulator, heard):
    bad = ums.AgentSpec(
        user="bot1",
        account_id=emulator.account,
        auth=ums.PasswordLogin("bot1", "x"),
        settings={"ca_file": "/nowhere.pem"},
    )
    assert fleet(agents=[bad]).open().get(timeout=20).agents == 0
    assert "/nowhere.pem" in heard.wait("fleet.agent_refused")["reason"]


def test_fleet_handler_failed(fleet, spec, heard):
    def fail(event):
        raise KeyError("x")

    fleet(handler=fail).add(spec())
    assert isinstance(heard.wait("fleet.handler_failed")["error"], KeyError)


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(handlers, "SLOW_SECONDS", 0.01)


@pytest.mark.usefixtures("impatient")
def test_fleet_handlers_blocked(fleet, spec, heard, eventually, emulator):
    go_on = threading.Event()
    bots = fleet(handler=lambda _: go_on.wait(30), handlers=1)
    bots.add(spec()).wait_ready(20).get(timeout=20)
    eventually(lambda: bots.status().handlers_busy)
    threading.Event().wait(0.02)
    emulator.cut("bot1")
    assert heard.wait("fleet.handlers_blocked")["threads"] == 1
    go_on.set()


def test_fleet_handler_late(fleet, spec, heard):
    go_on, entered = threading.Event(), threading.Event()
    bots = fleet(handler=lambda _: (entered.set(), go_on.wait(30)))
    bots.add(spec())
    assert entered.wait(20)
    bots.close(timeout=4.0).get(timeout=20)
    assert heard.wait("fleet.handler_late") == {}
    go_on.set()


class Backend(pykka.ThreadingActor):
    pass


def test_fleet_handler_gone(fleet, spec, heard):
    backend = Backend.start()
    backend.stop(timeout=10)
    fleet(handler=backend).add(spec())
    assert heard.wait("fleet.handler_gone")["lost"] >= 1
