"""The consumer dialect (v3): short names, and the requests that only consumers make.

Everything else is built by the brand's builders and sent under its short name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ums_actors.arguments import identifier
from ums_actors.errors import LocalProtocolError, NotSupported
from ums_actors.protocol import brand
from ums_actors.protocol.contexts import context_parts
from ums_actors.protocol.names import NOTIFICATIONS, REQUESTS
from ums_actors.protocol.paths import INTEGRATION_ID
from ums_actors.protocol.records import read_conversation_id, read_nothing
from ums_actors.protocol.requests import (
    Request,
    UserRequest,
    parts_of,
)
from ums_actors.protocol.requests import text as _text
from ums_actors.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ums_actors.protocol.properties import ClientProperties

__all__ = [
    "CONVERSATION_NOTIFICATION",
    "CREATE_CONVERSATION",
    "DEFAULT_QUERY",
    "INIT_CONNECTION",
    "MESSAGE_NOTIFICATION",
    "SUBSCRIBE_MESSAGES",
    "create_conversation",
    "init_connection",
    "short",
    "subscribe_messages",
]

INIT_CONNECTION: Final = "InitConnection"
SUBSCRIBE_MESSAGES: Final = "ms.SubscribeMessagingEvents"
CREATE_CONVERSATION: Final = "cm.ConsumerRequestConversation"
CONVERSATION_NOTIFICATION: Final = "cqm.ExConversationChangeNotification"
MESSAGE_NOTIFICATION: Final = "ms.MessagingEventNotification"

DEFAULT_QUERY: Final[Mapping[str, Any]] = {"stage": ["OPEN", "CLOSE"]}
"""What a consumer's connection subscribes to unless told otherwise."""

_PACKAGES: Final = {
    ".ams.aam.": "cqm.",
    ".ams.brandprofile.": "brandprofile.",
    ".ams.cm.": "cm.",
    ".ams.ms.": "ms.",
    ".ams.routing.": "rs.",
    ".ams.userprofile.": "userprofile.",
}
_SHORT: Final = {
    name.brand: name.consumer
    for name in REQUESTS + NOTIFICATIONS
    if name.brand and name.consumer
}
_NOT_THERE: Final = frozenset({brand.QUERY_MESSAGES})
_TTR: Final = "NORMAL"
_CHANNEL: Final = "MESSAGING"
_OWN_CONTEXT: Final[dict[str, Any]] = {
    "type": "CustomContext",
    "clientProperties": {},
    "name": INTEGRATION_ID,
    "description": "opened by a program",
}
"""What a conversation is said to come from if nobody says it."""
_CAMPAIGN: Final = {"campaign_id": "campaignId", "engagement_id": "engagementId"}


def short(canonical: str) -> str:
    """Give the consumer's name of a request or notification of the brand's dialect.

    A name without a leading dot is short already, and stays as it is.

    Raises:
        NotSupported: consumers have no such request.
        LocalProtocolError: there is no such package.
    """
    if not canonical.startswith("."):
        return canonical
    if canonical in _NOT_THERE:
        raise NotSupported(
            f"a consumer has no {canonical}: the messages of its open dialogs come by "
            "themselves; subscribe to MessageReceived"
        )
    known = _SHORT.get(canonical)
    if known is not None:
        return known
    head, dot, name = canonical.rpartition(".")
    package = "" if not head else _PACKAGES.get(head + dot)
    if package is None or not name:
        raise LocalProtocolError(
            f"{canonical!r} has no short name: use one of the packages "
            f"{', '.join(_PACKAGES)}"
        )
    return package + name


def subscribe_messages(
    conversation_id: str, dialog_id: str, from_sequence: int = 0
) -> Request[None]:
    """Ask for the events of a dialog from that number on, and for all later ones."""
    body = {
        "conversationId": _text("conversation_id", conversation_id),
        "dialogId": _text("dialog_id", dialog_id),
        "fromSeq": from_sequence,
    }
    return Request(SUBSCRIBE_MESSAGES, body, read_nothing)


def create_conversation(
    skill_id: str | None = None, context: Any = None, campaign_info: Any = None
) -> Request[str]:
    """Open a conversation; the answer is its id.

    What is not given goes as null, as the reference sends it.

    Args:
        skill_id: the skill that shall answer.
        context: a record such as ``SharkContext``, or an object with a ``type``.
        campaign_info: ``campaign_id`` and ``engagement_id``, or their names on the
            wire.

    Raises:
        LocalProtocolError: an argument is of no use.
    """
    body = {
        "ttrDefName": _TTR,
        "channelType": _CHANNEL,
        "skillId": None if skill_id is None else identifier("skill_id", skill_id),
        "conversationContext": _context(context),
        "campaignInfo": _campaign(campaign_info),
    }
    return Request(CREATE_CONVERSATION, body, read_conversation_id)


def init_connection(jwt: str | Secret, properties: ClientProperties) -> UserRequest:
    """Introduce a line that was opened without headers; must be its first frame."""
    secret = jwt if isinstance(jwt, Secret) else Secret(jwt)
    headers = [
        {"type": ".ams.headers.ConsumerAuthentication", "jwt": secret},
        properties.as_init_header(),
    ]
    return UserRequest(INIT_CONNECTION, {}, headers, None)


def _context(context: Any) -> dict[Any, Any]:
    if context is None:
        return dict(_OWN_CONTEXT)
    return context_parts(context)


def _campaign(campaign_info: Any) -> dict[Any, Any] | None:
    if campaign_info is None:
        return None
    parts = parts_of(campaign_info)
    if not parts:
        raise LocalProtocolError(
            "campaign_info must be a mapping such as {'campaign_id': '1', "
            "'engagement_id': '2'}"
        )
    told = {_CAMPAIGN.get(key, key): value for key, value in parts.items()}
    for name in _CAMPAIGN.values():
        if told.get(name) is not None and type(told[name]) is not int:
            identifier(f"{name} of campaign_info", told[name])
    return told
