"""The command: ``python -m ums_actors.testing.soak --minutes 30``."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

import msgspec

from ums_actors.testing.soak.memory import without_caches
from ums_actors.testing.soak.run import soak

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ums_actors.testing.soak.run import Outcome
    from ums_actors.testing.soak.slope import Slope


_DEPLOYED = "--as-deployed"


def main(arguments: Sequence[str] | None = None) -> int:
    """Soak, and tell; give 0 if no rule was broken, else 1."""
    parser = argparse.ArgumentParser(
        prog="python -m ums_actors.testing.soak",
        description="Run connections under load through faults of every kind.",
    )
    parser.add_argument("--minutes", type=float, default=30.0, help="of faults (30)")
    parser.add_argument("--seed", type=int, default=0, help="which faults when (0)")
    parser.add_argument("--bots", type=int, default=4, help="connections (4)")
    parser.add_argument("--rate", type=float, default=200.0, help="requests/s (200)")
    parser.add_argument("--every", type=float, default=10.0, help="s to the next (10)")
    parser.add_argument(
        _DEPLOYED,
        action="store_true",
        help="leave malloc as it is; then growth of memory is told, but not judged",
    )
    parser.add_argument("--json", action="store_true", help="the outcome as JSON")
    chosen = parser.parse_args(arguments)
    progress = sys.stderr if chosen.json else sys.stdout

    def tell(line: str) -> None:
        progress.write(line + "\n")
        progress.flush()

    outcome = soak(
        chosen.minutes * 60,
        seed=chosen.seed,
        bots=chosen.bots,
        rate=chosen.rate,
        every=chosen.every,
        tell=tell,
    )
    if chosen.json:
        sys.stdout.write(msgspec.json.encode(outcome).decode() + "\n")
    else:
        sys.stdout.write(_summary(outcome))
    return 1 if outcome.violations else 0


def _summary(outcome: Outcome) -> str:
    ends = ", ".join(f"{count} {name}" for name, count in outcome.verdicts.items())
    growth = outcome.growth
    return (
        f"\n{outcome.seconds:.0f} s, {sum(outcome.faults.values())} faults, "
        f"{outcome.generations} attempts, {outcome.restarts} crashes of actors, "
        f"recovered within {outcome.slowest_recovery:.1f} s\n"
        f"{outcome.requests} requests: {ends}; {outcome.hung} hung, "
        f"{outcome.wrong} wrong; {outcome.messages} messages, "
        f"{outcome.conversations} conversations\n"
        f"growth: {growth['threads']} threads, {growth['descriptors']} descriptors\n"
        + _memory(outcome)
        + "".join(f"BROKEN: {violation}\n" for violation in outcome.violations)
        + ("failed\n" if outcome.violations else "passed\n")
    )


def _memory(outcome: Outcome) -> str:
    told = [f"memory {what}: {_an_hour(it)}" for what, it in outcome.memory.items()]
    if outcome.readings:
        last = outcome.readings[-1].memory
        told.append(
            f"memory at the end: {last / 1e6:.1f} MB, "
            f"{outcome.given_back / 1e6:.1f} MB once malloc has given back what it kept"
        )
    return "".join(line + "\n" for line in told)


def _an_hour(slope: Slope) -> str:
    if slope.estimate is None or slope.low is None or slope.high is None:
        return "too short to say"
    return (
        f"{slope.estimate / 1e6:+.2f} MB an hour, between {slope.low / 1e6:+.2f} and "
        f"{slope.high / 1e6:+.2f} in 19 of 20 cases"
    )


if __name__ == "__main__":
    if _DEPLOYED not in sys.argv:
        without_caches()
    sys.exit(main())
