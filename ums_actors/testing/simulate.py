"""Whole trees on a virtual clock and a fake network, in one thread, from a seed.

A brand's connection and one or two consumers', with all their actors, are the real
ones, and talk to each other through a scripted server. Whatever they could hold of
their own (a clock, a source of chance, a thread, a socket) is given by the simulator,
so the same seed gives the same trace; what is not given shows as a trace that differs.

``python -m ums_actors.testing.simulate --seeds 500`` runs many on all processors, and
names the command that shows again what a broken one did.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, Final

import msgspec

from ums_actors.testing.profiles import PROFILES
from ums_actors.testing.progress import watched
from ums_actors.testing.running import Report, run_many, run_one
from ums_actors.testing.simulation import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Outcome", "main", "simulate"]

_PROGRAM: Final = "python -m ums_actors.testing.simulate"

simulate = run_one


def main(arguments: Sequence[str] | None = None) -> int:
    """Simulate many seeds; give 0 if no rule was broken, else 1."""
    chosen = _parser().parse_args(arguments)
    if chosen.replay is not None:
        return _replay(chosen.replay, chosen.profile)
    seeds = range(chosen.first, chosen.first + chosen.seeds)
    outcomes = watched(
        run_many(seeds, chosen.profile, chosen.jobs),
        len(seeds),
        lambda outcome: bool(outcome.violations),
    )
    report = Report.of(chosen.profile, outcomes)
    sys.stdout.write(_as_json(report) if chosen.json else _as_text(report))
    return 1 if report.broken else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=_PROGRAM,
        description="Run connections through random faults on a virtual clock.",
    )
    add = parser.add_argument
    add("--seeds", type=_number, default=50, help="how many (50)")
    add("--first", type=int, default=0, metavar="SEED", help="the first of them (0)")
    add("--profile", choices=PROFILES, default="ordinary", help="how bad it gets")
    add(
        "--jobs",
        type=_number,
        default=os.cpu_count() or 1,
        help="how many at a time (as many as there are processors)",
    )
    add("--json", action="store_true", help="report as JSON")
    add("--replay", type=int, metavar="SEED", help="show the whole trace of one seed")
    return parser


def _number(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("it must be 1 or more")
    return number


def _replay(seed: int, profile: str) -> int:
    outcome = run_one(seed, profile)
    lines = [*outcome.trace, f"digest {outcome.digest}"]
    lines += [f"VIOLATION {rule}" for rule in outcome.violations]
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if outcome.violations else 0


def _again(report: Report, outcome: Outcome) -> str:
    return f"{_PROGRAM} --profile {report.profile} --replay {outcome.seed}"


def _as_json(report: Report) -> str:
    told = msgspec.to_builtins(report)
    told["broken"] = [
        {
            "seed": each.seed,
            "violations": each.violations,
            "replay": _again(report, each),
        }
        for each in report.broken
    ]
    return msgspec.json.format(msgspec.json.encode(told)).decode() + "\n"


def _as_text(report: Report) -> str:
    lines: list[str] = []
    for outcome in report.broken:
        lines += [f"seed {outcome.seed}:", *(f"  {it}" for it in outcome.violations)]
        lines += [f"  again: {_again(report, outcome)}", ""]
    whole = report.seeds - len(report.broken)
    summary = (
        f"{whole} of {report.seeds} {report.profile} seeds without fault, from "
        f"{report.first} on: {_counts(report)}"
    )
    return "\n".join([*lines, summary, f"digest {report.digest}", ""])


def _counts(report: Report) -> str:
    return (
        f"{report.connections} connections, {report.faults} faults, "
        f"{report.crashes} crashes, {report.attempts} attempts, "
        f"{report.requests} requests, {report.messages} messages, "
        f"{report.virtual_seconds:.0f} s"
    )


if __name__ == "__main__":
    sys.exit(main())
