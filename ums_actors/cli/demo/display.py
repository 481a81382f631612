"""Where a run is shown: a live view, plain lines, or nowhere."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol, TextIO

from rich.live import Live
from rich.text import Text

from ums_actors.cli.demo.view import picture

if TYPE_CHECKING:
    from rich.console import Console

    from ums_actors.cli.demo.snapshot import Snapshot

__all__ = ["Display", "LineDisplay", "LiveDisplay", "NoDisplay"]

_LINE_EVERY = 2.0
"""Seconds between two lines of progress."""


class Display(Protocol):
    """What shows a run; ``event`` comes from any thread, the rest from one."""

    def start(self, title: str) -> None:
        """Begin."""
        ...

    def update(self, snapshot: Snapshot) -> None:
        """Show a moment."""
        ...

    def event(self, elapsed: float, text: str) -> None:
        """Tell that something happened."""
        ...

    def stop(self) -> None:
        """End; idempotent."""
        ...


class NoDisplay:
    """Shows nothing."""

    def start(self, title: str) -> None:
        """Begin nothing."""

    def update(self, snapshot: Snapshot) -> None:
        """Show nothing."""

    def event(self, elapsed: float, text: str) -> None:
        """Tell nothing."""

    def stop(self) -> None:
        """End nothing."""


class LineDisplay:
    """One line for each thing that happens, and one of progress every 2 s."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._next = 0.0

    def start(self, title: str) -> None:
        """Write the title."""
        self._write(title)

    def update(self, snapshot: Snapshot) -> None:
        """Write a line of progress when it is time."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + _LINE_EVERY
        ready = sum(row.state == "READY" for row in snapshot.connections)
        self.event(
            snapshot.elapsed,
            f"{snapshot.answered} answered of {snapshot.asked} asked, "
            f"{snapshot.visited} conversations closed of {snapshot.visits}, "
            f"{ready} of {len(snapshot.connections)} connections READY",
        )

    def event(self, elapsed: float, text: str) -> None:
        """Write a line."""
        self._write(f"{elapsed:7.2f} s  {text}")

    def stop(self) -> None:
        """Write nothing more."""

    def _write(self, line: str) -> None:
        self._stream.write(line + "\n")
        self._stream.flush()


class LiveDisplay:
    """A picture that is drawn anew a few times a second."""

    def __init__(self, console: Console) -> None:
        self._live = Live(console=console, auto_refresh=False)
        self._title = ""

    def start(self, title: str) -> None:
        """Take over the terminal's last lines."""
        self._title = title
        self._live.start()
        self._live.update(Text(title, style="bold"), refresh=True)

    def update(self, snapshot: Snapshot) -> None:
        """Draw a moment."""
        self._live.update(picture(self._title, snapshot), refresh=True)

    def event(self, elapsed: float, text: str) -> None:
        """Tell nothing: the picture has it."""

    def stop(self) -> None:
        """Leave the last picture standing."""
        self._live.stop()
