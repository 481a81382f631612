"""How busy notifications at a pace keep the loop's thread: measured on a real line.

In a round a fresh server pushes to a fresh connection, over a plain socket and over
TLS; what all conversations are opened with is not measured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

from benchmarks.process import ChildFailed, LineProcess
from benchmarks.ratio import Spread, Verdict, spread, within

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "A_MINUTE",
    "LINES",
    "LoopResult",
    "LoopSample",
    "LoopSettings",
    "measure_loop",
    "record_loop",
    "show_loop",
]

A_MINUTE: Final = 100_000
"""Notifications that are wanted."""
LINES: Final = {"plain": "ws", "tls": "wss"}
_MOST: Final = 0.5
_OPENING: Final = 2 * A_MINUTE / 60  # notifications a second, before the measuring
_ENOUGH: Final = 0.98  # of the pace; below, another was measured
_START_TIMEOUT: Final = 60.0  # seconds: interpreter, imports and connection
_LATE: Final = 30.0  # seconds after the last push; then it will not come any more


class LoopSettings(NamedTuple):
    """What is pushed in each round."""

    seconds: float = 5.0
    conversations: int = 1_000


class LoopSample(NamedTuple):
    """One round on one line."""

    busy: float
    """Processor time of the loop's thread per second, 0 to 1."""
    process_busy: float
    """The same of all threads of its process."""
    a_minute: float
    """Notifications that came, a minute."""
    pushed: int
    arrived: int
    """Events that the subscribers' callbacks were called with."""
    asked: int
    """Requests that the connection made meanwhile."""
    server_busy: float


class LoopResult(NamedTuple):
    """Samples by line, one a round, and which line is missing and why."""

    settings: LoopSettings
    samples: dict[str, list[LoopSample]]
    unavailable: dict[str, str]

    @classmethod
    def empty(cls, settings: LoopSettings) -> Self:
        """Give one without samples."""
        return cls(settings, {line: [] for line in LINES}, {})

    def column(self, line: str, field: str) -> list[float]:
        """Give one field of a line's samples, round by round."""
        return [getattr(sample, field) for sample in self.samples[line]]


def measure_loop(
    result: LoopResult, number: int, progress: Callable[[str, int], object]
) -> None:
    """Measure one round; a line that this machine cannot have is left out of all.

    Args:
        result: what the samples are added to.
        number: of the round, from 0.
        progress: called before each line with its name and the round.

    Raises:
        ChildFailed: a process failed, or the connection was not in order.
    """
    settings, lines = result.settings, list(result.samples)
    for line in lines if number % 2 == 0 else lines[::-1]:
        progress(line, number)
        conversations = str(settings.conversations)
        with LineProcess("benchmarks.pusher", line, conversations) as server:
            place = server.read(_START_TIMEOUT)
            if "unavailable" in place:
                result.unavailable[line] = place["unavailable"]
                del result.samples[line]
                continue
            result.samples[line].append(_sample(settings, line, place, server))


def _sample(
    settings: LoopSettings, line: str, place: dict[str, Any], server: LineProcess
) -> LoopSample:
    origin = f"{LINES[line]}://127.0.0.1:{place['port']}"
    with LineProcess("benchmarks.listener", origin) as client:
        client.ask({"do": "connect", "ca": place["ca"]}, _START_TIMEOUT)
        # a text and that it was read, of each with its conversation
        _push(server, client, 4 * settings.conversations, _OPENING)
        rate = A_MINUTE / 60
        sample = _push(server, client, round(settings.seconds * rate), rate)
        client.ask({"do": "close"}, _START_TIMEOUT)
    return sample


def _push(
    server: LineProcess, client: LineProcess, frames: int, rate: float
) -> LoopSample:
    """Push so many frames, and give what it was to hear them."""
    loaded = server.ask({"do": "load", "frames": frames}, _START_TIMEOUT)
    before = server.ask({"do": "stats"}, _START_TIMEOUT)
    client.ask({"do": "expect", **loaded}, _START_TIMEOUT)
    server.ask({"do": "push", "rate": rate}, _START_TIMEOUT)
    patience = frames / rate + _LATE
    heard = client.ask({"do": "hear", "timeout": patience}, patience + _START_TIMEOUT)
    after = server.ask({"do": "stats"}, _START_TIMEOUT)
    if heard["troubles"] or not heard["fed_on_loop"]:
        raise ChildFailed(
            f"the connection was not in order: {heard['troubles']}, fed on the loop's "
            f"thread: {heard['fed_on_loop']}"
        )
    arrived, seconds = heard["conversations"] + heard["messages"], heard["seconds"]
    return LoopSample(
        busy=heard["loop"] / seconds,
        process_busy=heard["process"] / seconds,
        a_minute=arrived / seconds * 60,
        pushed=frames,
        arrived=arrived,
        asked=after["other"] - before["other"],
        server_busy=(after["cpu"] - before["cpu"]) / seconds,
    )


def show_loop(result: LoopResult) -> None:
    """Print one row a line."""
    for line, samples in result.samples.items():
        if samples:
            _show_line(line, result)
    for line, reason in result.unavailable.items():
        print(f"  {line} was left out: {reason}")


def _show_line(line: str, result: LoopResult) -> None:
    busy, pace = result.column(line, "busy"), spread(result.column(line, "a_minute"))
    pushed, arrived = (sum(result.column(line, name)) for name in ("pushed", "arrived"))
    print(
        f"  {A_MINUTE:,} a minute, {line}: loop busy {_percent(spread(busy))} (gate: "
        f"under {_MOST * 100:.0f} %): {_judged(result, line)}; the whole process "
        f"{_percent(spread(result.column(line, 'process_busy')))}"
    )
    share = "all" if arrived == pushed else "ONLY"
    print(
        f"    {share} {arrived:,.0f} of {pushed:,.0f} events arrived, "
        f"{pace.median:,.0f} a minute; fed on the loop's thread"
    )


def _judged(result: LoopResult, line: str) -> Verdict | str:
    if result.column(line, "arrived") != result.column(line, "pushed"):
        return "missed, for events are missing"
    if spread(result.column(line, "a_minute")).median < _ENOUGH * A_MINUTE:
        return "cannot be said, for the pace was missed"
    return within(result.column(line, "busy"), _MOST)


def record_loop(result: LoopResult) -> dict[str, Any]:
    """Give it as JSON."""
    return {
        "settings": {**result.settings._asdict(), "a_minute": A_MINUTE},
        "gate": {"most": _MOST},
        "lines": {
            line: {
                "samples": [sample._asdict() for sample in samples],
                "busy": spread([sample.busy for sample in samples])._asdict(),
                "verdict": str(_judged(result, line)),
            }
            for line, samples in result.samples.items()
            if samples
        },
        "unavailable": result.unavailable,
    }


def _percent(value: Spread) -> str:
    median, low, high = (part * 100 for part in value)
    return f"{median:.1f} % ({low:.1f}..{high:.1f})"
