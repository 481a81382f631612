"""A ring: the offer of a conversation, to be accepted or rejected."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NamedTuple, Protocol

from ums_actors.arguments import seconds
from ums_actors.errors import (
    Delivery,
    RequestError,
    RequestRejected,
    RingNotWaiting,
)
from ums_actors.protocol.enums import RingState
from ums_actors.runtime import LoopFuture
from ums_actors.runtime.steps import Steps, run_steps

if TYPE_CHECKING:
    from ums_actors.protocol.routing import RingDetails

__all__ = ["Desk", "Ring"]


class Desk(Protocol):
    """Who carries out what is done to rings; any thread."""

    def answer(self, ring_id: str, state: RingState) -> LoopFuture[None]:
        """Tell the service; done when it has taken the answer."""
        ...

    def arrival(self, ring: Ring, timeout: float | None) -> LoopFuture[None]:
        """Wait for the conversation of an accepted ring, that long at most."""
        ...


class _Deed(NamedTuple):
    """What was tried, and what came of it."""

    state: RingState
    future: LoopFuture[None]

    def failed(self) -> bool:
        return self.future.exception() is not None

    def stands(self) -> bool:
        """Tell whether it is under way, done, or refused for good."""
        error = self.future.exception()
        return error is None or (
            isinstance(error, RequestRejected) and not error.may_pass
        )


class _Arrival(NamedTuple):
    """A wait for the conversation, and the acceptance that it belongs to."""

    accepted: LoopFuture[None]
    future: LoopFuture[None]

    def stands(self, accepted: LoopFuture[None]) -> bool:
        return self.accepted is accepted and self.future.exception() is None


class Ring:
    """The offer of a conversation to this agent; any thread.

    Attributes:
        ring_id: which offer; a conversation that nobody took is offered anew.
        conversation_id: of the conversation offered.
        consumer_id: who is waiting.
        skill_id: who is looked for.
        brand_id: the account.
        expiration: how many milliseconds it rings, if that was said.
        expiration_ts: until when, milliseconds since 1970 by the server's clock.
        weight: the more urgent, the smaller.
    """

    def __init__(self, details: RingDetails, desk: Desk) -> None:
        self.ring_id: str = details.ring_id
        self.conversation_id: str = details.conv_id
        self.consumer_id: str = details.consumer_id
        self.skill_id: str = details.skill_id
        self.brand_id: str = details.brand_id
        self.expiration: int | None = details.ring_expiration
        self.expiration_ts: int | None = details.ring_expiration_ts
        self.weight: int | None = details.weight
        self._state = details.ring_state
        self._conversation_here = False
        self._desk = desk
        self._lock = threading.Lock()
        self._deed: _Deed | None = None
        self._arrival: _Arrival | None = None

    def __repr__(self) -> str:
        return f"<Ring {self.ring_id} {self._state}>"

    @property
    def state(self) -> str:
        """The state as it is now: WAITING, ACCEPTED, …; see RingState."""
        return self._state

    def accept(
        self, wait_for_conversation: bool = False, timeout: float | None = None
    ) -> LoopFuture[None]:
        """Take the conversation; done when the service has taken the answer.

        Asked again while that is under way or once it is done, it gives the same
        future. After a failure that may pass it tries again.

        Args:
            wait_for_conversation: be done only when a conversation notification has
                shown this user as a participant.
            timeout: seconds for that, from the answer on;
                ``Options.ring_conversation_timeout`` if not given.

        Raises:
            LocalProtocolError: the timeout is out of bounds.

        Raises (through the future):
            RingNotWaiting: it has ended, or is being rejected; nothing was sent.
            RequestRejected: the service would not have it.
            RequestTimedOut: no answer in time; with ``delivery`` ANSWERED: it is
                accepted, but its conversation has not come in time.
            ConnectionLost: the line went away; it may be tried again.
        """
        timeout = seconds(timeout)
        accepted = self._answer(RingState.ACCEPTED)
        if not wait_for_conversation:
            return accepted
        with self._lock:
            begun = self._arrival
            if begun is not None and begun.stands(accepted):
                return begun.future
            arrival = self._arrival = _Arrival(accepted, LoopFuture())
        arrival.future.chain(run_steps(self._until_here(accepted, timeout)))
        return arrival.future

    def reject(self) -> LoopFuture[None]:
        """Let somebody else take it; futures and errors as for :meth:`accept`."""
        return self._answer(RingState.REJECTED)

    def _answer(self, wanted: RingState) -> LoopFuture[None]:
        with self._lock:
            deed = self._deed
            if deed is not None and deed.state is wanted and deed.stands():
                return deed.future
            if deed is not None and deed.state is not wanted and not deed.failed():
                return self._refusal(f"it is {deed.state} already, or about to be")
            if self._state != RingState.WAITING:
                if deed is None or not (deed.state == wanted == self._state):
                    return self._refusal("only a WAITING one can be answered")
                # the answer to our answer was lost, but it has come about
                self._deed = _Deed(wanted, LoopFuture.of(None))
                return self._deed.future
            deed = self._deed = _Deed(wanted, LoopFuture())
        deed.future.chain(self._desk.answer(self.ring_id, wanted))
        return deed.future

    def _refusal(self, why: str) -> LoopFuture[None]:
        future: LoopFuture[None] = LoopFuture()
        future.try_fail(
            RingNotWaiting(
                f"the ring is {self._state}: {why}",
                ring_id=self.ring_id,
                state=self._state,
            )
        )
        return future

    def _until_here(
        self, accepted: LoopFuture[None], timeout: float | None
    ) -> Steps[None]:
        yield accepted
        yield self._desk.arrival(self, timeout)

    # -- loop thread

    def _became(self, state: str) -> None:
        """Take the state that the service told of."""
        self._state = state

    def _is_in_doubt(self) -> bool:
        """Tell whether it may be accepted, for the answer to that was lost."""
        deed = self._deed
        if deed is None or deed.state is not RingState.ACCEPTED:
            return False
        error = deed.future.exception()
        return isinstance(error, RequestError) and error.delivery is Delivery.UNKNOWN

    def _conversation_came(self) -> None:
        """Note that its conversation has been shown with us in it."""
        self._conversation_here = True
