"""Writing down what is known of conversations; the records are in ``core.kept``.

What is captured on the loop's thread are facts that are replaced and never changed, so
any thread may write them down afterwards.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from ums_actors.core.kept import (
    LIBRARY,
    SCHEMA,
    Kept,
    KeptConversation,
    KeptDialog,
    KeptMark,
    KeptMember,
    KeptMessage,
)
from ums_actors.core.linger import TOLD
from ums_actors.protocol.enums import EventType
from ums_actors.protocol.envelopes import UNWRITABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from ums_actors.core.card import Card
    from ums_actors.core.facts import ConversationFacts, DialogFacts
    from ums_actors.core.talk import Said
    from ums_actors.protocol.messages import MessageEvent

__all__ = ["Heard", "Sight", "capture", "digest", "document", "text_digest", "written"]


class Heard(NamedTuple):
    """What was said in a dialog.

    Attributes:
        said: by their numbers.
        last: the number after which it is left out, since it is heard again; None if
            nothing is.
    """

    said: tuple[Said, ...]
    last: int | None

    def kept(self) -> Iterator[Said]:
        """Give what is not left out."""
        last = self.last
        return (each for each in self.said if last is None or each.sequence <= last)


class Sight(NamedTuple):
    """A conversation as it was at one moment; any thread.

    Attributes:
        facts: what the service told of it.
        said: what was said, by dialog.
        consumer: the last consumer that was seen in it.
        note_digest: of a note that is known by that alone.
        webhooks: whether webhooks told of it.
    """

    facts: ConversationFacts
    said: Mapping[str, Heard]
    consumer: str
    note_digest: str = ""
    webhooks: bool = False


_NOTHING_SAID: Final = Heard((), None)


def capture(
    card: Card[Any],
    place: Callable[[str], int | None],
    *,
    dialog: DialogFacts | None = None,
    note_digest: str = "",
) -> Sight:
    """Look at a conversation; loop thread, and quick.

    Args:
        card: what is kept of it.
        place: gives the number of a dialog's last event that has been taken, None if it
            is not known.
        dialog: of this one alone.
        note_digest: of a note that is known by that alone.
    """
    facts = card.facts
    said = {
        where: Heard(talk.said, place(where))
        for where, talk in (card.talks or {}).items()
        if dialog is None or where == dialog.dialog_id
    }
    if dialog is not None:
        facts = type(facts)(facts.conversation_id, dialogs=(dialog,))
    return Sight(facts, said, card.consumer_id, note_digest, TOLD in card.sources)


def written(sight: Sight, *, bodies: bool) -> bytes:
    """Write a conversation; any thread, may take a millisecond.

    What cannot be written, since it is nested too deep, is written without bodies.
    """
    try:
        return msgspec.json.encode(_conversation(sight, bodies=bodies))
    except UNWRITABLE:
        return msgspec.json.encode(_conversation(sight, bodies=False))


def document(
    kind: str,
    conversations: Iterable[bytes],
    *,
    account: str,
    user: str,
    side: str,
    bodies: bool,
    **more: Any,
) -> bytes:
    """Put the whole together; arguments are the fields of :class:`Kept`."""
    kept = Kept(
        library=LIBRARY,
        schema=SCHEMA,
        kind=kind,
        account=account,
        user=user,
        side=side,
        bodies=bodies,
        conversations=[msgspec.Raw(each) for each in conversations],
        **more,
    )
    return msgspec.json.encode(kept)


def digest(record: MessageEvent) -> str:
    """Give the SHA-256 of what a message says, in hexadecimal digits."""
    event = record.event
    rich = event.type == EventType.RICH_CONTENT
    return _digest(event.content if rich else event.message)


def text_digest(text: str) -> str:
    """Give the SHA-256 of a text, in hexadecimal digits."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _digest(body: Any) -> str:
    if isinstance(body, str):
        return text_digest(body)
    try:
        data = msgspec.json.encode(body, order="sorted")
    except UNWRITABLE:
        data = b""  # nested too deep
    return hashlib.sha256(data).hexdigest()


