from __future__ import annotations

import time
from types import SimpleNamespace

import pytest

import ums_actors as ums
from ums_actors.emulator import EmulatorError
from ums_actors.testing.soak import talk as module
from ums_actors.testing.soak.exchange import Exchange
from ums_actors.testing.soak.talk import Talk


class Server:
    """Tells of what is said at once, unless it is told to fail."""

    def __init__(self):
        self.told = []
        self.records = {}
        self.stages = {}
        self.consumers = {}
        self.failing = {}
        self.lose = self.double = None

    def _fails(self, name):
        left = self.failing.get(name, 0)
        self.failing[name] = left - 1
        if left > 0:
            raise EmulatorError("it is halted")

    def open_conversation(self, *, assign, text, consumer):
        which = f"{assign}:{len(self.stages)}"
        self.stages[which], self.records[which] = "OPEN", []
        self.consumers[consumer] = which
        self.write(which, text)
        self._fails("open")
        return SimpleNamespace(conversation_id=which)

    def write(self, which, text):
        assert self.stages[which] == "OPEN"
        self.records[which].append(text)
        if text != self.lose:
            self.say(which, text)
        if text == self.double:
            self.say(which, text)

    def say(self, which, text, kind="ContentEvent"):
        for target in self.told:
            target(
                ums.MessageReceived(
                    conversation_id=which,
                    dialog_id=which,
                    sequence=0,
                    originator_id="c",
                    role="CONSUMER",
                    event_type=kind,
                    text=text,
                    event=None,
                    metadata=None,
                    mine=False,
                    message=None,
                )
            )

    def close_conversation(self, which):
        if self.failing.get("before"):
            self._fails("before")
        self.stages[which] = "CLOSE"
        self._fails("after")

    def transcript(self, which):
        self._fails("transcript")
        return [
            {"event": {"type": "ContentEvent", "message": text}}
            for text in self.records[which]
        ] + [{"event": {"type": "AcceptStatusEvent"}}]

    def conversations(self):
        return [
            {"conversation": which, "consumer": consumer, "stage": self.stages[which]}
            for consumer, which in self.consumers.items()
        ]


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(module, "_PAUSE", 0.001)
    monkeypatch.setattr(module, "_TURN", 3)
    return Server()


@pytest.fixture
def talk(server):
    bot = SimpleNamespace(
        subscribe=lambda target, _: SimpleNamespace(
            get=lambda timeout: server.told.append(target)
        )
    )
    return Talk(SimpleNamespace(server=server, bots=[bot]))


def until(condition, within=20.0):
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def go_on(talk, conversations):
    with talk:
        until(lambda: talk.compared >= conversations)


def test_conversations_are_compared_and_forgotten_when_they_are_over(server, talk):
    go_on(talk, 20)
    assert talk.differences(0.0) == []
    assert len(talk._known) == 1
    assert not talk._early
    assert talk.said >= 60
    assert talk.missed == 0
    assert list(server.stages.values()).count("OPEN") == 1


@pytest.mark.parametrize("when", ["open", "before", "after", "transcript"])
def test_a_call_that_failed_is_made_good(server, talk, when):
    server.failing[when] = 3
    go_on(talk, 10)
    assert talk.differences(0.0) == []
    assert list(server.stages.values()).count("OPEN") == 1


@pytest.mark.parametrize("how", ["lose", "double"])
def test_what_is_lost_or_doubled_is_told(server, talk, how, monkeypatch):
    monkeypatch.setattr(module, "_PATIENCE", 0.0)
    setattr(server, how, "2")
    go_on(talk, 3)
    (found,) = talk.differences(0.0)
    assert "from number" in found


def test_what_is_lost_of_a_conversation_that_goes_on_is_told(server, talk):
    server.lose = "2"
    talk._write(talk._now[0], "1")
    assert talk.differences(0.0) == []
    talk._write(talk._now[0], "2")
    (found,) = talk.differences(0.05)
    assert found.startswith("bot1:0: 3 said, 2 heard, from number 2 on ['2']")


def test_what_is_heard_of_one_that_is_over_is_told_and_kept_bounded(server, talk):
    go_on(talk, 1)
    over = next(it for it, stage in server.stages.items() if stage == "CLOSE")
    server.say(over, "x", kind="RichContentEvent")
    assert talk.differences(0.0) == []
    for _ in range(50):
        server.say(over, "x")
    found = talk.differences(0.0)
    assert found[0] == f"{over}: 'x' heard after all was heard"
    assert len(found) == 10


def test_what_is_heard_of_one_that_nobody_opened_is_told(server, talk):
    server.say("strange", "x")
    assert talk.differences(0.0) == ["strange: nobody opened it"]


@pytest.mark.parametrize(
    ("said", "heard", "place"),
    [("abc", "ab", 2), ("ab", "abc", 2), ("abc", "acb", 1), ("abc", "aabc", 1)],
)
def test_the_first_difference_is_named(said, heard, place):
    found = Exchange("c", 1, list(heard)).difference(said)
    assert f"from number {place} on" in found
    assert Exchange("c", 1, list(said)).difference(list(said)) == ""
