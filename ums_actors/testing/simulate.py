"""The whole tree on a virtual clock and a fake network, in one thread, from a seed.

The connection, its supervisor and its three children are the real ones. Whatever they
could hold of their own (a clock, a source of chance, a thread, a socket) is given by
the simulator, so the same seed gives the same trace; what is not given shows as a
trace that differs. ``python -m ums_actors.testing.simulate --seeds 100`` runs many.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from ums_actors.connection.brand import BrandWebsocketConnection
from ums_actors.testing.simulation import Outcome, Simulation
from ums_actors.testing.world import World

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Outcome", "main", "simulate"]


def simulate(
    seed: int,
    *,
    seconds: float = 120.0,
    faults: int | None = None,
    connection: type[BrandWebsocketConnection] = BrandWebsocketConnection,
) -> Outcome:
    """Run one connection through a few bad minutes.

    Args:
        seed: decides everything.
        seconds: virtual time in which faults happen.
        faults: how many; by default 3 to 12.
        connection: the class to try.
    """
    return Simulation(World(seed), seconds, faults, connection).run()


def main(arguments: Sequence[str] | None = None) -> int:
    """Simulate many seeds; give 0 if no rule was broken, else 1."""
    parser = argparse.ArgumentParser(
        prog="python -m ums_actors.testing.simulate",
        description="Run connections through random faults on a virtual clock.",
    )
    parser.add_argument("--seeds", type=int, default=50, help="how many (50)")
    parser.add_argument("--seed", type=int, default=0, help="the first one (0)")
    parser.add_argument("--seconds", type=float, default=120.0, help="of faults (120)")
    parser.add_argument("--trace", action="store_true", help="print every line")
    chosen = parser.parse_args(arguments)
    out = sys.stdout
    broken: list[Outcome] = []
    for seed in range(chosen.seed, chosen.seed + chosen.seeds):
        outcome = simulate(seed, seconds=chosen.seconds)
        if chosen.trace:
            out.write("\n".join(outcome.trace) + "\n")
        out.write(f"{_summary(outcome)}\n")
        out.flush()
        if outcome.violations:
            broken.append(outcome)
    for outcome in broken:
        out.write(f"\nseed {outcome.seed}:\n  " + "\n  ".join(outcome.violations))
        out.write(f"\n  again: {parser.prog} --seeds 1 --seed {outcome.seed} --trace\n")
    out.write(f"{chosen.seeds - len(broken)} of {chosen.seeds} seeds without fault\n")
    return 1 if broken else 0


def _summary(outcome: Outcome) -> str:
    verdict = f"{len(outcome.violations)} BROKEN" if outcome.violations else "ok"
    return (
        f"seed {outcome.seed}: {verdict}, {outcome.seconds:.0f} s, "
        f"{outcome.faults} faults, {outcome.generations} attempts, "
        f"{outcome.requests} requests, {outcome.messages} messages"
    )


if __name__ == "__main__":
    sys.exit(main())
