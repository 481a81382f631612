from __future__ import annotations

import msgspec
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from msgspec.structs import replace

from ums_actors.core.changes import What
from ums_actors.core.conversations import ConversationBook
from ums_actors.core.keeping import text_digest
from ums_actors.core.linger import ENDED_FOR, TOLD
from ums_actors.core.recalling import Recalled
from ums_actors.core.talk import Said
from ums_actors.protocol.conversations import ConversationResult
from ums_actors.protocol.ids import IdTable
from ums_actors.protocol.messages import Event, MessageEvent, OriginatorMetadata
from ums_actors.testing.notifications import ACCOUNT, conversation, dialog

OPENED, CLOSED, REMOVED = What.OPENED, What.CLOSED, What.REMOVED
DIALOG, DIALOG_OPENED = What.DIALOG_CLOSED, What.DIALOG_OPENED
TIMEOUT = 5.0


def result(told):
    return msgspec.convert(told, ConversationResult)


class Book:
    """A book whose objects are their ids, with a clock, and news in short."""

    def __init__(self, **settings):
        settings = {"clear_timeout": TIMEOUT, **settings}
        self.book = ConversationBook(
            IdTable(ACCOUNT), lambda card: card.conversation_id, **settings
        )
        self.now = 100.0

    def upsert(self, conversation_id="C", source="s", **more):
        told = result(conversation(conversation_id, **more))
        return short(self.book.upsert(told, source))

    def delete(self, conversation_id="C", source="s", **more):
        told = result(conversation(conversation_id, **more))
        return short(self.book.delete(told, source, self.now))

    def tell(self, conversation_id="C", **more):
        told = result(conversation(conversation_id, **more))
        return short(self.book.told(told, self.now))

    def wait(self, seconds):
        self.now += seconds
        return short(self.book.due(self.now))

    def snapshot(self, *shown, source="s", whole=True):
        found = [each for one in shown for each in self.upsert(one, source, at=5000)]
        self.book.snapshot_over(source, set(shown), self.now, whole=whole)
        return found

    def lose(self, *sources):
        self.book.line_lost(set(sources))

    def card(self, conversation_id="C"):
        return self.book.get(conversation_id)

    def ids(self):
        return {card.conversation_id for card in self.book}


def short(news):
    return [(each.card.view, each.change.what) for each in news]


@pytest.fixture
def book():
    return Book()


# -- what is told without a subscription


def test_one_that_is_told_of_stays_while_it_is_open_and_three_minutes_more(book):
    assert book.tell(at=1) == [("C", OPENED)]
    assert book.tell(at=1) == []
    book.snapshot("D")
    book.lose("s")
    book.book.settled(book.now)
    assert book.wait(9_999) == []
    assert book.tell(at=2, stage="CLOSE") == [("C", CLOSED)]
    assert book.book.next_at() == book.now + ENDED_FOR
    assert book.wait(ENDED_FOR) == []
    assert book.book.next_at() == book.now + TIMEOUT
    assert book.wait(TIMEOUT) == [("C", REMOVED)]


def test_what_is_told_late_finds_it_and_changes_nothing(book):
    book.tell(at=5, stage="CLOSE")
    book.wait(ENDED_FOR)
    assert book.tell(at=4) == []
    assert book.card().out_of_order == 1
    assert book.wait(TIMEOUT) == [("C", REMOVED)]


def test_one_that_is_told_of_and_shown_leaves_with_both(book):
    book.upsert(at=1)
    book.tell(at=1)
    assert book.card().sources == ("s", TOLD)
    book.tell(at=2, stage="CLOSE")
    book.delete(at=2, stage="CLOSE")
    assert book.wait(TIMEOUT) == []
    assert book.wait(ENDED_FOR) == []
    assert book.wait(TIMEOUT) == [("C", REMOVED)]


def test_what_has_no_id_is_not_told(book):
    assert book.tell("") == []
    assert book.ids() == set()


# -- what is told


def test_a_conversation_is_opened_once_whoever_shows_it(book):
    assert book.upsert() == [("C", OPENED)]
    assert book.upsert() == []
    assert book.upsert(source="other") == []
    assert (len(book.book), book.card().view) == (1, "C")


def test_one_that_has_ended_when_it_is_first_seen_is_opened_too(book):
    assert book.upsert(stage="CLOSE") == [("C", OPENED)]


