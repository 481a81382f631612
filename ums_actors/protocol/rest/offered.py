"""What the REST service offers: a table of requests, and what is said of all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ums_actors.arguments import identifier, shown
from ums_actors.errors import NotSupported
from ums_actors.protocol.brand import QUERY_MESSAGES
from ums_actors.protocol.envelopes import decode_body
from ums_actors.protocol.fields import UPDATE_CONVERSATION
from ums_actors.protocol.files import DOWNLOAD_URL, UPLOAD_URL
from ums_actors.protocol.publishing import PUBLISH_EVENT
from ums_actors.protocol.records import read_text
from ums_actors.protocol.requests import Request
from ums_actors.protocol.rest import changes, messages
from ums_actors.protocol.rest.exchange import (
    Exchange,
    brand_path,
    conversation_path,
    dialog_path,
    participant_path,
)
from ums_actors.protocol.rest.reading import object_in, text_in

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "GET_CONVERSATION",
    "GET_DIALOG",
    "GET_PARTICIPANT",
    "OFFERED",
    "REMOVE_PARTICIPANT",
    "exchange_of",
    "get_conversation",
    "get_dialog",
    "get_participant",
    "not_offered",
    "remove_participant",
]

GET_CONVERSATION: Final = "rest.GetConversation"
GET_DIALOG: Final = "rest.GetDialog"
GET_PARTICIPANT: Final = "rest.GetParticipant"
REMOVE_PARTICIPANT: Final = "rest.RemoveParticipant"
# no websocket has these; the names are ours


def get_conversation(conversation_id: str) -> Request[Any]:
    """Ask for a conversation; the answer is as the service gives it."""
    return Request(GET_CONVERSATION, _place(conversation_id), decode_body)


def get_dialog(conversation_id: str, dialog_id: str | None = None) -> Request[Any]:
    """Ask for a dialog, the main one if none is named."""
    return Request(GET_DIALOG, _place(conversation_id, dialog_id), decode_body)


def get_participant(
    conversation_id: str, user_id: str, dialog_id: str | None = None
) -> Request[Any]:
    """Ask for one who takes part in a dialog, the main one if none is named."""
    body = _place(conversation_id, dialog_id, user_id)
    return Request(GET_PARTICIPANT, body, decode_body)


def remove_participant(
    conversation_id: str, user_id: str, dialog_id: str | None = None
) -> Request[str]:
    """Take somebody out of a dialog, the main one if none is named."""
    body = _place(conversation_id, dialog_id, user_id)
    return Request(REMOVE_PARTICIPANT, body, read_text)


def _place(
    conversation_id: str, dialog_id: str | None = None, user_id: str | None = None
) -> dict[str, Any]:
    place = {"conversationId": identifier("conversation_id", conversation_id)}
    if dialog_id is not None:
        place["dialogId"] = identifier("dialog_id", dialog_id)
    if user_id is not None:
        place["userId"] = identifier("participant_id", user_id)
    return place


def exchange_of(
    account_id: str,
    request_type: str,
    body: Any,
    metadata: Any = None,
    encoded_metadata: str | None = None,
) -> Exchange:
    """Give the call that does what a request does.

    Args:
        account_id: the brand's account.
        request_type: the request's name in the brand's dialect.
        body: its body, as plain JSON.
        metadata: what goes with it.
        encoded_metadata: what would ride beside it.

    Raises:
        NotSupported: the REST service has no such call.
        LocalProtocolError: the body lacks something.
    """
    make = OFFERED.get(request_type)
    if make is None:
        raise not_offered(request_type)
    if encoded_metadata is not None:
        raise NotSupported(
            "the REST service is not known to take encoded metadata: use metadata, or "
            "a BrandWebsocketConnection"
        )
    return make(account_id, object_in(request_type, body, "body"), metadata)


def not_offered(request_type: str) -> NotSupported:
    """Say that there is no such call, and what else there is."""
    why = _WAYS_OUT.get(
        request_type.rpartition(".")[2], "use a BrandWebsocketConnection"
    )
    return NotSupported(
        f"the REST service does not offer {shown(request_type)} (subscriptions, rings, "
        "agent states, profiles, the clock and new conversations are a websocket's): "
        f"{why}"
    )


_WAY_OUT: Final = "use a BrandWebsocketConnection"
_WAYS_OUT: Final = {
    "SubscribeExConversations": (
        "hear of conversations by webhooks, or by a BrandWebsocketConnection"
    ),
    "GetClock": "take time.time(), or a BrandWebsocketConnection",
    "KeepAlive": "leave it out, there is no line to keep alive",
}
"""By the last part of the request's name."""


