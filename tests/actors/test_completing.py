"""Cut snapshots, with the test as the service: what comes in an order that is rare."""

from __future__ import annotations

import pytest

import ums_actors as ums
from ums_actors.core.completion import CUT_FROM
from ums_actors.testing.notifications import change, conversation

SUBSCRIBE, UNSUBSCRIBE = "SubscribeExConversations", "UnsubscribeExConversations"
QUERY = "QueryMessages"
CHANGED = ".ams.aam.ExConversationChangeNotification"
SAID = ".ams.ms.OnlineEventDistribution"
NOW = 1_000_000_000
ME = "12345678.bot"


def shown(name, at, *, last=None, said=None, kind="UPSERT", **more):
    """Give a change of a conversation of ours, whose last words have that number."""
    people = ("CONSUMER", "cons"), ("ASSIGNED_AGENT", ME)
    result = {}
    if last is not None:
        result["lastContentEventNotification"] = event(name, last, said or at)
    told = conversation(name, *people, at=at, result=result, **more)
    return change(told, kind)


def event(name, sequence, at):
    return {
        "sequence": sequence,
        "originatorId": "cons",
        "originatorMetadata": {"id": "cons", "role": "CONSUMER"},
        "serverTimestamp": at,
        "event": {
            "type": "ContentEvent",
            "message": f"{name}.{sequence}",
            "contentType": "text/plain",
        },
        "dialogId": name,
        "conversationId": name,
    }


class Scene:
    """A connection with a subscription whose snapshot is cut."""

    def __init__(self, connect, server, clock, **options):
        self.server, self.clock = server, clock
        server.hold(SUBSCRIBE, UNSUBSCRIBE, QUERY)
        self.connection = connect(
            create_default_subscription=False, options=ums.Options(**options)
        )
        self.heard = []
        self.connection.subscribe(self.heard.append).get()
        self.begin()

    def begin(self):
        self.ready = self.connection.create_conversation_subscription(
            {"stage": ["OPEN"]}, wait_for_ready=True
        )
        self.server.expect(SUBSCRIBE).answer({"subscriptionId": "P"})
        self.tell(*self.many(), of="P")

    @staticmethod
    def many(count=CUT_FROM, oldest=NOW):
        """Give conversations a minute apart."""
        return [shown(f"c{n}", oldest + n * 60_000) for n in range(count)]

    def tell(self, *changes, of):
        self.server.notify(CHANGED, {"subscriptionId": of, "changes": list(changes)})
        self.clock.advance(0.1)

    def say(self, name, sequence, at):
        self.server.notify(SAID, event(name, sequence, at))
        self.clock.advance(0.1)

    def child(self, name):
        """Let the next child be made; give what was asked for."""
        request = self.server.expect(SUBSCRIBE)
        request.answer({"subscriptionId": name})
        self.clock.advance(0.1)
        return request.body

    def end(self, name, *changes):
        """Let the child show these, and end."""
        self.tell(*changes, of=name)
        request = self.server.expect(UNSUBSCRIBE, {"subscriptionId": name})
        request.answer("OK")
        self.clock.advance(0.1)

    def again(self, name, *changes):
        """Lose the line; on the next one the snapshot is this."""
        self.server.cut()
        self.server.expect(SUBSCRIBE).answer({"subscriptionId": name})
        self.clock.advance(0.1)
        self.tell(*changes, of=name)

    def known(self):
        all_there_is = self.connection.get_all_known_conversations().get()
        return {each.conversation_id for each in all_there_is}

    def of(self, kind):
        return [each for each in self.heard if isinstance(each, kind)]

    def said(self):
        return [each.text for each in self.of(ums.MessageReceived)]

    def opened(self):
        return [each.conversation_id for each in self.of(ums.ConversationOpened)]


LATER = NOW + CUT_FROM * 60_000
"""After the first snapshot."""


@pytest.fixture
def scene(ums_connect, ums_server, ums_clock):
    return Scene(ums_connect, ums_server, ums_clock)


def test_a_child_asks_for_what_changed_before_and_its_snapshot_is_the_parents(scene):
    assert scene.child("A") == {"stage": ["OPEN"], "maxLastUpdatedTime": NOW + 10_000}
    assert not scene.ready.done()
    scene.end("A", shown("c0", NOW), shown("old", NOW - 5))
    assert scene.ready.get() == "P"
    assert scene.opened()[-1] == "old"
    assert len(scene.opened()) == CUT_FROM + 1
    changed = scene.of(ums.ConversationChanged)
    assert {each.subscription_id for each in changed} == {"P"}
    assert len(changed) == CUT_FROM + 1


