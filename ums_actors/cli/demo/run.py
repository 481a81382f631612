"""One run of the demo, from the emulator's start to the report."""

from __future__ import annotations

import contextlib
import time
from itertools import chain
from typing import TYPE_CHECKING

from ums_actors.cli.demo.alarm import Alarm
from ums_actors.cli.demo.audit import Planned, audit
from ums_actors.cli.demo.bots import StartWork
from ums_actors.cli.demo.consumers import StartVisits
from ums_actors.cli.demo.faults import Faults, slow_down
from ums_actors.cli.demo.ledger import Ledger
from ums_actors.cli.demo.office import Address, Office
from ums_actors.cli.demo.plan import Side, plan_faults
from ums_actors.cli.demo.report import Report, summarize
from ums_actors.cli.demo.script import plan_visits
from ums_actors.cli.demo.snapshot import ConnectionRow, Snapshot
from ums_actors.cli.demo.transcripts import transcripts
from ums_actors.emulator import EmulatorProcess, password_of
from ums_actors.runtime import Runtime

if TYPE_CHECKING:
    from ums_actors.cli.demo.audit import Audit
    from ums_actors.cli.demo.display import Display
    from ums_actors.cli.demo.member import Member
    from ums_actors.cli.demo.settings import Settings

__all__ = ["run_demo"]

_OPEN_TIMEOUT = 30.0
_CLOSE_TIMEOUT = 15.0
_CALL_TIMEOUT = 10.0
_DRAIN = 45.0
"""Seconds after the last question in which everything must be answered."""
_FRAME = 0.1
"""Seconds between two pictures."""
_SETTLE, _PAUSE = 10.0, 0.3
"""Seconds in which the last messages must reach everybody, and between two looks."""


def run_demo(settings: Settings, display: Display) -> Report:
    """Run it; an interrupt (KeyboardInterrupt) leaves nothing behind either."""
    with contextlib.ExitStack() as stack:
        emulator = stack.enter_context(_emulator(settings))
        slow_down(emulator)
        runtime = Runtime(status_socket=settings.status)
        stack.callback(runtime.close)
        run = _Run(settings, emulator, display)
        stack.callback(run.close)
        stack.callback(display.stop)
        display.start(_title(settings))
        if runtime.status_path is not None:
            display.event(0.0, f"look at it: ums-actors top ({runtime.status_path})")
        run.connect(Address(emulator.csds, emulator.account, emulator.ca), runtime)
        run.play()
        display.stop()
        run.close()
        return run.report()


def _emulator(settings: Settings) -> EmulatorProcess:
    return EmulatorProcess(
        users=settings.bots, skills=settings.skills(), tls=settings.tls, log=False
    )


class _Run:
    """The parts of a run while they move."""

    def __init__(
        self, settings: Settings, emulator: EmulatorProcess, display: Display
    ) -> None:
        self._settings = settings
        self._emulator = emulator
        self._display = display
        self._ledger = Ledger()
        self._alarm = Alarm()
        self._members: list[Member] = []
        self._begin: float | None = None
        self._plan = plan_faults(settings)
        self._visits = plan_visits(settings, self._plan)
        self._planned = Planned(
            conversations=sum(map(len, self._visits)),
            questions=sum(len(visit.asks) for visit in chain(*self._visits)),
        )
        self._faults: Faults

    def connect(self, address: Address, runtime: Runtime) -> None:
        """Start everybody, wait until all are READY, and let the bots work."""
        self._alarm.start()
        office = Office(address, runtime, self._ledger, self._alarm, self._tell)
        for name in self._settings.bot_names():
            self._members.append(office.bot(name, password_of(name)))
        for name in self._settings.consumer_names():
            self._members.append(office.consumer(name))
        opening = [member.open(_OPEN_TIMEOUT) for member in self._members]
        for future in opening:
            future.get(timeout=_OPEN_TIMEOUT + _CALL_TIMEOUT)
        for member in self._members:
            self._ledger.add_identity(member.wire_id, member.name)
        bots = self._on(Side.BOT)
        for bot in bots:
            others = tuple(other.wire_id for other in bots if other is not bot)
            bot.tell(StartWork(bot.wire_id, others))

    def play(self) -> None:
        """Let consumers ask and things break; wait until all is answered."""
        begin = self._begin = time.monotonic()
        self._faults = Faults(
            self._plan,
            members=self._members,
            emulator=self._emulator,
            ledger=self._ledger,
            begin=begin,
            report=self._tell,
        )
        for consumer, visits in zip(self._on(Side.CONSUMER), self._visits, strict=True):
            consumer.tell(StartVisits(visits, begin))
        self._faults.start()
        try:
            deadline = begin + self._settings.seconds + _DRAIN
            while not self._over() and time.monotonic() < deadline:
                self._show()
                time.sleep(_FRAME)
        finally:
            self._faults.stop()
        self._settle()

    def report(self) -> Report:
        """Compare the books; the connections are closed by now."""
        missing = self._faults.missing()
        if self._alarm.error is not None:
            missing.append(f"the alarm broke down: {self._alarm.error}")
        ledger = self._ledger
        return summarize(
            seed=self._settings.seed,
            audit=self._audit(),
            deeds={"rings": len(ledger.rings), **dict(sorted(ledger.deeds.items()))},
            times=self._faults.times(),
            missing=missing,
            notes=ledger.notes,
        )

    def close(self) -> None:
        """Close all connections; idempotent."""
        self._alarm.stop()
        while self._members:
            self._members.pop().close(_CLOSE_TIMEOUT)

    # -- inside

    def _on(self, side: Side) -> list[Member]:
        return [member for member in self._members if member.side is side]

    def _over(self) -> bool:
        """Tell whether all is asked, done, recovered from, answered and closed."""
        if self._faults.error is not None or self._alarm.error is not None:
            return True
        ledger, planned = self._ledger, self._planned
        return (
            self._faults.over
            and ledger.answered >= planned.questions
            and ledger.visited >= planned.conversations
        )

    def _settle(self) -> None:
        """Wait for what is still on its way, and a moment for what came twice."""
        deadline = time.monotonic() + _SETTLE
        while True:
            self._show()
            time.sleep(_PAUSE)
            if time.monotonic() > deadline or self._audit().ok:
                return

    def _audit(self) -> Audit:
        return audit(transcripts(self._emulator), self._planned, self._ledger)

    def _tell(self, text: str) -> None:
        self._display.event(self._elapsed(), text)

    def _elapsed(self) -> float:
        """Give the seconds since consumers began; 0 before."""
        return 0.0 if self._begin is None else time.monotonic() - self._begin

    def _show(self) -> None:
        ledger, planned = self._ledger, self._planned
        self._display.update(
            Snapshot(
                elapsed=self._elapsed(),
                seconds=self._settings.seconds,
                planned=planned.questions,
                asked=ledger.asked,
                answered=ledger.answered,
                visits=planned.conversations,
                visited=ledger.visited,
                connections=tuple(map(_row, self._members)),
                faults=self._faults.rows(),
            )
        )


def _row(member: Member) -> ConnectionRow:
    status = member.status()
    return ConnectionRow(
        name=member.name,
        side=member.side,
        state=status.state,
        generation=status.generation,
        restarts=sum(status.restarts.values()),
        logins=status.logins,
        in_flight=status.in_flight,
        queued=status.queued,
    )


def _title(settings: Settings) -> str:
    return (
        f"ums-actors demo: bots {settings.bots}, consumers {settings.consumers}, "
        f"{'TLS' if settings.tls else 'plain'}, seed {settings.seed}"
    )
