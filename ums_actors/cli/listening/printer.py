"""Events as lines for people, or as JSON for programs."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Final

import click
import msgspec

import ums_actors as ums
from ums_actors.cli.text import visible

__all__ = ["Printer"]

_TELLING: Final = frozenset({"BACKING_OFF", "FAILED"})
"""States whose reason is printed: in the others it is still that of the last line."""


class Printer:
    """Writes events to standard output.

    Args:
        as_json: one JSON object a line.
        pretty: the bodies of notifications over several lines.
    """

    def __init__(self, *, as_json: bool, pretty: bool = False) -> None:
        self._as_json = as_json
        self._pretty = pretty

    def show(self, event: ums.Event) -> None:
        """Write one event."""
        when = _when(event)
        if self._as_json:
            row = {"event": type(event).__name__, **_fields(event)}
            row["at"] = when.isoformat(timespec="milliseconds")
            click.echo(visible(_encode(row)))
        else:
            local = when.astimezone().strftime("%Y-%m-%d %H:%M:%S")
            click.echo(f"{local} {visible(self._line(event), keep=self._kept())}")

    def _kept(self) -> str:
        return "\n" if self._pretty else ""

    def _line(self, event: ums.Event) -> str:
        if isinstance(event, ums.StateChanged):
            why = (
                f" ({event.reason})" if event.state in _TELLING and event.reason else ""
            )
            return f"{event.state} generation {event.generation}{why}"
        if isinstance(event, ums.NotificationReceived):
            return f"{_one_line(event.type)} {self._written(event.body)}"
        return f"{type(event).__name__} {self._written(_fields(event))}"

    def _written(self, value: object) -> str:
        if not self._pretty:
            return _encode(value)
        return msgspec.json.format(_encode(value), indent=2)


def _one_line(text: str) -> str:
    return visible(text)


def _encode(value: object) -> str:
    return msgspec.json.encode(value, enc_hook=_told).decode()


def _told(value: object) -> object:
    """Give what JSON can say of a value: an error's text, an object's name."""
    if isinstance(value, BaseException):
        return f"{type(value).__name__}: {value}"
    return repr(value)


def _fields(event: ums.Event) -> dict[str, object]:
    """Give an event's values without the objects of the model."""
    return {
        name: value
        for name, value in msgspec.structs.asdict(event).items()
        if name not in _OBJECTS
    }


_OBJECTS: Final = frozenset({"live", "ring_object"})


def _when(event: ums.Event) -> datetime:
    """Give the time of day at which it was told, else the present one."""
    now, at = time.time(), getattr(event, "at", None)
    age = 0.0 if at is None else max(0.0, time.monotonic() - at)
    return datetime.fromtimestamp(now - age, UTC)
