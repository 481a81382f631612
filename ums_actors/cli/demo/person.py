"""What bots and consumers have in common: how they make requests.

Both are ordinary actors of :class:`pykka.ThreadingActor`, told the events of their
connection, as in any Pykka application. They never think about sockets, tokens or
restarts; what they do think about is a request that failed, and there the error's
``delivery`` says what to do:

* ``NOT_SENT``: the server cannot have seen it, so say it again;
* ``UNKNOWN``: perhaps it has, so look first whether it took effect;
* ``ANSWERED``: the server said no. If it is still busy (429) after the connection has
  asked once more, ask again; otherwise asking again would change nothing.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

import pykka

import ums_actors as ums
from ums_actors.cli.demo.affair import Affair
from ums_actors.cli.demo.errand import Errand

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.cli.demo.alarm import Alarm
    from ums_actors.cli.demo.ledger import Ledger
    from ums_actors.connection import ConnectionProxy

__all__ = ["Person"]

A = TypeVar("A", bound=Affair)

_ATTEMPTS = 20
"""Tries of one request before it is given up and the run counts it."""
_READY_TIMEOUT = 60.0
"""Seconds one waits for the line between two tries."""
_BUSY = 429
_BUSY_PAUSE = 1.0
"""Seconds before a busy server is asked again; LivePerson asks for as much."""
_OVERLOAD_PAUSE = 0.1
"""Seconds before one's own connection, which has too much to do, is asked again."""
_SETBACKS = 20
"""Refusals in a row after which a conversation is given up."""
_SETBACK_PAUSE = 0.25
"""Seconds after a refusal: what has changed is told within them."""


class _Outcome(NamedTuple):
    """A message to oneself: a future is done, here is what to do with it."""

    step: Callable[[ums.LoopFuture[Any]], None]
    future: ums.LoopFuture[Any]


class _Due(NamedTuple):
    """A message to oneself: it is time for a step."""

    step: Callable[[], None]


