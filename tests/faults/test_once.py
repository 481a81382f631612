"""Messages that must not be lost nor doubled, through cuts at random bytes."""

from __future__ import annotations

import random

import pytest

import ums_actors as ums
from ums_actors.emulator import password_of, running_emulator
from ums_actors.testing.fault_proxy import FaultProxy, LimitData, ResetPeer

MOST = 900
"""Bytes after which a line is cut at the latest: a frame, and some of what follows."""
SEED = 5
OPTIONS = {
    "settling_delay": 0.02,
    "backoff_base": 0.01,
    "request_timeout": 3.0,
    "stable_after": 0.001,  # each line is cut soon: pauses must not grow
}


def connection(side, emulator, domains, runtime, **more):
    options = ums.Options(**OPTIONS)
    where = {"csds": f"http://{emulator.csds}", "domains": domains}
    if side == "brand":
        return ums.BrandWebsocketConnection.start(
            emulator.account,
            auth=ums.PasswordLogin("bot1", password_of("bot1")),
            options=options,
            runtime=runtime,
            **where,
            **more,
        )
    return ums.ConsumerWebsocketConnection.start(
        emulator.account,
        auth=ums.Anonymous(),
        options=options,
        runtime=runtime,
        **where,
        **more,
    )


def said(emulator, conversation_id):
    return [
        line["event"]["message"]
        for line in emulator.transcript(conversation_id)
        if line["event"]["type"] == "ContentEvent"
    ]


def opened(side, emulator, proxy):
    proxy.open(wait_for_ready=True).get(timeout=20)
    if side == "brand":
        return emulator.open_conversation(assign="bot1").conversation_id
    return proxy.create_conversation().get(timeout=10)


def cut_later(net, dice):
    """Have the present line end somewhere in what it says or hears next."""
    toxic = dice.choice([LimitData, ResetPeer])(dice.randrange(MOST))
    net.add(toxic, direction=dice.choice(["upstream", "downstream"]), on="present")


LONG = [pytest.mark.soak, pytest.mark.timeout(1800)]


@pytest.mark.parametrize(
    ("side", "cuts"),
    [
        ("brand", 20),
        ("consumer", 5),  # each look takes the time in which events must have come
        pytest.param("brand", 2_000, marks=LONG),
        pytest.param("consumer", 300, marks=LONG),
    ],
)
def test_each_message_is_there_once_and_in_order(runtime, side, cuts):
    dice = random.Random(SEED)
    with running_emulator(users=1) as emulator:
        port = int(emulator.csds.rpartition(":")[2])
        with FaultProxy(port) as net:
            domains = {"facadeMsg": f"http://{net.address}"}
            domains["asyncMessagingEnt"] = domains["facadeMsg"]
            ref = connection(side, emulator, domains, runtime)
            proxy = ref.proxy()
            conversation_id = opened(side, emulator, proxy)
            texts = [f"text {number}" for number in range(cuts)]
            for number, text in enumerate(texts):
                cut_later(net, dice)
                told = proxy.send_text(conversation_id, text, effectively_once=True)
                assert told.get(timeout=60) == number
            ref.stop(timeout=20)
        assert said(emulator, conversation_id) == texts


@pytest.mark.parametrize(
    "letters",
    [40, pytest.param(3_000, marks=LONG)],
)
def test_an_outbox_delivers_all_once_and_in_order(runtime, tmp_path, letters):
    dice = random.Random(SEED)
    with running_emulator(users=1) as emulator:
        port = int(emulator.csds.rpartition(":")[2])
        with FaultProxy(port) as net:
            domains = {"facadeMsg": f"http://{net.address}"}
            outbox = ums.Outbox(tmp_path / "bot1.db")
            ref = connection("brand", emulator, domains, runtime, outbox=outbox)
            proxy = ref.proxy()
            talks = [opened("brand", emulator, proxy) for _ in range(3)]
            sent = []
            for number in range(letters):
                talk = talks[number % len(talks)]
                posted = proxy.publish_text(talk, f"text {number}").get(timeout=60)
                sent.append(posted.sent)
                if number % 3 == 0:
                    cut_later(net, dice)
            for each in sent:
                each.get(timeout=60)
            ref.stop(timeout=20)
        for place, talk in enumerate(talks):
            wanted = [f"text {n}" for n in range(place, letters, len(talks))]
            assert said(emulator, talk) == wanted
