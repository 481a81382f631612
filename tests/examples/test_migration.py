"""Each Python block of the migration page runs, and does what the old one does."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import urllib3

import ums_actors as ums
import ums_actors.examples
from ums_actors.emulator import password_of

_path = Path(__file__).parents[1] / "snippets.py"
_spec = importlib.util.spec_from_file_location("ums_snippets", _path)
_snippets = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_snippets)
GENEROUS, Running, stage = _snippets.GENEROUS, _snippets.Running, _snippets.stage

_names = Path(__file__).with_name("reference_names.toml").read_text("utf-8")
KNOWN = {name: text for name, text in tomllib.loads(_names).items() if name != "values"}
PAGE = Path(ums_actors.examples.__file__).with_name("MIGRATION.md")
TEXT = PAGE.read_text("utf-8")
HELLO = "Hello, how can I help you?"
CAT = b"\x89PNG\r\n\x1a\n" + b"a cat" * 1_000


OLD, NEW = (_snippets.blocks_by_heading(TEXT, it) for it in ("js", "python"))


def is_online(stage):
    return stage.emulator.state()["agent_states"].get("bot1") == "ONLINE"


def a_rung_bot(stage, code):
    snippet = Running(code, {})
    stage.eventually(lambda: is_online(stage))
    talk = stage.talk(text="hello")  # which rings
    stage.eventually(lambda: HELLO in stage.said(talk))
    assert stage.now(talk)["assigned"]
    stage.asked_to_end.set()
    snippet.end()


def a_listener(stage, code):
    before = stage.talk(assign="bot1", skill="4")
    others = stage.talk(text="not for us")
    snippet = Running(code, {})
    stage.eventually(lambda: f"opened {before} 4" in stage.printed())
    stage.emulator.write(before, "hello")
    stage.eventually(lambda: "CONSUMER hello" in stage.printed())
    stage.emulator.close_conversation(before)
    stage.eventually(lambda: f"closed {before}" in stage.printed())
    assert not any(others in line for line in stage.printed())
    stage.asked_to_end.set()
    snippet.end()


def handing_over(stage, code):
    snippet = Running(code, {})
    bot = stage.made.get(timeout=GENEROUS)
    talk = stage.talk(assign="bot1", skill="4")
    stage.again(
        lambda: stage.emulator.write(talk, "an agent, please"),
        lambda: stage.now(talk)["skill"] == "4711",
    )
    assert not stage.now(talk)["assigned"]
    stage.cut_short(snippet, bot)


def structured(stage, code):
    snippet = Running(code, {})
    bot = stage.made.get(timeout=GENEROUS)
    opened = []

    def shown():
        assert snippet.error is None
        return [line for talk in opened for line in stage.emulator.transcript(talk)]

    stage.again(lambda: opened.append(stage.talk()), shown)
    card = shown()[0]
    assert card["event"]["content"]["elements"][1]["title"] == "Yes"
    assert card["event"]["quickReplies"]["replies"][0]["title"] == "No"
    assert card["metadata"] == [{"type": "ExternalId", "id": "again-1"}]
    stage.cut_short(snippet, bot)


def a_consumer(stage, code):
    snippet = Running(code, {})
    stage.eventually(stage.emulator.conversations)
    (talk,) = (one["conversation"] for one in stage.emulator.conversations())
    stage.eventually(lambda: stage.said(talk) == ["is anybody there?"])
    agent = stage.agent()
    agent.join_dialog(talk, talk, "MANAGER").get(timeout=GENEROUS)
    (person,) = agent.get_conversation(talk).get(timeout=GENEROUS).participants[:1]
    profile = agent.get_user_profile(person.user_id).get(timeout=GENEROUS)
    assert profile.first_name == "Ada"
    agent.send_text(talk, "yes").get(timeout=GENEROUS)
    snippet.end()
    assert stage.printed() == ["yes"]
    assert stage.now(talk)["stage"] == "CLOSE"


def files(stage, code):
    Path("cat.png").write_bytes(CAT)
    agent, other = stage.agent(), stage.agent("bot2")
    talk = stage.talk(assign="bot1")
    other.join_dialog(talk, talk, "MANAGER").get(timeout=GENEROUS)
    with other.events(ums.MessageReceived, timeout=GENEROUS) as heard:
        Running(code, {"connection": agent, "conversation_id": talk}).end()
        shown = next(said.message for said in heard if said.message)
    assert (shown.caption, shown.file_type) == ("a cat", "PNG")
    assert shown.download().get(timeout=GENEROUS) == CAT
    dog = CAT + b"a dog"
    other.upload_file(talk, dog).get(timeout=GENEROUS)
    received = Path("received")
    stage.eventually(lambda: received.exists() and received.read_bytes() == dog)


def a_token_source(stage, code):
    asked = []

    def ask(timeout):
        asked.append(timeout)
        host, account = stage.emulator.csds, stage.emulator.account
        url = f"http://{host}/api/account/{account}/login?v=1.3"
        who = {"username": "bot1", "password": password_of("bot1")}
        with urllib3.PoolManager() as pool:
            answer = pool.request("POST", url, json=who, timeout=timeout).json()
        return {"bearer": answer["bearer"], "userId": answer["config"]["userId"]}

    Running(code, {"ask": ask}).end()
    assert stage.printed() == ["READY 1"]
    assert len(asked) == 1
    assert asked[0] > 0


def raw_requests(stage, code):
    Running(code, {}).end()
    subscription, availability, now = stage.printed()
    assert re.fullmatch(r"[\w-]{36}", subscription)
    assert availability == "OFFLINE"
    assert int(now) > 1_600_000_000_000


def many_bots(stage, code):
    def meanwhile():
        for name in secrets:
            answered(talk=stage.talk(assign=name, text="hi"), answer=f"{name}: hi")

    def answered(talk, answer):
        stage.eventually(lambda: answer in stage.said(talk))

    assert code.count("    ...\n") == 1
    code = code.replace("    ...\n", "    meanwhile()\n")
    made, place = ums.AgentSpec, {"csds": f"http://{stage.emulator.csds}"}

    def here(*, settings, **more):
        return made(settings={**settings, **place}, **more)

    secrets = {name: password_of(name) for name in ("bot1", "bot2")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ums, "AgentSpec", here)
        Running(code, {"secrets": secrets, "meanwhile": meanwhile}).end()
    assert stage.printed() == ["2"]


def by_rest(stage, code):
    talk = stage.talk(assign="bot1", text="hello", skill="4")
    Running(code, {"conversation_id": talk}).end()
    assert stage.printed() == ["0 hello"]
    assert "one moment, please" in stage.said(talk)
    assert stage.now(talk)["skill"] == "17"
    assert not stage.now(talk)["assigned"]


def a_replaced_process(stage, code):
    talk = stage.talk(assign="bot1")
    code = code.replace("...  # until it is to end", "meanwhile()")

    def run(text):
        def meanwhile():
            stage.emulator.write(talk, text)
            stage.eventually(lambda: text in stage.printed())

        Running(code, {"meanwhile": meanwhile}).end()

    run("one")
    stage.emulator.write(talk, "two")  # while no process runs
    run("three")
    assert stage.printed() == ["one", "two", "three"]


def webhooks(stage, code):
    names = Running(code, {}).end()
    event = {"type": "ContentEvent", "message": "hello", "contentType": "text/plain"}
    said = {"sequence": 0, "dialogId": "D", "conversationId": "C", "event": event}
    told = {"type": "ms.MessagingEventNotification", "body": {"changes": [said]}}
    try:
        for body in (told, {"wsNotificationMsg": told}):  # the same, both ways
            assert names["post"](json.dumps(body).encode()) == 200
        assert names["post"](b"{") == 400
        stage.eventually(lambda: stage.printed() == ["C hello"])
    finally:
        names["webhooks"].close()


def an_agent_bot(stage, code):
    snippet = Running(code, {})
    stage.eventually(lambda: is_online(stage))
    bot = stage.begun()
    talk = stage.talk(text="hello")  # which rings
    stage.eventually(lambda: HELLO in stage.said(talk))
    stage.emulator.cut("bot1")
    stage.eventually(lambda: bot.status().get(timeout=5).generation > 1)
    later = stage.talk(text="hello")  # and is rung on the next line as well
    stage.eventually(lambda: HELLO in stage.said(later))
    assert stage.said(talk).count(HELLO) == 1
    bot.close().get(timeout=GENEROUS)
    with pytest.raises(ums.ConnectionLost):
        snippet.end()


def what_it_does(stage, code):
    agent, talk = stage.agent(), stage.talk(assign="bot2")
    stage.eventually(lambda: agent.get_conversation(talk).get(timeout=GENEROUS))
    Running(code, {"connection": agent, "conversation_id": talk}).end()
    (said,) = stage.emulator.transcript(talk)
    assert said["event"]["message"] == "one moment, please"
    assert said["metadata"] == [{"type": "ActionReason", "reason": "escalated"}]
    stage.eventually(lambda: stage.now(talk)["stage"] == "CLOSE")
    dialog = agent.get_conversation(talk).get(timeout=GENEROUS).main_dialog
    stage.eventually(lambda: not dialog.is_open)
    assert (dialog.closed_by, dialog.closed_cause) == ("AGENT", "done")
    assert dialog.self_participant is None


def what_it_hears(stage, code):
    agent, talk = stage.agent(), stage.talk(assign="bot1")
    Running(code, {"connection": agent}).end()
    stage.emulator.write(talk, "hi")
    stage.eventually(lambda: "you said: hi" in stage.said(talk))
    events = [line["event"] for line in stage.emulator.transcript(talk)]
    assert any(event.get("status") == "READ" for event in events)


SCENES = {
    "A bot that is rung": a_rung_bot,
    "A bot that listens": a_listener,
    "Handing over": handing_over,
    "Structured content": structured,
    "A consumer": a_consumer,
    "Files": files,
    "Tokens of your own": a_token_source,
    "Requests that have no method": raw_requests,
    "Many bots in one process": many_bots,
    "Without a websocket": by_rest,
    "A process that is replaced": a_replaced_process,
    "Webhooks": webhooks,
    "An agent-bot of node-agent-sdk": an_agent_bot,
    "What a node-agent-sdk bot does to conversations": what_it_does,
    "What a node-agent-sdk bot hears": what_it_hears,
}
"""Of each heading, the scene in which the block below it runs."""


def test_each_block_has_a_scene_of_its_own():
    assert sorted(NEW) == sorted(SCENES)
    assert all(len(codes) == 1 for codes in NEW.values())


@pytest.mark.parametrize("heading", SCENES)
def test_each_block_runs_and_does_what_it_says(stage, heading):
    (code,) = NEW[heading]
    SCENES[heading](stage, code)


# -- what stands beside them


@pytest.mark.parametrize("heading", OLD)
def test_beside_each_old_program_stands_the_new_one(heading):
    assert heading in NEW


@pytest.mark.parametrize("heading", OLD)
def test_the_old_programs_are_javascript(heading, tmp_path):
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    program = tmp_path / "program.mjs"
    program.write_text("\n".join(OLD[heading]), "utf-8")
    checked = [node, "--check", program]
    done = subprocess.run(
        checked, capture_output=True, text=True, check=False, timeout=GENEROUS
    )
    assert done.returncode == 0, done.stderr


def of_theirs(*headings):
    return {name for head in headings for name in KNOWN[head].split()}


@pytest.mark.parametrize(
    ("owner", "headings"),
    [
        ("lpm", ["Exports of lp-messaging-sdk"]),
        ("connection", ["Connection of lp-messaging-sdk"]),
        ("conversation", ["Conversation"]),
        ("message", ["Message"]),
        ("ring", ["Ring"]),
        ("agent", ["Properties and methods of Agent", "Requests of Agent"]),
    ],
)
def test_the_old_programs_use_what_their_libraries_have(owner, headings):
    code = "\n".join(each for codes in OLD.values() for each in codes)
    used = set(re.findall(rf"\b{owner}\.(\w+)", code))
    assert used
    assert used <= of_theirs(*headings) | {"on"}


def test_the_old_programs_listen_to_events_that_there_are():
    code = "\n".join(each for codes in OLD.values() for each in codes)
    events = {
        name
        for name in re.findall(r"(?<!process)\.on\('([^']+)'", code)
        if name[0] != "."
    }
    about_events = [head for head in KNOWN if "event" in head.lower()]
    assert events
    assert events <= of_theirs(*about_events)


def anchors():
    """Give the addresses of the headings, as GitHub makes them."""
    prose = re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL)
    heads = re.findall(r"^#+ (.*)$", prose, re.MULTILINE)
    kept = (re.sub(r"[^\w\- ]", "", head.lower()) for head in heads)
    return ["#" + head.replace(" ", "-") for head in kept]


def test_each_link_leads_somewhere():
    links = re.findall(r"\]\(([^)]+)\)", TEXT)
    assert links
    for link in links:
        assert link in anchors() or PAGE.with_name(link).is_file(), link
    assert len(set(anchors())) == len(anchors()), json.dumps(anchors())
