"""Runs agents of the published Node client in a process of their own."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from pathlib import Path

DEADLINE = 15.0
"""Seconds that any one wait may last, on a busy machine too."""
SCRIPT = Path(__file__).with_name("agent.js")
PROXIES = {"http_proxy", "https_proxy", "all_proxy"}


def _environment(modules, ca):
    inherited = {k: v for k, v in os.environ.items() if k.lower() not in PROXIES}
    mine = {"NODE_PATH": str(modules), "NODE_EXTRA_CA_CERTS": str(ca)}
    return inherited | mine | {"NODE_NO_WARNINGS": "1", "NO_PROXY": "*"}


class Node:
    """A process that makes agents for one test after the other; a context manager.

    Args:
        node: the program.
        modules: the installed ``node_modules``.
        ca: the file of the CA that Node is to trust.
        errors: a file for standard error.
    """

    def __init__(self, node, modules, ca, errors):
        self.lines = []
        self.news = threading.Condition()
        self.ended = False
        self._errors = errors
        self._number = 0
        with errors.open("wb") as stderr:
            self._process = subprocess.Popen(
                [node, str(SCRIPT)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env=_environment(modules, ca),
            )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self):
        for line in self._process.stdout:
            with self.news:
                self.lines.append(json.loads(line))
                self.news.notify_all()
        with self.news:
            self.ended = True
            self.news.notify_all()

    def tell(self, **command):
        """Give it a command; give the command's number."""
        self._number += 1
        line = json.dumps({"n": self._number, **command})
        self._process.stdin.write(line.encode() + b"\n")
        self._process.stdin.flush()
        return self._number

    def complaints(self):
        """Give what it wrote to standard error."""
        return self._errors.read_text("utf-8")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.stdin.close()  # it ends with its input
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)
        self._reader.join(5)
        self._process.stdout.close()


class Driver:
    """What one test has of a Node: its agents, and what they said; a context manager.

    Node is shared, for its start takes as long as the rest of a test. Its agents are
    forgotten at the end, and what it says of them is not shown to the next test.
    """

    def __init__(self, node):
        self._node = node
        self._first = len(node.lines)

    @property
    def lines(self):
        """All that Node has said since the test began."""
        return self._node.lines[self._first :]

    def agent(self, name, **conf):
        """Make an agent, which connects at once."""
        made = NodeAgent(self, name)
        self.outcome(self.begin(name, "create", conf=conf))
        return made

    def begin(self, agent, what, **more):
        """Give Node a command; give the command's number."""
        return self._node.tell(agent=agent, do=what, **more)

    def outcome(self, number):
        """Wait for what came of a command."""
        line = self.wait_for(lambda line: line.get("n") == number)
        assert "thrown" not in line, line["thrown"]
        return line

    def wait_for(self, wanted, start=0):
        """Give the first line at or behind ``start`` for which ``wanted`` is true."""
        deadline = time.monotonic() + DEADLINE
        with self._node.news:
            while True:
                for line in self.lines[start:]:
                    if wanted(line):
                        return line
                left = deadline - time.monotonic()
                assert left > 0, f"it did not come, but: {self.lines[-5:]}"
                assert not self._node.ended, f"it ended: {self._node.complaints()}"
                self._node.news.wait(left)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.outcome(self._node.tell(do="forget"))


class NodeAgent:
    """One agent of the published client."""

    def __init__(self, driver, name):
        self.name = name
        self._driver = driver
        self._taken = 0

    def begin(self, method, *args):
        """Call a method with a callback; give the call's number."""
        return self._driver.begin(self.name, "ask", method=method, args=args)

    def outcome(self, number):
        """Give (error, body) as the callback got them."""
        line = self._driver.outcome(number)
        return line["error"], line["body"]

    def call(self, method, *args):
        """Call a method; give (error, body) as its callback got them."""
        return self.outcome(self.begin(method, *args))

    def ask(self, method, *args):
        """Call a method that is to succeed; give the body."""
        error, body = self.call(method, *args)
        assert error is None, error
        return body

    def tell(self, method, *args):
        """Call a method that has no callback."""
        number = self._driver.begin(self.name, "tell", method=method, args=args)
        self._driver.outcome(number)

    def get(self, name):
        """Give a property."""
        number = self._driver.begin(self.name, "get", name=name)
        return self._driver.outcome(number)["value"]

    def mark(self):
        """Let what is waited for from here on be new."""
        self._taken = len(self._driver.lines)

    def event(self, name, wanted=None):
        """Wait for an event since the mark; give its first argument."""

        def is_it(line):
            if (line.get("agent"), line.get("event")) != (self.name, name):
                return False
            return wanted is None or wanted(line["args"][0])

        return self._driver.wait_for(is_it, self._taken)["args"][0]

    def change(self, conversation, kind="UPSERT", **details):
        """Wait for a change that shows this since the mark; give what it shows.

        Earlier changes may still be under way, so it is best to ask for what is new;
        ``roles`` are those of the participants.
        """

        def is_it(change):
            result = change["result"]
            meant = (change["type"], result["convId"])
            shown = result["conversationDetails"]
            roles = [member["role"] for member in shown["participants"]]
            shown = {**shown, "roles": roles}
            return meant == (kind, conversation) and all(
                shown.get(name) == it for name, it in details.items()
            )

        name = "cqm.ExConversationChangeNotification"
        return self._first(name, is_it)["result"]["conversationDetails"]

    def ring(self, conversation, state):
        """Wait for a ring in this state since the mark; give its routing task."""

        def is_it(change):
            result = change["result"]
            states = [ring["ringState"] for ring in result["ringsDetails"]]
            return result["conversationId"] == conversation and state in states

        return self._first("routing.RoutingTaskNotification", is_it)["result"]

    def record(self, **event):
        """Wait for the record of an event that says this since the mark."""

        def is_it(record):
            return event.items() <= record["event"].items()

        return self._first("ms.MessagingEventNotification", is_it)

    def _first(self, name, wanted):
        def has_it(body):
            return any(map(wanted, body["changes"]))

        return next(filter(wanted, self.event(name, has_it)["changes"]))

    def all(self, name):
        """Give the first arguments of all events of this name so far."""
        return [
            line["args"][0]
            for line in self._driver.lines
            if (line.get("agent"), line.get("event")) == (self.name, name)
        ]

    def trouble(self):
        """Give what the client complained of so far."""
        return self.all("error") + self.all("warn")

    # -- what bots do

    def subscribe(self, **query):
        """Subscribe to open conversations; give the body of the answer."""
        return self.ask("subscribeExConversations", {"convState": ["OPEN"], **query})

    def participant(self, kind, role):
        """Give the field that changes this agent's part."""
        member = {"field": "ParticipantsChange", "userId": self.get("__oldAgentId")}
        return {**member, "type": kind, "role": role}

    def update(self, conversation, *fields):
        """Update a conversation; give the text of the answer."""
        body = {"conversationId": conversation, "conversationField": fields}
        return self.ask("updateConversationField", body)

    def close(self, conversation):
        """Close a conversation; give the text of the answer."""
        field = {"field": "ConversationStateField", "conversationState": "CLOSE"}
        return self.update(conversation, field)

    def publish(self, dialog, event, *metadata, **more):
        """Publish an event; give its sequence."""
        body = {"dialogId": dialog, "event": event, **more}
        return self.ask("publishEvent", body, *metadata)["sequence"]

    def say(self, dialog, text, **more):
        """Say something; give its sequence."""
        event = {"type": "ContentEvent", "contentType": "text/plain", "message": text}
        return self.publish(dialog, event, **more)