def test_what_is_told_again_is_counted_and_ignored(book):
    book.upsert()
    book.upsert()
    book.upsert(source="other")
    card = book.card()
    assert (card.notifications, card.ignored, card.out_of_order) == (3, 2, 0)


def test_what_is_older_than_known_is_counted_and_dropped(book):
    book.upsert(at=2000, note="new")
    assert book.upsert(at=1999, note="old") == []
    card = book.card()
    assert (card.facts.note, card.out_of_order, card.ignored) == ("new", 1, 0)
    book.upsert(at=1998)
    book.upsert(at=2001, dialogs=[dialog("C", at=1999)])
    assert card.out_of_order == 3
    assert card.removed is False


def test_what_is_as_old_as_known_applies(book):
    book.upsert(at=2000, note="one")
    assert book.upsert(at=2000, note="two") == [("C", What.NOTE)]


def test_a_dialog_that_is_told_late_counts_as_out_of_order(book):
    book.upsert(at=2000, dialogs=[dialog("C", at=2000)])
    book.upsert(at=2001, dialogs=[dialog("C", at=1999, state="CLOSE")])
    card = book.card()
    assert (card.out_of_order, card.ignored, card.facts.main.open) == (1, 0, True)


def test_a_dialog_that_is_told_late_is_nothing_that_was_known_already(book):
    book.upsert(at=2000)
    book.upsert(at=2000, dialogs=[dialog("C", at=1999, state="CLOSE")])
    assert (book.card().out_of_order, book.card().ignored) == (1, 0)


def test_a_result_without_details_changes_what_it_has(book):
    book.upsert(note="n")
    bare = ConversationResult(conv_id="C", unread={"cons": 4})
    assert short(book.book.upsert(bare, "s")) == []
    facts = book.card().facts
    assert (facts.note, facts.unread, len(facts.main.members)) == ("n", {"cons": 4}, 2)
    last = {"sequence": 3, "dialogId": "C"}
    told = {"convId": "C", "lastContentEventNotification": last}
    book.book.upsert(result(told), "s")
    assert book.card().facts.last_content.sequence == 3
    facts = book.card().facts
    again = ConversationResult(conv_id="C")
    book.book.upsert(again, "s")
    assert (book.card().facts, book.card().ignored) == (facts, 1)


def test_a_result_that_names_no_conversation_is_none(book):
    assert short(book.book.upsert(ConversationResult(), "s")) == []
    assert len(book.book) == 0


def test_one_hears_of_an_ending_once_though_it_is_told_by_an_upsert_and_a_delete(book):
    book.upsert()
    assert book.upsert(at=1001, stage="CLOSE") == [("C", CLOSED)]
    assert book.delete(at=1001, stage="CLOSE") == []


def test_a_delete_counts_as_a_notification(book):
    book.upsert()
    book.upsert()
    book.delete()
    assert book.card().notifications == 3


def test_snapshots_that_are_cut_are_counted(book):
    book.upsert()
    for _ in range(2):
        book.snapshot(whole=False)
    assert book.book.cut == 2
    assert book.book.next_at() is None


def test_an_ending_that_a_delete_tells_is_heard(book):
    book.upsert()
    assert book.delete(at=1001, stage="CLOSE") == [("C", CLOSED)]


def test_a_step_up_in_two_parts_is_noticed(book):
    book.upsert(at=1000, dialogs=[dialog("C", ("CONSUMER", "cons"))])
    book.upsert(at=1001, dialogs=[dialog("C", ("MANAGER", "m"), at=1001)])
    found = book.upsert(at=1002, dialogs=[dialog("C", ("CONSUMER", "new"), at=1002)])
    assert ("C", What.STEPPED_UP) in found
    assert book.card().consumer_id == "new"


# -- coming and going


def test_one_that_leaves_is_removed_after_a_while(book):
    book.upsert()
    assert book.delete() == []
    assert book.book.next_at() == book.now + TIMEOUT
    assert book.wait(TIMEOUT - 0.1) == []
    card = book.card()
    assert book.wait(0.1) == [("C", REMOVED)]
    assert (book.card(), card.removed, card.sources) == (None, True, ())
    assert book.book.next_at() is None


def test_one_that_comes_back_in_time_stays_and_is_not_announced(book):
    book.upsert()
    book.delete()
    book.wait(TIMEOUT / 2)
    assert book.upsert(at=1001) == []
    assert book.wait(TIMEOUT * 2) == []
    assert book.ids() == {"C"}


