"""One run of the demo, from the emulator's start to the report."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

from ums_actors.cli.demo.audit import Line, audit
from ums_actors.cli.demo.faults import Faults
from ums_actors.cli.demo.feeder import Feeder
from ums_actors.cli.demo.ledger import Ledger
from ums_actors.cli.demo.member import Address, Member
from ums_actors.cli.demo.plan import Say, plan_faults, plan_script
from ums_actors.cli.demo.report import Report, summarize
from ums_actors.cli.demo.snapshot import ConnectionRow, Snapshot
from ums_actors.emulator import EmulatorProcess, password_of
from ums_actors.runtime import Runtime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ums_actors.cli.demo.display import Display
    from ums_actors.cli.demo.settings import Settings

__all__ = ["run_demo"]

_OPEN_TIMEOUT = 30.0
_CLOSE_TIMEOUT = 15.0
_CALL_TIMEOUT = 10.0
_DRAIN = 45.0
"""Seconds after the last message in which everything must be answered."""
_LATENCY = 0.05
"""Seconds the emulator takes to answer, as over a network: so that requests are in
flight when a line goes, and their senders must find out what became of them."""
_FRAME = 0.1
"""Seconds between two pictures."""
_LAST_LOOK = 0.3
"""Seconds of quiet before the books are closed, for what would come twice."""


def run_demo(settings: Settings, display: Display) -> Report:
    """Run it; an interrupt (KeyboardInterrupt) leaves nothing behind either."""
    users = [settings.user(bot) for bot in range(settings.bots)]
    with contextlib.ExitStack() as stack:
        emulator = stack.enter_context(
            EmulatorProcess(users=settings.bots, tls=settings.tls, log=False)
        )
        emulator.set_faults(response_delay=_LATENCY)
        runtime = Runtime()
        stack.callback(runtime.close)
        run = _Run(settings, emulator, display)
        stack.callback(run.close)
        stack.callback(display.stop)
        display.start(_title(settings))
        run.connect(
            users, Address(emulator.csds, emulator.account, emulator.ca), runtime
        )
        run.play()
        display.stop()
        run.close()
        return run.report()


class _Run:
    """The parts of a run while they move."""

    def __init__(
        self, settings: Settings, emulator: EmulatorProcess, display: Display
    ) -> None:
        self._settings = settings
        self._emulator = emulator
        self._display = display
        self._ledger = Ledger()
        self._members: list[Member] = []
        self._begin: float | None = None
        self._plan = plan_faults(settings)
        self._script = plan_script(settings, self._plan)
        self._feeder: Feeder
        self._faults: Faults
        self._conversations: dict[int, str] = {}

    def connect(self, users: list[str], address: Address, runtime: Runtime) -> None:
        """Start all bots, and wait until all are READY."""
        for user in users:
            member = Member(user, password_of(user), address, runtime, self._tell)
            self._members.append(member)
        opening = [
            member.open(self._ledger, self._owned_by(number), _OPEN_TIMEOUT)
            for number, member in enumerate(self._members)
        ]
        for future in opening:
            future.get(timeout=_OPEN_TIMEOUT + _CALL_TIMEOUT)

    def play(self) -> None:
        """Let consumers write and things break; wait until all is answered."""
        begin = self._begin = time.monotonic()
        self._feeder = Feeder(self._script, begin, self._say)
        self._faults = Faults(
            self._plan, self._members, self._emulator, begin, self._tell
        )
        self._feeder.start()
        self._faults.start()
        try:
            deadline = begin + self._settings.seconds + _DRAIN
            while not self._over() and time.monotonic() < deadline:
                self._display.update(self._snapshot())
                time.sleep(_FRAME)
            time.sleep(_LAST_LOOK)
            self._display.update(self._snapshot())
        finally:
            self._feeder.stop()
            self._faults.stop()

    def report(self) -> Report:
        """Compare the books; the connections are closed by now."""
        missing = self._faults.missing()
        if self._feeder.error is not None:
            missing.append(f"the consumers broke down: {self._feeder.error}")
        return summarize(
            conversations=self._settings.conversations,
            audit=audit(self._transcript(), self._ledger),
            times=self._faults.times(),
            missing=missing,
            notes=self._ledger.notes,
        )

    def close(self) -> None:
        """Close all connections; idempotent."""
        while self._members:
            self._members.pop().close(_CLOSE_TIMEOUT)

    # -- inside

    def _over(self) -> bool:
        """Tell whether all is written, done, recovered from and answered."""
        if self._feeder.error is not None or self._faults.error is not None:
            return True
        return (
            self._feeder.over
            and self._faults.over
            and len(self._ledger.answers) >= self._ledger.written
        )

    def _say(self, line: Say) -> None:
        conversation = self._conversations.get(line.conversation)
        if conversation is None:
            opened = self._emulator.open_conversation(
                consumer=_consumer(line.conversation), text=line.text
            )
            self._conversations[line.conversation] = opened.conversation_id
        else:
            self._emulator.write(conversation, line.text)
        self._ledger.add_written()

    def _transcript(self) -> Iterator[Line]:
        """Give what the emulator holds of all conversations it knows."""
        for known in self._emulator.conversations():
            for record in self._emulator.transcript(known["conversation"]):
                event = record["event"]
                if event["type"] == "ContentEvent":
                    yield Line(
                        dialog_id=record["dialogId"],
                        sequence=record["sequence"],
                        by_consumer=record["originatorId"] == known["consumer"],
                        text=str(event["message"]),
                    )

    def _owned_by(self, bot: int) -> Callable[[str], bool]:
        mine = frozenset(
            _consumer(number)
            for number in range(self._settings.conversations)
            if self._settings.owner(number) == bot
        )
        return mine.__contains__

    def _tell(self, text: str) -> None:
        self._display.event(self._elapsed(), text)

    def _elapsed(self) -> float:
        """Give the seconds since consumers began; 0 before."""
        return 0.0 if self._begin is None else time.monotonic() - self._begin

    def _snapshot(self) -> Snapshot:
        return Snapshot(
            elapsed=self._elapsed(),
            seconds=self._settings.seconds,
            planned=len(self._script),
            written=self._ledger.written,
            answered=len(self._ledger.answers),
            connections=tuple(_row(member) for member in self._members),
            faults=self._faults.rows(),
        )


def _row(member: Member) -> ConnectionRow:
    status = member.connection.status().get(timeout=_CALL_TIMEOUT)
    return ConnectionRow(
        name=member.name,
        state=status.state,
        generation=status.generation,
        restarts=sum(status.restarts.values()),
        relogins=max(0, status.logins - 1),
        in_flight=status.in_flight,
        queued=status.queued,
    )


def _consumer(conversation: int) -> str:
    return f"consumer-{conversation + 1}"


def _title(settings: Settings) -> str:
    return (
        f"ums-actors demo: bots {settings.bots}, conversations "
        f"{settings.conversations}, {'TLS' if settings.tls else 'plain'}, "
        f"seed {settings.seed}"
    )
