"""What a brand can do to conversations: the reference's methods, and their kin."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Any

from ums_actors.actors.kernel import Subscription
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
from ums_actors.protocol import brand
from ums_actors.protocol.records import (
    MessageEvent,
    read_clock,
    read_message_events,
    read_sequence,
    read_subscription_id,
)
from ums_actors.runtime.steps import Steps, run_steps

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.protocol.requests import Call
    from ums_actors.runtime import LoopFuture

__all__ = ["BrandConversations"]

_FIRST_SERVER_ERROR = 500
_RETRYABLE = frozenset({401, 429})


class BrandConversations(WebsocketConnection, abc.ABC):
    """Requests of the brand dialect; UMS.md 3.3 and 12.3 have their wire forms."""

    def _call(self, call: Call, **more: Any) -> LoopFuture[Any]:
        return self._submit(call.type, call.body, **more)

    def _call_for(
        self, call: Call, take: Callable[[Any], Any], **more: Any
    ) -> LoopFuture[Any]:
        """Send, and give ``take(undecoded body)``."""
        return run_steps(self._taken(self._call(call, raw=True, **more), take))

    @staticmethod
    def _taken(answer: LoopFuture[Any], take: Callable[[Any], Any]) -> Steps[Any]:
        body = yield answer
        return take(body)

    def get_clock(self) -> LoopFuture[int]:
        """Give the server's time, milliseconds since 1970.

        Deprecated in the reference, where it kept the line alive; kept for its users.
        """
        return self._call_for(brand.get_clock(), read_clock, resend=True)

    def send_text(
        self,
        conversation_id: str,
        text: str,
        dialog_id: str | None = None,
        metadata: Any = None,
    ) -> LoopFuture[int]:
        """Say something; done with the message's sequence number in its dialog."""
        call = brand.publish_text(conversation_id, dialog_id or conversation_id, text)
        return self._call_for(call, read_sequence, metadata=metadata)

    def query_messages(
        self, dialog_id: str, newer_than: int | None = None
    ) -> LoopFuture[list[MessageEvent]]:
        """Ask for a dialog's events after a sequence number; None asks for all."""
        call = brand.query_messages(dialog_id, newer_than)
        return self._call_for(call, read_message_events, resend=True)

    def close_conversation(self, conversation_id: str) -> LoopFuture[str]:
        """Close a conversation with all its dialogs; no survey is started."""
        return self._call(brand.close_conversation(conversation_id))

    def close_dialog(
        self,
        conversation_id: str,
        dialog_id: str,
        dialog_close_reason: str | None = None,
        cause: str | None = None,
    ) -> LoopFuture[str]:
        """Close one dialog; the reason says who did it, the cause why."""
        return self._call(
            brand.close_dialog(conversation_id, dialog_id, dialog_close_reason, cause)
        )

    def join_dialog(
        self, conversation_id: str, dialog_id: str, participant_role: str
    ) -> LoopFuture[str]:
        """Take part in a dialog, in a role such as MANAGER."""
        where = dialog_id if dialog_id != conversation_id else None
        return self._call(
            brand.join_dialog(conversation_id, where, self._own_id(), participant_role)
        )

    def leave_dialog(
        self, conversation_id: str, dialog_id: str, participant_role: str
    ) -> LoopFuture[str]:
        """Take part no more."""
        where = dialog_id if dialog_id != conversation_id else None
        return self._call(
            brand.leave_dialog(conversation_id, where, self._own_id(), participant_role)
        )

    def transfer_conversation(
        self,
        conversation_id: str,
        skill_id: str | None = None,
        agent_id: str | None = None,
        remove_from_existing_role: str | None = None,
        remove_agent_id: str | None = None,
    ) -> LoopFuture[str]:
        """Hand a conversation to a skill, an agent, or back to the queue."""
        return self._call(
            brand.transfer_conversation(
                conversation_id,
                skill_id=skill_id,
                agent_id=agent_id,
                remove_from_existing_role=remove_from_existing_role,
                remove_agent_id=remove_agent_id,
            )
        )

    _close_dialog = close_dialog
    _join_dialog = join_dialog
    _leave_dialog = leave_dialog
    _transfer_conversation = transfer_conversation

    # -- subscriptions

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
        brand.subscribe_conversations(query)  # a bad query fails here, not later
        if self._kernel.at_rest():
            raise self._kernel.refusal(brand.SUBSCRIBE_CONVERSATIONS)
        subscription = Subscription(self._runtime.ids(), query)
        options = self._kernel.options
        done = subscription.waiters if wait_for_ready else subscription.made
        waiter = done.add(
            self._loop,
            options.queue_timeout + options.request_timeout,
            lambda: _late(wait_for_ready),
        )
        kernel = self._kernel
        kernel.subscriptions[subscription.key] = subscription

        def forget(waited: LoopFuture[Any]) -> None:
            if waited.exception() is not None:  # its maker believes that there is none
                kernel.subscriptions.pop(subscription.key, None)

        waiter.add_done_callback(forget)
        if kernel.websocket is not None:
            run_steps(self._make_now(subscription))
        return waiter

    def _make_now(self, subscription: Subscription) -> Steps[None]:
        """Make a new subscription on a line that is up, or tell its maker why not."""
        try:
            yield from self._make(subscription)
        except UMSError as error:
            if isinstance(error, ConnectionLost) and self._kernel.websocket is None:
                return  # made on the next line
            subscription.made.reject(error)
            subscription.waiters.reject(error)

    def unsubscribe_conversations(self, subscription_id: str) -> LoopFuture[Any]:
        """End a subscription, by its first id or its present one, for good."""
        subscriptions = self._kernel.subscriptions
        present = subscription_id  # later lines have given it others
        for key, known in list(subscriptions.items()):
            if subscription_id in (known.first_id, known.subscription_id):
                del subscriptions[key]
                present = known.subscription_id or present
        return self._call(brand.unsubscribe_conversations(present))

    def _request_conversation_subscription(self, query: Any = None) -> LoopFuture[str]:
        """Ask for a subscription on the present line only; done with its id."""
        return self._call_for(
            brand.subscribe_conversations(query), read_subscription_id
        )

    def _make(self, subscription: Subscription) -> Steps[None]:
        """Make a subscription on the present line; a refusal ends it for good.

        Its id is noted in the very step that takes the answer, so that a snapshot in
        the same read finds it.
        """
        call = brand.subscribe_conversations(subscription.query)
        subscription.line = self._kernel.session.generation
        try:
            body = yield self._call(call, internal=True, raw=True)
            subscription.subscription_id = read_subscription_id(body)
        except (RequestRejected, RemoteProtocolError) as error:
            code = getattr(error, "code", 0)
            if code >= _FIRST_SERVER_ERROR or code in _RETRYABLE:
                raise
            self._kernel.subscriptions.pop(subscription.key, None)
            subscription.made.reject(error)
            subscription.waiters.reject(error)
            self._observe("subscription.refused", code=code)
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

    def _restore_agent_state(self) -> Steps[None]:
        state = self._kernel.agent_state
        if state is None:
            return
        try:
            yield self._call(
                brand.set_agent_state(self._own_id(), state), internal=True
            )
        except RequestRejected as error:
            if error.code in _RETRYABLE or error.code >= _FIRST_SERVER_ERROR:
                raise
            self._observe("agent_state.refused", code=error.code)

    def _own_id(self) -> str:
        agent_id = self._kernel.agent_id
        if agent_id is None:
            raise LocalProtocolError(
                "the user's id is known only after the first login: open() first"
            )
        return agent_id


def _late(waited_for_snapshot: bool) -> RequestError:
    what = "snapshot" if waited_for_snapshot else "answer"
    return RequestTimedOut(
        f"the subscription got no {what} in time",
        delivery=Delivery.UNKNOWN,
        request_type=brand.SUBSCRIBE_CONVERSATIONS,
    )
