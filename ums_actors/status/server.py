"""The end of the status endpoint that tells: one small thread for a few guests."""

from __future__ import annotations

import logging
import os
import selectors
import socket
import threading
import time
from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from ums_actors.errors import UMSError
from ums_actors.status import messages
from ums_actors.status.guest import Guest
from ums_actors.status.messages import Answer, Detail, Done, Page, Question, Refused
from ums_actors.status.peer import is_ours
from ums_actors.status.place import Place

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Server", "Source"]

_logger = logging.getLogger("ums_actors")

GUESTS: Final = 8
"""Who may be attached at the same time."""
_LONGEST_SLEEP: Final = 5.0
_PAUSE: Final = 0.02
"""Seconds between two looks into connections: a page is some milliseconds of loop
threads, and they have better things to do."""


class Source(Protocol):
    """What is told, and who does what is asked; called on the server's thread.

    Each must end soon, and may raise :class:`~ums_actors.errors.UMSError`.
    """

    def page(self, after: int, limit: int) -> Page: ...  # noqa: D102
    def show(self, connection_id: str) -> Detail: ...  # noqa: D102
    def reconnect(self, connection_id: str) -> Done: ...  # noqa: D102
    def close(self, connection_id: str) -> Done: ...  # noqa: D102


class Server:
    """Listens at a path from now on, until it is closed.

    Args:
        path: as :func:`~ums_actors.status.place.checked_path` gave it.
        source: what is told.

    Raises:
        StatusError: the path cannot be had.
    """

    def __init__(self, path: Path, source: Source) -> None:
        self.path: Path = path
        self._source = source
        self._decode = msgspec.json.Decoder(Question).decode
        self._encode = msgspec.json.Encoder().encode
        self._place = Place(path)
        self._near, self._far = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        for each in (self._place.listener, self._near):
            each.setblocking(False)
            self._selector.register(each, selectors.EVENT_READ)
        self._guests: dict[socket.socket, Guest] = {}
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="ums-status")
        self._thread.daemon = True
        self._thread.start()

    def close(self, timeout: float) -> bool:
        """End it, whoever is attached; tell whether it ended in time; idempotent.

        The socket's file is gone in any case. Any thread but its own.
        """
        if not self._closing:
            self._closing = True
            self._place.leave()
            self._far.close()  # which wakes the thread
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def disown(self) -> None:
        """Let go of all descriptors in a forked child: the thread stayed behind."""
        self._closing = True
        self._give_back()
        self._far.close()

    # -- its own thread

    def _run(self) -> None:
        try:
            while not self._closing:
                self._turn()
        except Exception:
            _logger.exception("status.failed")
            self._place.leave()
        finally:
            self._give_back()

    def _turn(self) -> None:
        now = time.monotonic()
        ends = [guest.deadline for guest in self._guests.values()]
        wait = max(0.0, min([now + _LONGEST_SLEEP, *ends]) - now)
        for key, mask in self._selector.select(wait):
            if self._closing:
                return
            line = key.fileobj
            if line is self._place.listener:
                self._admit()
            elif isinstance(line, socket.socket) and line in self._guests:
                self._serve(self._guests[line], mask)
        now = time.monotonic()
        for guest in [*self._guests.values()]:
            if guest.deadline <= now:
                self._dismiss(guest)

    def _admit(self) -> None:
        try:
            line, _ = self._place.listener.accept()
        except OSError:  # who came is gone, or there is no descriptor to be had
            time.sleep(_PAUSE)
            return
        if not is_ours(line):
            line.close()
        elif len(self._guests) >= GUESTS:
            line.setblocking(False)
            self._turn_away(line, f"{GUESTS} are attached already: end one of them")
            line.close()
        else:
            self._guests[line] = Guest(line, time.monotonic())
            self._selector.register(line, selectors.EVENT_READ)

    def _serve(self, guest: Guest, mask: int) -> None:
        """Go one step on with somebody: nobody keeps the others waiting."""
        now = time.monotonic()
        there = guest.write(now) if mask & selectors.EVENT_WRITE else guest.read(now)
        try:
            request = guest.take() if there else None
        except ValueError as error:
            self._turn_away(guest.line, str(error))
            there, request = False, None
        if request is not None:
            told = self._encode(self._answer(request)) + b"\n"
            there = guest.answer(told, time.monotonic())
        if there:
            waits_for = (
                selectors.EVENT_WRITE
                if guest.writing or guest.has_more
                else selectors.EVENT_READ
            )
            self._selector.modify(guest.line, waits_for)
        else:
            self._dismiss(guest)

    def _answer(self, request: bytes) -> Answer:
        try:
            question = self._decode(request)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return Refused(
                text='no request is known by this: ask {"ask": "page", "after": 0}, or '
                '"show", "reconnect" or "close" with an "id"'
            )
        time.sleep(_PAUSE)
        try:
            return self._ask(question)
        except UMSError as error:
            return Refused(text=str(error))
        except Exception:
            _logger.exception("status.failed")
            return Refused(text="this failed: the log of the process says why")

    def _ask(self, question: Question) -> Answer:
        match question:
            case messages.ReadPage():
                limit = max(1, min(messages.PAGE, question.limit))
                return self._source.page(question.after, limit)
            case messages.ShowOne():
                return self._source.show(question.id)
            case messages.ReconnectOne():
                return self._source.reconnect(question.id)
            case messages.CloseOne():
                return self._source.close(question.id)

    def _turn_away(self, line: socket.socket, text: str) -> None:
        try:
            line.send(self._encode(Refused(text=text)) + b"\n")
        except OSError:  # he need not hear it
            return

    def _dismiss(self, guest: Guest) -> None:
        del self._guests[guest.line]
        self._selector.unregister(guest.line)
        guest.line.close()

    def _give_back(self) -> None:
        for guest in self._guests.values():
            guest.line.close()
        self._guests.clear()
        self._selector.close()
        self._near.close()
        self._place.listener.close()


def program_name() -> str:
    """Give the name of the file that this process runs; its arguments may be secret."""
    try:
        import __main__  # noqa: PLC0415  (there may be none)

        name = str(getattr(__main__, "__file__", "") or "python")
    except ImportError:
        name = "python"
    return os.path.basename(name)[:60]  # noqa: PTH119  (it may be no path at all)