def _publish(_account_id: str, body: dict[str, Any], metadata: Any) -> Exchange:
    return messages.publish(PUBLISH_EVENT, body, metadata)


def _query(_account_id: str, body: dict[str, Any], _metadata: Any) -> Exchange:
    return messages.query(QUERY_MESSAGES, body)


def _update(_account_id: str, body: dict[str, Any], _metadata: Any) -> Exchange:
    return changes.update(UPDATE_CONVERSATION, body)


def _upload(account_id: str, body: dict[str, Any], _metadata: Any) -> Exchange:
    return _file(account_id, "upload", body)


def _download(account_id: str, body: dict[str, Any], _metadata: Any) -> Exchange:
    return _file(account_id, "download", body)


def _file(account_id: str, way: str, body: dict[str, Any]) -> Exchange:
    path = f"{brand_path(account_id)}/file-{way}-path"
    return Exchange(method="POST", path=path, lane="", body=body)


def _conversation(_account_id: str, body: dict[str, Any], _metadata: Any) -> Exchange:
    conversation_id = text_in(GET_CONVERSATION, body, "conversationId")
    return _get(conversation_id, conversation_path(conversation_id))


def _dialog(_account_id: str, body: dict[str, Any], _metadata: Any) -> Exchange:
    conversation_id, dialog_id = _names(GET_DIALOG, body)
    return _get(conversation_id, dialog_path(conversation_id, dialog_id))


def _participant(_account_id: str, body: dict[str, Any], _metadata: Any) -> Exchange:
    conversation_id, dialog_id = _names(GET_PARTICIPANT, body)
    user_id = text_in(GET_PARTICIPANT, body, "userId")
    return _get(conversation_id, participant_path(conversation_id, dialog_id, user_id))


def _removal(_account_id: str, body: dict[str, Any], _metadata: Any) -> Exchange:
    conversation_id, dialog_id = _names(REMOVE_PARTICIPANT, body)
    user_id = text_in(REMOVE_PARTICIPANT, body, "userId")
    return Exchange(
        method="DELETE",
        path=participant_path(conversation_id, dialog_id, user_id),
        lane=conversation_id,
        guarded=True,
        text=changes.LEFT,
    )


def _names(request_type: str, body: dict[str, Any]) -> tuple[str, str]:
    return (
        text_in(request_type, body, "conversationId"),
        text_in(request_type, body, "dialogId", "conversationId"),
    )


def _get(conversation_id: str, path: str) -> Exchange:
    return Exchange(method="GET", path=path, lane=conversation_id)


OFFERED: Final[dict[str, Callable[[str, dict[str, Any], Any], Exchange]]] = {
    PUBLISH_EVENT: _publish,
    QUERY_MESSAGES: _query,
    UPDATE_CONVERSATION: _update,
    UPLOAD_URL: _upload,
    DOWNLOAD_URL: _download,
    GET_CONVERSATION: _conversation,
    GET_DIALOG: _dialog,
    GET_PARTICIPANT: _participant,
    REMOVE_PARTICIPANT: _removal,
}
"""All that can be asked for by REST; whatever is not here is NotSupported."""
