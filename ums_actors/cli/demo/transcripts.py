"""What the emulator wrote down of a run's conversations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ums_actors.cli.demo.audit import Line
from ums_actors.cli.demo.ledger import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ums_actors.emulator import EmulatorProcess

__all__ = ["transcripts"]


def transcripts(emulator: EmulatorProcess) -> Iterator[list[Line]]:
    """Give the events of each conversation that the emulator knows."""
    for known in emulator.conversations():
        records = emulator.transcript(known["conversation"])
        yield [_line(record) for record in records]


def _line(record: dict[str, Any]) -> Line:
    event = record["event"]
    text = event.get("message") if event["type"] == "ContentEvent" else None
    return Line(
        place=Place(record["dialogId"], record["sequence"]),
        recipients=tuple(record["recipients"]),
        text=text if isinstance(text, str) else None,
    )
