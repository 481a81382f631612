"""Child subscriptions: made for one snapshot each, and ended when that has come."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ums_actors.actors.trouble import report
from ums_actors.errors import ConnectionLost, Delivery, RequestTimedOut, UMSError
from ums_actors.protocol import brand
from ums_actors.protocol.consumer import short
from ums_actors.protocol.records import read_subscription_id
from ums_actors.runtime import LoopFuture
from ums_actors.runtime.steps import Steps, run_steps

if TYPE_CHECKING:
    from ums_actors.actors.dialogs import Query
    from ums_actors.actors.kernel import Kernel
    from ums_actors.protocol.conversations import ConversationChange
    from ums_actors.runtime.timers import CallLater

__all__ = ["ChildSubscriptions", "Take"]

_KEPT = 1_000
"""Children whose ids are kept, so that what still comes of them is known. They are
ended as soon as they have given their snapshot."""

Take = Callable[[list["ConversationChange"]], None]
"""Takes the snapshot of a child, within the frame that brought it."""


class ChildSubscriptions:
    """Those of a line; loop thread only.

    Args:
        kernel: of the connection.
        query: sends a request of the library's own.
        call_later: sets a timer that dies with the actor.
    """

    def __init__(self, kernel: Kernel, query: Query, call_later: CallLater) -> None:
        self._kernel = kernel
        self._query = query
        self._call_later = call_later
        self._awaited: dict[str, tuple[Take, LoopFuture[None]]] = {}
        self._made: OrderedDict[str, None] = OrderedDict()

    def clear(self) -> None:
        """The line is lost, or the actor is."""
        self._made.clear()
        awaited, self._awaited = self._awaited, {}
        for _, arrival in awaited.values():
            arrival.try_fail(
                ConnectionLost(
                    "the line was lost before the snapshot of a child subscription",
                    delivery=Delivery.UNKNOWN,
                    request_type=brand.SUBSCRIBE_CONVERSATIONS,
                )
            )

    def knows(self, subscription_id: str) -> bool:
        """Tell whether it is the id of one on this line, ended or not."""
        return subscription_id in self._made

    def arrived(self, child_id: str, changes: list[ConversationChange]) -> None:
        """Take what a child tells: its snapshot, and nothing after that.

        What comes later the subscription itself tells as well.
        """
        if child_id not in self._awaited:
            return
        take, arrival = self._awaited.pop(child_id)
        try:
            take(changes)
        except BaseException as error:
            arrival.try_fail(error)
            raise
        arrival.try_set(None)

    def fetch(self, body: dict[str, Any], take: Take) -> Steps[None]:
        """Make one, have its snapshot taken, and end it.

        Args:
            body: of the request, in wire form.
            take: see :data:`Take`.
        """
        answer = yield self._ask(brand.SUBSCRIBE_CONVERSATIONS, body)
        child_id = read_subscription_id(answer)
        try:
            yield self._arrival(child_id, take)
        finally:
            ended = run_steps(self._end(child_id))
        yield ended

    def _arrival(self, child_id: str, take: Take) -> LoopFuture[None]:
        """Wait for a snapshot; from now on, for it may come in the same read."""
        arrival: LoopFuture[None] = LoopFuture()
        self._awaited[child_id] = take, arrival
        self._made[child_id] = None
        if len(self._made) > _KEPT:
            self._made.popitem(last=False)

        def late() -> None:
            if self._awaited.pop(child_id, None) is not None:
                arrival.try_fail(
                    RequestTimedOut(
                        "a child subscription got no snapshot in time",
                        delivery=Delivery.UNKNOWN,
                        request_type=brand.SUBSCRIBE_CONVERSATIONS,
                    )
                )

        timer = self._call_later(self._kernel.options.request_timeout, late)
        arrival.add_done_callback(lambda _: timer.cancel())
        return arrival

    def _end(self, child_id: str) -> Steps[None]:
        call = brand.unsubscribe_conversations(child_id)
        try:
            yield self._ask(call.type, call.body)
        except ConnectionLost:
            return  # it died with its line
        except UMSError as error:
            report(
                self._kernel, "snapshot.child_stays", error, subscription_id=child_id
            )

    def _ask(self, request_type: str, body: Any) -> LoopFuture[Any]:
        follows = self._kernel.follows
        return self._query(short(request_type) if follows else request_type, body)
