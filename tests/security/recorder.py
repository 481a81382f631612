"""Keeps everything that a process writes, and every secret that it ever held."""

from __future__ import annotations

import json
import logging
import threading
import traceback
from pathlib import Path

import ums_actors as ums
from ums_actors.actors.subscribers import Subscribers
from ums_actors.testing.trace import texts_of

LEAST = 8
"""Characters of what counts as a secret: not ``/``, not the word ``dummy``."""


class Everything(logging.Formatter):
    """A record with all of its fields and the whole chain of its error."""

    def format(self, record):
        fields = [f"{name}={value!s} {value!r}" for name, value in vars(record).items()]
        text = "\n".join([super().format(record), *fields])
        if record.exc_info and record.exc_info[1] is not None:
            text += "\n" + told(record.exc_info[1])
        return text


def told(error):
    """Give all that an error shows: its chain, its fields, its traceback."""
    return "\n".join([*texts_of(error), *traceback.format_exception(error)])


class Recorder:
    """Writes into a folder: ``log``, ``shown``, and at the end ``secrets``."""

    def __init__(self, folder):
        self._folder = Path(folder)
        self._shown = (self._folder / "shown").open("w", encoding="utf-8")
        self._lock = threading.Lock()
        self._secrets = set()
        self._reached = []

    def install(self):
        handler = logging.FileHandler(self._folder / "log", encoding="utf-8")
        handler.setFormatter(Everything())
        logging.basicConfig(level=logging.DEBUG, handlers=[handler], force=True)
        for name in ("ums_actors", "pykka", "urllib3", "websocket", "asyncio"):
            logging.getLogger(name).setLevel(logging.DEBUG)
        made, publish, secrets = ums.Secret.__init__, Subscribers.publish, self._secrets

        def making(secret, value):
            made(secret, value)
            secrets.add(value)

        def publishing(subscribers, event):
            self.show("event", event)
            publish(subscribers, event)

        ums.Secret.__init__ = making
        Subscribers.publish = publishing

    def guard(self, *secrets):
        """Add what only the user of the library knows to be secret."""
        self._secrets.update(secrets)

    def show(self, what, value):
        """Write all ways in which a value prints, and say what it was."""
        self._reached.append(f"{what} {type(value).__name__}")
        shown = told(value) if isinstance(value, BaseException) else ""
        with self._lock:  # loop, workers and the program itself show things
            if not self._shown.closed:
                self._shown.write(f"{what}: {value!s} {value!r} {value:} {shown}\n")

    def close(self):
        with self._lock:
            self._shown.close()
        secrets = [each for each in self._secrets if len(each) >= LEAST]
        done = {"secrets": sorted(secrets), "reached": self._reached}
        (self._folder / "secrets").write_text(json.dumps(done), encoding="utf-8")