def test_there_is_one_child_at_a_time(scene):
    scene.child("A")
    scene.tell(*scene.many(oldest=NOW - 1_000 * 60_000), of="A")
    with pytest.raises(AssertionError, match="no SubscribeEx"):
        scene.server.expect(SUBSCRIBE, within=5)
    scene.end("A")
    assert scene.child("B")["maxLastUpdatedTime"] == NOW - 1_000 * 60_000 + 10_000
    scene.end("B")
    scene.ready.get()
    assert [each.child for each in scene.of(ums.SnapshotCut)] == [True, True]


def test_what_a_child_tells_after_its_snapshot_is_not_taken(scene):
    scene.child("A")
    scene.tell(shown("old", NOW - 5), of="A")
    scene.tell(shown("old", LATER, kind="DELETE"), of="A")  # it has changed: see P
    scene.tell(shown("other", NOW - 6), of="A")
    scene.end("A")
    scene.tell(shown("other", NOW - 6), of="A")
    assert scene.known() == {f"c{n}" for n in range(CUT_FROM)} | {"old"}
    scene.clock.advance(60)
    assert "old" in scene.known()


def test_what_has_closed_meanwhile_is_not_opened_by_a_child_that_saw_it_before(scene):
    scene.child("A")
    scene.tell(shown("old", LATER, kind="DELETE", stage="CLOSE"), of="P")
    scene.end("A", shown("old", NOW - 5), shown("older", NOW - 6))
    assert scene.opened()[-1] == "older"
    assert "old" not in scene.known()


def test_what_has_come_meanwhile_stays_and_what_nobody_showed_goes(
    ums_connect, ums_server, ums_clock
):
    scene = Scene(ums_connect, ums_server, ums_clock)
    scene.child("A")
    scene.end("A", shown("old", NOW - 5))
    scene.again("P2", *scene.many(CUT_FROM - 1), shown("x", NOW + 1))
    scene.child("B")
    scene.tell(shown("new", LATER), of="P2")
    scene.clock.advance(8)  # nothing is let go before all has been shown
    before = {f"c{n}" for n in range(CUT_FROM)} | {"old", "x", "new"}
    assert "old" in scene.known()
    scene.end("B")
    scene.clock.advance(30)
    assert scene.known() == before - {"old", f"c{CUT_FROM - 1}"}


def test_snapshots_that_stay_cut_let_nothing_go(ums_connect, ums_server, ums_clock):
    scene = Scene(ums_connect, ums_server, ums_clock)
    scene.child("A")
    scene.end("A", shown("old", NOW - 5))
    scene.again("P2", *scene.many(CUT_FROM))
    scene.server.expect(SUBSCRIBE).answer("too many", code=400)
    scene.clock.advance(60)
    assert "old" in scene.known()
    assert scene.of(ums.SnapshotCut)[-1].why == "a child subscription failed"
    assert scene.connection.status().get().cut_snapshots == 1


def test_one_without_a_snapshot_is_ended_and_no_other_is_made(scene):
    scene.child("A")
    scene.clock.advance(11)
    scene.server.expect(UNSUBSCRIBE, {"subscriptionId": "A"}).answer("OK")
    assert scene.ready.get() == "P"
    (error,) = scene.of(ums.ErrorOccurred)
    assert isinstance(error.error, ums.RequestTimedOut)
    with pytest.raises(AssertionError):
        scene.server.expect(SUBSCRIBE, within=30)


def test_an_answer_without_an_id_ends_it(scene):
    scene.server.expect(SUBSCRIBE).answer({})
    assert scene.ready.get() == "P"
    scene.clock.advance(0.1)
    (error,) = scene.of(ums.ErrorOccurred)
    assert (error.context, error.subscription_id) == ("snapshot.child_failed", "P")


def test_a_second_cut_snapshot_takes_the_place_of_the_first(scene):
    scene.child("A")
    scene.tell(*scene.many(oldest=NOW + 1), of="P")
    assert scene.child("B")["maxLastUpdatedTime"] == NOW + 1 + 10_000
    scene.end("A", shown("nobody's", NOW - 5))
    assert "nobody's" not in scene.known()
    assert not scene.ready.done()
    scene.end("B", shown("old", NOW - 5))
    assert scene.ready.get() == "P"
    assert "old" in scene.known()


# -- messages


def test_words_that_overtake_their_conversation_wait_for_it_and_bring_no_history(scene):
    scene.child("A")
    scene.say("old", 57, LATER)
    assert scene.said() == []
    with pytest.raises(AssertionError):  # all of it would come
        scene.server.expect(QUERY, within=5)
    scene.tell(shown("old", LATER, last=57), of="P")
    query = scene.server.expect(QUERY)
    assert query.body["newerThanSequence"] >= 56
    query.answer([event("old", 57, LATER)])
    scene.clock.advance(0.1)
    assert scene.said() == ["old.57"]
    scene.end("A")
    scene.clock.advance(60)
    assert scene.said() == ["old.57"]


