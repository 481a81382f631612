"""Subscriptions to conversations: made, changed, ended, waited for."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Any

from ums_actors.actors.subscription import Kind, Subscription
from ums_actors.connection.shortcut import seconds
from ums_actors.connection.subscriptions import Subscriptions, late
from ums_actors.errors import ConnectionLost
from ums_actors.protocol import brand
from ums_actors.protocol.records import read_subscription_id
from ums_actors.protocol.requests import Call, text
from ums_actors.protocol.subscription import conversation_query
from ums_actors.runtime.steps import Steps, run_steps

if TYPE_CHECKING:
    from ums_actors.runtime import LoopFuture

__all__ = ["Querying"]


class Querying(Subscriptions, abc.ABC):
    """Which conversations are seen; UMS.md 3.4 has the wire forms."""

    def open(
        self,
        timeout: float | None = None,
        fail_fast: bool = False,
        wait_for_ready: bool = False,
    ) -> LoopFuture[None]:
        """Connect, and stay connected; done at the first READY.

        Args:
            timeout: seconds the future waits; the attempts go on after it.
            fail_fast: give up at the first failure instead of trying on.
            wait_for_ready: be done only when the first snapshot of the default
                subscription has been applied, too.

        Raises (through the future):
            AuthenticationRejected: the credentials are refused.
            TimeoutError: not READY within ``timeout``.
            UMSError: with ``fail_fast``, what went wrong.
        """
        opened = super().open(timeout, fail_fast)
        if not wait_for_ready:
            return opened
        until = None if timeout is None else self._now() + (seconds(timeout) or 0.0)
        return run_steps(self._shown(opened, until))

    def _shown(self, opened: LoopFuture[None], until: float | None) -> Steps[None]:
        yield opened
        default = self._kernel.subscriptions.get("default")
        if default is None or default.snapshot_seen:
            return
        patience = self._patience()
        if until is not None:
            patience = max(0.0, min(patience, until - self._now()))
        yield default.waiters.add(
            self._loop, patience, lambda: late(self._subscribe_type(), snapshot=True)
        )

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
        call = self._query_call(query)  # a bad query fails here
        return self._subscribe(
            Kind.CONVERSATIONS,
            call.type,
            lambda: self._query_call(query),
            wait_for_ready,
        )

    def update_conversation_subscription(
        self, subscription_id: str, query: Any
    ) -> LoopFuture[None]:
        """Put another query in the place of a subscription's, here and on later lines.

        What the new one does not show any more comes as DELETE, then its own snapshot.
        Done when the service has taken it, or has been asked with it on a later line.

        Args:
            subscription_id: the first id of the subscription or its present one.
            query: as for :meth:`create_conversation_subscription`.

        Raises (through the future):
            RequestRejected: the service would not; the old query stays.
        """
        wire = conversation_query(query, self._agent)
        known = self._known(Kind.CONVERSATIONS, subscription_id)
        if known is None:
            call = brand.update_subscription(subscription_id, wire)
            return self._call_for(call, lambda _: None)
        if self._kernel.at_rest():
            raise self._kernel.refusal(self._wire_name(brand.UPDATE_SUBSCRIPTION))
        return run_steps(self._update(known, query, wire))

    def _update(
        self, known: Subscription, query: Any, wire: dict[str, Any]
    ) -> Steps[None]:
        def renewed() -> Call:
            return self._query_call(query)

        previous, known.call = known.call, renewed
        try:
            while not (yield from self._updated(known, wire)):
                pass
        except Exception:
            if known.call is renewed:
                known.call = previous
            raise

    def _updated(self, known: Subscription, wire: dict[str, Any]) -> Steps[bool]:
        """Ask for the new query on the present line, or wait for the next one.

        Gives whether the service has it now.
        """
        line = known.line
        if known.subscription_id is None:
            yield known.made.add(
                self._loop,
                self._patience(),
                lambda: late(self._wire_name(brand.UPDATE_SUBSCRIPTION)),
            )
            if known.line != line:
                return True  # a later line was asked with it
        call = brand.update_subscription(known.subscription_id or "", wire)
        try:
            yield self._call(call, internal=True, raw=True)
        except ConnectionLost:
            if self._kernel.at_rest():
                raise
            return False
        return True

    def unsubscribe_conversations(self, subscription_id: str) -> LoopFuture[Any]:
        """End a subscription, by its first id or its present one, for good."""
        present = self._forget(Kind.CONVERSATIONS, subscription_id)
        return self._call(brand.unsubscribe_conversations(present))

    def _request_conversation_subscription(self, query: Any = None) -> LoopFuture[str]:
        """Ask for a subscription on the present line only; done with its id."""
        return self._call_for(self._query_call(query), read_subscription_id)

    def _query_call(self, query: Any) -> Call:
        return Call(
            brand.SUBSCRIBE_CONVERSATIONS, conversation_query(query, self._agent)
        )

    def _subscribe_type(self) -> str:
        return self._wire_name(brand.SUBSCRIBE_CONVERSATIONS)

    def _agent(self, agent_id: Any, name: str = "agent_id") -> str:
        """Give the id under which this side's requests name an agent."""
        return text(name, agent_id)
