"""What is left of ten thousand of each thing that a connection does.

``python -m ums_actors.testing.soak.growth``; needs the extra ``emulator``. There is
nothing beside the one thing, so a few bytes of each are seen.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from msgspec.structs import replace

import ums_actors as ums
from ums_actors.core.recorder import LIMIT
from ums_actors.testing.soak.memory import read_memory, without_caches
from ums_actors.testing.soak.scene import OPTIONS, Scene
from ums_actors.testing.soak.slope import Slope, slope_through

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ums_actors.core.recorder import FlightRecorder

__all__ = ["KINDS", "growth", "main"]

UNIT: Final = 10_000
_BOTS: Final = 4
_AT_ONCE: Final = 200
"""Requests that are under way."""
_PATIENCE: Final = 60.0
_TICK: Final = 0.002
_CHILDREN: Final = ("socket", "correlator", "token")
_PROFILE: Final = ".ams.userprofile.GetUserProfile"
_QUICK: Final = replace(
    OPTIONS,
    backoff_base=0.001,
    stable_after=0.000001,
    ping_interval=20.0,
    restart_intensity=1_000,
    clear_conversation_timeout=0.1,
)


class Field:
    """Bots that have nothing to do but what they are told."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.heard: int = 0
        self.talks: list[str] = []
        for number, bot in enumerate(scene.bots, start=1):
            _fill(bot.actor_ref.actor_inbox.keep.recorder)
            bot.open(wait_for_ready=True).get(timeout=_PATIENCE)
            bot.subscribe(self._hear, ums.MessageReceived).get(timeout=5)
            opened = scene.server.open_conversation(assign=f"bot{number}", text="0")
            self.talks.append(opened.conversation_id)
        self.wait_for(lambda: self.heard == len(scene.bots))
        self.ids: list[Any] = [
            bot.status().get(timeout=5).agent_id for bot in scene.bots
        ]

    def requests(self, count: int) -> None:
        """Ask questions."""
        room = threading.Semaphore(_AT_ONCE)

        def done(answer: Any) -> None:
            room.release()
            answer.exception()

        for number in range(count):
            room.acquire()
            body = {"userId": self.ids[number % _BOTS]}
            asked = self.scene.bots[number % _BOTS].send(
                {"type": _PROFILE, "body": body}
            )
            asked.add_done_callback(done)
        for _ in range(_AT_ONCE):
            room.acquire()

    def messages(self, count: int) -> None:
        """Hear what consumers say."""
        before = self.heard
        for number in range(count):
            self.scene.server.write(self.talks[number % _BOTS], str(number))
        self.wait_for(lambda: self.heard == before + count)

    def publishes(self, count: int) -> None:
        """Say something, effectively once."""
        before = self.heard
        for number in range(count):
            place = number % _BOTS
            sent = self.scene.bots[place].send_text(
                self.talks[place], str(number), effectively_once=True
            )
            sent.get(timeout=_PATIENCE)
        self.wait_for(lambda: self.heard == before + count)

    def conversations(self, count: int) -> None:
        """See conversations that open and close, with a message in each."""
        before = self.heard
        for number in range(count):
            assign = f"bot{number % _BOTS + 1}"
            opened = self.scene.server.open_conversation(assign=assign, text="0")
            self.scene.server.close_conversation(opened.conversation_id)
        self.wait_for(lambda: self.heard == before + count)
        self.wait_for(lambda: all(self._all_are_gone(bot) for bot in self.scene.bots))

    def lines(self, count: int) -> None:
        """Lose lines, and get new ones with the same tokens."""
        for number in range(count // _BOTS):
            self._renew(number)

    def logins(self, count: int) -> None:
        """Lose lines and tokens."""
        for number in range(count // _BOTS):
            self.scene.server.expire_tokens()
            self._renew(number)

    def crashes(self, count: int) -> None:
        """Have actors fail: socket, correlator and token in turn."""
        for number in range(count // _BOTS):
            before = [self._crashes_of(bot) for bot in self.scene.bots]
            for bot in self.scene.bots:
                bot.child(_CHILDREN[number % 3]).get(timeout=5).tell(object())
            for bot, known in zip(self.scene.bots, before, strict=True):
                self.wait_for(partial(self._has_crashed, bot, known))
                bot.wait_ready(_PATIENCE).get(timeout=_PATIENCE)

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so.

        Raises:
            TimeoutError: it is not, after a minute.
        """
        deadline = time.monotonic() + _PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError("what was to be measured does not come about")
            time.sleep(_TICK)

    def _hear(self, event: ums.MessageReceived) -> None:
        self.heard += event.event_type == "ContentEvent"

    def _renew(self, number: int) -> None:
        bots = self.scene.bots
        before = [bot.status().get(timeout=5).generation for bot in bots]
        if number % 2:
            self.scene.server.cut()
        else:
            self.scene.server.close_sockets(1001)

        def renewed() -> bool:
            found = [bot.status().get(timeout=5) for bot in bots]
            pairs = zip(found, before, strict=True)
            return all(it.state == "READY" and it.generation > was for it, was in pairs)

        self.wait_for(renewed)

    def _has_crashed(self, bot: Any, known: int) -> bool:
        return self._crashes_of(bot) > known

    def _all_are_gone(self, bot: Any) -> bool:
        known = bot.get_all_known_conversations().get(timeout=5)
        return len(known) == len(self.talks)

    def _crashes_of(self, bot: Any) -> int:
        return sum(bot.status().get(timeout=5).restarts.values())


def _fill(recorder: FlightRecorder) -> None:
    """Let the recorder be full from the start: it would go on filling for an hour."""
    for number in range(LIMIT):
        recorder.note(time.monotonic(), f"something like a usual line, number {number}")


class Kind(NamedTuple):
    """Something that can be measured.

    Attributes:
        work: does it some times.
        size: how many of them lie between two readings.
        before: rounds before the first reading: what is bounded, such as the last
            messages of a dialog and the last exits of an actor, is full by then.
    """

    work: Callable[[Field, int], None]
    size: int
    before: int = 3


KINDS: Final = {
    "requests": Kind(Field.requests, 5_000),
    "messages": Kind(Field.messages, 500),
    "publishes": Kind(Field.publishes, 500),
    "conversations": Kind(Field.conversations, 200),
    "lines": Kind(Field.lines, 200),
    "logins": Kind(Field.logins, 200),
    "crashes": Kind(Field.crashes, 48, 30),
}


def growth(kind: str, rounds: int = 15) -> Slope:
    """Give the bytes in use that ten thousand of a kind leave; blocking.

    Args:
        kind: of :data:`KINDS`.
        rounds: readings, without the rounds before the first.
    """
    work, count, before = KINDS[kind]
    with Scene(_BOTS, _QUICK) as scene:
        field = Field(scene)
        for _ in range(before):
            work(field, count)
        points = [(0.0, float(read_memory().in_use))]
        for _ in range(1, rounds):
            work(field, count)
            points.append((points[-1][0] + count, float(read_memory().in_use)))
    return slope_through(points, UNIT)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and tell."""
    parser = argparse.ArgumentParser(
        prog="python -m ums_actors.testing.soak.growth",
        description="Tell what of memory is left of ten thousand of each.",
    )
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=", ".join(KINDS))
    parser.add_argument("--rounds", type=int, default=15, help="readings (15)")
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.kinds) - KINDS.keys():
        parser.error(f"{', '.join(sorted(unknown))}: no such kind")
    for kind in chosen.kinds or KINDS:
        found = growth(kind, chosen.rounds)
        sys.stdout.write(f"{kind:15}{_told(found)}\n")
        sys.stdout.flush()
    return 0


def _told(slope: Slope) -> str:
    if slope.estimate is None or slope.low is None or slope.high is None:
        return "too few readings to say"
    return (
        f"{slope.estimate / 1e3:+9.1f} kB for {UNIT}, between {slope.low / 1e3:+.1f} "
        f"and {slope.high / 1e3:+.1f} in 19 of 20 cases"
    )


if __name__ == "__main__":
    without_caches()
    sys.exit(main())
