"""What both sides can do to conversations."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Any

from ums_actors.actors.messages import CatchUp
from ums_actors.arguments import identifier
from ums_actors.connection.posting import Posting
from ums_actors.errors import LocalProtocolError
from ums_actors.protocol import brand
from ums_actors.protocol.ids import ME

if TYPE_CHECKING:
    from ums_actors.runtime import LoopFuture

__all__ = ["Conversations"]


class Conversations(Posting, abc.ABC):
    """Requests that brands and consumers have in common; UMS.md 3.3 and 12.3."""

    def get_clock(self) -> LoopFuture[int]:
        """Give the server's time, milliseconds since 1970.

        Deprecated in the reference, where it kept the line alive; kept for its users.
        """
        return self._ask(brand.get_clock(), resend=True)

    def send_text(
        self,
        conversation_id: str,
        text: str,
        dialog_id: str | None = None,
        metadata: Any = None,
        effectively_once: bool = False,
        *,
        quick_replies: Any = None,
    ) -> LoopFuture[int]:
        """Say something; done with the message's sequence number in its dialog.

        Args:
            conversation_id: where.
            text: 1 to 8,000 characters.
            dialog_id: the main dialog if not given.
            metadata: a list of objects with a ``type``, or one.
            effectively_once: see to it that it is said once, also if its answer is
                lost; see :meth:`publish_once`.
            quick_replies: ``{"type": "quickReplies", "replies": […]}``.
        """
        where = conversation_id if dialog_id is None else dialog_id
        call = brand.publish_text(
            conversation_id, where, text, quick_replies=quick_replies
        )
        return self._publish(call, metadata, effectively_once=effectively_once)

    def catch_up(self, dialog_id: str) -> LoopFuture[None]:
        """Wait until all that was said in a dialog by now has been handed out.

        Done when subscribers have been given every event that the service held when
        this was called, their own user's too: whether a message whose answer was lost
        has been taken can be seen from them. It outlasts the loss of the line.

        Raises (through the future):
            RequestRejected: the service does not give the dialog's events.
            RequestTimedOut: they did not come in time.
            ConnectionLost: the connection is closed.
        """
        kernel, dialog_id = self._kernel, identifier("dialog_id", dialog_id)
        if kernel.at_rest():
            raise kernel.refusal()
        number = kernel.streams.ask(dialog_id)
        options = kernel.options
        patience = options.queue_timeout + options.request_timeout
        waiter = kernel.catch_ups.add(dialog_id, number, self._loop, patience)
        kernel.refs["correlator"].tell(CatchUp())
        return waiter

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

    _close_dialog = close_dialog

    def _agent(self, agent_id: Any, name: str = "agent_id") -> str:
        return self._own_id() if agent_id == ME else super()._agent(agent_id, name)

    def _own_id(self) -> str:
        """Give the user's id on the wire.

        Raises:
            LocalProtocolError: it is not known yet.
        """
        own_id = self._kernel.own_id
        if own_id is None:
            raise LocalProtocolError(
                "the user's id is known only after the first login: open() first"
            )
        return own_id
