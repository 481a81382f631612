"""Each Python snippet of the README runs as it stands, and does what it is there for.

A scene gives a snippet the names that it presupposes, a local service in the place of
the real one, and others who speak there; then it looks at what came of it.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import functools
import hashlib
import hmac
import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import urllib3

import ums_actors as ums
from ums_actors.cluster import Share
from ums_actors.status.client import Client

_path = Path(__file__).parents[1] / "snippets.py"
_spec = importlib.util.spec_from_file_location("ums_snippets", _path)
_snippets = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_snippets)
GENEROUS, SECRET, Running = _snippets.GENEROUS, _snippets.SECRET, _snippets.Running
stage = _snippets.stage

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
SNIPPETS = [
    code
    for code in _snippets.blocks(README)
    if not code.startswith("import ray\n")  # see tests/cluster/on_ray/test_cluster.py
]
CAT = b"\x89PNG\r\n\x1a\n" + b"a cat" * 1_000


def an_application(stage, code):
    def meanwhile():
        talk = stage.talk(assign="bot1", text="hi")
        stage.eventually(lambda: "you said: hi" in stage.said(talk))

    assert code.count("\n...\n") == 1  # where others have their time
    code = code.replace("\n...\n", "\nmeanwhile()\n")
    names = Running(code, {"meanwhile": meanwhile}).end()
    assert int(stage.printed()[0]) > 0
    stage.eventually(lambda: not names["ref"].is_alive())


def a_script(stage, code):
    snippet = Running(code, {"secret": SECRET})
    connection = stage.made.get(timeout=GENEROUS)
    talk = stage.talk(assign="bot1")

    def is_heard():
        stage.emulator.write(talk, "hello")  # again: it listens a little later
        return f"{talk} hello" in stage.printed()

    stage.eventually(is_heard)
    stage.cut_short(snippet, connection)


def in_asyncio(stage, code):
    greet = Running(code, {"secret": SECRET}).end()["greet"]
    talk = stage.talk(assign="bot1")

    def is_answered():
        stage.emulator.write(talk, "hi")
        return "hello" in stage.said(talk)

    async def until_answered():
        greeting = asyncio.create_task(greet())
        answered = asyncio.create_task(asyncio.to_thread(stage.eventually, is_answered))
        await asyncio.wait({greeting, answered}, return_when=asyncio.FIRST_COMPLETED)
        greeting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await greeting
        await answered

    asyncio.run(until_answered())


def a_ring(stage, code):
    Running(code, {"connection": stage.agent()}).end()
    talk = stage.talk(text="hello")
    stage.eventually(lambda: stage.now(talk)["assigned"])


def conversations(stage, code):
    before = stage.talk(assign="bot1")
    names = Running(code, {"connection": stage.agent()}).end()
    assert [each.conversation_id for each in names["known"]] == [before]
    talk = stage.talk(assign="bot1", skill="4")
    stage.eventually(lambda: stage.now(talk)["skill"] == "17")
    assert "one moment, please" in stage.said(talk)
    assert any(line.startswith("4 ") for line in stage.printed())


def typed_requests(stage, code):
    talk = stage.talk(assign="bot1", text="hello")
    names = Running(code, {"connection": stage.agent(), "dialog_id": talk}).end()
    assert stage.printed() == [f"{names['now']} 0 hello"]


def files(stage, code):
    Path("cat.png").write_bytes(CAT)
    talk = stage.talk(assign="bot1")
    Running(code, {"connection": stage.agent(), "conversation_id": talk}).end()
    received = Path("received.bin")
    stage.eventually(lambda: received.exists() and received.read_bytes() == CAT)


def working_hours(stage, code):
    stage.emulator.set_shift("4", False)
    stage.emulator.set_shift("17", True)
    connection = stage.agent()
    names = Running(code, {"connection": connection}).end()
    assert names["off"] == ["4"]
    assert names["figures"]["agentMessages"] == 0
    stage.emulator.set_shift("17", False, next_on=7)
    connection.get_shift_status().get(timeout=10)
    stage.eventually(lambda: "17 is off until 7" in stage.printed())


def a_consumer(stage, code):
    snippet = Running(code, {})
    connection = stage.made.get(timeout=GENEROUS)
    stage.eventually(stage.emulator.conversations)
    (talk,) = (one["conversation"] for one in stage.emulator.conversations())
    stage.eventually(lambda: stage.said(talk) == ["is anybody there?"])
    agent = stage.agent()
    agent.join_dialog(talk, talk, "MANAGER").get(timeout=GENEROUS)

    def is_heard():
        agent.send_text(talk, "yes").get(timeout=GENEROUS)
        return "MANAGER yes" in stage.printed()

    stage.eventually(is_heard)
    stage.cut_short(snippet, connection)


def effectively_once(stage, code):
    talk = stage.talk(assign="bot1")
    Running(code, {"connection": stage.agent(), "conversation_id": talk}).end()
    stage.eventually(lambda: stage.said(talk) == ["your order is on its way"])


def an_outbox(stage, code):
    talk = stage.talk(assign="bot1")
    Running(code, {"secret": SECRET, "conversation_id": talk}).end()
    assert stage.said(talk) == ["your order is sent"]
    assert Path("bot1.db").exists()


def a_replacement(stage, code):
    talk = stage.talk(assign="bot1")
    heard = []

    def meanwhile():
        connection = stage.begun()

        def is_heard():
            stage.emulator.write(talk, "hello")
            return "hello" in heard

        stage.eventually(is_heard)
        assert connection.status().get(timeout=GENEROUS).state == "READY"

    def run():
        names = {
            "secret": SECRET,
            "answer": lambda message: heard.append(message.text),
            "meanwhile": meanwhile,
        }
        Running(code.replace("\n...\n", "\nmeanwhile()\n"), names).end()

    assert code.count("\n...\n") == 1
    run()
    heard.clear()
    stage.emulator.write(talk, "while nobody ran")
    run()
    assert heard.count("while nobody ran") == 1


def a_fleet(stage, code):
    def meanwhile():
        talk = stage.talk(text="hi")  # which rings
        stage.eventually(lambda: "you said: hi" in stage.said(talk))

    assert code.count("\n...\n") == 1
    code = code.replace("\n...\n", "\nmeanwhile()\n")
    made = ums.AgentSpec

    def here(*, settings, **more):
        place = {"csds": f"http://{stage.emulator.csds}"}
        return made(settings={**settings, **place}, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ums, "AgentSpec", here)
        Running(code, {"secrets": {"bot1": SECRET}, "meanwhile": meanwhile}).end()
    assert stage.printed()[0] == "1"


def agents_of_a_cluster(stage, code):
    names = Running(code, {}).end()
    agents = names["agents"](Share(shard=0, shards=4))
    assert (len(agents), agents[6].user) == (1_000, "bot7")
    bot = stage.agent()
    talk = stage.talk(assign="bot1")
    fleet = SimpleNamespace(get=lambda user: bot)
    with bot.events(ums.MessageReceived) as heard:
        stage.emulator.write(talk, "hi")
        told = ums.AgentEvent(user="bot1", account_id="12345678", event=next(heard))
    names["serve"](told, fleet)
    stage.eventually(lambda: "you said: hi" in stage.said(talk))


def webhooks(stage, code):
    body = json.dumps(
        {
            "type": "ms.MessagingEventNotification",
            "body": {
                "changes": [
                    {
                        "sequence": 0,
                        "dialogId": "D",
                        "event": {"type": "ContentEvent", "message": "hello"},
                    }
                ]
            },
        }
    ).encode()
    digest = hmac.new(SECRET.encode(), body, hashlib.sha1).digest()
    signature = f"sha1={base64.b64encode(digest).decode()}"
    connect = functools.partial(ums.connect_null, runtime=stage.runtime)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ums, "connect_null", connect)
        names = Running(code, {"app_secret": SECRET}).end()
    try:
        assert names["status_of"](body, None) == 400
        assert names["status_of"](body, signature) == 200
        stage.eventually(lambda: stage.printed() == ["hello"])
    finally:
        names["webhooks"].close()


def by_rest(stage, code):
    talk = stage.talk(assign="bot1")
    names = {"auth": ums.PasswordLogin("bot1", SECRET), "conversation_id": talk}
    Running(code, names).end()
    assert stage.said(talk) == ["hello"]
    assert (stage.now(talk)["skill"], stage.now(talk)["assigned"]) == ("17", None)
    assert stage.printed() == [talk]


def how_long_it_takes(stage, code):
    Running(code, {"connection": stage.agent()}).end()
    stage.emulator.cut("bot1")
    stage.eventually(lambda: any("'upgrade':" in each for each in stage.printed()))
    assert stage.printed()[0].startswith("READY 0.")


def a_gate(stage, code):
    names = Running(code, {"auth": ums.PasswordLogin("bot1", SECRET)}).end()
    connection = names["ref"].proxy()
    connection.open().get(timeout=GENEROUS)
    assert connection.get_clock().get(timeout=GENEROUS) > 0
    names["ref"].stop(timeout=GENEROUS)
    assert names["runtime"].close(GENEROUS)


def a_test(stage, code):
    Path("test_bot.py").write_text(code, "utf-8")
    pytest_itself = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        pytest_itself, capture_output=True, text=True, check=False, timeout=GENEROUS * 2
    )
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def metrics(stage, code):
    assert code.count("9464") == 1
    names = {"auth": ums.PasswordLogin("bot1", SECRET)}
    names = Running(code.replace("9464", "0"), names).end()
    try:
        names["ref"].proxy().open(wait_for_ready=True).get(timeout=GENEROUS)
        address = f"http://127.0.0.1:{names['server'].server_port}/metrics"
        scraped = urllib3.request("GET", address).data.decode()
    finally:
        names["metrics"].close()
        names["server"].shutdown()
        names["server"].server_close()
        names["thread"].join(GENEROUS)
    assert 'ums_connections{connection="support",state="READY"} 1.0' in scraped
    names["ref"].stop(timeout=GENEROUS)
    assert names["runtime"].close(GENEROUS)


def a_status_socket(stage, code):
    names = Running(code, {"auth": ums.PasswordLogin("bot1", SECRET)}).end()
    names["ref"].proxy().open(wait_for_ready=True).get(timeout=GENEROUS)
    with Client(names["runtime"].status_path, timeout=GENEROUS) as client:
        assert [row.state for row in next(client.pages()).rows] == ["READY"]
    names["ref"].stop(timeout=GENEROUS)
    assert names["runtime"].close(GENEROUS)


def a_bad_network(stage, code):
    Running(code, {"port": int(stage.emulator.csds.rpartition(":")[2])}).end()


SCENES = {
    "import os": an_application,
    "with ums.connect(": a_script,
    "from ums_actors import aio": in_asyncio,
    "def take(offer: ums.RingOffered) -> None:": a_ring,
    "def greet(event: ums.ConversationOpened) -> None:": conversations,
    "from ums_actors.requests import": typed_requests,
    "from pathlib import Path": files,
    "def tell(event: ums.SkillEnteredOffHours) -> None:": working_hours,
    "with ums.connect_consumer(": a_consumer,
    "connection.send_text(": effectively_once,
    "ref = ums.BrandWebsocketConnection.start(": an_outbox,
    "import pathlib": a_replacement,
    "def serve(told: ums.AgentEvent) -> None:": a_fleet,
    "webhooks = ums.connect_null(": webhooks,
    "with ums.connect_rest(": by_rest,
    "def measure(event: ums.ConnectEnded) -> None:": how_long_it_takes,
    "# our_bots.py, on each machine": agents_of_a_cluster,
    "runtime = ums.Runtime(gate=": a_gate,
    "from prometheus_client import": metrics,
    "runtime = ums.Runtime(status_socket=": a_status_socket,
    "from ums_actors.testing.fault_proxy import": a_bad_network,
    "import ums_actors as ums": a_test,
}
"""Of each snippet, how it begins, and the scene in which it runs."""


def test_each_snippet_has_a_scene_of_its_own():
    scenes = [[how for how in SCENES if code.startswith(how)] for code in SNIPPETS]
    without = [code for code, found in zip(SNIPPETS, scenes, strict=True) if not found]
    assert not without, "give these a scene: " + "\n".join(without)
    assert sorted(how for found in scenes for how in found) == sorted(SCENES)


@pytest.mark.parametrize("how", SCENES)
def test_each_snippet_runs_and_does_what_it_says(stage, how):
    (code,) = (code for code in SNIPPETS if code.startswith(how))
    SCENES[how](stage, code)