def test_one_that_comes_back_after_its_removal_is_announced_again(book):
    book.upsert()
    book.delete()
    book.wait(TIMEOUT)
    assert book.upsert() == [("C", OPENED)]


def test_one_that_another_subscription_shows_stays(book):
    book.upsert(source="a")
    book.upsert(source="b")
    book.delete(source="a")
    assert book.wait(TIMEOUT) == []
    book.delete(source="b")
    assert book.wait(TIMEOUT) == [("C", REMOVED)]


def test_a_delete_of_what_was_never_shown_is_nothing(book):
    assert book.delete() == []
    assert book.wait(TIMEOUT) == []


def test_a_delete_that_its_own_subscription_has_overtaken_is_nothing(book):
    book.upsert(at=1000)
    book.upsert(at=1002)  # it has come back, and this was faster
    assert book.delete(at=1001) == []
    assert book.wait(TIMEOUT) == []


def test_a_delete_that_another_subscription_has_overtaken_counts(book):
    book.upsert(at=1000, source="a")
    book.upsert(at=1002, source="b")
    book.delete(at=1001, source="a")
    book.delete(at=1002, source="b")
    assert book.wait(TIMEOUT) == [("C", REMOVED)]


def test_the_time_of_a_removal_is_that_of_the_first_leaving(book):
    book.upsert("A")
    book.upsert("B")
    book.delete("A")
    book.wait(1)
    book.delete("B")
    book.delete("A")
    assert book.wait(TIMEOUT - 1) == [("A", REMOVED)]
    assert book.wait(1) == [("B", REMOVED)]


# -- another line


def test_a_snapshot_removes_what_it_does_not_show_any_more(book):
    book.snapshot("A", "B")
    book.lose("s")
    assert book.snapshot("B") == []
    assert book.wait(TIMEOUT) == [("A", REMOVED)]


def test_a_snapshot_speaks_for_its_own_subscription_alone(book):
    book.snapshot("A", source="a")
    book.snapshot("B", source="b")
    book.lose("a", "b")
    book.snapshot(source="a")
    assert book.wait(TIMEOUT) == [("A", REMOVED)]


def test_a_snapshot_that_was_cut_removes_nothing(book):
    book.snapshot("A")
    book.lose("s")
    book.snapshot("B", whole=False)
    assert book.wait(TIMEOUT) == []
    assert (book.ids(), book.book.cut) == ({"A", "B"}, 1)


def test_there_is_room_for_so_many():
    book = Book(limit=2)
    assert book.book.has_room
    book.upsert("A")
    assert book.book.has_room
    book.upsert("B")
    assert not book.book.has_room


def test_a_snapshot_tells_what_has_changed_meanwhile(book):
    book.upsert()
    book.lose("s")
    assert book.upsert(at=2000, stage="CLOSE") == [("C", CLOSED)]


def test_what_a_subscription_made_by_hand_showed_is_doubtful_after_the_line(book):
    book.upsert("A", source="s")
    book.upsert("B", source="by hand")
    book.upsert("C", source="by hand")
    book.lose("s")
    assert book.book.doubts
    assert book.wait(TIMEOUT * 2) == []
    book.upsert("C", source="s")
    book.book.settled(book.now)
    assert not book.book.doubts
    assert book.wait(TIMEOUT) == [("B", REMOVED)]


def test_an_ended_subscription_shows_nothing_any_more(book):
    book.upsert("A", source="a")
    book.upsert("B", source="a")
    book.upsert("B", source="b")
    book.book.ended("a", book.now)
    assert book.wait(TIMEOUT) == [("A", REMOVED)]


def test_another_user_begins_with_nothing(book):
    book.upsert("A")
    book.upsert("B", stage="CLOSE")
    assert sorted(short(book.book.abandon()), key=str) == [
        ("A", REMOVED),
        ("B", REMOVED),
    ]
    assert (len(book.book), book.book.next_at()) == (0, None)


# -- bounds


def test_where_there_is_no_room_the_ended_ones_go_first_then_the_oldest():
    book = Book(limit=3)
    book.upsert("A")
    book.upsert("B", stage="CLOSE")
    book.upsert("C")
    assert book.upsert("D") == [("B", REMOVED), ("D", OPENED)]
    book.upsert("A", at=2000)  # heard of just now
    assert book.upsert("E") == [("C", REMOVED), ("E", OPENED)]
    assert (book.ids(), book.book.evicted) == ({"A", "D", "E"}, 2)


