"""Records of what is said in dialogs: message, status and chat-state events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from ums_actors.errors import RemoteProtocolError
from ums_actors.protocol.envelopes import Frame, decode_body
from ums_actors.protocol.lenient import fit_many, is_object

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Event", "MessageEvent", "OriginatorMetadata", "read_message_events"]


class Event(Struct, frozen=True, rename="camel", gc=False):
    """What happened; which fields are there depends on ``type``."""

    type: str = ""
    """ContentEvent, RichContentEvent, AcceptStatusEvent or ChatStateEvent."""
    content_type: str = ""
    message: Any = None
    """The text of ``text/plain``, an object otherwise."""
    content: Any = None
    """The tree of a RichContentEvent."""
    quick_replies: Any = None
    status: str = ""
    """ACCEPT, READ …, of the messages in ``sequence_list``."""
    sequence_list: list[int] = []
    chat_state: str = ""

    @property
    def text(self) -> str | None:
        """The text, if this is a text message."""
        return self.message if isinstance(self.message, str) else None


class OriginatorMetadata(Struct, frozen=True, rename="camel", gc=False):
    """Who an event is from: its PID, and the role in the dialog."""

    id: str = ""
    role: str = ""
    client_properties: Any = None


class MessageEvent(Struct, frozen=True, rename="camel", gc=False):
    """One event of a dialog, whichever way it came."""

    event: Event = Event()
    conversation_id: str = ""
    dialog_id: str = ""
    sequence: int | None = None
    """Its number in the dialog; None for chat states, which have none."""
    originator_id: str = ""
    """On a brand connection ``account.user`` of an agent, the id of a consumer."""
    originator_pid: str = field(default="", name="originatorPId")
    originator_metadata: OriginatorMetadata = OriginatorMetadata()
    server_timestamp: int | None = None
    """Milliseconds; None for chat states."""
    message_audience: str = "ALL"
    metadata: Any = None

    @property
    def user_id(self) -> str:
        """The sender's PID where it is known, else the id as it came."""
        return self.originator_pid or self.originator_id

    @property
    def role(self) -> str:
        """The sender's role in the dialog, empty if it was not said."""
        return self.originator_metadata.role


def read_message_events(raw: msgspec.Raw | Frame) -> list[MessageEvent]:
    """Read a message notification (either form) or the answer to QueryMessages.

    Members that are no events are left out.

    Raises:
        RemoteProtocolError: it is not JSON, or not of one of these forms.
    """
    try:
        found = _decode(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return _read_leniently(raw)
    if isinstance(found, list):
        return [each for each in found if each.event.type]
    return [found] if found.event.type else _read_leniently(raw)


def _read_leniently(raw: msgspec.Raw | Frame) -> list[MessageEvent]:
    body = decode_body(raw)
    if isinstance(body, list):
        return _events(body, "")
    if is_object(body) and "changes" in body:
        dialog_id = body.get("dialogId")
        return _events(body["changes"], dialog_id if isinstance(dialog_id, str) else "")
    events = _events(body, "")
    if not events:
        raise RemoteProtocolError("the server sent a message notification of no event")
    return events


def _events(members: Any, dialog_id: str) -> list[MessageEvent]:
    """Make events; ``dialog_id`` stands beside them where they do not say it."""
    events = [each for each in fit_many(members, MessageEvent) if each.event.type]
    if not dialog_id:
        return events
    return [
        each if each.dialog_id else replace(each, dialog_id=dialog_id)
        for each in events
    ]


_decode: Final[Callable[[Any], list[MessageEvent] | MessageEvent]] = (
    msgspec.json.Decoder(list[MessageEvent] | MessageEvent).decode
)
