"""Subscriptions to conversations: made, changed, ended, waited for."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Any

from ums_actors.actors.messages import Later
from ums_actors.actors.subscription import Kind
from ums_actors.connection.shortcut import seconds
from ums_actors.connection.subscriptions import Subscriptions, late
from ums_actors.protocol import brand
from ums_actors.protocol.ids import ME
from ums_actors.protocol.requests import Call, Request, text
from ums_actors.protocol.subscription import conversation_query
from ums_actors.runtime.steps import Steps, run_steps

if TYPE_CHECKING:
    from collections.abc import Callable

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
        conversation_query(query, self._likely_agent)  # a bad query fails here
        return self._subscribe(
            Kind.CONVERSATIONS,
            brand.SUBSCRIBE_CONVERSATIONS,
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
        conversation_query(query, self._likely_agent)  # a bad query fails here
        known = self._known(Kind.CONVERSATIONS, subscription_id)
        if known is None:
            done = self._call_naming(
                lambda agent: brand.update_subscription(
                    subscription_id, conversation_query(query, agent)
                )
            )
            return run_steps(self._taken(done, lambda _: None))
        return self._update(
            known,
            brand.UPDATE_SUBSCRIPTION,
            lambda: self._query_call(query),
            lambda present: brand.update_subscription(
                present, conversation_query(query, self._agent)
            ),
        )

    def unsubscribe_conversations(self, subscription_id: str) -> LoopFuture[Any]:
        """End a subscription, by its first id or its present one, for good."""
        present = self._forget(Kind.CONVERSATIONS, subscription_id)
        return self._call(brand.unsubscribe_conversations(present))

    def _request_conversation_subscription(self, query: Any = None) -> LoopFuture[str]:
        """Ask for a subscription on the present line only; done with its id."""
        return self._ask(self._query_call(query))

    def _query_call(self, query: Any) -> Request[str]:
        return brand.subscribe_conversations(query, self._agent)

    def _subscribe_type(self) -> str:
        return self._wire_name(brand.SUBSCRIBE_CONVERSATIONS)

    def _call_naming(
        self, call: Callable[[Callable[..., str]], Call], **more: Any
    ) -> LoopFuture[Any]:
        """Send a request that may name the own user, by the function it is given.

        Who that is is known after the first login: until then it waits in its place
        among the other requests, and is made when its turn comes.
        """
        if self._kernel.own_id is not None:
            return self._call(call(self._agent), **more)
        kind = call(self._likely_agent).type  # what is wrong with it is told at once
        later = Later(lambda: call(self._agent).body)
        return self._submit(self._wire_name(kind), later, **more)

    def _agent(self, agent_id: Any, name: str = "agent_id") -> str:
        """Give the id under which this side's requests name an agent."""
        return text(name, agent_id)

    def _likely_agent(self, agent_id: Any, name: str = "agent_id") -> str:
        """Give the same, or ME where the own user is not known yet."""
        return ME if agent_id == ME else self._agent(agent_id, name)