def _conversation(sight: Sight, *, bodies: bool) -> KeptConversation:
    facts = sight.facts
    note, csat = facts.note, facts.csat
    last = facts.last_content
    return KeptConversation(
        id=facts.conversation_id,
        account=facts.account_id,
        skill=facts.skill_id,
        group=facts.group_id,
        note=note if bodies else None,
        note_digest=sight.note_digest if bodies or note is None else text_digest(note),
        topic=facts.topic if bodies else None,
        state=facts.state,
        stage=facts.stage,
        started=facts.started,
        ended=facts.ended,
        close_reason=facts.close_reason,
        updated=facts.updated,
        changed=facts.changed,
        first=facts.first_conversation,
        ttr_type=facts.ttr.ttr_type,
        ttr_value=facts.ttr.value,
        effective_ttr=facts.effective_ttr,
        manual_ettr=facts.manual_ettr,
        delay=facts.delay if bodies else None,
        csat_rate=None if csat is None else csat.csat_rate,
        csat_resolved=None if csat is None else csat.csat_resolution_confirmation,
        csat_status=None if csat is None else csat.status,
        campaign=facts.campaign.campaign_id,
        engagement=facts.campaign.engagement_id,
        handler_account=facts.handler.account_id,
        handler_skill=facts.handler.skill_id,
        app_install=facts.app_install_id,
        context=facts.context if bodies else msgspec.Raw(b"null"),
        unread=facts.unread,
        consumer=sight.consumer,
        webhooks=sight.webhooks,
        last_content=None if last is None else _message(last, (), "", bodies=bodies),
        dialogs=_dialogs(sight, bodies=bodies),
    )


def _dialogs(sight: Sight, *, bodies: bool) -> list[KeptDialog]:
    found = [
        _dialog(each, sight.said.get(each.dialog_id, _NOTHING_SAID), bodies=bodies)
        for each in sight.facts.dialogs
    ]
    shown = {each.id for each in found}
    for dialog_id, said in sight.said.items():  # that it had once
        if dialog_id not in shown:
            found.append(
                KeptDialog(
                    id=dialog_id, gone=True, messages=_messages(said, bodies=bodies)
                )
            )
    return found


def _dialog(facts: DialogFacts, said: Heard, *, bodies: bool) -> KeptDialog:
    return KeptDialog(
        id=facts.dialog_id,
        type=facts.dialog_type,
        channel=facts.channel_type,
        state=facts.state,
        created=facts.created,
        ended=facts.ended,
        updated=facts.updated,
        closed_by=facts.closed_by,
        closed_cause=facts.closed_cause,
        meta_data=facts.meta_data if bodies else None,
        members=[
            KeptMember(each.user_id, each.agent_id, each.role, each.state)
            for each in facts.members
        ],
        messages=_messages(said, bodies=bodies),
    )


def _messages(heard: Heard, *, bodies: bool) -> list[KeptMessage]:
    return [
        _message(each.record, each.marks, each.digest, bodies=bodies, within=True)
        for each in heard.kept()
    ]


def _message(
    record: MessageEvent,
    marks: Iterable[Any],
    known_digest: str,
    *,
    bodies: bool,
    within: bool = False,
) -> KeptMessage:
    event = record.event
    kept = KeptMessage(
        record.sequence,
        record.server_timestamp,
        record.originator_id,
        record.originator_pid,
        record.originator_metadata.role,
        record.message_audience,
        event.type,
        event.content_type,
        "" if within else record.dialog_id,
        [KeptMark(*each) for each in marks],
        known_digest,
    )
    if not bodies:
        if known_digest or not within:
            return kept
        return msgspec.structs.replace(kept, digest=digest(record))
    return msgspec.structs.replace(
        kept,
        message=event.message,
        content=event.content,
        quick_replies=event.quick_replies,
        metadata=record.metadata,
        client_properties=record.originator_metadata.client_properties,
    )
