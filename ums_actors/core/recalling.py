"""Reading what an earlier process wrote down; it comes from disks and queues.

Nothing of it is believed before it is counted and checked: sizes, numbers of things,
kinds, the schema. What is not known here is ignored.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeGuard

import msgspec

from ums_actors.arguments import MAX_ID, shown
from ums_actors.core.facts import ConversationFacts, DialogFacts, Member
from ums_actors.core.kept import (
    KINDS,
    LIBRARY,
    SCHEMA,
    Header,
    Kept,
    KeptConversation,
    KeptDialog,
    KeptMessage,
)
from ums_actors.core.talk import Digested, Mark, Said
from ums_actors.errors import LocalProtocolError, RemoteProtocolError
from ums_actors.protocol.conversations import Campaign, Csat, Handler, Ttr
from ums_actors.protocol.decoders import decoder
from ums_actors.protocol.messages import Event, MessageEvent, OriginatorMetadata
from ums_actors.protocol.values import check_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["MAX_BYTES", "MAX_DIALOGS", "Recalled", "recall", "recalled"]

MAX_BYTES: Final = 1 << 30
"""Of the whole. 10,000 conversations with 100 messages each have about 300 MB."""
MAX_DIALOGS: Final = 1_000
"""Of one conversation."""
MAX_MEMBERS: Final = 1_000
"""Of one dialog."""
_BAD: Final = (msgspec.MsgspecError, ValueError, RecursionError)


class Recalled(NamedTuple):
    """A conversation that was read.

    Attributes:
        facts: what the service had told of it.
        said: what had been said, by dialog and number.
        consumer: the last consumer that was seen in it.
        note_digest: of its note, if it is known by that alone.
        webhooks: whether webhooks told of it.
    """

    facts: ConversationFacts
    said: Mapping[str, Sequence[Said]]
    consumer: str
    note_digest: str
    webhooks: bool = False


def recall(
    data: Any, *, kinds: Iterable[str], conversations: int, dialogs: int
) -> Kept:
    """Read the whole, but for the conversations in it: :func:`recalled` does.

    Args:
        data: bytes or text of JSON, or what such JSON holds.
        kinds: which are wanted.
        conversations: how many there may be.
        dialogs: how many there may be places of.

    Raises:
        LocalProtocolError: it is nothing of the kind; the text says what, and the way
            out, and quotes nothing of what was said.
    """
    raw = _as_json(data)
    try:
        kept: Kept = _read(raw, Kept)
    except LocalProtocolError:
        _check_header(_read(raw, Header))  # it may say what it is instead
        raise
    _check_header(kept)
    _check_kind(kept, tuple(kinds))
    _check_size("conversations", len(kept.conversations), conversations)
    _check_size("dialogs", max(len(kept.places), len(kept.finished)), dialogs)
    for each in (kept.account, kept.user or "none", *kept.places, *kept.finished):
        _checked_id(each)
    numbers = [*kept.finished.values()]
    for place in kept.places.values():
        _checked_id(place.conversation or "none")
        numbers.append(-1 if place.last is None else place.last)
    if numbers and min(numbers) < -1:
        raise _no(f"the number {min(numbers)} of an event is less than -1")
    return kept


def _check_header(header: Header | Kept) -> None:
    if header.library != LIBRARY:
        raise _no(
            "it was not written by this library: give what save_conversations() or "
            "serialize() gave"
        )
    if not 1 <= header.schema <= SCHEMA:
        raise _no(
            f"its schema is {header.schema}, and this version of ums_actors reads 1 to "
            f"{SCHEMA}: use the version that wrote it, or a later one"
        )


def _check_kind(kept: Kept, wanted: tuple[str, ...]) -> None:
    if kept.kind not in KINDS:
        raise _no(f"its kind {shown(kept.kind)} is none of {', '.join(KINDS)}")
    if kept.kind not in wanted:
        raise _no(
            f"it is of a {kept.kind}, not of a {' or a '.join(wanted)}: "
            f"{_WAYS[kept.kind]} reads it"
        )
    if kept.side not in _SIDES:
        raise _no(f"its side {shown(kept.side)} is neither brand nor consumer")
    if kept.kind != "connection" and len(kept.conversations) != 1:
        raise _no(f"it has {len(kept.conversations)} conversations, and should have 1")


def _check_size(what: str, size: int, limit: int) -> None:
    if size > limit:
        option = f"{what[:-1]}_limit"
        raise _no(
            f"it has {size} {what}, more than Options.{option} ({limit}): set that "
            "higher"
        )


def recalled(raw: msgspec.Raw, *, messages: int) -> Recalled:
    """Read one conversation; any thread, may take a millisecond.

    Args:
        raw: one of :attr:`Kept.conversations`.
        messages: the last so many are read of each dialog.

    Raises:
        LocalProtocolError: it is none.
    """
    kept: KeptConversation = _read(raw, KeptConversation)
    conversation_id = _checked_id(kept.id)
    if len(kept.dialogs) > MAX_DIALOGS:
        raise _no(
            f"a conversation has {len(kept.dialogs)} dialogs, more than {MAX_DIALOGS}"
        )
    seen: set[str] = set()
    for dialog in kept.dialogs:
        if _checked_id(dialog.id) in seen:
            raise _no(f"a conversation has the dialog {shown(dialog.id)} twice")
        seen.add(dialog.id)
        if len(dialog.members) > MAX_MEMBERS:
            raise _no(
                f"a dialog has {len(dialog.members)} members, more than {MAX_MEMBERS}"
            )
    said = {
        conversation_id if each.id == conversation_id else each.id: _said(
            each, conversation_id, messages
        )
        for each in kept.dialogs
        if each.messages
    }
    facts = _facts(kept)
    return Recalled(facts, said, kept.consumer, kept.note_digest, kept.webhooks)


_SIDES: Final = ("brand", "consumer")
_WAYS: Final = {
    "connection": "load_conversations()",
    "conversation": "load_conversation()",
    "dialog": "Dialog.deserialize()",
}


def _as_json(data: Any) -> bytes:
    if isinstance(data, str):
        raw = data.encode(errors="replace")
    elif isinstance(data, bytes):
        raw = data
    elif _is_mapping(data):
        try:
            raw = msgspec.json.encode(data)
        except (TypeError, OverflowError, *_BAD):
            raise _no("it is a mapping that cannot be JSON") from None
    else:
        raise _no(f"it is {shown(data)}: give bytes, a text or a mapping")
    if len(raw) > MAX_BYTES:
        raise _no(f"it has {len(raw)} bytes, more than {MAX_BYTES}")
    try:
        check_values(raw)
    except RemoteProtocolError:
        raise _no("it holds more values than anything honest of its size") from None
    return raw


def _is_mapping(value: Any) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(value, Mapping)


def _read(raw: bytes | msgspec.Raw, kind: Any) -> Any:
    """Read JSON as a record; the error quotes names of fields alone."""
    try:
        return decoder(kind)(raw)
    except msgspec.ValidationError as error:
        reason = f"lacks a field or has one of a wrong type ({str(error)[:200]})"
    except RecursionError:
        reason = "is nested too deep"
    except (msgspec.MsgspecError, ValueError):
        reason = "is not JSON, or was cut off"
    raise _no(f"it {reason}: it was damaged, or written by something else")


def _no(reason: str) -> LocalProtocolError:
    return LocalProtocolError(f"what was saved cannot be loaded: {reason}")


def _checked_id(value: str) -> str:
    if 0 < len(value) <= MAX_ID and value.isprintable():
        return value
    raise _no(
        f"the id {shown(value)} is not one of at most {MAX_ID} printable characters"
    )


def _facts(kept: KeptConversation) -> ConversationFacts:
    rated = (kept.csat_rate, kept.csat_resolved, kept.csat_status)
    csat = None if rated == (None, None, None) else Csat(*rated[:2], rated[2] or "")
    last = kept.last_content
    return ConversationFacts(
        kept.id,
        kept.account,
        kept.skill,
        kept.group,
        kept.note,
        kept.topic,
        kept.state,
        kept.stage,
        kept.started,
        kept.ended,
        kept.close_reason,
        kept.updated,
        kept.changed,
        kept.first,
        Ttr(kept.ttr_type, kept.ttr_value),
        kept.effective_ttr,
        kept.manual_ettr,
        kept.delay,
        csat,
        Campaign(kept.campaign, kept.engagement),
        Handler(kept.handler_account, kept.handler_skill),
        kept.app_install,
        kept.context.copy(),  # else it would keep the whole alive
        kept.unread,
        None if last is None else _record(last, kept.id, last.dialog),
        tuple([_dialog(each, kept.id) for each in kept.dialogs if not each.gone]),
    )


def _dialog(kept: KeptDialog, conversation_id: str) -> DialogFacts:
    dialog_id = conversation_id if kept.id == conversation_id else kept.id
    members = [
        Member(each.user, each.agent, each.role, each.state) for each in kept.members
    ]
    return DialogFacts(
        dialog_id,
        kept.type,
        kept.channel,
        kept.state,
        kept.created,
        kept.ended,
        kept.updated,
        kept.closed_by,
        kept.closed_cause,
        kept.meta_data,
        tuple(members),
    )


def _said(dialog: KeptDialog, conversation_id: str, most: int) -> Sequence[Said]:
    by_number: dict[int, Said] = {}
    for each in dialog.messages[-most:] if most else ():
        record = _record(each, conversation_id, dialog.id)
        said = Digested(record, each.digest) if each.digest else Said(record)
        said.marks = tuple([Mark(*_parts(mark)) for mark in each.marks])
        by_number[said.sequence] = said
    return [by_number[number] for number in sorted(by_number)]


def _parts(mark: Any) -> tuple[str, str, str]:
    return mark.user, mark.role, mark.status


def _record(kept: KeptMessage, conversation_id: str, dialog_id: str) -> MessageEvent:
    event = Event(
        kept.type,
        kept.content_type,
        kept.message,
        kept.content,
        kept.quick_replies,
    )
    return MessageEvent(
        event,
        conversation_id,
        dialog_id,
        kept.sequence,
        kept.sender,
        kept.pid,
        OriginatorMetadata(kept.pid, kept.role, kept.client_properties),
        kept.time,
        kept.audience,
        kept.metadata,
    )
