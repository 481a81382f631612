"""People: an impatient user of the connection, and consumers who write to it."""

from __future__ import annotations

import queue
from typing import TYPE_CHECKING, Any

from ums_actors.actors.events import MessageReceived, StateChanged
from ums_actors.connection.proxy import proxy_of
from ums_actors.testing.trace import texts_of

if TYPE_CHECKING:
    from random import Random

    from ums_actors.connection import BrandWebsocketConnection
    from ums_actors.options import Options
    from ums_actors.runtime import LoopFuture, LoopRef
    from ums_actors.testing.server import FakeServer
    from ums_actors.testing.world import World

__all__ = ["Asked", "Consumers", "User"]

_SLACK = 2.0
"""Seconds that an answer may be later than its deadlines add up to."""
_WISHES = (
    "clock",
    "say",
    "query",
    "status",
    "token",
    "ready",
    "state",
    "subscription",
)
_WEIGHTS = (20, 15, 11, 3, 3, 3, 3, 1)
_CONVERSATIONS = 8
_NEW = 0.1
"""Chance that a consumer opens a conversation instead of writing in one."""


class Asked:
    """One question of the user's, and what became of it.

    Attributes:
        limit: seconds until it must be answered; None while that is not bounded.
        text: what was said, empty if the question is another.
        stalled: how long the loop had been suspended before.
        answers: how often it was answered.
    """

    __slots__ = ("answers", "at", "error", "limit", "name", "stalled", "text")

    def __init__(
        self,
        name: str,
        at: float,
        limit: float | None,
        text: str = "",
        stalled: float = 0.0,
    ) -> None:
        self.name = name
        self.at = at
        self.limit = limit
        self.text = text
        self.answers = 0
        self.stalled = stalled
        self.error: BaseException | None = None


class User:
    """Asks for things at random times and notes every answer and event.

    Attributes:
        asked: all questions; ``open`` holds those without an answer.
        heard: message events, as a callback got them; ``queued`` as a queue did.
        closes: how often the user closed the connection on purpose.
        away: whether the user wants no connection for the moment.
    """

    def __init__(
        self,
        ref: LoopRef[BrandWebsocketConnection],
        options: Options,
        world: World,
    ) -> None:
        self.asked: list[Asked] = []
        self.open: dict[Asked, None] = {}
        self.heard: list[MessageReceived] = []
        self.states: list[StateChanged] = []
        self.queued: queue.Queue[Any] = queue.Queue()
        self.closes = 0
        self.away = False
        self._proxy = proxy_of(ref)
        self._world = world
        self._server = world.server
        self._trace = world.trace
        self._chance = world.chance("user")
        # in flight on one line, back in the queue, in flight on another
        self._patience = options.queue_timeout + 2 * options.request_timeout
        self._login = 3 * options.login_timeout
        self._closing = options.close_timeout
        self._texts = 0

    def arrive(self) -> None:
        """Subscribe, and open the connection."""
        proxy = self._proxy
        self._ask("subscribe", proxy.subscribe(self._hear, MessageReceived), 0.0)
        self._ask("subscribe", proxy.subscribe(self.queued, MessageReceived), 0.0)
        self._ask("subscribe", proxy.subscribe(self.states.append, StateChanged), 0.0)
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
        proxy, chance = self._proxy, self._chance
        dialogs = list(self._server.transcripts)
        dialog = chance.choice(dialogs)
        match chance.choices(_WISHES, _WEIGHTS)[0]:
            case "status":
                self._ask("status", proxy.status(), 0.0)
            case "token":
                self._ask("get_token", proxy.get_token(), self._login)
            case "ready":
                self._ask("wait_ready", proxy.wait_ready(5.0), 5.0)
            case "state":
                state = chance.choice(["ONLINE", "AWAY", "BACK_SOON"])
                set_state = proxy.set_agent_state(state)
                self._ask(f"set_agent_state {state}", set_state, self._patience)
            case "subscription":
                subscription = proxy.create_conversation_subscription(
                    {"stage": ["OPEN"]}, wait_for_ready=chance.choice([True, False])
                )
                self._ask("subscribe_conversations", subscription, self._patience)
            case "query":
                messages = proxy.query_messages(dialog)
                self._ask(f"query_messages {dialog}", messages, self._patience)
            case "say":
                self._texts += 1
                text = f"text-{self._texts}"
                said = proxy.send_text(dialog, text)
                self._ask(f"send_text {text}", said, self._patience, text)
            case _:
                self._ask("get_clock", proxy.get_clock(), self._patience)

    def overdue(self) -> list[Asked]:
        """Give the questions whose time is over, and the loop was not to blame."""
        now = self._world.clock.now()
        return [
            asked
            for asked in self.open
            if asked.limit is not None
            and now
            > asked.at + asked.limit + self._world.stalled - asked.stalled + _SLACK
        ]

    # -- parts

    def _hear(self, event: MessageReceived) -> None:
        self.heard.append(event)
        self._trace.add(f"user: hears {event.dialog_id} #{event.sequence} {event.text}")

    def _ask(
        self, name: str, answer: LoopFuture[Any], limit: float | None, text: str = ""
    ) -> None:
        asked = Asked(name, self._world.clock.now(), limit, text, self._world.stalled)
        self.asked.append(asked)
        self.open[asked] = None
        self._trace.add(f"user: {name}")
        answer.add_done_callback(lambda done: self._answered(asked, done))

    def _answered(self, asked: Asked, answer: LoopFuture[Any]) -> None:
        asked.answers += 1
        asked.error = error = answer.exception()
        self.open.pop(asked, None)
        if error is not None:
            for text in texts_of(error):
                self._trace.check_secret(text, f"the error of {asked.name}")
            delivery = getattr(error, "delivery", "")
            self._trace.add(
                f"user: {asked.name} → {type(error).__name__}({error}) {delivery}"
            )
            return
        value = answer.get(timeout=0)
        if asked.name != "get_token":
            self._trace.check_secret(repr(value), f"the answer of {asked.name}")
        self._trace.add(f"user: {asked.name} → done")


class Consumers:
    """They open conversations and say things, at random times."""

    def __init__(self, server: FakeServer, chance: Random) -> None:
        self._server = server
        self._chance = chance
        self._texts = 0

    def act(self) -> None:
        """Let one of them do something."""
        server, chance = self._server, self._chance
        known = list(server.transcripts.values())
        if not known or (len(known) < _CONVERSATIONS and chance.random() < _NEW):
            known.append(server.start_conversation())
        transcript = chance.choice(known)
        self._texts += 1
        server.say(transcript, transcript.consumer, f"hello-{self._texts}")
