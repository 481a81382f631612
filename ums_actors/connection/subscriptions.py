"""What a user subscribes to once, and has on each later line as well."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Any

from ums_actors.actors.subscription import Kind, Subscription
from ums_actors.actors.trouble import report
from ums_actors.connection.base import WebsocketConnection
from ums_actors.errors import (
    ConnectionLost,
    Delivery,
    LocalProtocolError,
    RemoteProtocolError,
    RequestError,
    RequestRejected,
    RequestTimedOut,
    UMSError,
)
from ums_actors.protocol.records import read_subscription_id
from ums_actors.runtime.steps import Steps, run_steps

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.protocol.requests import Call
    from ums_actors.runtime import LoopFuture

__all__ = ["Subscriptions", "late"]


class Subscriptions(WebsocketConnection, abc.ABC):
    """Subscriptions that are made again on each later line."""

    def _known(self, kind: Kind, subscription_id: str) -> Subscription | None:
        """Find a subscription by its first id or its present one."""
        for known in self._kernel.subscriptions.values():
            if known.kind is kind and subscription_id in (
                known.first_id,
                known.subscription_id,
            ):
                return known
        return None

    def _forget(self, kind: Kind, subscription_id: str) -> str:
        """Make a subscription no more; give its id on the present line."""
        known = self._known(kind, subscription_id)
        if known is None:
            return subscription_id
        del self._kernel.subscriptions[known.key]
        if self._kernel.made("conversations"):
            self._kernel.conversations.settle()
        return known.subscription_id or subscription_id

    def _subscribe(
        self,
        kind: Kind,
        request_type: str,
        call: Callable[[], Call],
        wait_for_ready: bool,
    ) -> LoopFuture[str]:
        """Make a subscription, now if there is a line, and again on each later one."""
        kernel = self._kernel
        if kernel.at_rest():
            raise kernel.refusal(self._wire_name(request_type))
        subscription = Subscription(self._runtime.ids(), kind, call)
        done = subscription.waiters if wait_for_ready else subscription.made
        waiter = done.add(
            self._loop,
            self._patience(),
            lambda: late(self._wire_name(request_type), snapshot=wait_for_ready),
        )
        kernel.subscriptions[subscription.key] = subscription

        def forget(waited: LoopFuture[Any]) -> None:
            if waited.exception() is not None:  # its maker believes that there is none
                kernel.subscriptions.pop(subscription.key, None)

        waiter.add_done_callback(forget)
        if self._line_serves():
            run_steps(self._make_now(subscription))
        return waiter

    def _patience(self) -> float:
        """Give the seconds that who subscribes waits, through an outage as well."""
        options = self._kernel.options
        return options.queue_timeout + options.request_timeout

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
        except (RequestRejected, RemoteProtocolError, LocalProtocolError) as error:
            if isinstance(error, RequestRejected) and error.may_pass:
                raise
            self._kernel.subscriptions.pop(subscription.key, None)
            subscription.made.reject(error)
            subscription.waiters.reject(error)
            report(
                self._kernel,
                "subscription.refused",
                error,
                code=getattr(error, "code", 0),
                subscription_id=subscription.first_id or "",
            )
            return
        if subscription.first_id is None:
            subscription.first_id = subscription.subscription_id
        what = f"{subscription.kind.value}, {subscription.first_id}"
        self._kernel.note(f"subscription was made: {what}")
        subscription.snapshot_seen = False
        subscription.made.resolve(subscription.subscription_id)

    # -- changing what a subscription is of

    def _update(
        self,
        known: Subscription,
        request_type: str,
        renewed: Callable[[], Call],
        update: Callable[[str], Call],
    ) -> LoopFuture[None]:
        """Have a subscription be of something else, here and on later lines.

        Args:
            known: the subscription.
            request_type: the canonical name of what ``update`` gives.
            renewed: gives the request that makes it anew, in place of its own.
            update: gives the request that changes it on a line, by its id there.
        """
        if self._kernel.at_rest():
            raise self._kernel.refusal(self._wire_name(request_type))
        return run_steps(self._updated(known, request_type, renewed, update))

    def _updated(
        self,
        known: Subscription,
        request_type: str,
        renewed: Callable[[], Call],
        update: Callable[[str], Call],
    ) -> Steps[None]:
        previous, known.call = known.call, renewed
        try:
            while not (yield from self._updated_here(known, request_type, update)):
                pass
        except Exception:
            if known.call is renewed:
                known.call = previous
            raise

    def _updated_here(
        self, known: Subscription, request_type: str, update: Callable[[str], Call]
    ) -> Steps[bool]:
        """Ask for the change on the present line, or wait for the next one.

        Gives whether the service has it now.
        """
        line = known.line
        if known.subscription_id is None:
            yield known.made.add(
                self._loop,
                self._patience(),
                lambda: late(self._wire_name(request_type)),
            )
            if known.line != line:
                return True  # a later line was asked with it
        try:
            call = update(known.subscription_id or "")
            yield self._call(call, internal=True, raw=True)
        except ConnectionLost:
            if self._kernel.at_rest():
                raise
            return False
        return True

    def _restore_subscriptions(self) -> Steps[None]:
        for subscription in list(self._kernel.subscriptions.values()):
            if subscription.line != self._kernel.session.generation:
                subscription.subscription_id = None
                yield from self._make(subscription)


def late(request_type: str, *, snapshot: bool = False) -> RequestError:
    """Make the error for a subscription whose answer, or snapshot, did not come."""
    what = "snapshot" if snapshot else "answer"
    return RequestTimedOut(
        f"the subscription got no {what} in time",
        delivery=Delivery.UNKNOWN,
        request_type=request_type,
    )
