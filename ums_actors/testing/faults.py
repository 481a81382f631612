"""What goes wrong for one connection, at random times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pykka.messages import ProxyCall

from ums_actors.testing.hearing import CRASH_MARK
from ums_actors.testing.sabotage import ERRORS, POINTS, Trap

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from ums_actors.actors.kernel import Kernel
    from ums_actors.testing.place import Fate
    from ums_actors.testing.sabotage import Saboteur
    from ums_actors.testing.seat import Seat
    from ums_actors.testing.user import User
    from ums_actors.testing.wire import FakeWebsocket
    from ums_actors.testing.world import World

__all__ = ["Faults", "SimulatedCrash"]

_CLOSE_CODES: Final = (1000, 1001, 1008, 1011, 4401, 4407)
_CHILDREN: Final = ("token", "correlator", "socket")
_GARBAGE: Final = (
    b"{",
    b'{"kind":"nonsense"}',
    b"\xff",
    b'{"kind":"resp","reqId":"unknown-1","code":200,"body":{}}',
    b'{"kind":"notification","type":".ams.ms.OnlineEventDistribution"}',
    b'{"kind":"notification","type":".ams.ms.OnlineEventDistribution","body":[7]}',
)
_STORM: Final = 6
"""Crashes in a row that are more than the budget allows."""


class SimulatedCrash:
    """A message that no actor knows."""


class Faults:
    """Does harm to one simulated connection; every deed is traced."""

    def __init__(
        self,
        kernel: Kernel,
        user: User,
        seat: Seat,
        world: World,
        saboteur: Saboteur,
    ) -> None:
        self._kernel = kernel
        self._user = user
        self._seat = seat
        self._world = world
        self._saboteur = saboteur
        self._network = seat.network
        self._place = seat.place
        self._agenda = world.agenda
        self._chance: Random = world.chance(f"faults of {seat.name}")
        self._healed = False
        self._table: list[tuple[int, Callable[[], str]]] = [
            (4, self.cut),
            (3, self._cut_writing),
            (3, self._cut_reading),
            (5, self.close),
            (3, self.expire),
            (2, self.refuse_upgrades),
            (2, self._hang_dialling),
            (2, self._half_open),
            (3, self._spoil_answers),
            (2, self._disorder),
            (2, self._choke),
            (2, self._garbage),
            (4, self._crash_child),
            (1, self._crash_storm),
            (1, self._crash_parent),
            (8, self._set_trap),
            (2, self._ill_login),
            (1, self._strict_login),
            (2, self._user_closes),
            (1, self._suspend_loop),
        ]

    def strike(self) -> None:
        """Let one thing go wrong."""
        if self._healed:
            return
        weights = [weight for weight, _ in self._table]
        (_, fault), *_ = self._chance.choices(self._table, weights)
        self._seat.voice.add(f"fault: {fault()}")

    def heal(self) -> None:
        """Let nothing go wrong any more."""
        self._healed = True
        self._place.heal()
        self._network.heal()
        self._seat.voice.add("fault: no more")

    # -- the line

    def _line(self) -> FakeWebsocket | None:
        live = self._network.live
        return live[0] if live else None

    def cut(self) -> str:
        """Break the TCP connection."""
        line = self._line()
        if line is None or line.far is None:
            return "cut (no line)"
        reset = self._chance.choice([True, False])
        line.far.hung_up()
        line.cut(reset=reset)
        return "reset" if reset else "cut"

    def _cut_writing(self) -> str:
        line = self._line()
        if line is None:
            return "cut while writing (no line)"
        after = self._chance.randint(1, 400)
        line.cut_writing(after)
        return f"cut after {after} more bytes are written"

    def _cut_reading(self) -> str:
        line = self._line()
        if line is None:
            return "cut while reading (no line)"
        line.cut_reading()
        return "cut within the next frame that comes"

    def close(self, code: int = 0) -> str:
        """Let the server say goodbye."""
        code = code or self._chance.choice(_CLOSE_CODES)
        line = self._line()
        if line is None or line.far is None:
            return f"close {code} (no line)"
        line.far.close(code)
        return f"close {code}"

    def _half_open(self) -> str:
        line = self._line()
        if line is None or line.far is None:
            return "half open (no line)"
        line.silence()
        line.far.hung_up()
        return "half open"

    def _choke(self) -> str:
        line = self._line()
        if line is None:
            return "choke (no line)"
        line.room = self._chance.choice([0, 40, 300])
        seconds = self._chance.uniform(1, 15)
        self._agenda.after(seconds, line.open_up)
        return f"choke for {seconds:.1f} s"

    def _garbage(self) -> str:
        line = self._line()
        if line is None:
            return "garbage (no line)"
        line.deliver(self._chance.choice(_GARBAGE))
        return "garbage"

    def refuse_upgrades(self) -> str:
        """Let the line break, and the next attempts fail."""
        status = self._chance.choice([401, 502, 503])
        times = self._chance.randint(1, 3)
        self._place.refusals.extend([status] * times)
        return f"{times} upgrades refused with {status}, {self.cut()}"

    def _hang_dialling(self) -> str:
        fate = self._chance.choice(["hang", "refuse"])
        self._network.fates.append(fate)
        return f"the next dialling: {fate}, {self.cut()}"

    # -- the service

    def expire(self) -> str:
        """Let the token be worthless, and the line end soon."""
        self._place.expire_tokens()
        code = self._chance.choice([0, 4401, 4407])
        after = self._chance.uniform(0, 5)
        self._agenda.after(after, self.cut if not code else lambda: self.close(code))
        return f"tokens expire, {code or 'cut'} in {after:.1f} s"

    def _spoil_answers(self) -> str:
        chance = self._chance
        fates: list[Fate] = ["drop", "twice", chance.uniform(1, 20), 400, 429, 500, 401]
        chosen = chance.choices(fates, k=chance.randint(1, 2))
        self._place.answers.extend(chosen)
        return f"answers spoiled: {chosen}"

    def _disorder(self) -> str:
        place = self._place
        place.disorder = 0.4

        def order() -> None:
            place.disorder = 0.0

        self._agenda.after(20, order)
        return "notifications in disorder for 20 s"

    def _ill_login(self) -> str:
        return self._mood("ill", self._chance.uniform(5, 30))

    def _strict_login(self) -> str:
        return self._mood("strict", self._chance.uniform(5, 15))

    def _mood(self, mood: str, seconds: float) -> str:
        place = self._place
        place.mood = mood

        def well() -> None:
            place.mood = "well"

        self._agenda.after(seconds, well)
        place.expire_tokens()
        return f"login {mood} for {seconds:.1f} s, tokens expire, {self.close(4401)}"

    # -- this side

    def _crash(self, child: str) -> None:
        self._kernel.refs[child].tell(SimulatedCrash())

    def _crash_child(self) -> str:
        child = self._chance.choice(_CHILDREN)
        self._crash(child)
        return f"crash of {child}"

    def _crash_storm(self) -> str:
        child = self._chance.choice(_CHILDREN)
        for number in range(_STORM):
            self._agenda.after(number * 0.1, lambda: self._crash(child))
        return f"crash storm of {child}"

    def _crash_parent(self) -> str:
        if self._chance.choice([True, False]):
            self._crash("supervisor")
            return "crash of the supervisor"
        self._kernel.root.tell(ProxyCall((CRASH_MARK,), (), {}))
        return "crash of the root"

    def _set_trap(self) -> str:
        chance = self._chance
        trap = Trap(
            chance.choice(POINTS),
            chance.choice(ERRORS),
            after=chance.choice([True, False]),
            skip=chance.randint(0, 2),
        )
        self._saboteur.set(trap, self._seat.runtime)
        return f"a trap: {trap}, after {trap.skip} more"

    def _user_closes(self) -> str:
        seconds = self._chance.uniform(0, 10)
        self._user.close()
        self._agenda.after(seconds, self._user.reopen)
        return f"the user closes for {seconds:.1f} s"

    def _suspend_loop(self) -> str:
        seconds = self._chance.uniform(1, 45)
        self._world.stall(seconds)
        return f"the loop is suspended for {seconds:.1f} s"
