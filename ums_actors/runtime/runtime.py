"""All that actors share, passed to ``start(runtime=…)``: no module globals."""

from __future__ import annotations

import itertools
import logging
import os
import random as _random
import threading
import time
import weakref
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

from ums_actors.core.allowance import Allowance, share
from ums_actors.errors import LocalProtocolError
from ums_actors.http.tls import Contexts
from ums_actors.runtime.commons import Commons
from ums_actors.runtime.instrument import Instruments, Observers
from ums_actors.runtime.loop import Loop
from ums_actors.runtime.poller import poller as system_poller
from ums_actors.runtime.ports import (
    Clock,
    Gate,
    LogObserver,
    Observer,
    OpenGate,
    RequestLimits,
    SystemClock,
    Tenure,
    ids,
)
from ums_actors.runtime.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from ums_actors.runtime.future import LoopFuture
    from ums_actors.runtime.instrument import Instrument
    from ums_actors.runtime.poller import Poller
    from ums_actors.runtime.watch import Watch
    from ums_actors.status.server import Server

__all__ = ["Pool", "Runtime"]


class Pool(Protocol):
    """What runs blocking code; see :class:`~ums_actors.runtime.workers.Workers`."""

    def submit(
        self,
        loop: Loop,
        function: Callable[[], Any],
        *,
        timeout: float,
        on_abandon: Callable[[], object] | None = None,
    ) -> LoopFuture[Any]:
        """Run it on a thread."""
        ...

    def close(self, timeout: float) -> bool:
        """End all threads."""
        ...


def _pools() -> dict[str, Pool]:
    """Make the pools: separate, so that none starves another."""
    return {
        "connect": Workers("connect", threads=8, queue_limit=20_000),
        "auth": Workers("auth", threads=8, queue_limit=20_000),
        "files": Workers("files", threads=4, queue_limit=1_000),
        "reports": Workers("reports", threads=2, queue_limit=1_000),
        "rest": Workers("rest", threads=32, queue_limit=20_000),
        "outbox": Workers("outbox", threads=1, queue_limit=20_000, spare=0),
        "callbacks": Workers("callbacks", threads=4, queue_limit=20_000),
        "hooks": Workers("hooks", threads=4, queue_limit=20_000),
    }


def _status(where: str | os.PathLike[str] | Literal[True]) -> tuple[Server, Watch]:
    """Open the endpoint; who has none need not import it."""
    from ums_actors.runtime.watch import Watch  # noqa: PLC0415
    from ums_actors.status.place import checked_path, own_path  # noqa: PLC0415
    from ums_actors.status.server import Server  # noqa: PLC0415

    watch = Watch()
    return Server(checked_path(own_path() if where is True else where), watch), watch


def _allowances(
    limits: RequestLimits | None, loops: list[Loop]
) -> dict[Loop, Allowance]:
    """Give each loop its share."""
    if limits is None:
        return {}
    shares = share(limits.requests, limits.request_bytes, len(loops))
    return dict(zip(loops, shares, strict=True))


