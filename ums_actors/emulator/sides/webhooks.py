"""Tells webhooks all that is said and changed in the account."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from ums_actors.emulator.records.brand import conversation_record, event_record
from ums_actors.emulator.records.consumer import (
    consumer_conversation_record,
    consumer_event_record,
)
from ums_actors.emulator.wire.dialects import short_notification
from ums_actors.emulator.wire.frames import encode
from ums_actors.emulator.world.listener import Listener

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.emulator.world.conversation import Conversation, Event
    from ums_actors.emulator.world.world import World

__all__ = ["EVENT_NAMES", "FORMS", "Webhook", "WebhookSide"]

_CHANGES: Final = ".ams.aam.ExConversationChangeNotification"
_EVENTS: Final = ".ams.ms.OnlineEventDistribution"
_SHORT_CHANGES: Final = short_notification(_CHANGES)
_SHORT_EVENTS: Final = short_notification(_EVENTS)
EVENT_NAMES: Final = (
    _SHORT_CHANGES,
    *(
        f"{_SHORT_EVENTS}.{kind}"
        for kind in (
            "ContentEvent",
            "RichContentEvent",
            "AcceptStatusEvent",
            "ChatStateEvent",
        )
    ),
)
"""What a webhook may be for, as the service's documentation names it."""
FORMS: Final = ("notification", "wrapped", "dotted")
"""As documented; as lp-messaging-sdk takes it; as brand sockets hear it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """Where notifications are to be posted, and which.

    Attributes:
        form: one of FORMS.
        secret: by which the bodies are signed; None signs none.
        algorithm: sha1 or sha256.
        events: some of EVENT_NAMES.
        retries: how often one that failed is posted again.
        parallel: how many are posted at a time.
    """

    url: str
    form: str
    secret: str | None = field(repr=False)
    algorithm: str
    events: tuple[str, ...]
    retries: int
    parallel: int


class WebhookSide(Listener):
    """Has each webhook told of what it is for; a listener of the world.

    There are no subscriptions here, so nothing leaves one: a closed conversation is an
    UPSERT like any other change.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._hooks: dict[Webhook, Callable[[str], None]] = {}

    def join(self, hook: Webhook, post: Callable[[str], None]) -> None:
        """Take in a webhook; ``post`` is given the text of each body."""
        self._hooks[hook] = post

    def leave(self, hook: Webhook) -> None:
        """Let go a webhook."""
        self._hooks.pop(hook, None)

    def event_published(self, conversation: Conversation, event: Event) -> None:
        """Tell of an event, a private one too: a brand hears it all."""
        del conversation
        name = f"{_SHORT_EVENTS}.{event.body['type']}"
        for hook, post in self._wanting(name):
            if hook.form == "dotted":
                post(_text(hook, _EVENTS, event_record(event)))
            else:
                body = {"changes": [consumer_event_record(event)]}
                post(_text(hook, _SHORT_EVENTS, body))

    def conversation_changed(self, conversation: Conversation) -> None:
        """Tell of a change."""
        for hook, post in self._wanting(_SHORT_CHANGES):
            is_dotted = hook.form == "dotted"
            record = conversation_record if is_dotted else consumer_conversation_record
            change = {"type": "UPSERT", "result": record(self._world, conversation)}
            kind = _CHANGES if is_dotted else _SHORT_CHANGES
            post(_text(hook, kind, {"changes": [change]}))

    def _wanting(self, name: str) -> list[tuple[Webhook, Callable[[str], None]]]:
        return [it for it in self._hooks.items() if name in it[0].events]


def _text(hook: Webhook, kind: str, body: dict[str, Any]) -> str:
    if hook.form == "wrapped":
        return encode({"wsNotificationMsg": {"type": kind, "body": body}})
    return encode({"kind": "notification", "body": body, "type": kind})
