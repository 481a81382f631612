"""Showing a connection's own events to its marks, as they come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ums_actors.core.marks import Sign
from ums_actors.protocol.enums import EventType
from ums_actors.protocol.lenient import is_object, one_or_many

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ums_actors.actors.kernel import Kernel
    from ums_actors.protocol.messages import MessageEvent

__all__ = ["show"]

_CONTENT = frozenset({EventType.CONTENT, EventType.RICH_CONTENT})
_MARK = "ExternalId"


def show(
    kernel: Kernel,
    events: Iterable[MessageEvent],
    *,
    dialog_id: str = "",
    asked: bool = False,
) -> None:
    """Show those of the connection's own user; loop thread.

    Args:
        kernel: of the connection.
        events: as they came, known ones too.
        dialog_id: for events that do not say theirs.
        asked: whether they came since they were asked for.
    """
    marks, own_id = kernel.marks, kernel.own_id
    if not marks.wanted or own_id is None:
        return
    for event in events:
        if event.originator_id != own_id or event.event.type not in _CONTENT:
            continue
        where = event.dialog_id or dialog_id
        if event.sequence is not None:
            marks.show(Sign(where, event.sequence, _marks_of(event.metadata), asked))
    kernel.pauses.look()


def _marks_of(metadata: Any) -> list[str]:
    found = [
        each.get("id")
        for each in one_or_many(metadata)
        if is_object(each) and each.get("type") == _MARK
    ]
    return [each for each in found if isinstance(each, str)]
