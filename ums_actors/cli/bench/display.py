"""Where a run is seen while it goes on: a bar on a terminal, or nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from rich.progress import BarColumn, Progress, TextColumn

if TYPE_CHECKING:
    from rich.console import Console

    from ums_actors.cli.bench.settings import Settings

__all__ = ["Bar", "Display", "Nothing"]


class Display(Protocol):
    """What shows how far a run is; called by the thread that runs it."""

    def connected(self, count: int) -> None:
        """Show that so many connections are READY."""
        ...

    def warming(self) -> None:
        """Show that requests are made, and not counted yet."""
        ...

    def counting(self, elapsed: float, count: int) -> None:
        """Show how many have been answered in so many seconds."""
        ...

    def stop(self) -> None:
        """End; idempotent."""
        ...


class Nothing:
    """Shows nothing."""

    def connected(self, count: int) -> None:
        """Show nothing."""

    def warming(self) -> None:
        """Show nothing."""

    def counting(self, elapsed: float, count: int) -> None:
        """Show nothing."""

    def stop(self) -> None:
        """End nothing."""


class Bar:
    """A bar that is gone when the run is over."""

    def __init__(self, console: Console, settings: Settings) -> None:
        self._settings = settings
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[says]}"),
            console=console,
            transient=True,
        )
        self._task = self._progress.add_task(
            "connecting", total=settings.connections, says=""
        )
        self._progress.start()

    def connected(self, count: int) -> None:
        """Fill it by connections."""
        says = f"{count} of {self._settings.connections}"
        self._progress.update(self._task, completed=count, says=says)

    def warming(self) -> None:
        """Begin anew."""
        self._show("warming up", 0.0, "")

    def counting(self, elapsed: float, count: int) -> None:
        """Fill it by time."""
        says = f"{count / elapsed:,.0f} a second" if elapsed else ""
        self._show("asking", elapsed, says)

    def stop(self) -> None:
        """Take it away."""
        self._progress.stop()

    def _show(self, what: str, elapsed: float, says: str) -> None:
        self._progress.update(
            self._task,
            description=what,
            total=self._settings.seconds,
            completed=elapsed,
            says=says,
        )