def test_one_that_was_evicted_while_it_was_leaving_is_not_removed_again():
    book = Book(limit=1)
    book.upsert("A")
    book.delete("A")
    book.upsert("B")
    assert book.wait(TIMEOUT) == []


def test_one_that_was_evicted_while_it_was_leaving_may_come_back_for_good():
    book = Book(limit=1)
    book.upsert("A")
    book.delete("A")
    book.upsert("B")
    book.upsert("A")
    assert book.wait(TIMEOUT) == []
    assert book.ids() == {"A"}


# -- what is said


def said(text="hi", sequence=0, conversation_id="C", dialog_id="C", **more):
    event = Event("ContentEvent", message=text)
    return MessageEvent(event, conversation_id, dialog_id, sequence, "cons", **more)


def status(sequences, user="cons", role="", word="READ", dialog_id="C"):
    event = Event("AcceptStatusEvent", status=word, sequence_list=sequences)
    return MessageEvent(
        event, "C", dialog_id, 9, user, originator_metadata=OriginatorMetadata("", role)
    )


def texts(book, dialog_id="C"):
    talk = book.card().talk(dialog_id)
    return [each.record.event.text for each in talk.said]


def test_what_is_said_is_kept_with_its_conversation(book):
    book.upsert()
    first = book.book.heard(said("one", 0))
    book.book.heard(said("two", 1))
    assert (first.record.event.text, texts(book)) == ("one", ["one", "two"])


def test_what_is_said_where_nothing_is_known_is_a_message_all_the_same(book):
    assert book.book.heard(said("one")).record.event.text == "one"


def test_a_dialog_says_which_conversation_it_is_of(book):
    book.upsert(dialogs=[dialog("C"), dialog("D", dialogType="POST_SURVEY")])
    book.book.heard(said("answer", conversation_id="", dialog_id="D"))
    book.book.heard(said("hello", conversation_id="", dialog_id="C"))
    assert (texts(book, "D"), texts(book)) == (["answer"], ["hello"])
    book.upsert(at=2000, dialogs=[dialog("C", at=2000)])
    assert book.book.find("", "D") is None


def test_who_read_a_message_is_known_by_the_role_told_or_else_by_that_in_the_dialog(
    book,
):
    book.upsert()
    book.book.heard(said("one", 0))
    book.book.heard(said("two", 1))
    assert book.book.heard(status([0])) is None
    book.book.heard(status([1], "somebody", "MANAGER"))
    book.book.heard(status([1], "a stranger"))
    marks = [[mark[:2] for mark in each.marks] for each in book.card().talk("C").said]
    assert marks == [
        [("cons", "CONSUMER")],
        [("somebody", "MANAGER"), ("a stranger", "")],
    ]


def chat(state, user="cons", dialog_id="C"):
    event = Event("ChatStateEvent", chat_state=state)
    return MessageEvent(event, "C", dialog_id, None, user)


def test_what_of_a_status_is_news_is_given(book):
    book.upsert()
    message = book.book.heard(said("one", 0))
    noted = book.book.noted(status([0, 5], word="VIEWED"))
    assert (noted.card, noted.role) == (book.card(), "CONSUMER")
    assert noted.marked.mark == ("cons", "CONSUMER", "VIEWED")
    assert (noted.marked.numbers, noted.marked.messages) == ((0, 5), (message,))
    assert book.book.noted(status([0], word="VIEWED")) is None


def test_what_of_a_chat_state_is_news_is_given(book):
    book.upsert()
    first = book.book.noted(chat("COMPOSING"))
    assert (first.card, first.role, first.chat_state) == (
        book.card(),
        "CONSUMER",
        None,
    )
    assert first.marked is None
    assert book.book.noted(chat("COMPOSING")) is None
    assert book.book.noted(chat("PAUSE")).chat_state == "COMPOSING"


def test_of_what_is_unknown_there_is_no_news(book):
    assert book.book.noted(status([0])) is None
    book.upsert()
    event = MessageEvent(Event("NewEvent"), "C", "C", None, "cons")
    assert book.book.noted(event) is None


