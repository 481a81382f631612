"""What a user subscribes to once, and has on each later line as well."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Any

from ums_actors.actors.subscription import Kind, Subscription
from ums_actors.connection.base import WebsocketConnection
from ums_actors.errors import (
    ConnectionLost,
    Delivery,
    RemoteProtocolError,
    RequestError,
    RequestRejected,
    RequestTimedOut,
    UMSError,
)
from ums_actors.protocol import brand
from ums_actors.protocol.records import read_subscription_id
from ums_actors.runtime.steps import Steps, run_steps

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.protocol.requests import Call
    from ums_actors.runtime import LoopFuture

__all__ = ["Subscriptions"]


class Subscriptions(WebsocketConnection, abc.ABC):
    """Requests by their canonical names, and the subscriptions they make."""

    def _wire_name(self, canonical: str) -> str:
        """Give the name on this side's wire of one of ``protocol.brand``'s names."""
        return canonical

    def _call(self, call: Call, **more: Any) -> LoopFuture[Any]:
        return self._submit(self._wire_name(call.type), call.body, **more)

    def _call_for(
        self, call: Call, take: Callable[[Any], Any], **more: Any
    ) -> LoopFuture[Any]:
        """Send, and give ``take(undecoded body)``."""
        return run_steps(self._taken(self._call(call, raw=True, **more), take))

    @staticmethod
    def _taken(answer: LoopFuture[Any], take: Callable[[Any], Any]) -> Steps[Any]:
        body = yield answer
        return take(body)

    # -- conversations

    def create_conversation_subscription(
        self, query: Any = None, wait_for_ready: bool = False
    ) -> LoopFuture[str]:
        """Subscribe to conversations, on this line and all later ones.

        Args:
            query: which; see ``ums_actors.protocol.subscription.conversation_query``.
            wait_for_ready: be done only when the first snapshot has been applied.

        Returns:
            a future of the subscription id on the present line.
        """
        call = brand.subscribe_conversations(query)  # a bad query fails here
        return self._subscribe(
            Kind.CONVERSATIONS, call.type, lambda: call, wait_for_ready
        )

    def unsubscribe_conversations(self, subscription_id: str) -> LoopFuture[Any]:
        """End a subscription, by its first id or its present one, for good."""
        subscriptions = self._kernel.subscriptions
        present = subscription_id  # later lines have given it others
        for key, known in list(subscriptions.items()):
            if known.kind is not Kind.CONVERSATIONS:
                continue
            if subscription_id in (known.first_id, known.subscription_id):
                del subscriptions[key]
                present = known.subscription_id or present
        return self._call(brand.unsubscribe_conversations(present))

    def _request_conversation_subscription(self, query: Any = None) -> LoopFuture[str]:
        """Ask for a subscription on the present line only; done with its id."""
        return self._call_for(
            brand.subscribe_conversations(query), read_subscription_id
        )

    # -- of any kind

    def _subscribe(
        self,
        kind: Kind,
        request_type: str,
        call: Callable[[], Call],
        wait_for_ready: bool,
    ) -> LoopFuture[str]:
        """Make a subscription, now if there is a line, and again on each later one."""
        kernel, options = self._kernel, self._kernel.options
        if kernel.at_rest():
            raise kernel.refusal(self._wire_name(request_type))
        subscription = Subscription(self._runtime.ids(), kind, call)
        done = subscription.waiters if wait_for_ready else subscription.made
        waiter = done.add(
            self._loop,
            options.queue_timeout + options.request_timeout,
            lambda: _late(self._wire_name(request_type), wait_for_ready),
        )
        kernel.subscriptions[subscription.key] = subscription

        def forget(waited: LoopFuture[Any]) -> None:
            if waited.exception() is not None:  # its maker believes that there is none
                kernel.subscriptions.pop(subscription.key, None)

        waiter.add_done_callback(forget)
        if self._line_serves():
            run_steps(self._make_now(subscription))
        return waiter

    def _line_serves(self) -> bool:
        """Tell whether requests may be sent on the line, READY or not."""
        return self._kernel.websocket is not None

    def _make_now(self, subscription: Subscription) -> Steps[None]:
        """Make a new subscription on a line that is up, or tell its maker why not."""
        try:
            yield from self._make(subscription)
        except UMSError as error:
            if isinstance(error, ConnectionLost) and self._kernel.websocket is None:
                return  # made on the next line
            subscription.made.reject(error)
            subscription.waiters.reject(error)

    def _make(self, subscription: Subscription) -> Steps[None]:
        """Make a subscription on the present line; a refusal ends it for good.

        Its id is noted in the very step that takes the answer, so that a snapshot in
        the same read finds it.
        """
        subscription.line = self._kernel.session.generation
        try:
            body = yield self._call(subscription.call(), internal=True, raw=True)
            subscription.subscription_id = read_subscription_id(body)
        except (RequestRejected, RemoteProtocolError) as error:
            if isinstance(error, RequestRejected) and error.may_pass:
                raise
            self._kernel.subscriptions.pop(subscription.key, None)
            subscription.made.reject(error)
            subscription.waiters.reject(error)
            self._observe("subscription.refused", code=getattr(error, "code", 0))
            return
        if subscription.first_id is None:
            subscription.first_id = subscription.subscription_id
        subscription.snapshot_seen = False
        subscription.made.resolve(subscription.subscription_id)

    def _restore_subscriptions(self) -> Steps[None]:
        for subscription in list(self._kernel.subscriptions.values()):
            if subscription.line != self._kernel.session.generation:
                subscription.subscription_id = None
                yield from self._make(subscription)


def _late(request_type: str, waited_for_snapshot: bool) -> RequestError:
    what = "snapshot" if waited_for_snapshot else "answer"
    return RequestTimedOut(
        f"the subscription got no {what} in time",
        delivery=Delivery.UNKNOWN,
        request_type=request_type,
    )
