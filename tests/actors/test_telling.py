from __future__ import annotations

import msgspec
import pytest

from ums_actors.actors import conversation_events as events
from ums_actors.actors.telling import event_of, kind_of
from ums_actors.core.card import News
from ums_actors.core.changes import Change, What
from ums_actors.core.conversations import ConversationBook
from ums_actors.core.facts import Member
from ums_actors.model.conversation import Conversation
from ums_actors.protocol.conversations import ConversationResult
from ums_actors.protocol.ids import IdTable
from ums_actors.testing.notifications import ACCOUNT, conversation

MEMBER = Member("u", None, "MANAGER")


@pytest.fixture
def card():
    book = ConversationBook(IdTable(ACCOUNT), lambda card: Conversation(card, None))
    book.upsert(msgspec.convert(conversation("C"), ConversationResult), "s")
    return book.get("C")


@pytest.mark.parametrize("what", What)
def test_every_change_is_an_event_of_its_own(card, what):
    change = Change(what, card.facts.main, MEMBER, "before", "now")
    wanted = set(kind_of(change).__struct_fields__)
    if "dialog" not in wanted:
        change = change._replace(dialog=None, member=None)
    elif "participant" not in wanted:
        change = change._replace(member=None)
    event = event_of(News(card, change), None)
    assert type(event) is kind_of(change)
    assert (event.conversation_id, event.conversation) == ("C", card.view)
    assert getattr(event, "dialog_id", "C") == "C"


def test_no_two_changes_are_the_same_event():
    kinds = {kind_of(Change(what)) for what in What}
    assert len(kinds) == len(What)
    bases = {base for kind in kinds for base in kind.__mro__} - kinds
    assert kinds == {getattr(events, name) for name in events.__all__} - bases


@pytest.mark.parametrize(
    ("what", "state"),
    [
        (What.LEFT, "REMOVED"),
        (What.WITHDRAWN, "REMOVED"),
        (What.JOINED, "ACTIVE"),
        (What.STEPPED_UP, "ACTIVE"),
    ],
)
def test_who_has_left_is_shown_as_removed(card, what, state):
    event = event_of(News(card, Change(what, card.facts.main, MEMBER)), None)
    assert event.participant.state == state