def test_who_leaves_is_remembered_by_dialog(book):
    people = ("CONSUMER", "cons"), ("ASSIGNED_AGENT", f"{ACCOUNT}.u1")
    book.upsert(dialogs=[dialog("C", *people)])
    book.upsert(at=2000, dialogs=[dialog("C", people[0], at=2000)])
    (left,) = book.card().left["C"]
    assert (left.agent_id, left.role) == (f"{ACCOUNT}.u1", "ASSIGNED_AGENT")


def test_a_role_is_that_in_the_dialog_of_which_something_is_said(book):
    people = ("CONSUMER", "cons"), ("READER", "cons")
    book.upsert(dialogs=[dialog("C", people[0]), dialog("D", people[1])])
    book.book.heard(said("one", 0, dialog_id="D"))
    book.book.heard(status([0], dialog_id="D"))
    (message,) = book.card().talk("D").said
    assert message.marks[0][:2] == ("cons", "READER")


def test_a_conversation_is_found_by_its_id_or_by_that_of_a_dialog(book):
    book.upsert(dialogs=[dialog("C"), dialog("D", dialogType="POST_SURVEY")])
    card = book.card()
    assert book.book.find("C", "unknown") is book.book.find("", "D") is card
    assert book.book.find("", "unknown") is None


def test_what_somebody_is_doing_is_known(book):
    book.upsert()
    event = Event("ChatStateEvent", chat_state="COMPOSING")
    told = MessageEvent(event, "C", "C", None, "cons")
    assert book.book.heard(told) is None
    assert book.card().talk("C").chat_states == {"cons": "COMPOSING"}


def test_dialogs_of_which_messages_are_kept_are_bounded(book):
    book.upsert()
    for number in range(200):
        book.book.heard(said(dialog_id=f"D{number}"))
    assert len(book.card().talks) == 50


def test_a_status_of_what_is_not_known_changes_nothing(book):
    assert book.book.heard(status([0])) is None
    assert len(book.book) == 0


def test_an_event_of_a_kind_that_is_not_known_is_let_pass(book):
    book.upsert()
    told = MessageEvent(Event("WaveEvent"), "C", "C", 0, "cons")
    assert book.book.heard(told) is None
    assert texts(book) == []


# -- at random, against a simple model

CONVERSATIONS, SOURCES = ["A", "B", "C"], ["x", "y"]
TIMES = st.integers(1, 8)
STAGES = st.sampled_from(["OPEN", "CLOSE"])


class AtRandom(RuleBasedStateMachine):
    """Told the same, the book knows what a plain dict of what was told knows."""

    def __init__(self):
        super().__init__()
        self.book = Book()
        self.known = {}

    def expect(self, found, expected):
        assert found == expected

    def take(self, name, at, stage, note):
        """Apply a state to the model; give what is to be told of it."""
        entry = self.known[name]
        if at < entry["at"]:
            return []
        expected = []
        if (entry["stage"], stage) == ("CLOSE", "OPEN"):
            expected.append((name, OPENED))
        if entry["note"] != note:
            expected.append((name, What.NOTE))
        if (entry["stage"], stage) == ("OPEN", "CLOSE"):
            expected.append((name, CLOSED))
        entry.update(at=at, stage=stage, note=note)
        return expected

    def go(self, name, source):
        entry = self.known[name]
        entry["sources"].discard(source)
        if not entry["sources"] and entry["due"] is None:
            entry["due"] = self.book.now + TIMEOUT

    @rule(
        name=st.sampled_from(CONVERSATIONS),
        source=st.sampled_from(SOURCES),
        at=TIMES,
        stage=STAGES,
        note=st.sampled_from([None, "n"]),
    )
    def upsert(self, name, source, at, stage, note):
        found = self.book.upsert(name, source, at=at, stage=stage, note=note)
        if name in self.known:
            self.known[name]["sources"].add(source)
            self.known[name]["due"] = None
            self.expect(found, self.take(name, at, stage, note))
        else:
            self.known[name] = {
                "at": at,
                "stage": stage,
                "note": note,
                "sources": {source},
                "due": None,
            }
            self.expect(found, [(name, OPENED)])

    @rule(
        name=st.sampled_from(CONVERSATIONS),
        source=st.sampled_from(SOURCES),
        at=TIMES,
        stage=STAGES,
    )
    def delete(self, name, source, at, stage):
        found = self.book.delete(name, source, at=at, stage=stage)
        if name not in self.known:
            self.expect(found, [])
            return
        entry = self.known[name]
        overtaken = entry["sources"] == {source} and at < entry["at"]
        self.expect(found, self.take(name, at, stage, None))
        if not overtaken:
            self.go(name, source)

    @rule(source=st.sampled_from(SOURCES), shown=st.sets(st.sampled_from("ABC")))
    def snapshot(self, source, shown):
        self.book.lose(*SOURCES)
        for name in sorted(shown):
            entry = self.known.get(name, {"at": 1, "stage": "OPEN", "note": None})
            same = entry["at"], entry["stage"], entry["note"]
            self.upsert(name, source, *same)
        self.book.book.snapshot_over(source, shown, self.book.now)
        for name, entry in self.known.items():
            if name not in shown and source in entry["sources"]:
                self.go(name, source)

    @rule(source=st.sampled_from(SOURCES))
    def end(self, source):
        self.book.book.ended(source, self.book.now)
        for name, entry in self.known.items():
            if source in entry["sources"]:
                self.go(name, source)

    @rule(seconds=st.sampled_from([0.0, 1.0, 2.5, TIMEOUT]))
    def wait(self, seconds):
        found = self.book.wait(seconds)
        due = {
            name
            for name, entry in self.known.items()
            if entry["due"] is not None and entry["due"] <= self.book.now
        }
        assert {name for name, what in found} == due
        assert len(found) == len(due)
        for name in due:
            del self.known[name]

    @invariant()
    def the_same_is_known(self):
        assert self.book.ids() == set(self.known)
        for name, entry in self.known.items():
            card = self.book.card(name)
            facts = card.facts
            assert (facts.updated, facts.stage, facts.note) == (
                entry["at"],
                entry["stage"],
                entry["note"],
            )
            assert set(card.sources) == entry["sources"]
            assert len(card.sources) == len(entry["sources"])


