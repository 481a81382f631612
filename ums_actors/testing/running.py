"""Many simulations, on several processors."""

from __future__ import annotations

import hashlib
import multiprocessing
import traceback
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import TYPE_CHECKING

import msgspec

from ums_actors.connection.brand import BrandWebsocketConnection
from ums_actors.testing.profiles import PROFILES
from ums_actors.testing.sabotage import Saboteur
from ums_actors.testing.simulation import Outcome, Simulation
from ums_actors.testing.world import World

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Report", "run_many", "run_one"]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What many simulations came to.

    Attributes:
        digest: a hash of all their traces.
        broken: those that broke a rule.
    """

    profile: str
    first: int
    seeds: int
    digest: str
    connections: int
    faults: int
    crashes: int
    attempts: int
    requests: int
    messages: int
    virtual_seconds: float
    broken: tuple[Outcome, ...]

    @classmethod
    def of(cls, profile: str, outcomes: Iterable[Outcome]) -> Report:
        """Sum them up; one at least, with seeds in a row."""
        found = sorted(outcomes, key=lambda each: each.seed)
        lines = "\n".join(f"{each.seed} {each.digest}" for each in found)
        return cls(
            profile=profile,
            first=found[0].seed,
            seeds=len(found),
            digest=hashlib.sha256(lines.encode()).hexdigest()[:16],
            connections=sum(each.connections for each in found),
            faults=sum(each.faults for each in found),
            crashes=sum(each.crashes for each in found),
            attempts=sum(each.generations for each in found),
            requests=sum(each.requests for each in found),
            messages=sum(each.messages for each in found),
            virtual_seconds=sum(each.seconds for each in found),
            broken=tuple(each for each in found if each.violations),
        )


def run_one(
    seed: int,
    profile: str = "ordinary",
    *,
    seconds: float | None = None,
    faults: int | None = None,
    connection: type[BrandWebsocketConnection] = BrandWebsocketConnection,
) -> Outcome:
    """Run the connections of one seed through some bad minutes.

    Args:
        seed: decides everything.
        profile: a name in :data:`~ums_actors.testing.profiles.PROFILES`.
        seconds: virtual time in which faults happen, if not the profile's.
        faults: how many, if not the profile's.
        connection: the class of the brand's connection.
    """
    chosen = PROFILES[profile]
    if seconds is not None:
        chosen = msgspec.structs.replace(chosen, seconds=seconds)
    if faults is not None:
        chosen = msgspec.structs.replace(chosen, faults=(faults, faults))
    with Saboteur() as saboteur:
        return Simulation(World(seed), chosen, connection, saboteur).run()


def run_many(seeds: range, profile: str, jobs: int) -> Iterator[Outcome]:
    """Run many seeds; give the outcomes as they come, without their traces."""
    if jobs <= 1 or len(seeds) <= 1:
        for seed in seeds:
            yield _attempt(seed, profile)
        return
    context = multiprocessing.get_context("spawn")  # no lock is copied half held
    with ProcessPoolExecutor(min(jobs, len(seeds)), mp_context=context) as pool:
        try:
            for each in as_completed(
                pool.submit(_attempt, seed, profile) for seed in seeds
            ):
                yield each.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _attempt(seed: int, profile: str) -> Outcome:
    """Run one; what the simulator itself raises is a broken rule, too."""
    try:
        return msgspec.structs.replace(run_one(seed, profile), trace=())
    except Exception:  # noqa: BLE001  (the other seeds are to run all the same)
        return Outcome(seed=seed, violations=(traceback.format_exc(),))
