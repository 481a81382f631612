"""Records of conversations, as their change notifications tell them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct, field

from ums_actors.errors import RemoteProtocolError
from ums_actors.protocol.enums import ChannelType
from ums_actors.protocol.envelopes import decode_body
from ums_actors.protocol.lenient import is_object, one_or_many, read_record
from ums_actors.protocol.messages import MessageEvent  # noqa: TC001 msgspec reads it

if TYPE_CHECKING:
    from ums_actors.protocol.envelopes import Frame

__all__ = [
    "Campaign",
    "ConversationChange",
    "ConversationChanges",
    "ConversationDetails",
    "ConversationResult",
    "Csat",
    "Dialog",
    "Handler",
    "ParticipantDetails",
    "Ttr",
    "read_conversation_changes",
    "read_raw",
]

_NULL = msgspec.Raw(b"null")
_COBROWSE = ChannelType.COBROWSE.value


class Ttr(Struct, frozen=True, rename="camel", gc=False):
    """How soon an answer is wanted: NORMAL, URGENT …, and in how many seconds."""

    ttr_type: str = ""
    value: int | None = None


class Csat(Struct, frozen=True, rename="camel", gc=False):
    """What the consumer said of its satisfaction; ``csat_rate`` is 1 to 5."""

    csat_rate: int | None = None
    csat_resolution_confirmation: bool | None = None
    status: str = ""


class Campaign(Struct, frozen=True, rename="camel", gc=False):
    """Which campaign a conversation came from."""

    campaign_id: str | None = None
    engagement_id: str | None = None


class Handler(Struct, frozen=True, rename="camel", gc=False):
    """Which account and skill handle a conversation."""

    account_id: str | None = None
    skill_id: str | None = None


class ParticipantDetails(Struct, frozen=True, rename="camel", gc=False):
    """One participant of a dialog; ``id`` is ``account.user`` or a consumer's id."""

    id: str = ""
    role: str = ""
    state: str = "ACTIVE"
    """SUGGESTED: rung, has not accepted; not assigned, whatever the role says."""


class Dialog(Struct, frozen=True, rename="camel", gc=False):
    """One dialog of a conversation; times are milliseconds."""

    dialog_id: str = ""
    dialog_type: str = "MAIN"
    channel_type: str = "MESSAGING"
    state: str = "OPEN"
    creation_ts: int | None = None
    end_ts: int | None = None
    meta_data_last_update_ts: int | None = None
    closed_by: str | None = None
    closed_cause: str | None = None
    participants_details: list[ParticipantDetails] = []
    """Empty for old dialogs, which lack it."""
    meta_data: Any = None

    @property
    def keeps_messages(self) -> bool:
        """Whether the service keeps its messages: not those of a COBROWSE dialog."""
        return _COBROWSE not in (self.channel_type, self.dialog_type)

    def participant(self, user_id: str) -> ParticipantDetails | None:
        """Give the participant of that id, or None."""
        for each in self.participants_details:
            if each.id == user_id:
                return each
        return None


