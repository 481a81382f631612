"""The way in for notifications that do not come by the connection's own line."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING

from ums_actors.actors.messages import TakeWebhook
from ums_actors.connection.asking import Asking
from ums_actors.errors import RemoteProtocolError
from ums_actors.protocol.webhooks import read_webhook
from ums_actors.runtime import LoopFuture

if TYPE_CHECKING:
    from ums_actors.protocol.webhooks import WebhookBody

__all__ = ["Webhooks"]


class Webhooks(Asking, abc.ABC):
    """What webhooks bring, told as if the line had brought it."""

    def process_webhooks_notification(self, body: WebhookBody) -> LoopFuture[None]:
        """Take the body of a webhook; done when it has been handed on.

        The same events come of it, and the same conversations are kept true, as of a
        websocket's notification; what comes both ways, twice, or before its turn is
        told once and in order. A conversation that webhooks tell of is kept as long as
        it is open and for three minutes after, whatever subscriptions show.

        The connection need not be open. One that can ask asks for what is missing. A
        dialog that is first heard of in the midst of it begins with the lowest number
        that comes within ``Options.out_of_order_timeout``, unless
        ``Options.get_all_messages`` wants all of it.

        Args:
            body: bytes or text of JSON, or what was decoded of it: a notification
                (``kind``, ``type``, ``body``), or ``{"wsNotificationMsg": …}`` around
                one; types of either dialect (UMS.md 12.4).

        Raises (through the future):
            RemoteProtocolError: it is no notification; nothing else is hurt by it.
            LocalProtocolError: it is neither bytes nor text nor an object.
            ConnectionLost: the connection is closed; the sender may try again later.
        """
        kernel = self._kernel
        if kernel.at_rest():
            raise kernel.refusal()
        try:
            notification = read_webhook(body, kernel.options.max_message_size)
        except RemoteProtocolError:
            kernel.counters.bad_frames += 1
            raise
        reply: LoopFuture[None] = LoopFuture()
        kernel.refs["correlator"].tell(TakeWebhook(notification, reply))
        return reply
