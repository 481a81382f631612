"""A fleet of 5,000 bots over TLS, whose service goes away and comes back."""

from __future__ import annotations

import gc
import itertools
import os
import threading
import time
from collections import defaultdict

import psutil
import pytest

import ums_actors as ums
from ums_actors.emulator import EmulatorError, EmulatorProcess, password_of
from ums_actors.fleet import AgentSpec, Fleet, Limits, Pacing

COUNT = int(os.environ.get("UMS_SOAK_FLEET", "5000"))
TALKS = COUNT // 5
"""Conversations, each with a bot of its own."""
RATE = float(os.environ.get("UMS_SOAK_GATE", "40"))
"""Connects a second; logins a second are as many. Fewer for a busy machine."""
PAUSE = 0.02
"""Seconds between two messages of consumers, all conversations in turn."""
OWN = {"stage": ["OPEN"], "agent_id": ums.ME}
"""Conversations in which the bot takes part: each hearing of all would be millions."""
LONG = 900.0
THREADS = 40
MEMORY, ONCE = 48, 24
"""KiB that an agent over TLS may take, and MiB that there are but once."""
PATIENT = ums.Options(
    connect_timeout=60.0,
    login_timeout=60.0,
    restore_timeout=120.0,
    request_timeout=120.0,
    pong_timeout=120.0,
    ping_interval=50.0,
    queue_timeout=LONG,
)


class Service:
    """What bots hear and answer; any thread."""

    def __init__(self):
        self.fleet = None
        self.heard = defaultdict(list)
        self.answers = []

    def take(self, told):
        event = told.event
        if not isinstance(event, ums.MessageReceived):
            return
        assert not told.missed
        if event.mine or event.text is None:
            return
        self.heard[event.conversation_id].append((event.sequence, event.text))
        bot = self.fleet.get(told.user)
        answer = f"re {event.text}"
        reply = bot.send_text(event.conversation_id, answer, effectively_once=True)
        self.answers.append(reply)


class Crowd(threading.Thread):
    """Consumers who go on saying something, one after another."""

    def __init__(self, process, talks):
        super().__init__(daemon=True)
        self._process, self._talks = process, talks
        self._halt = threading.Event()
        self.said = defaultdict(list)
        self.failures = 0

    def run(self):
        for number, talk in enumerate(itertools.cycle(self._talks)):
            if self._halt.wait(PAUSE):
                return
            text = f"line {number}"
            try:
                self._process.write(talk, text)
            except EmulatorError:  # it is away: nobody can say anything
                self.failures += 1
                self._halt.wait(0.5)
                continue
            self.said[talk].append(text)

    def stop(self):
        self._halt.set()
        self.join(LONG)


@pytest.fixture
def process(descriptors):
    with EmulatorProcess(users=COUNT, tls=True, log=False) as made:
        yield made


def memory():
    gc.collect()
    return psutil.Process().memory_info().rss


def report(process, what, begun):
    server, own = psutil.Process(process.pid), psutil.Process()
    print(  # noqa: T201
        f"{what}: {time.monotonic() - begun:.0f} s, {memory() >> 20} MiB, "
        f"{own.num_threads()} threads, {sum(own.cpu_times()[:2]):.0f} s of CPU (server "
        f"{server.memory_info().rss >> 20} MiB, {sum(server.cpu_times()[:2]):.0f} s)"
    )


def all_ready(fleet):
    return fleet.status().ready == COUNT


def wait_for(condition, *, look=0.25):
    deadline = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(look)


def transcript(process, talk):
    texts = [
        event["event"]["message"]
        for event in process.transcript(talk)
        if event["event"]["type"] == "ContentEvent"
    ]
    return [text for text in texts if not text.startswith("re ")], [
        text for text in texts if text.startswith("re ")
    ]


@pytest.mark.soak
@pytest.mark.timeout(3_600)
def test_all_are_ready_again_after_a_restart_and_no_word_is_lost(process):
    service = Service()
    before = memory()
    begun = time.monotonic()
    with Fleet(
        [
            AgentSpec(
                user=name,
                account_id=process.account,
                auth=ums.PasswordLogin(name, password_of(name)),
                settings={
                    "csds": process.csds,
                    "ca_file": process.ca,
                    "options": PATIENT,
                    "default_subscription_query": OWN,
                },
            )
            for name in process.users
        ],
        handler=service.take,
        kinds=(ums.MessageReceived,),
        pacing=Pacing(connects=RATE, logins=RATE),
        limits=Limits(connections=COUNT),
    ) as fleet:
        service.fleet = fleet
        opened = fleet.open().get(timeout=LONG)
        assert opened.ready == COUNT
        report(process, f"{COUNT} READY, gate {RATE:g}/s", begun)
        assert process.state()["logins"] == COUNT
        assert psutil.Process().num_threads() <= THREADS
        assert memory() - before < (COUNT * MEMORY << 10) + (ONCE << 20)

        users = process.users[:TALKS]
        talks = [
            process.open_conversation(assign=name).conversation_id for name in users
        ]
        crowd = Crowd(process, talks)
        crowd.start()
        wait_for(lambda: all(crowd.said[talk] for talk in talks))

        begun = time.monotonic()
        process.restart(down=2.0)
        seen = []
        while not all_ready(fleet):
            asked = time.monotonic()
            seen.append((asked - begun, process.state()["handshakes"]))
            assert seen[-1][0] < LONG
            threading.Event().wait(0.25)
        report(process, "its service went and came back, all READY again", begun)
        for seconds, handshakes in seen:
            assert handshakes <= 2 + RATE * seconds
        assert process.state()["logins"] == 0  # counted anew: their tokens live on

        begun = time.monotonic()
        reached = {talk: len(crowd.said[talk]) for talk in talks}
        wait_for(lambda: all(len(crowd.said[it]) > reached[it] for it in talks))
        crowd.stop()
        wait_for(
            lambda: all(len(service.heard[it]) >= len(crowd.said[it]) for it in talks)
        )
        for answer in service.answers:
            answer.get(timeout=LONG)
        report(process, "all answered", begun)
        status = fleet.status()
        assert (status.ready, status.events_dropped) == (COUNT, 0)

    assert crowd.failures  # they did talk while it was away
    for talk in talks:
        said, answered = transcript(process, talk)
        assert [text for _, text in service.heard[talk]] == said
        assert sorted(answered) == sorted(f"re {text}" for text in said)
    print(  # noqa: T201
        f"{sum(map(len, service.heard.values()))} messages heard, "
        f"{len(service.answers)} answered"
    )