TestAtRandom = AtRandom.TestCase


class Crowded(RuleBasedStateMachine):
    """Whatever comes, no more is kept than allowed, and each removal is told once."""

    def __init__(self):
        super().__init__()
        self.book = Book(limit=3)
        self.alive = set()

    def hear(self, found):
        for name, what in found:
            if what is REMOVED:
                self.alive.remove(name)
            elif what is OPENED:
                self.alive.add(name)

    @rule(name=st.sampled_from("ABCDEF"), at=TIMES, stage=STAGES)
    def upsert(self, name, at, stage):
        known = name in self.alive
        found = self.book.upsert(name, at=at, stage=stage)
        assert known or found[-1] == (name, OPENED)
        self.hear(found)

    @rule(name=st.sampled_from("ABCDEF"), at=TIMES)
    def delete(self, name, at):
        self.hear(self.book.delete(name, at=at))

    @rule(seconds=st.sampled_from([1.0, TIMEOUT]))
    def wait(self, seconds):
        self.hear(self.book.wait(seconds))

    @invariant()
    def all_that_is_alive_is_known(self):
        assert self.book.ids() == self.alive
        assert len(self.alive) <= 3


TestCrowded = Crowded.TestCase


# -- what an earlier process knew


def earlier(book, **more):
    """Look at what a book knows of a conversation as it will be read again."""
    card = book.card()
    kept = {where: talk.said for where, talk in (card.talks or {}).items()}
    parts = {"consumer": card.consumer_id, "note_digest": "", **more}
    return Recalled(parts.pop("facts", card.facts), kept, **parts)


def recall(book, known, **more):
    return short(book.book.recall(known, book.now, **more))


def test_what_was_known_is_known_and_not_announced():
    old, new = Book(), Book()
    old.upsert(at=1000, note="n")
    old.book.heard(said(sequence=1))
    assert recall(new, earlier(old)) == []
    card = new.card()
    assert card.facts == old.card().facts
    assert (card.notifications, card.view, card.sources) == (0, "C", ("saved",))
    assert [each.sequence for each in card.talk("C").said] == [1]
    assert new.upsert(at=2000, note="other") == [("C", What.NOTE)]
    assert card.sources == ("s",)
    new.book.all_shown(new.now)
    assert new.wait(TIMEOUT) == []


def test_what_is_shown_by_no_subscription_goes():
    old, new = Book(), Book()
    old.upsert()
    recall(new, earlier(old))
    new.lose("s")
    assert not new.book.doubts
    new.book.all_shown(new.now)
    assert new.wait(TIMEOUT) == [("C", REMOVED)]