class ConversationDetails(Struct, frozen=True, rename="camel", gc=False):
    """State of a conversation; times are milliseconds."""

    conv_id: str = ""
    brand_id: str | None = None
    skill_id: str | None = None
    group_id: str | None = None
    note: str | None = None
    state: str = "OPEN"
    """Of the main dialog only; ``stage`` is that of the whole."""
    stage: str = ""
    start_ts: int | None = None
    end_ts: int | None = None
    close_reason: str | None = None
    meta_data_last_update_ts: int | None = None
    first_conversation: bool = False
    dialogs: list[Dialog] = []
    participants: Any = None
    """Role → ids, or a list of ``{id, role}``; read it by :meth:`members`."""
    participants_pid: Any = field(default=None, name="participantsPId")
    ttr: Ttr | None = None
    manual_ettr: int | None = field(default=None, name="manualETTR")
    delay: Any = None
    csat: Csat | None = None
    csat_rate: int | None = None
    """0 stands for none; the older form of ``csat``."""
    topic: str | None = None
    raw_context: msgspec.Raw = field(default=_NULL, name="context")
    campaign_info: Campaign | None = None
    handler: Handler | None = field(default=None, name="conversationHandlerDetails")
    app_install_id: str | None = field(default=None, name="appInstId")
    unread: dict[str, int] | None = field(default=None, name="numberOfunreadMessages")
    """Beside the details it is where it should be; here some have seen it."""

    @property
    def context(self) -> Any:
        """Where the conversation comes from, as plain JSON; decoded at each call."""
        return read_raw(self.raw_context)

    def dialog(self, dialog_id: str) -> Dialog | None:
        """Give the dialog of that id, or None."""
        for each in self.dialogs:
            if each.dialog_id == dialog_id:
                return each
        return None

    def members(self) -> list[tuple[str, str]]:
        """Give (role, id) of each participant; the suggested are not among them."""
        return _members(self.participants)

    def pids(self) -> dict[str, str]:
        """Give the PID of each ``account.user`` that takes part.

        The wire pairs them by position in their role; a role whose two lists differ
        in length is left out. Consumers have one id only.
        """
        found: dict[str, str] = {}
        members, table = self.participants, self.participants_pid
        if not is_object(members) or not is_object(table):
            return found
        for role, ids in members.items():
            if not ids or role == "CONSUMER":
                continue
            ours, theirs = _ids(ids), _ids(table.get(role))
            if len(ours) == len(theirs):
                found.update(zip(ours, theirs, strict=True))
        return found


class ConversationResult(Struct, frozen=True, rename="camel", gc=False):
    """What a change is about."""

    conv_id: str = ""
    conversation_details: ConversationDetails = ConversationDetails()
    last_update_time: int | None = None
    effective_ttr: int | None = field(default=None, name="effectiveTTR")
    unread: dict[str, int] = field(
        default_factory=dict[str, int], name="numberOfunreadMessages"
    )
    last_content_event: MessageEvent | None = field(
        default=None, name="lastContentEventNotification"
    )
    """May be missing though there was one: never deliver from it alone."""

    @property
    def conversation_id(self) -> str:
        """The conversation's id, wherever it was said."""
        return self.conv_id or self.conversation_details.conv_id

    @property
    def is_bare(self) -> bool:
        """Whether it came without its details."""
        details = self.conversation_details
        return (
            details.meta_data_last_update_ts is None
            and not details.stage
            and not details.dialogs
            and details.participants is None
        )


class ConversationChange(Struct, frozen=True, rename="camel", gc=False):
    """UPSERT of a conversation, or DELETE: it left the subscription's query."""

    type: str = ""
    result: ConversationResult = ConversationResult()


class ConversationChanges(Struct, frozen=True, rename="camel", gc=False):
    """The body of a conversation notification."""

    subscription_id: str = ""
    changes: list[ConversationChange] = []


def read_conversation_changes(raw: msgspec.Raw | Frame) -> ConversationChanges:
    """Read the body of a conversation notification.

    Raises:
        RemoteProtocolError: it is not a JSON object.
    """
    return read_record(raw, ConversationChanges)


def read_raw(raw: msgspec.Raw) -> Any:
    """Give a part that was left undecoded as plain JSON, None if it is none."""
    try:
        return decode_body(raw)
    except RemoteProtocolError:
        return None


def _members(participants: Any) -> list[tuple[str, str]]:
    if is_object(participants) and "id" not in participants:
        return [
            (role, member) for role, ids in participants.items() for member in _ids(ids)
        ]
    details = one_or_many(participants)
    return [
        (str(each.get("role", "")), _id(each["id"]))
        for each in details
        if is_object(each) and _id(each.get("id"))
    ]


def _ids(ids: Any) -> list[str]:
    return [_id(each) for each in one_or_many(ids) if _id(each)]


def _id(value: Any) -> str:
    """Give an id as a string, empty if it cannot be one."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return ""
