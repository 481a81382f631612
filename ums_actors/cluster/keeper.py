"""Keeps the lease of one shard, and says when it begins and when it will end."""

from __future__ import annotations

import logging
import math
import random as _random
import threading
import time
from typing import TYPE_CHECKING

import pykka

from ums_actors.arguments import identifier, whole
from ums_actors.cluster.calls import StoreCalls
from ums_actors.cluster.permit import Permit
from ums_actors.core import ownership
from ums_actors.core.tenure import Tenure
from ums_actors.core.terms import Terms
from ums_actors.errors import LocalProtocolError
from ums_actors.runtime.future import LoopFuture
from ums_actors.runtime.loop import Loop
from ums_actors.runtime.poller import poller
from ums_actors.runtime.ports import BootClock, ids
from ums_actors.runtime.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.cluster.store import LeaseStore
    from ums_actors.core.grant import Answer
    from ums_actors.runtime.ports import Clock
    from ums_actors.runtime.runtime import Pool
    from ums_actors.runtime.timers import Timer

__all__ = ["Keeper"]

_logger = logging.getLogger("ums_actors")
_STUCK = 4
"""Calls of a store that may hang at a time; then it is not asked until one is back."""


class Keeper:
    """Acquires the lease of a shard, renews it, and tells its owner; any thread.

    It runs on a thread of its own, which never waits for the store: calls are made on
    worker threads. That a lease ends is a matter of time alone.

        keeper = Keeper(store, 7, granted=open_fleet, lost=close_fleet)
        runtime = Runtime(tenure=keeper.tenure)
        keeper.start()

    Args:
        store: keeps the lease book.
        shard: of what.
        granted: called with the epoch when the shard is ours.
        lost: called with the epoch and a sentence when it will not be ours for long:
            close now. Nothing may be sent any more ``terms.safety`` seconds later, and
            nothing is, where a runtime has this ``tenure``. It is not called when the
            lease is given back by :meth:`release`.
        owner: a name that no owner ever had: a random one if not given.
        terms: the same as those of the book.
        clock: seconds, which go on while the machine is suspended.
        random: source of jitter.
        loop: a loop that is turned elsewhere, of this clock (simulation).
        workers: make the calls.

    ``granted`` and ``lost`` are called on the keeper's thread, in order, and must not
    block; what they raise is logged.

    Attributes:
        tenure: what the runtime of the shard's agents is given.

    Raises:
        LocalProtocolError: an argument breaks a rule.
    """

    def __init__(
        self,
        store: LeaseStore,
        shard: int,
        *,
        granted: Callable[[int], object],
        lost: Callable[[int, str], object],
        owner: str | None = None,
        terms: Terms | None = None,
        clock: Clock | None = None,
        random: _random.Random | None = None,
        loop: Loop | None = None,
        workers: Pool | None = None,
    ) -> None:
        self.shard: int = whole("shard", shard, 0)
        self.owner: str = identifier("owner", ids() if owner is None else owner)
        self.terms: Terms = terms or Terms()
        self._clock: Clock = clock or BootClock()
        self.tenure: Permit = Permit(self._clock)
        self._granted = granted
        self._lost = lost
        self._random = random or _random.Random()  # noqa: S311  (jitter, not secrets)
        self._own_loop = loop is None
        self._loop = loop or Loop(self._clock, poller(), f"ums-keeper-{shard}")
        if workers is None:
            workers = Workers("lease", threads=1, queue_limit=1, spare=_STUCK)
        self._workers: Pool = workers
        self._calls = StoreCalls(
            store,
            shard,
            self.terms.call_timeout,
            loop=self._loop,
            workers=self._workers,
        )
        self._machine = Tenure(shard, self.owner, self.terms, self._clock.now())
        self._timer: Timer | None = None
        self._lock = threading.Lock()
        self._started = False
        self._leaving: LoopFuture[None] | None = None

    def start(self) -> None:
        """Begin to ask for the lease; idempotent.

        Raises:
            LocalProtocolError: the lease was given back: make a new keeper.
        """
        with self._lock:
            if self._leaving is not None:
                raise LocalProtocolError(
                    f"the keeper of shard {self.shard} gave its lease back: make a "
                    "new one, with another owner"
                )
            if self._started:
                return
            self._started = True
        if self._own_loop:
            self._loop.start()
        self._loop.call_soon(self._due)

    def release(self) -> LoopFuture[None]:
        """Give the lease back and ask no more; close the shard's agents before.

        From here on nothing is sent. The future is done when the store has been told,
        or could not be: then the lease ends by itself.
        """
        with self._lock:
            if self._leaving is not None:
                return self._leaving
            leaving = self._leaving = LoopFuture[None]()
            self.tenure.run(0, 0.0)
        if self._started:
            self._loop.call_soon(lambda: self._apply(ownership.Left()))
        else:
            leaving.set(None)
        return leaving

    def close(self, timeout: float = 5.0) -> bool:
        """Release, and end the threads; tell whether all ended in ``timeout`` seconds.

        Idempotent; not on the keeper's own thread.
        """
        deadline = time.monotonic() + timeout
        try:
            self.release().get(timeout=timeout / 2)
            told = True
        except pykka.Timeout:
            told = False
        ended = self._workers.close(max(0.0, (deadline - time.monotonic()) / 2))
        if self._own_loop:
            ended &= self._loop.stop(max(0.0, deadline - time.monotonic()))
        return told and ended

    # -- the keeper's thread

    def _due(self) -> None:
        self._timer = None
        self._apply(ownership.Due(self._random.random()))

    def _apply(self, event: ownership.Event) -> None:
        """Let the machine decide; nobody sends longer than it says."""
        machine = self._machine
        actions = machine.handle(event, self._clock.now())
        with self._lock:  # whoever gives the lease back has the last word
            if self._leaving is None:
                self.tenure.run(machine.epoch, machine.until)
        for action in actions:
            self._execute(action)
        self._arm()
        if machine.standing is ownership.Standing.LEFT and not machine.waits:
            self._leave(actions)

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        when = self._machine.next_at
        if when < math.inf:
            self._timer = self._loop.call_at(when, self._due)

    def _execute(self, action: ownership.Action) -> None:
        match action:
            case ownership.Acquire(call=call):
                self._calls.acquire(self.owner, lambda said: self._heard(call, said))
            case ownership.Renew(call=call):
                self._calls.renew(action.lease, lambda said: self._heard(call, said))
            case ownership.Release():
                return  # last of all: see `_leave`
            case ownership.Begin():
                self._tell(lambda: self._granted(action.epoch))
            case ownership.Vacate():
                fields = {
                    "ums_shard": self.shard,
                    "ums_epoch": action.epoch,
                    "ums_reason": action.why,
                }
                _logger.warning("lease.lost", extra=fields)
                self._tell(lambda: self._lost(action.epoch, action.why))
            case ownership.End():
                self.tenure.end()

    def _heard(self, call: int, answer: Answer | None) -> None:
        self._apply(ownership.Answered(call, answer, self._random.random()))

    def _tell(self, told: Callable[[], object]) -> None:
        """Call what the owner gave."""
        try:
            told()
        except Exception:
            _logger.exception("lease.callback_failed")

    def _leave(self, actions: list[ownership.Action]) -> None:
        """Tell the store, if there is anything to tell, and whoever waits for it."""
        leaving = self._leaving
        if leaving is None:
            return
        for action in actions:
            if isinstance(action, ownership.Release):
                self._calls.release(action.lease, lambda _: leaving.try_set(None))
                return
        leaving.try_set(None)
