"""Rings on their way to subscribers, and answers on their way to the service.

The object survives the actors: it belongs to the kernel, and users' rings hold on to
it as their desk.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ums_actors.actors.events import RingOffered, RingUpdated
from ums_actors.actors.messages import SubmitRequest
from ums_actors.actors.subscription import Kind, Subscription
from ums_actors.actors.waiters import Waiters
from ums_actors.core.rings import News, RingBook
from ums_actors.errors import ConnectionLost, Delivery, RequestTimedOut
from ums_actors.model.ring import Ring
from ums_actors.protocol import brand
from ums_actors.protocol.enums import ParticipantRole, ParticipantState, RingState
from ums_actors.protocol.routing import (
    RoutingTaskChange,
    read_routing_task_changes,
    update_ring_state,
)
from ums_actors.runtime import LoopFuture

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.actors.kernel import Kernel
    from ums_actors.protocol.conversations import ConversationResult
    from ums_actors.protocol.envelopes import Notification

__all__ = ["ROUTING_TYPES", "Rings"]

ROUTING_TYPES = frozenset(
    {
        brand.ROUTING_NOTIFICATION,
        "routing.RoutingTaskNotification",
        "rs.RoutingTaskNotification",
    }
)
"""The names under which rings are told of."""


class _Errand:
    """Something to be done on the loop, for somebody who waits for it."""

    __slots__ = ("_act", "_give_up")

    def __init__(
        self, act: Callable[[], object], give_up: Callable[[], object]
    ) -> None:
        self._act = act
        self._give_up = give_up

    def run(self, budget: int) -> None:
        """Do it."""
        del budget
        self._act()

    def give_up(self) -> None:
        """Say that the loop has ended."""
        self._give_up()


class Rings:
    """The rings of one connection; loop thread, but for what says otherwise.

    Attributes:
        book: which rings there are.
    """

    __slots__ = ("_arrivals", "_kernel", "book")

    def __init__(self, kernel: Kernel) -> None:
        self.book: RingBook[Ring] = RingBook()
        self._kernel = kernel
        self._arrivals: dict[str, Waiters] = {}  # of whom a conversation is awaited

    # -- what the service says

    def take(self, frame: Notification) -> None:
        """Handle a routing task notification.

        Raises:
            RemoteProtocolError: it cannot be read.
        """
        body = read_routing_task_changes(frame.body)
        subscription = self._subscription(body.subscription_id)
        source = body.subscription_id if subscription is None else subscription.key
        for change in body.changes:
            self._tell(self._news_of(change, source))
        if subscription is None:
            return  # made without us: who sent the request knows of it
        if not subscription.snapshot_seen:
            subscription.snapshot_seen = True
            self._tell(self.book.snapshot_seen(source))
        subscription.waiters.resolve(body.subscription_id)

    def _subscription(self, subscription_id: str) -> Subscription | None:
        for known in self._kernel.subscriptions.values():
            if known.kind is Kind.ROUTING and known.subscription_id == subscription_id:
                return known
        return None

    def _news_of(self, change: RoutingTaskChange, source: str) -> list[News[Ring]]:
        book, task = self.book, change.result
        rings = task.rings()
        news: list[News[Ring]] = []
        if change.type != "DELETE":
            for details in rings:
                news += book.announced(details, source, self._make)
            return news
        if not rings and task.conversation_id:
            return book.conversation_withdrawn(task.conversation_id)
        for details in rings:
            news += book.withdrawn(details, source)
        return news

    def _make(self, details: Any) -> Ring:
        return Ring(details, self)

    def _tell(self, news: list[News[Ring]]) -> None:
        publish = self._kernel.subscribers.publish
        for each in news:
            each.ring._became(each.state)
            if each.offered:
                publish(RingOffered(ring=each.ring))
            else:
                publish(RingUpdated(ring=each.ring, state=each.state))

    def arrived(self, result: ConversationResult) -> None:
        """Note that a conversation has been shown with our user in it."""
        rings = self.book.of_conversation(result.conversation_id)
        if rings and rings[-1]._is_in_doubt() and self._is_ours(result):
            news = self.book.answered(rings[-1].ring_id, RingState.ACCEPTED)
            self._tell(news)  # here is what its lost answer would have said
        for ring in rings:
            ring._conversation_came()
            waiters = self._arrivals.pop(ring.ring_id, None)
            if waiters is not None:
                waiters.resolve()

    def _is_ours(self, result: ConversationResult) -> bool:
        own_id, details = self._kernel.own_id, result.conversation_details
        ours = (ParticipantRole.ASSIGNED_AGENT, own_id)
        return ours in details.members() or any(
            (each.role, each.id) == ours and each.state == ParticipantState.ACTIVE
            for dialog in details.dialogs
            for each in dialog.participants_details
        )

    def line_lost(self) -> None:
        """Doubt what is open until a later line shows it."""
        self.book.line_lost()

    def at_rest(self) -> None:
        """Answer those who wait: no conversation will come."""
        arrivals, self._arrivals = self._arrivals, {}
        for waiters in arrivals.values():
            waiters.reject(self._never())

    # -- what users say; any thread

    def answer(self, ring_id: str, state: RingState) -> LoopFuture[None]:
        """Tell the service; done when it has taken the answer."""
        call = update_ring_state(ring_id, state)
        reply: LoopFuture[Any] = LoopFuture()
        done: LoopFuture[None] = LoopFuture()

        def settle(answer: LoopFuture[Any]) -> None:
            error = answer.exception()
            if error is not None:
                done.try_fail(error)
                return
            try:
                self._tell(self.book.answered(ring_id, state))
            finally:
                done.try_set(None)

        reply.add_done_callback(settle)
        try:
            request = SubmitRequest(call.type, call.body, reply)
            self._kernel.refs["correlator"].tell(request)
        except Exception as error:  # noqa: BLE001  (a future's caller gets it there)
            reply.try_fail(error)
        return done

    def arrival(self, ring: Ring, timeout: float | None) -> LoopFuture[None]:
        """Wait for the conversation of an accepted ring, that long at most."""
        here: LoopFuture[None] = LoopFuture()
        seconds = timeout
        if seconds is None:
            seconds = self._kernel.options.ring_conversation_timeout
        self._kernel.loop.submit(
            _Errand(
                partial(self._await, ring, seconds, here),
                lambda: here.try_fail(self._never()),
            )
        )
        return here

    def _await(self, ring: Ring, seconds: float, here: LoopFuture[None]) -> None:
        if ring._conversation_here:
            here.try_set(None)
            return
        if self._kernel.at_rest():
            here.try_fail(self._never())
            return
        arrivals, key = self._arrivals, ring.ring_id
        waiters = arrivals.setdefault(key, Waiters())
        waiter = waiters.add(self._kernel.loop, seconds, lambda: _late(seconds))

        def forget(_: LoopFuture[Any]) -> None:
            if not waiters and arrivals.get(key) is waiters:
                del arrivals[key]

        waiter.add_done_callback(forget)
        here.chain(waiter)

    def _never(self) -> ConnectionLost:
        return ConnectionLost(
            f"the ring is accepted, but the connection is {self._kernel.session.state} "
            "before its conversation has come",
            delivery=Delivery.ANSWERED,
            request_type=brand.UPDATE_RING_STATE,
        )


def _late(seconds: float) -> RequestTimedOut:
    return RequestTimedOut(
        f"the ring is accepted, but its conversation has not come in {seconds:g} s",
        delivery=Delivery.ANSWERED,
        request_type=brand.UPDATE_RING_STATE,
    )
