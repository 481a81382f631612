"""One published event, and who published it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ums_actors.emulator.world.properties import NO_PROPERTIES

__all__ = ["Author", "Event"]


@dataclass(frozen=True, slots=True)
class Author:
    """Who published an event: old id or consumer id, PID or consumer id, role."""

    id: str
    pid: str
    role: str
    properties: dict[str, Any] = field(default_factory=lambda: dict(NO_PROPERTIES))


@dataclass(frozen=True, slots=True)
class Event:
    """One published event; chat states have no sequence and no time.

    Attributes:
        audience: ALL or AGENTS_AND_MANAGERS.
        recipients: who was to hear it when it was published, its author too.
        timestamp: epoch milliseconds.
    """

    conversation_id: str
    dialog_id: str
    author: Author
    body: dict[str, Any]
    audience: str
    metadata: list[Any] | None
    sequence: int | None
    timestamp: int | None
    recipients: tuple[str, ...] = ()

    @property
    def is_private(self) -> bool:
        """Whether consumers are not to know of it."""
        return self.audience != "ALL"

    @property
    def is_content(self) -> bool:
        """Whether it is text, a file or rich content."""
        return self.body["type"] in {"ContentEvent", "RichContentEvent"}