class Person(pykka.ThreadingActor, Generic[A]):
    """Somebody on a connection, with a view of each conversation of theirs.

    Args:
        name: for notes and the ledger.
        connection: a proxy of their connection, open or not.
        ledger: where they count what they saw and did.
        alarm: calls them when it is time.
    """

    def __init__(
        self, name: str, connection: ConnectionProxy, ledger: Ledger, alarm: Alarm
    ) -> None:
        super().__init__()
        self._name = name
        self._connection = connection
        self._ledger = ledger
        self._alarm = alarm

    def on_receive(self, message: Any) -> Any:
        """Take an event of the connection, or a message to oneself."""
        match message:
            case _Outcome():
                message.step(message.future)
            case _Due():
                message.step()
            case _:
                self._take(message)

    def on_failure(
        self, exception_type: Any, exception_value: Any, traceback: Any
    ) -> None:
        """Note a bug of the demo itself; Pykka stops the actor."""
        del traceback
        self._note(f"died: {exception_type.__name__}: {exception_value}")

    def _take(self, message: Any) -> None:
        """Take an event of the connection."""
        raise NotImplementedError

    def _go_on(self, affair: A) -> None:
        """Do what comes next in a conversation, if anything."""
        raise NotImplementedError

    def _done(self, affair: A) -> None:
        """Go on after something has been done, or found to have been."""
        affair.setbacks = 0
        affair.busy = False
        self._go_on(affair)

    def _setback(self, affair: A, what: str) -> Callable[[BaseException], None]:
        """Make what takes a refusal: the conversation is not what we think it is."""

        def go_on() -> None:
            affair.busy = False
            self._go_on(affair)

        def refused(error: BaseException) -> None:
            affair.setbacks += 1
            if affair.setbacks < _SETBACKS:
                self._later(_SETBACK_PAUSE, go_on)
            else:
                self._note(f"{what} in {affair.conversation_id}: {error}")

        return refused

    # -- requests

    def _run(self, errand: Errand, attempt: int = 1, *, refused: bool = False) -> None:
        """Do an errand.

        Args:
            errand: the request.
            attempt: which one this is.
            refused: whether the attempt before it was refused for now.
        """

        def outcome(future: ums.LoopFuture[Any]) -> None:
            error = future.exception()
            busy = isinstance(error, ums.RequestRejected) and error.code == _BUSY
            if busy and not refused:
                self._ledger.add_refused()
            elif refused and not busy:
                self._ledger.add_admitted()
            if error is None:
                errand.done(future.get(timeout=0))
            elif attempt >= _ATTEMPTS:
                self._note(f"{errand.what}: {attempt} attempts: {error}")
            else:
                self._failed(
                    errand, error, lambda: self._run(errand, attempt + 1, refused=busy)
                )

        self._then(errand.request(), outcome)

    def _failed(
        self, errand: Errand, error: BaseException, again: Callable[[], None]
    ) -> None:
        """Do what the error of a request demands."""
        if isinstance(error, ums.RequestRejected) and error.code == _BUSY:
            self._later(_BUSY_PAUSE, again)
        elif isinstance(error, ums.Overloaded):
            self._later(_OVERLOAD_PAUSE, again)
        elif not isinstance(error, ums.RequestError):
            errand.refused(error)
        elif error.delivery is ums.Delivery.NOT_SENT:
            self._when_ready(again)
        elif error.delivery is ums.Delivery.UNKNOWN:
            self._when_ready(errand.look)
        else:
            errand.refused(error)

    def _harmless(
        self,
        what: str,
        request: Callable[[], ums.LoopFuture[Any]],
        done: Callable[[Any], None],
        refused: Callable[[BaseException], None] | None = None,
    ) -> Errand:
        """Make an errand that may be done twice, so that no look is needed."""

        def refusal(error: BaseException) -> None:
            self._note(f"{what}: {error}")

        errand = Errand(
            what, request, done, lambda: self._run(errand), refused or refusal
        )
        return errand

    def _see(self, query: dict[str, Any], then: Callable[[], None]) -> None:
        """Have the conversations of a query told as they are now, then go on.

        The first notification of a new subscription tells them, and it comes to this
        actor before the future is done.
        """

        def seen(subscription_id: str) -> None:
            self._then(
                self._connection.unsubscribe_conversations(subscription_id), _ended
            )
            then()

        self._run(
            self._harmless(
                "look at conversations",
                lambda: self._connection.create_conversation_subscription(
                    query, wait_for_ready=True
                ),
                seen,
            )
        )

    def _when_ready(self, step: Callable[[], None]) -> None:
        """Take a step once the line is READY."""

        def ready(future: ums.LoopFuture[None]) -> None:
            failure = future.exception()
            if failure is None:
                step()
            else:
                self._note(f"waiting for the line: {failure}")

        self._then(self._connection.wait_ready(timeout=_READY_TIMEOUT), ready)

    def _then(
        self, future: ums.LoopFuture[Any], step: Callable[[ums.LoopFuture[Any]], None]
    ) -> None:
        """Take a step in this actor when the future is done, however it ends."""
        self._ledger.future_made()

        def done(future: ums.LoopFuture[Any]) -> None:
            self._ledger.future_done()
            self._tell(_Outcome(step, future))

        future.add_done_callback(done)

    def _later(self, seconds: float, step: Callable[[], None]) -> None:
        """Take a step in this actor in so many seconds."""
        self._alarm.call_later(seconds, lambda: self._tell(_Due(step)))

    def _tell(self, message: Any) -> None:
        with contextlib.suppress(pykka.ActorDeadError):  # the run is over
            self.actor_ref.tell(message)

    def _note(self, text: str) -> None:
        self._ledger.note(f"{self._name}: {text}")


def _ended(future: ums.LoopFuture[Any]) -> None:
    """Take the end of a subscription: if it failed, the line ended it."""
