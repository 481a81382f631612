"""What the migration page shows of node-agent-sdk runs with the published package."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

import pytest

import ums_actors.examples
from ums_actors.emulator import password_of

pytestmark = [pytest.mark.interop, pytest.mark.timeout(90)]

_path = Path(__file__).parents[1] / "snippets.py"
_spec = importlib.util.spec_from_file_location("ums_snippets", _path)
_snippets = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_snippets)

PAGE = Path(ums_actors.examples.__file__).with_name("MIGRATION.md")
PROGRAMS = _snippets.blocks_by_heading(PAGE.read_text("utf-8"), "js")
HERE = """
const Module = require('module');
const load = Module._load;
Module._load = (name, ...more) => {
    const found = load(name, ...more);
    if (name !== 'node-agent-sdk') return found;
    const conf = {csdsDomain: process.env.UMS_CSDS};
    return {Agent: class extends found.Agent {
        constructor(given) { super({...given, ...conf}); }
    }};
};
"""
"""Has an agent look here for its account."""
CONNECTED = """
const agent = new (require('node-agent-sdk').Agent)({
    accountId: '12345678', username: 'bot1', password: process.env.UMS_PASSWORD
});
const conversationId = process.env.CONVERSATION;
const done = error => { if (error) console.error(error); };
agent.on('connected', () => {%s});
"""
"""What a program presupposes that begins with an agent."""


@pytest.fixture
def run(modules, certificate, emulator, tmp_path):
    """Start a program of the page; killed with the test."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    ca = tmp_path / "ca.pem"
    ca.write_text(certificate.ca, "utf-8")
    begun = []

    def start(code, conversation=""):
        program = tmp_path / "program.js"
        program.write_text(HERE + code, "utf-8")
        environment = {
            "NODE_PATH": str(modules),
            "NODE_EXTRA_CA_CERTS": str(ca),
            "NODE_NO_WARNINGS": "1",
            "NO_PROXY": "*",
            "UMS_CSDS": emulator.csds,
            "UMS_PASSWORD": password_of("bot1"),
            "CONVERSATION": conversation,
        }
        errors = (tmp_path / "errors.txt").open("w")
        running = subprocess.Popen(
            [node, program], env={**os.environ, **environment}, stderr=errors
        )
        begun.append((running, errors))

    yield start
    for running, errors in begun:
        running.kill()
        running.wait(15)
        errors.close()
    assert not (tmp_path / "errors.txt").read_text("utf-8")


@pytest.fixture
def said(emulator):
    """Give the events of a conversation."""
    return lambda talk: [line["event"] for line in emulator.transcript(talk)]


def texts(events):
    return [event.get("message") for event in events]


def test_the_agent_bot_takes_what_rings_and_greets(run, emulator, said, eventually):
    run(PROGRAMS["An agent-bot of node-agent-sdk"][0])
    states = lambda: emulator.state()["agent_states"]  # noqa: E731
    eventually(lambda: states().get("bot1") == "ONLINE")
    talk = emulator.open_conversation(text="hello").conversation_id
    eventually(lambda: "Hello, how can I help you?" in texts(said(talk)))


def test_it_joins_speaks_leaves_and_closes(run, emulator, eventually):
    (code,) = PROGRAMS["What a node-agent-sdk bot does to conversations"]
    talk = emulator.open_conversation(assign="bot2").conversation_id
    run(CONNECTED % code, talk)

    def is_closed():
        (found,) = emulator.conversations()
        return found["stage"] == "CLOSE"

    eventually(is_closed)
    (line,) = emulator.transcript(talk)
    assert line["event"]["message"] == "one moment, please"
    assert line["metadata"] == [{"type": "ActionReason", "reason": "escalated"}]


def test_it_hears_and_answers(run, emulator, said, eventually):
    talk = emulator.open_conversation(assign="bot1").conversation_id
    run(CONNECTED % PROGRAMS["What a node-agent-sdk bot hears"][0])
    eventually(lambda: emulator.state()["sockets"] == 1)
    emulator.write(talk, "hi")
    eventually(lambda: "you said: hi" in texts(said(talk)))
    assert any(event.get("status") == "READ" for event in said(talk))
