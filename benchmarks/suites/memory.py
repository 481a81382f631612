"""What an idle connection takes of the memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from benchmarks.suite import Metric, Suite, Workload

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.suite import Turn

__all__ = ["SUITE"]

_METRICS: Final = (
    Metric("memory", "KiB a connection", 1 / 1024, 1),
    Metric("threads", "threads"),
    Metric("start", "start ms each", 1e3, 2),
)
_FIRST: Final = 20
"""Connections with which all is made that is made once."""
_CONNECTIONS: Final = 500


def _workloads(quick: bool) -> tuple[Workload, ...]:
    connections = 5 if quick else _CONNECTIONS

    def sum_up(turns: Sequence[Turn]) -> dict[str, float]:
        (turn,) = turns
        return {
            "memory": turn.ran["memory"],
            "threads": turn.ran["threads"],
            "start": turn.ran["seconds"] / connections,
        }

    return tuple(
        Workload(
            name="tls" if tls else "plain",
            title=f"{connections} idle connections{', TLS' if tls else ''}",
            kind="memory",
            metrics=_METRICS,
            command={"do": "grow", "connections": connections},
            sum_up=sum_up,
            connections=1 if quick else _FIRST,
            base="websockets",
            tls=tls,
            slices=1,
            together=False,
            warm=False,
        )
        for tls in (False, True)
    )


SUITE: Final = Suite("memory", "how many bytes an idle connection takes", _workloads)
