"""What the code blocks of documents run on: a service of their own, and who listens.

Loaded by the ``conftest.py`` of those folders whose tests run such blocks.
"""

from __future__ import annotations

import functools
import itertools
import queue
import re
import threading
from types import SimpleNamespace

import pykka
import pytest

import ums_actors as ums
from ums_actors import aio
from ums_actors.emulator import password_of, running_emulator

SECRET = password_of("bot1")
GENEROUS = 20.0
_BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)


def blocks(text, language="python"):
    """Give the code blocks of a document in markdown."""
    return [code for name, code in _BLOCK.findall(text) if name == language]


def blocks_by_heading(text, language="python"):
    """Give the code blocks of a document below each heading that has any."""
    parts = re.split(r"^#+ (.*)\n", text, flags=re.MULTILINE)[1:]
    sections = zip(parts[::2], parts[1::2], strict=True)
    found = {head: blocks(body, language) for head, body in sections}
    return {head: codes for head, codes in found.items() if codes}


class Running:
    """A snippet on a thread of its own, in a namespace of its own.

    Attributes:
        error: what it raised, if it has ended so.
    """

    def __init__(self, code, names):
        self._names = {"__name__": "snippet", "ums": ums, **names}
        self._code = compile(code, "a snippet", "exec")
        self.error = None
        self._thread = threading.Thread(target=self._run, name="snippet", daemon=True)
        self._thread.start()

    def _run(self):
        try:
            exec(self._code, self._names)
        except BaseException as error:  # noqa: BLE001  (raised by end)
            self.error = error

    def end(self):
        """Give its names once it has ended; raise what it raised."""
        self._thread.join(GENEROUS)
        assert not self._thread.is_alive(), "the snippet does not end"
        if self.error is not None:
            raise self.error
        return self._names


class Stage:
    """A local service, the ways to it, and what is heard of a snippet.

    Attributes:
        asked_to_end: set when a program that waits for a signal is to get it.
    """

    def __init__(self, emulator, runtime, eventually, capsys):
        self.emulator = emulator
        self.runtime = runtime
        self.eventually = eventually
        self.made = queue.Queue()
        self.refs = []
        self.asked_to_end = threading.Event()
        self._here = {"csds": f"http://{emulator.csds}", "runtime": runtime}
        self._capsys = capsys
        self._printed = ""

    def to_here(self, connect):
        """Give a function that connects to this service, and puts into ``made``."""

        def connected(*given, **more):
            connection = connect(*given, **{**self._here, **more})
            self.made.put(connection)
            return connection

        return connected

    def start(self, *given, **more):
        """Start a brand's connection to this service."""
        self.refs.append(_Brand.start(*given, **{**self._here, **more}))
        return self.refs[-1]

    def begun(self):
        """Give the one connection of a brand that a snippet has begun."""
        (ref,) = pykka.ActorRegistry.get_by_class(_Brand)
        return ref.proxy()

    def agent(self, name="bot1"):
        """Give an open connection of an agent."""
        auth = ums.PasswordLogin(name, password_of(name))
        proxy = self.start(self.emulator.account, auth=auth).proxy()
        proxy.open(wait_for_ready=True).get(timeout=GENEROUS)
        return proxy

    def talk(self, **more):
        return self.emulator.open_conversation(**more).conversation_id

    def again(self, act, seen):
        """Do something until it is seen: who is to see it may come a little later."""
        tries = itertools.count()

        def is_seen():
            if next(tries) % 100 == 0:
                act()
            return seen()

        self.eventually(is_seen)

    def said(self, talk):
        events = [line["event"] for line in self.emulator.transcript(talk)]
        return [event.get("message") for event in events]

    def now(self, talk):
        """Give what the service says of a conversation."""
        every = self.emulator.conversations()
        return next(one for one in every if one["conversation"] == talk)

    def cut_short(self, snippet, connection):
        """End a snippet that listens until nobody has said anything for a minute."""
        connection.close()
        with pytest.raises(
            ums.ConnectionLost
        ):  # of listening, or of what it asked last
            snippet.end()

    def printed(self):
        self._printed += self._capsys.readouterr().out
        return self._printed.splitlines()

    def stop_on_signal(self, *refs):
        """Be asked to end by the test, in the place of a signal."""
        del refs  # they are stopped with the stage
        return self.asked_to_end


_Brand = ums.BrandWebsocketConnection


@pytest.fixture
def stage(runtime, eventually, monkeypatch, capsys, tmp_path):
    """A world for snippets of documents, which name real accounts."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("UMS_PASSWORD", SECRET)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    with running_emulator(users=2) as emulator:
        made = Stage(emulator, runtime, eventually, capsys)
        for where, name in (
            (ums, "connect"),
            (ums, "connect_consumer"),
            (ums, "connect_rest"),
            (aio, "connect"),
        ):
            monkeypatch.setattr(where, name, made.to_here(getattr(where, name)))
        connect = functools.partial(ums.connect_null, runtime=runtime)
        monkeypatch.setattr(ums, "connect_null", connect)
        brand = SimpleNamespace(start=made.start)
        monkeypatch.setattr(ums, "BrandWebsocketConnection", brand)
        monkeypatch.setattr(ums, "stop_on_signal", made.stop_on_signal)
        yield made
        made.asked_to_end.set()
        for ref in made.refs:
            ref.stop(timeout=GENEROUS)
