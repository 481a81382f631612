"""People: impatient users of connections, and consumers who are no connection's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from ums_actors.actors.events import (
    Event,
    MessageReceived,
)
from ums_actors.actors.traffic_events import Tap
from ums_actors.protocol import brand
from ums_actors.testing.asked import Asked, check_answer
from ums_actors.testing.ears import Ears
from ums_actors.testing.trace import brief

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from ums_actors.connection.proxy import BrandConnectionProxy
    from ums_actors.options import Options
    from ums_actors.runtime import LoopFuture, LoopRef
    from ums_actors.testing.seat import Seat
    from ums_actors.testing.server import FakeServer
    from ums_actors.testing.world import World

__all__ = ["Consumers", "User"]

_SLACK: Final = 2.0
"""Seconds that an answer may be later than its deadlines add up to."""
_CONVERSATIONS: Final = 8
_OWN: Final = 3
"""Conversations that one consumer's connection opens at most."""
_NEW: Final = 0.1
"""Chance that a consumer opens a conversation instead of writing in one."""


class User:
    """Asks for things at random times and notes every answer and event.

    Attributes:
        asked: all questions; ``open`` holds those without an answer.
        ears: what is heard.
        closes: how often the user closed the connection on purpose.
        away: whether the user wants no connection for the moment.
    """

    def __init__(
        self, ref: LoopRef[Any], seat: Seat, options: Options, world: World
    ) -> None:
        self.asked: list[Asked] = []
        self.open: dict[Asked, None] = {}
        self.ears: Ears = Ears(world.server, seat.place, seat.voice)
        self.closes: int = 0
        self.away: bool = False
        self._proxy: Any = ref.proxy()
        self._seat = seat
        self._world = world
        self._server = world.server
        self._voice = seat.voice
        self._chance = world.chance(f"user {seat.name}")
        # in flight on one line, back in the queue, in flight on another
        self._patience = options.queue_timeout + 2 * options.request_timeout
        self._insistence = options.once_timeout + 2 * self._patience
        self._login = 3 * options.login_timeout
        self._closing = options.close_timeout
        self._texts = 0
        self._wishes = self._table()

    def arrive(self, *, taps: bool) -> None:
        """Subscribe, and open the connection; ``taps``: hear the traffic as well."""
        ears = self.ears
        kinds = [Event, Tap] if taps else []
        for target, *wanted in (
            (ears.hear, MessageReceived),
            (ears.queue, MessageReceived),
            (ears.hear_all, *kinds),
        ):
            self._ask("subscribe", self._proxy.subscribe(target, *wanted), 0.0)
        self.reopen()

    def reopen(self) -> None:
        """Open the connection."""
        self.away = False
        self._ask("open", self._proxy.open(), None)

    def close(self) -> None:
        """Close the connection."""
        self.closes += 1
        self.away = True
        self._ask("close", self._proxy.close(), self._closing)

    def hurry(self) -> None:
        """End a pause between attempts."""
        self._ask("reconnect_now", self._proxy.reconnect_now(), 0.0)

    def act(self) -> None:
        """Ask for something."""
        weights = [weight for weight, _ in self._wishes]
        (_, wish), *_ = self._chance.choices(self._wishes, weights)
        wish()

    def wish_all(self) -> None:
        """Ask for everything there is."""
        for _, wish in self._wishes:
            wish()

    def overdue(self) -> list[Asked]:
        """Give the questions whose time is over, and the loop was not to blame."""
        now, stalled = self._world.clock.now() - _SLACK, self._world.stalled
        return [
            asked
            for asked in self.open
            if asked.limit is not None
            and now > asked.at + asked.limit + stalled - asked.stalled
        ]

    # -- wishes

    def _table(self) -> list[tuple[int, Callable[[], None]]]:
        both = [
            (16, self.ask_the_time),
            (15, self._say),
            (3, self._catch_up),
            (3, self._status),
            (3, self._token),
            (2, self._refresh),
            (3, self._ready),
            (1, self._subscription),
            (2, self._regret),
            (4, self.hook),
        ]
        brands = [(11, self._query), (3, self._state)]
        consumers = [(2, self.begin)]
        return both + (brands if self._seat.is_brand else consumers)

    def ask_the_time(self) -> None:
        """Do so in either of two ways: by the proxy, or straight to the correlator."""
        if self._chance.choice([True, False]):
            self._ask("get_clock", self._proxy.get_clock(), self._patience)
            return
        kind = brand.GET_CLOCK if self._seat.is_brand else brand.GET_CLOCK[1:]
        self._ask("send", self._proxy.send({"type": kind, "body": {}}), self._patience)

    def _say(self) -> None:
        dialog = self._dialog()
        if dialog is None:
            return
        self._texts += 1
        text = f"{self._seat.name}-{self._texts}"
        once = self._chance.choice([True, False])
        said = self._proxy.send_text(dialog, text, effectively_once=once)
        name, limit = ("say_once", self._insistence) if once else ("say", None)
        self._ask(f"{name} {text}", said, limit or self._patience, text)

    def _regret(self) -> None:
        """Say something, and give up waiting for its answer, at once or soon."""
        dialog = self._dialog()
        if dialog is None:
            return
        self._texts += 1
        text = f"{self._seat.name}-{self._texts}"
        said = self._proxy.send_text(dialog, text)
        self._ask(f"say and forget {text}", said, self._patience, text)

        def forget() -> None:
            self._ask("forget", self._proxy.forget(said), 0.0)

        if self._chance.choice([True, False]):
            forget()
        else:
            self._world.agenda.after(self._chance.uniform(0.0, 0.1), forget)

    def begin(self) -> None:
        """Open a conversation as a consumer."""
        if not self._seat.is_brand and len(self._mine()) < _OWN:
            begun = self._proxy.create_conversation()
            self._ask("create_conversation", begun, self._patience)

    def hook(self) -> None:
        """Bring by a webhook what the line may have brought, or will, or both at once.

        What was said, and what the service tells of a conversation.
        """
        dialog, chance = self._dialog(), self._chance
        if dialog is None:
            return
        transcript = self._server.transcripts[dialog]
        said = chance.sample(transcript.records, min(3, len(transcript.records)))
        for kind, changes in (
            (brand.CONVERSATION_NOTIFICATION, [transcript.change(with_last=False)]),
            (brand.MESSAGE_NOTIFICATION, said),
        ):
            taken = self._proxy.process_webhooks_notification(
                {"kind": "notification", "type": kind, "body": {"changes": changes}}
            )
            self._ask("process_webhooks_notification", taken, 0.0)

    def _query(self) -> None:
        dialog = self._dialog()
        if dialog is not None:
            proxy = cast("BrandConnectionProxy", self._proxy)
            messages = proxy.query_messages(dialog)
            self._ask(f"query_messages {dialog}", messages, self._patience)

    def _catch_up(self) -> None:
        dialog = self._dialog()
        if dialog is not None:
            caught_up = self._proxy.catch_up(dialog)
            self._ask(f"catch_up {dialog}", caught_up, self._patience)

    def _state(self) -> None:
        state = self._chance.choice(["ONLINE", "AWAY", "BACK_SOON"])
        done = self._proxy.set_agent_state(state)
        self._ask(f"set_agent_state {state}", done, self._patience)

    def _status(self) -> None:
        self._ask("status", self._proxy.status(), 0.0)

    def _token(self) -> None:
        self._ask("get_token", self._proxy.get_token(), self._login)

    def _refresh(self) -> None:
        self._ask("refresh_token", self._proxy.refresh_token(), self._login)

    def _ready(self) -> None:
        self._ask("wait_ready", self._proxy.wait_ready(5.0), 5.0)

    def _subscription(self) -> None:
        subscription = self._proxy.create_conversation_subscription(
            {"stage": ["OPEN"]}, wait_for_ready=self._chance.choice([True, False])
        )
        self._ask("subscribe_conversations", subscription, self._patience)

    # -- parts

    def _mine(self) -> list[str]:
        user = self._seat.place.user
        return [
            each.id
            for each in self._server.transcripts.values()
            if user in (each.agent, each.consumer)
        ]

    def _dialog(self) -> str | None:
        mine = self._mine()
        return self._chance.choice(mine) if mine else None

    def _ask(
        self, name: str, answer: LoopFuture[Any], limit: float | None, text: str = ""
    ) -> None:
        asked = Asked(name, self._world.clock.now(), limit, text, self._world.stalled)
        self.asked.append(asked)
        self.open[asked] = None
        self._voice.add(f"user: {name}")
        answer.add_done_callback(lambda done: self._answered(asked, done))

    def _answered(self, asked: Asked, answer: LoopFuture[Any]) -> None:
        asked.answers += 1
        asked.error = error = answer.exception()
        self.open.pop(asked, None)
        check_answer(asked, self._server.ledger, self._voice)
        if error is not None:
            self._voice.check_secret(error, f"the error of {asked.name}")
            delivery = getattr(error, "delivery", "")
            self._voice.add(f"user: {asked.name} → {brief(error)} {delivery}")
            return
        value = answer.get(timeout=0)
        if asked.name != "get_token":
            self._voice.check_secret(value, f"the answer of {asked.name}")
        self._voice.add(f"user: {asked.name} → done")


class Consumers:
    """They open conversations and say things, at random times, to the brand."""

    def __init__(self, server: FakeServer, chance: Random) -> None:
        self._server = server
        self._chance = chance
        self._known: list[str] = []
        self._texts = 0

    def act(self) -> None:
        """Let one of them do something."""
        server, chance = self._server, self._chance
        known = self._known
        if not known or (len(known) < _CONVERSATIONS and chance.random() < _NEW):
            known.append(server.start_conversation().id)
        transcript = server.transcripts[chance.choice(known)]
        self._texts += 1
        server.say(transcript, transcript.consumer, f"hello-{self._texts}")