class Runtime:
    """Loops, time, chance, names, workers, gate and observer of a set of actors.

    Args:
        loops: how many loop threads, or loops that were made elsewhere.
        clock: monotonic time.
        random: source of jitter.
        ids: makes random identifiers.
        poller: makes what a loop waits with.
        workers: pools named ``connect``, ``auth``, ``files``, ``reports``, ``rest``,
            ``outbox``, ``callbacks`` and ``hooks``.
        gate: delays connection attempts.
        login_gate: delays logins; an attempt that has to log in waits here first, its
            timeouts run from when both have let it through.
        limits: bounds of the requests of all connections together, such as a
            :class:`~ums_actors.fleet.Limits`; each loop has an even share.
        observer: hears what happens.
        instruments: count, measure or trace it, such as those of
            :mod:`ums_actors.metrics`.
        connector: opens websockets instead of the transport (simulation).
        lends: whether a thread, not the main one, that blocks in ``future.get()``
            runs its loop's actors itself until the future is done: it spares waking
            threads, which is most of what one request at a time costs. Callbacks of
            futures may then run on that thread, and its timeout is kept only between
            the steps of actors.
        tenure: says whether this process still owns the agents: asked before each
            attempt, login and write. None: nobody else could own them.
        status_socket: path of a Unix socket at which ``ums-actors top`` sees the
            connections and may reconnect or close them, as this user alone; True
            chooses one where it looks. Costs a thread.

    Raises:
        LocalProtocolError: an argument breaks a rule.
        StatusError: the socket cannot be made, or its path is in use.
    """

    _defaults: ClassVar[dict[int, Runtime]] = {}
    _default_lock: ClassVar[threading.Lock] = threading.Lock()
    _all: ClassVar[weakref.WeakSet[Runtime]] = weakref.WeakSet()

    def __init__(
        self,
        loops: int | list[Loop] = 1,
        *,
        clock: Clock | None = None,
        random: _random.Random | None = None,
        ids: Callable[[], str] = ids,
        poller: Callable[[], Poller] = system_poller,
        workers: Mapping[str, Pool] | None = None,
        gate: Gate | None = None,
        login_gate: Gate | None = None,
        limits: RequestLimits | None = None,
        observer: Observer | None = None,
        connector: Any = None,
        instruments: Iterable[Instrument] = (),
        lends: bool = False,
        tenure: Tenure | None = None,
        status_socket: str | os.PathLike[str] | bool = False,
    ) -> None:
        if not loops:
            raise LocalProtocolError(
                f"a Runtime with loops={loops!r} runs nothing: it must have 1 or more"
            )
        self.clock: Clock = clock or SystemClock()
        self.random: _random.Random = (
            random or _random.Random()  # noqa: S311  (jitter, not secrets)
        )
        self.ids = ids
        self.gate: Gate = gate or OpenGate()
        self.login_gate: Gate | None = login_gate
        self.tenure: Tenure | None = tenure
        self.observer: Observer = observer or LogObserver()
        self.instruments: Instruments | None = None
        given = tuple(instruments)
        self._status: Server | None = None
        if status_socket is not False:
            self._status, watch = _status(status_socket)
            given += (watch,)
        if given:
            self.instruments = Instruments(given)
            self.observer = Observers(self.observer, self.instruments)
        self.connector = connector
        # thousands of connections read certificates once
        self.tls: Contexts = Contexts()
        self.commons: Commons = Commons()
        self._pools = dict(workers) if workers is not None else _pools()
        if isinstance(loops, int):
            self._own_threads = True
            self.loops: list[Loop] = [
                Loop(self.clock, poller(), f"ums-loop-{number}", lends=lends)
                for number in range(1, loops + 1)
            ]
        else:
            self._own_threads = False
            self.loops = loops
        self._allowances = _allowances(limits, self.loops)
        self._round = itertools.cycle(self.loops)
        self._last: dict[object, Callable[[], object]] = {}
        self._all.add(self)

    @classmethod
    def default(cls) -> Runtime:
        """Give this process's runtime, made on first use; any thread.

        A forked child gets one of its own: threads do not survive a fork.
        """
        with cls._default_lock:
            pid = os.getpid()
            runtime = cls._defaults.get(pid)
            if runtime is None:
                cls._defaults.clear()
                runtime = cls._defaults[pid] = cls()
            return runtime

    @property
    def status_path(self) -> Path | None:
        """Where its status endpoint is; None if it has none; any thread."""
        return None if self._status is None else self._status.path

    def next_loop(self) -> Loop:
        """Give the loop for the next tree, started; any thread."""
        loop = next(self._round)
        if self._own_threads:
            loop.start()
        return loop

    def allowance(self, loop: Loop) -> Allowance | None:
        """Give what the requests of all connections on a loop share; any thread.

        None if they have no bound together. To be changed on the loop's thread only.
        """
        return self._allowances.get(loop)

    def workers(self, kind: str) -> Pool:
        """Give the pool of that name."""
        try:
            return self._pools[kind]
        except KeyError:
            known = ", ".join(sorted(self._pools))
            raise LocalProtocolError(
                f"no workers are named {kind!r}: there are {known}"
            ) from None

    def at_close(self, key: object, function: Callable[[], object]) -> None:
        """Have ``function`` called when this closes; any thread.

        It is called once, first of all and on the closing thread, must not block, and
        is for what has to be given back even by those who were not stopped before.
        """
        self._last[key] = function

    def not_at_close(self, key: object) -> None:
        """Forget what was asked for under ``key``; any thread, idempotent."""
        self._last.pop(key, None)

    def close(self, timeout: float = 5.0) -> bool:
        """End loops and workers; tell whether all ended within ``timeout`` seconds.

        Stop the actors first: a closed loop calls no hook of theirs any more. Who
        asks one of them then, or waits in its inbox, gets ActorDeadError. Idempotent.
        """
        deadline = time.monotonic() + timeout
        self._call_last()
        ends = [pool.close for pool in self._pools.values()]
        ends += [loop.stop for loop in self.loops]
        if self._status is not None:
            ends.insert(0, self._status.close)
        ended: list[bool] = []
        for number, end in enumerate(ends):
            left = max(0.0, deadline - time.monotonic())
            ended.append(end(left / (len(ends) - number)))
        with self._default_lock:
            for pid, runtime in list(self._defaults.items()):
                if runtime is self:
                    del self._defaults[pid]
        return all(ended)

    def _call_last(self) -> None:
        while self._last:
            try:
                _, function = self._last.popitem()
            except KeyError:  # somebody was quicker
                return
            try:
                function()
            except Exception:
                logging.getLogger("ums_actors").exception("runtime.close_failed")


def _forget_in_child() -> None:
    """Let nobody in a forked child wait for loops whose threads stayed behind."""
    Runtime._default_lock = threading.Lock()
    Runtime._defaults.clear()
    for runtime in list(Runtime._all):
        for loop in runtime.loops:
            loop.disown()
        if runtime._status is not None:
            runtime._status.disown()
    Runtime._all.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_in_child)
