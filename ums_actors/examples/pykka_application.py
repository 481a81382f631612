"""A connection in a Pykka application: proxies, events as messages, futures told.

    python -m ums_actors.examples.pykka_application --emulator

Three actors: the connection, a ``Desk`` that it tells its events, and a ``Clerk`` that
does the work. The desk never waits: what a request comes to is told to it as a message,
so that it serves many consumers at a time. The connection is an actor like the others;
that it has a loop of its own makes no difference to who holds its proxy.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from typing import TYPE_CHECKING, Any, NamedTuple

import pykka

import ums_actors as ums
from ums_actors.examples.account import account_of, options

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Clerk", "Desk", "main"]

TIMEOUT = 30.0


class Question(NamedTuple):
    """For the clerk: what a consumer has said, and where the answer goes."""

    text: str
    conversation_id: str
    desk: pykka.ActorRef[Any]


class Answer(NamedTuple):
    """For the desk: what to say."""

    text: str
    conversation_id: str


class Failed(NamedTuple):
    """For the desk: a request of its own has failed."""

    what: str
    error: BaseException


class Clerk(pykka.ThreadingActor):
    """Knows the answers; an actor that has nothing to do with UMS."""

    use_daemon_thread = True  # the end of the program does not wait for it

    def on_receive(self, message: Any) -> None:
        """Answer a question."""
        if isinstance(message, Question):
            words = len(message.text.split())
            text = f"{words} words are too few to go on." if words else "Pardon?"
            message.desk.tell(Answer(text, message.conversation_id))


class Desk(pykka.ThreadingActor):
    """Serves all consumers on one connection.

    Args:
        connection: the proxy of an open connection.
        clerk: who answers.
        limit: how many answers there are to be; None is no limit.
        enough: set after them.
    """

    use_daemon_thread = True

    def __init__(
        self,
        connection: ums.BrandConnectionProxy,
        clerk: pykka.ActorRef[Clerk],
        limit: int | None,
        enough: threading.Event,
    ) -> None:
        super().__init__()
        self._connection = connection
        self._clerk = clerk
        self._limit = limit
        self._answers = 0
        self._enough = enough

    def on_start(self) -> None:
        """Have the connection tell us what it hears, and become available."""
        connection = self._connection
        kinds = (ums.RingOffered, ums.MessageReceived)
        self._expect("listening", connection.subscribe(self.actor_ref, *kinds))
        rings = connection.create_routing_task_subscription()
        self._expect("hearing of rings", rings)
        online = connection.set_agent_state(ums.AgentState.ONLINE)
        self._expect("going online", online)

    def on_receive(self, message: Any) -> None:
        """Take what the connection, the clerk and our own futures tell."""
        match message:
            case ums.RingOffered(ring=ring):
                self._expect("accepting", ring.accept())
            case ums.MessageReceived(mine=False, text=str(text)):
                question = Question(text, message.conversation_id, self.actor_ref)
                self._clerk.tell(question)
            case Answer(text, conversation_id):
                print(f"{conversation_id}: {text}")
                said = self._connection.send_text(conversation_id, text)
                self._expect("answering", said)
                self._count()
            case Failed(what, error):
                print(f"{what} failed: {error}")
            case _:  # our own messages, or that somebody types
                pass

    def _expect(self, what: str, future: ums.LoopFuture[Any]) -> None:
        """Be told if a request fails; never wait for it."""

        def done(_: object) -> None:  # on the loop's thread: must not block
            error = future.exception()
            if error is not None and self.actor_ref.is_alive():
                self.actor_ref.tell(Failed(what, error))

        future.add_done_callback(done)

    def _count(self) -> None:
        self._answers += 1
        if self._answers == self._limit:
            self._enough.set()


def main(argv: Sequence[str] | None = None) -> int:
    """Run the application; gives the exit code."""
    arguments = options(__doc__).parse_args(argv)
    enough = threading.Event()
    with account_of(arguments) as account, contextlib.ExitStack() as stop:
        account.visitors.come("I have a question.")
        ref = ums.BrandWebsocketConnection.start(**account.login())
        stop.callback(ref.stop, timeout=TIMEOUT)
        connection = ums.proxy_of(ref)
        connection.open(timeout=TIMEOUT).get()
        clerk = Clerk.start()
        stop.callback(clerk.stop)
        desk = Desk.start(connection, clerk, arguments.conversations, enough)
        stop.callback(desk.stop)  # the first one to be stopped
        enough.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
