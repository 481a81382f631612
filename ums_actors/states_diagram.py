"""The states of a connection as a picture, drawn from the table of transitions."""

from __future__ import annotations

from ums_actors.core.course import TRANSITIONS, State

__all__ = ["as_mermaid"]


def as_mermaid() -> str:
    """Give a ``stateDiagram-v2``: events are labels; what changes nothing is left out.

    Where several events lead from one state to the same other, they share an arrow.
    """
    arrows: dict[tuple[State, State], list[str]] = {}
    for event, table in TRANSITIONS.items():
        for before, targets in table.items():
            for after in targets:
                if after is not before:
                    arrows.setdefault((before, after), []).append(event.__name__)
    order = list(State)
    lines = ["stateDiagram-v2", f"    [*] --> {State.NEW}"]
    for before, after in sorted(arrows, key=lambda pair: tuple(map(order.index, pair))):
        events = ", ".join(arrows[before, after])
        lines.append(f"    {before} --> {after}: {events}")
    return "\n".join(lines)