def test_words_of_what_no_snapshot_shows_come_when_all_is_over(scene):
    scene.child("A")
    scene.say("hidden", 1, LATER)
    scene.end("A")
    query = scene.server.expect(QUERY, {"dialogId": "hidden"})
    query.answer([event("hidden", 0, LATER), event("hidden", 1, LATER)])
    scene.clock.advance(0.1)
    assert scene.said() == ["hidden.0", "hidden.1"]


def test_words_of_what_no_snapshot_shows_come_though_the_line_is_lost(scene):
    scene.child("A")
    scene.say("hidden", 1, LATER)
    scene.again("P2", shown("c1", NOW))
    query = scene.server.expect(QUERY, {"dialogId": "hidden"})
    query.answer([event("hidden", 0, LATER), event("hidden", 1, LATER)])
    scene.clock.advance(0.1)
    assert scene.said() == ["hidden.0", "hidden.1"]


def test_a_line_that_is_lost_meanwhile_leaves_nothing_to_wait_for(scene):
    scene.child("A")
    scene.again("P2", shown("old", NOW - 5))
    assert scene.ready.get() == "P2"
    scene.clock.advance(60)
    assert scene.known() == {"old"}
    contexts = {each.context for each in scene.of(ums.ErrorOccurred)}
    assert contexts <= {"catch_up.failed"}  # since nobody answers that here


def test_history_stays_history_though_the_line_is_lost(scene):
    scene.child("A")
    scene.connection.create_conversation_subscription({"stage": ["CLOSE"]})
    scene.server.expect(SUBSCRIBE).answer({"subscriptionId": "Q"})
    scene.clock.advance(0.1)
    scene.tell(shown("small", NOW - 9), of="Q")  # this one is whole
    scene.again("P2", shown("old", NOW - 5, last=57))
    with pytest.raises(AssertionError):
        scene.server.expect(QUERY, {"dialogId": "old"}, within=30)


@pytest.mark.parametrize("by", ["P", "A"])
def test_a_conversation_that_overtakes_its_last_words_does_not_swallow_them(scene, by):
    scene.child("A")
    if by == "P":
        scene.tell(shown("old", LATER, last=57), of="P")
        scene.end("A")
    else:
        scene.end("A", shown("old", LATER, last=57))
    scene.say("old", 57, LATER)
    query = scene.server.expect(QUERY, {"dialogId": "old"})
    assert query.body["newerThanSequence"] >= 56
    query.answer([event("old", 57, LATER)])
    scene.clock.advance(0.1)
    assert scene.said() == ["old.57"]


@pytest.mark.parametrize("by", ["P", "A"])
def test_what_was_said_before_is_history_whoever_shows_it(scene, by):
    scene.child("A")
    if by == "P":
        scene.tell(shown("old", LATER, last=57, said=NOW), of="P")
        scene.end("A")
    else:
        scene.end("A", shown("old", NOW - 5, last=57))
    with pytest.raises(AssertionError):
        scene.server.expect(QUERY, within=30)
    scene.say("old", 58, LATER)
    assert scene.said() == ["old.58"]


def test_what_another_subscription_shows_meanwhile_is_history_too(scene):
    scene.child("A")
    scene.connection.create_conversation_subscription({"stage": ["CLOSE"]})
    scene.server.expect(SUBSCRIBE).answer({"subscriptionId": "Q"})
    scene.clock.advance(0.1)
    scene.tell(shown("old", NOW - 5, last=57), of="Q")
    scene.tell(shown("older", LATER, last=5, said=NOW - 9), of="Q")
    scene.end("A", shown("oldest", NOW - 7, last=9))
    with pytest.raises(AssertionError):
        scene.server.expect(QUERY, within=30)
    scene.tell(shown("joined", LATER, last=1, said=LATER), of="P")
    query = scene.server.expect(QUERY, {"dialogId": "joined"})  # over: all is news
    assert query.body.get("newerThanSequence", -1) <= 0


def test_all_of_what_has_begun_meanwhile_is_news(scene):
    scene.child("A")
    scene.tell(shown("new", LATER + 9, last=2, startTs=LATER), of="P")
    query = scene.server.expect(QUERY, {"dialogId": "new"})
    query.answer([event("new", n, LATER) for n in range(3)])
    scene.clock.advance(0.1)
    assert scene.said() == ["new.0", "new.1", "new.2"]


def test_a_crash_of_the_correlator_begins_anew(scene):
    scene.child("A")
    scene.say("hidden", 1, LATER)
    correlator = scene.connection.child("correlator").get()
    correlator.tell("nobody knows this")
    scene.clock.advance(0.1)
    scene.server.expect(SUBSCRIBE, within=60).answer({"subscriptionId": "P2"})
    scene.clock.advance(0.1)
    scene.tell(shown("c1", NOW), of="P2")
    assert scene.ready.get() == "P2"
    query = scene.server.expect(QUERY, {"dialogId": "hidden"})
    query.answer([event("hidden", 1, LATER)])
    scene.clock.advance(0.1)
    assert scene.said() == ["hidden.1"]
