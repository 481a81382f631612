"""Requests that only consumers make: saying who they are, opening, listening."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ums_actors.emulator import choices
from ums_actors.emulator.failures import Refused
from ums_actors.emulator.requests.messages import dialog_of
from ums_actors.emulator.requests.routes import Routes, body_of
from ums_actors.emulator.sides.consumer import events_notification
from ums_actors.emulator.values import as_list, as_object
from ums_actors.emulator.wire.dialects import canonical
from ums_actors.emulator.wire.frames import Answer, Request
from ums_actors.emulator.world.origin import Origin
from ums_actors.emulator.world.properties import NO_PROPERTIES, properties_of

if TYPE_CHECKING:
    from ums_actors.emulator.sides.client import Client
    from ums_actors.emulator.world.world import World

__all__ = ["CONSUMER", "introduce"]

_INIT: Final = "InitConnection"
_CREATED: Final = ".ams.cm.RequestConversation$Response"
_SUBSCRIBED: Final = ".ams.GenericSubscribe$Response"
_AUTHENTICATION: Final = "ConsumerAuthentication"
_PROPERTIES: Final = "ClientProperties"


def introduce(world: World, client: Client, request: Request) -> Answer:
    """Carry out the first request of a consumer who came without a token.

    The client is known afterwards, unless the answer says no.

    Raises:
        Refused: it is another request; the socket may try again.
    """
    if canonical(request.type) != _INIT:
        raise Refused(401, "Send InitConnection with a token first")
    token = _header(request, _AUTHENTICATION).get("jwt")
    consumer = world.tokens.consumer_of(token)
    if consumer is None:
        claims = world.tokens.read(token) or {}
        code = world.consumers.close_code(str(claims.get("sub")))
        text = "The token is missing, expired or not of this account"
        return Answer(text, code=401, then_close=code)
    client.identity = consumer
    properties = _header(request, _PROPERTIES)
    if properties:
        world.client_properties[consumer] = properties_of(properties)
    return Answer(choices.CONNECTION_INITIALISED)


def _header(request: Request, name: str) -> dict[str, Any]:
    for header in map(as_object, as_list(request.headers)):
        if header and str(header.get("type")).rpartition(".")[2] == name:
            return header
    return {}


def _introduce_again(_world: World, _client: Client, _request: Request) -> Answer:
    raise Refused(400, "The connection is initialised already")


def _request_conversation(world: World, client: Client, request: Request) -> Answer:
    body = body_of(request)
    skill = body.get("skillId")
    if skill is not None and not isinstance(skill, (str, int)):
        raise Refused(400, "The skillId is no string")
    properties = world.client_properties.get(client.identity, NO_PROPERTIES)
    conversation = world.open(
        consumer=client.identity,
        skill=None if skill is None else str(skill),
        origin=Origin.of(body, properties),
    )
    return Answer({"conversationId": conversation.conversation_id}, _CREATED)


def _subscribe_events(world: World, client: Client, request: Request) -> Answer:
    body = body_of(request)
    conversation, dialog_id = dialog_of(world, body)
    dialog = conversation.details.dialog(dialog_id)
    if not any(member.id == client.identity for member in dialog.participants):
        raise Refused(403, "Only a participant may subscribe to the dialog")
    since = body.get("fromSeq") or 0
    if type(since) is not int:
        raise Refused(400, "The fromSeq is no number")
    is_new = dialog_id not in client.dialogs
    if is_new and len(client.dialogs) >= choices.MAX_MESSAGE_SUBSCRIPTIONS:
        raise Refused(429, "There are too many subscriptions on this socket")
    client.dialogs.add(dialog_id)
    events = conversation.events.get(dialog_id, [])[max(since, 0) :]
    client.notify(events_notification(dialog_id, events), True)
    return Answer({}, _SUBSCRIBED)


CONSUMER: Final[Routes] = {
    _INIT: _introduce_again,
    ".ams.cm.ConsumerRequestConversation": _request_conversation,
    ".ams.cm.types.RequestConversation": _request_conversation,
    ".ams.ms.SubscribeMessagingEvents": _subscribe_events,
}