def test_of_what_is_known_the_newer_state_stays():
    old, new = Book(), Book()
    old.upsert(at=1000, note="old")
    old.book.heard(said(sequence=1))
    new.upsert(at=2000, note="new")
    assert recall(new, earlier(old)) == []
    assert new.card().facts.note == "new"
    assert new.card().sources == ("s",)
    assert [each.sequence for each in new.card().talk("C").said] == [1]


def test_a_newer_one_than_is_known_is_told():
    old, new = Book(), Book()
    old.upsert(at=3000, note="newer")
    new.upsert(at=2000, note="old")
    assert recall(new, earlier(old), pinned=True) == [("C", What.NOTE)]
    assert new.card().sources == ("s", "loaded")


def test_the_last_consumer_is_remembered_though_it_has_left():
    old, new = Book(), Book()
    old.upsert()
    left = replace(old.card().facts, dialogs=())
    recall(new, earlier(old, facts=left))
    assert new.card().consumer_id == old.card().consumer_id != ""


def test_there_is_room_for_what_is_loaded_or_the_oldest_goes():
    old, new = Book(), Book(limit=1)
    old.upsert()
    new.upsert("B")
    assert recall(new, earlier(old)) == [("B", REMOVED)]
    assert new.ids() == {"C"}


@pytest.mark.parametrize(
    ("note", "told"),
    [("same", []), ("other", [("C", What.NOTE)]), (None, [])],
)
def test_a_note_that_is_known_by_its_digest_is_compared_by_it(note, told):
    old, new = Book(), Book()
    old.upsert(at=1000)
    recall(new, earlier(old, note_digest=text_digest("same")))
    assert new.book.note_digest(new.card()) == text_digest("same")
    more = {} if note is None else {"note": note}
    assert new.upsert(at=2000, **more, skillId="9") == [
        *[("C", What.SKILL)][:1],
        *told,
    ]
    assert new.book.note_digest(new.card()) == ""


def test_the_digest_of_a_note_goes_with_its_conversation():
    old, new = Book(), Book()
    old.upsert(at=1000)
    assert old.book.note_digest(old.card()) == ""
    recall(new, earlier(old, note_digest="x"))
    card = new.card()
    new.book.abandon()
    assert new.book.note_digest(card) == ""


def test_what_was_taken_over_alone_can_be_unloaded():
    old, new = Book(), Book()
    old.upsert()
    recall(new, earlier(old))
    card = new.card()
    assert new.book.unload(card)
    assert new.ids() == set()
    assert card.removed


def test_what_others_show_stays():
    old, new = Book(), Book()
    old.upsert()
    new.upsert()
    recall(new, earlier(old), pinned=True)
    assert new.book.unload(new.card())
    assert new.card().sources == ("s",)
    assert not new.book.unload(new.card())


def test_one_dialog_is_taken_over_if_it_is_new_or_newer():
    old, new = Book(), Book()
    old.upsert(at=1000)
    old.book.heard(said(sequence=1))
    new.upsert(at=1000)
    card = new.card()
    main = card.facts.main
    for changed, told in (
        (main, []),
        (replace(main, updated=(main.updated or 0) + 1, state="CLOSE"), [DIALOG]),
        (replace(main, dialog_id="other"), [DIALOG_OPENED]),
    ):
        facts = replace(old.card().facts, dialogs=(changed,))
        found = new.book.recall_dialog(card, earlier(old, facts=facts))
        assert [change.what for _, change in found] == told
        assert card.facts.dialog(changed.dialog_id) == changed
    assert [each.sequence for each in card.talk("C").said] == [1]


def test_dialogs_of_which_nothing_can_be_kept_lose_what_was_said():
    old, new = Book(), Book()
    old.upsert()
    many = {f"d{number}": [Said(said(sequence=1))] for number in range(60)}
    recall(new, earlier(old)._replace(said=many))
    assert len(new.card().talks) == 50


def test_what_webhooks_had_told_of_needs_no_subscription():
    old, new = Book(), Book()
    old.upsert()
    recall(new, earlier(old, webhooks=True))
    assert new.card().sources == (TOLD,)
    new.book.all_shown(new.now)
    assert new.wait(2 * ENDED_FOR) == []
    old.upsert(at=2000, stage="CLOSE")
    recall(new, earlier(old, webhooks=True))
    assert new.wait(ENDED_FOR) == []
    assert new.wait(TIMEOUT) == [("C", REMOVED)]
