from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ums_actors.core.following import FollowedStreams, Sighting, Subscribe
from ums_actors.core.kept import Place
from ums_actors.core.tracked import Missed


def streams(**settings):
    return FollowedStreams(**{"dialog_limit": 100, **settings})


def sight(stream, last=None, updated=1, *, dialog="D", closed=False, **more):
    flags = {name: more.pop(name) for name in ("baseline", "first") if name in more}
    stream.sight(
        Sighting(
            conversation_id="C",
            dialog_id=dialog,
            is_open=not closed,
            last_sequence=last,
            updated=updated,
            **more,
        ),
        **flags,
    )


def told(stream, *numbers, dialog="D"):
    """Feed one notification whose events are their own numbers."""
    return stream.told(dialog, [(number, number) for number in numbers])


def asked(stream):
    return [(wanted.dialog_id, wanted.from_sequence) for wanted in stream.requests()]


def followed(stream, *numbers, dialog="D"):
    """Have a dialog subscribed to, with these events in it."""
    sight(stream, dialog=dialog)
    assert asked(stream) == [(dialog, 0)]
    assert stream.accepted(dialog)
    out = told(stream, *numbers, dialog=dialog)
    return out if numbers else stream.told_nothing(dialog)


# -- what is subscribed to


def test_an_open_dialog_is_subscribed_to_once():
    stream = streams()
    sight(stream)
    assert stream.requests() == [Subscribe("C", "D", 0)]
    sight(stream, 0, 2)
    assert stream.requests() == []
    stream.accepted("D")
    assert told(stream, 0, 1) == [0, 1]
    sight(stream, 1, 3)
    assert stream.requests() == []
    assert told(stream, 2) == [2]


def test_a_survey_is_subscribed_to_besides_the_main_dialog():
    stream = streams()
    followed(stream, 0)
    sight(stream, updated=2, closed=True)
    sight(stream, updated=2, dialog="survey")
    assert stream.requests() == [Subscribe("C", "survey", 0)]


def test_the_first_snapshot_is_history():
    stream = streams()
    sight(stream, 41, baseline=True)
    assert asked(stream) == [("D", 42)]
    stream.accepted("D")
    assert told(stream, 42) == [42]


def test_last_words_that_are_newer_than_the_first_snapshot_are_no_history():
    stream = streams()
    sight(stream, 41, baseline=True, fresh=True)
    assert asked(stream) == [("D", 41)]
    stream.accepted("D")
    assert told(stream, 41) == [41]


def test_a_dialog_of_the_first_snapshot_without_a_number_is_heard_from_its_start():
    stream = streams()
    sight(stream, None, baseline=True)
    assert asked(stream) == [("D", 0)]


def test_a_dialog_that_the_user_opened_is_never_history():
    stream = streams()
    stream.begin("C", "C")
    sight(stream, 3, dialog="C", baseline=True)
    assert asked(stream) == [("C", 0)]
    stream.begin("C", "C")
    assert stream.requests() == []


def test_a_dialog_that_the_user_opened_is_subscribed_to_before_it_is_shown():
    stream = streams()
    stream.begin("C", "D")
    assert stream.requests() == [Subscribe("C", "D", 0)]


def test_to_leave_a_dialog_that_is_not_there_does_nothing():
    stream = streams()
    stream.leave("D")
    assert stream.requests() == []


def test_for_another_user_nothing_is_history():
    stream = streams()
    sight(stream, 3, 9, baseline=True)
    stream.abandon()
    sight(stream, 1, 9, closed=True, created=1)
    assert asked(stream) == [("D", 0)]


def test_before_the_first_snapshot_nothing_is_history():
    stream = streams()
    sight(stream, 1, 9, closed=True, created=0)
    assert asked(stream) == [("D", 0)]


@pytest.mark.parametrize(
    ("shown", "created"), [({"updated": 9}, 5), ({"updated": 5, "created": 9}, 9)]
)
def test_history_lasts_until_the_latest_time_in_any_first_snapshot(shown, created):
    stream = streams()
    sight(stream, 3, **shown, dialog="A", closed=True, baseline=True)
    sight(stream, 3, 2, dialog="B", closed=True, first=True)
    sight(stream, 3, 9, closed=True, created=created)
    assert stream.requests() == []


def test_what_is_told_of_an_earlier_time_is_counted_and_of_the_same_time_applies():
    stream = streams()
    followed(stream, 0)
    sight(stream, 5, 0)
    sight(stream, 5, 0)
    assert (stream.outdated, stream.requests()) == (2, [])
    sight(stream, 5, 1)
    assert (stream.outdated, asked(stream)) == (2, [("D", 1)])


def test_of_a_dialog_that_is_forgotten_nothing_is_known():
    stream = streams()
    followed(stream, 0)
    assert stream.conversation_of("D") == "C"
    stream.forget("D")
    assert stream.conversation_of("D") == ""
    stream.line_lost()
    assert stream.requests() == []


def test_a_closed_dialog_is_left_alone():
    stream = streams()
    sight(stream, 3, 5, closed=True, baseline=True, created=1)
    sight(stream, 4, 6, closed=True, created=5)
    sight(stream, 4, 6, closed=True)
    assert stream.requests() == []
    assert len(stream) == 0


def test_a_closed_dialog_that_began_since_the_first_snapshot_is_fetched_once():
    stream = streams()
    sight(stream, 3, 5, closed=True, baseline=True, created=1)
    sight(stream, 1, 9, dialog="E", closed=True, created=6)
    assert asked(stream) == [("E", 0)]
    stream.accepted("E")
    assert told(stream, 0, 1, dialog="E") == [0, 1]
    stream.line_lost()
    sight(stream, 1, 9, dialog="E", closed=True, created=6)
    assert stream.requests() == []


def test_what_a_later_subscription_shows_first_is_history_if_it_is_closed():
    stream = streams()
    sight(stream, 3, 9, closed=True, created=6, first=True)
    assert stream.requests() == []


def test_what_a_dialog_that_was_open_missed_is_fetched_though_it_is_closed_now():
    stream = streams()
    followed(stream, 0, 1)
    stream.line_lost()
    sight(stream, 4, 2, closed=True)
    assert asked(stream) == [("D", 2)]
    stream.accepted("D")
    assert told(stream, 2, 3, 4) == [2, 3, 4]
    stream.line_lost()
    assert stream.requests() == []


@pytest.mark.parametrize("how", ["closed", "left"])
def test_a_dialog_that_closed_or_left_is_not_subscribed_to_again(how):
    stream = streams()
    followed(stream, 0)
    sight(stream, 0, 2, closed=True) if how == "closed" else stream.leave("D")
    stream.line_lost()
    assert stream.requests() == []


def test_on_a_new_line_an_open_dialog_is_subscribed_to_once_again():
    stream = streams()
    followed(stream, 0, 1)
    stream.line_lost()
    assert asked(stream) == [("D", 2)]
    sight(stream, 1, 2)
    assert stream.requests() == []
    stream.accepted("D")
    assert stream.told_nothing("D") == []
    assert stream.requests() == []


def test_few_subscriptions_are_under_way_at_a_time():
    stream = streams(query_limit=2)
    for name in "abc":
        sight(stream, dialog=name)
    assert asked(stream) == [("a", 0), ("b", 0)]
    stream.accepted("a")
    assert stream.requests() == []
    stream.told_nothing("a")
    assert asked(stream) == [("c", 0)]


def test_a_snapshot_older_than_the_last_is_ignored_and_counted():
    stream = streams()
    followed(stream, 0)
    sight(stream, 7, 0)
    assert stream.outdated == 1
    assert stream.requests() == []


def test_another_user_begins_with_nothing():
    stream = streams()
    followed(stream, 0, 2)
    sight(stream, dialog="E")
    stream.abandon()
    assert (len(stream), stream.requests()) == (0, [])
    stream.line_lost()
    assert stream.requests() == []
    assert stream.conversation_of("D") == ""


def test_a_dialog_forgotten_for_want_of_room_is_forgotten_altogether():
    stream = streams(dialog_limit=1)
    followed(stream, 0)
    sight(stream, dialog="E")
    assert stream.evicted == 1
    stream.line_lost()
    assert asked(stream) == [("E", 0)]
    assert stream.conversation_of("E") == "C"


# -- whether a notification is the answer


def test_an_event_said_before_the_answer_comes_is_not_taken_for_it():
    stream = streams()
    followed(stream, 0)
    stream.line_lost()
    assert asked(stream) == [("D", 1)]
    stream.accepted("D")
    assert told(stream, 4) == []
    assert told(stream, 1, 2, 3, 4) == [1, 2, 3, 4]
    assert stream.gaps == 0


def test_an_event_that_comes_before_the_service_took_the_subscription_is_live():
    stream = streams()
    sight(stream)
    stream.requests()
    assert told(stream, 0) == [0]
    assert told(stream, 2) == []
    ticket = stream.accepted("D")
    assert told(stream, 0, 1, 2) == [1, 2]
    assert stream.silent("D", ticket) == []
    assert stream.requests() == []


def test_a_hole_is_repaired_by_subscribing_from_it():
    stream = streams()
    followed(stream, 0)
    assert told(stream, 3) == []
    assert asked(stream) == [("D", 1)]
    stream.accepted("D")
    assert told(stream, 1, 2, 3) == [1, 2, 3]
    assert stream.requests() == []


def test_numbers_that_are_hidden_from_the_user_are_skipped_when_the_answer_shows_it():
    stream = streams()
    followed(stream, 0)
    assert told(stream, 3) == []
    stream.requests()
    stream.accepted("D")
    assert told(stream, 3) == []  # it may have come twice
    assert asked(stream) == [("D", 1)]
    stream.accepted("D")
    assert told(stream, 3) == [3]
    assert (stream.absent, stream.gaps) == (2, 0)
    assert stream.requests() == []


def test_an_event_that_came_twice_is_not_taken_for_the_answer():
    stream = streams()
    followed(stream, 0)
    assert told(stream, 2) == []
    assert asked(stream) == [("D", 1)]
    stream.accepted("D")
    assert told(stream, 2) == []
    assert asked(stream) == [("D", 1)]
    stream.accepted("D")
    assert told(stream, 1, 2) == [1, 2]
    assert (stream.absent, stream.gaps) == (0, 0)


def test_each_answer_and_each_line_is_doubted_anew():
    stream = streams()
    followed(stream, 0)
    for number in (2, 4):
        told(stream, number)
        stream.requests()
        stream.accepted("D")
        assert told(stream, number) == []
        stream.requests()
        stream.accepted("D")
        assert told(stream, number) == [number]
    told(stream, 6)
    stream.requests()
    stream.accepted("D")
    assert told(stream, 6) == []
    stream.line_lost()
    stream.requests()
    stream.accepted("D")
    assert told(stream, 6) == []
    stream.requests()
    stream.accepted("D")
    assert told(stream, 5, 6) == [5, 6]


def test_hidden_numbers_at_the_start_of_an_answer_cost_one_more_subscription():
    stream = streams()
    followed(stream, 0)
    stream.line_lost()
    assert asked(stream) == [("D", 1)]
    old = stream.accepted("D")
    assert told(stream, 3, 5) == []  # or they were said after it
    assert asked(stream) == [("D", 1)]
    assert stream.silent("D", old) == []
    ticket = stream.accepted("D")
    assert told(stream, 7) == []
    assert stream.requests() == []
    assert told(stream, 3, 5, 7) == [3, 5, 7]
    assert stream.silent("D", ticket) == []
    assert stream.requests() == []
    assert (stream.absent, stream.gaps) == (4, 0)


def test_an_answer_that_was_overtaken_is_taken_whichever_subscription_it_is_of():
    stream = streams()
    followed(stream, 0)
    stream.line_lost()
    asked(stream)
    stream.accepted("D")
    assert told(stream, 3) == []
    assert asked(stream) == [("D", 1)]
    assert told(stream, 2, 3) == []  # 1 is hidden, and the second is not taken yet
    stream.accepted("D")
    assert told(stream, 2, 3) == [2, 3]
    assert stream.requests() == []
    assert (stream.absent, stream.gaps) == (1, 0)


def test_an_answer_must_repeat_all_that_was_there():
    stream = streams()
    followed(stream, 0)
    told(stream, 3)
    told(stream, 5)
    stream.requests()
    stream.accepted("D")
    assert told(stream, 5) == []
    assert told(stream, 3, 5, 6) == [3, 5, 6]


def test_an_empty_notification_that_names_no_dialog_answers_one_that_misses_nothing():
    stream = streams()
    followed(stream, 0)
    told(stream, 2)
    stream.requests()
    sight(stream, dialog="E")
    stream.requests()
    stream.accepted("D")
    stream.accepted("E")
    assert stream.told_nothing("") == []
    sight(stream, 0, 2, dialog="E")
    assert asked(stream) == [("E", 0)]
    assert told(stream, 1, 2) == [1, 2]


def test_an_empty_notification_says_that_what_is_missing_does_not_exist():
    stream = streams()
    followed(stream, 0)
    told(stream, 2)
    stream.requests()
    stream.accepted("D")
    assert stream.told_nothing("D") == [2]
    assert (stream.absent, stream.gaps) == (1, 0)


def test_an_empty_notification_that_nobody_waits_for_is_nothing():
    stream = streams()
    assert stream.told_nothing("") == stream.told_nothing("D") == []


def test_silence_means_that_there_is_nothing_new():
    stream = streams()
    sight(stream)
    stream.requests()
    ticket = stream.accepted("D")
    assert stream.silent("D", ticket) == []
    assert stream.requests() == []
    assert told(stream, 0) == [0]


@pytest.mark.parametrize("how", ["held", "promised"])
def test_silence_although_something_is_missing_means_asking_again(how):
    stream = streams(tries=2)
    followed(stream, 0)
    told(stream, 2) if how == "held" else sight(stream, 2, 2)
    for _ in range(2):
        assert asked(stream) == [("D", 1)]
        out = stream.silent("D", stream.accepted("D"))
    assert out == (
        [Missed("C", "D", 1, 1), 2] if how == "held" else [Missed("C", "D", 1, 2)]
    )
    assert stream.requests() == []
    assert told(stream, 3) == [3]


def test_the_silence_of_an_earlier_subscription_means_nothing():
    stream = streams()
    sight(stream)
    stream.requests()
    old = stream.accepted("D")
    told(stream, 0)
    told(stream, 2)
    assert asked(stream) == [("D", 1)]
    ticket = stream.accepted("D")
    assert ticket != old
    assert stream.silent("D", old) == []
    assert told(stream, 1, 2) == [1, 2]
    assert stream.silent("D", ticket) == []


def test_an_answer_of_a_line_that_was_lost_is_nothing():
    stream = streams()
    sight(stream)
    stream.requests()
    stream.line_lost()
    assert stream.accepted("D") == 0
    assert stream.refused("D") == []


# -- refusals


def test_a_refused_subscription_is_not_asked_for_again_on_this_line():
    stream = streams()
    sight(stream)
    stream.requests()
    assert stream.refused("D") == []
    sight(stream, 3, 2)
    assert stream.requests() == []
    stream.line_lost()
    assert asked(stream) == [("D", 0)]


def test_what_waits_for_a_refused_repair_is_let_go():
    stream = streams()
    followed(stream, 0)
    told(stream, 2)
    stream.requests()
    why = PermissionError()
    assert stream.refused("D", why) == [Missed("C", "D", 1, 1, why), 2]
    assert told(stream, 4) == [Missed("C", "D", 3, 3, why), 4]
    assert stream.gaps == 2


def test_what_was_promised_by_a_refused_subscription_may_come_on_the_next_line():
    stream = streams()
    followed(stream, 0)
    sight(stream, 3, 2)
    asked(stream)
    assert stream.refused("D") == []
    stream.line_lost()
    assert asked(stream) == [("D", 1)]
    stream.accepted("D")
    assert told(stream, 1, 2, 3) == [1, 2, 3]


def test_what_overtakes_a_refused_promise_gives_up_no_more_than_it_must():
    stream = streams()
    followed(stream, 0)
    sight(stream, 4, 2)
    asked(stream)
    stream.refused("D")
    assert told(stream, 2) == [Missed("C", "D", 1, 1), 2]
    stream.line_lost()
    assert asked(stream) == [("D", 3)]


# -- answers that lines die over


def lose(stream, times=8):
    why = ConnectionError("lost")
    for _ in range(times):
        assert stream.requests()
        stream.accepted("D")
        out = stream.line_lost(why)
    return [(each.first, each.last) for each in out]


def test_an_answer_that_many_lines_die_over_is_given_up_and_later_events_come():
    stream = streams()
    followed(stream, 0)
    sight(stream, 4, 2)
    assert lose(stream, 7) == []
    assert lose(stream, 1) == [(1, 4)]
    assert asked(stream) == [("D", 5)]
    stream.accepted("D")
    assert told(stream, 5) == [5]


def test_if_it_is_not_known_where_it_ends_the_next_snapshot_that_says_so_is_awaited():
    stream = streams()
    followed(stream, 0)
    stream.line_lost()
    assert lose(stream) == [(1, None)]
    assert stream.requests() == []
    sight(stream, None, 2)
    assert stream.requests() == []
    sight(stream, 4, 3)
    (gap,) = stream.spilled()
    assert (gap.conversation_id, gap.first, gap.last) == ("C", 1, 4)
    assert asked(stream) == [("D", 5)]


def test_a_subscription_that_failed_for_now_is_asked_for_again():
    stream = streams()
    sight(stream)
    stream.requests()
    assert stream.query_failed("D") == []
    assert asked(stream) == [("D", 0)]


# -- all of it together


class Model(RuleBasedStateMachine):
    """A truthful service whose lines lose, repeat and reorder what they carry live.

    It answers a subscription by what is there, or by silence if it is told to. Every
    event of a dialog that was seen open must come out once and in order.
    """

    DIALOGS = ("a", "b")

    def __init__(self):
        super().__init__()
        self.stream = FollowedStreams(10, hold_limit=3, query_limit=2, tries=99)
        self.said = dict.fromkeys(self.DIALOGS, 0)
        self.open = dict.fromkeys(self.DIALOGS, True)
        self.heard = {name: [] for name in self.DIALOGS}
        self.asked = {}  # subscriptions the service has not taken yet
        self.due = []  # taken, whose events it has not sent: (name, from, ticket)
        self.live = set()  # subscribed to on this line
        self.once = []  # told as they were said, and not again
        self.updates = 0

    def hear(self, events):
        for name, number in events:
            self.heard[name].append(number)

    def tell(self, name, numbers):
        pairs = [(number, (name, number)) for number in numbers]
        self.hear(self.stream.told(name, pairs))

    def sight(self, name, *, numbered=True):
        self.updates += 1
        last = self.said[name] - 1
        self.stream.sight(
            Sighting(
                conversation_id=name,
                dialog_id=name,
                is_open=self.open[name],
                last_sequence=last if numbered and last >= 0 else None,
                updated=self.updates,
                created=0,
            )
        )

    @rule(
        name=st.sampled_from(DIALOGS),
        arrive=st.lists(st.integers(0, 2)),
        numbered=st.booleans(),
    )
    def say(self, name, arrive, numbered):
        """Say three things; some arrive, some twice, in any order."""
        if not self.open[name]:
            return
        first = self.said[name]
        self.said[name] += 3
        for offset in arrive if name in self.live else ():
            self.tell(name, [first + offset])
        if name in self.live:
            singles = [first + offset for offset in arrive if arrive.count(offset) == 1]
            self.once += [(name, number) for number in singles]
        self.sight(name, numbered=numbered)

    @precondition(lambda self: self.once)
    @rule(pick=st.integers(0, 9))
    def come_twice(self, pick):
        """Tell again, much later, what was told once."""
        name, number = self.once.pop(pick % len(self.once))
        self.tell(name, [number])

    @precondition(lambda self: self.live)
    @rule(name=st.sampled_from(DIALOGS))
    def close(self, name):
        self.open[name] = False
        self.sight(name)

    @precondition(lambda self: len(self.asked) < 2)
    @rule()
    def ask(self):
        for wanted in self.stream.requests():
            assert wanted.dialog_id not in self.asked
            self.asked[wanted.dialog_id] = wanted.from_sequence
        assert len(self.asked) <= 2

    @precondition(lambda self: self.asked)
    @rule(pick=st.integers(0, 1))
    def take(self, pick):
        name = sorted(self.asked)[pick % len(self.asked)]
        ticket = self.stream.accepted(name)
        self.due.append((name, self.asked.pop(name), ticket))
        self.live.add(name)

    @precondition(lambda self: self.asked)
    @rule(pick=st.integers(0, 1))
    def fail(self, pick):
        name = sorted(self.asked)[pick % len(self.asked)]
        del self.asked[name]
        self.hear(self.stream.query_failed(name))

    @precondition(lambda self: self.due)
    @rule(pick=st.integers(0, 3), named=st.booleans())
    def answer(self, pick, named):
        name, first, ticket = self.due.pop(pick % len(self.due))
        numbers = range(first, self.said[name])
        if numbers:
            self.tell(name, numbers)
        elif named:
            self.hear(self.stream.told_nothing(name))
        self.hear(self.stream.silent(name, ticket))

    @precondition(lambda self: self.due)
    @rule(pick=st.integers(0, 3))
    def say_nothing(self, pick):
        name, _, ticket = self.due.pop(pick % len(self.due))
        self.hear(self.stream.silent(name, ticket))

    @rule()
    def cut(self):
        self.stream.line_lost()
        self.asked.clear()
        self.due.clear()
        self.live.clear()
        self.once.clear()

    @invariant()
    def nothing_comes_twice_or_out_of_order(self):
        for numbers in self.heard.values():
            assert numbers == list(range(len(numbers)))
        assert self.stream.gaps == 0

    def teardown(self):
        for name in self.DIALOGS:
            self.sight(name)
        for _ in range(30):
            self.ask()
            while self.asked:
                self.take(0)
            while self.due:
                self.answer(0, named=True)
        assert {name: len(heard) for name, heard in self.heard.items()} == self.said
        assert self.stream.requests() == []


TestModel = Model.TestCase


def test_an_old_event_that_comes_again_is_not_the_answer():
    stream = streams()
    followed(stream, 0, 1)
    stream.line_lost()
    assert asked(stream) == [("D", 2)]
    ticket = stream.accepted("D")
    assert told(stream, 1) == []
    assert asked(stream) == []  # the one under way is waited for
    assert told(stream, 2) == [2]
    assert stream.silent("D", ticket) == []


# -- what an earlier process knew


def test_an_open_dialog_is_subscribed_to_from_its_place():
    stream = streams()
    stream.resume("D", Place(4, 1, takes_part=True, conversation="C"))
    assert stream.conversation_of("D") == "C"
    assert asked(stream) == [("D", 5)]
    stream.accepted("D")
    assert told(stream, 5, 6) == [5, 6]
    assert stream.place("D", None) == Place(6, 1, takes_part=True, conversation="C")


def test_a_closed_one_is_left_alone_unless_something_of_it_is_missing():
    stream = streams()
    stream.resume("D", Place(4, 1, conversation="C"))
    stream.resume("E", Place(2, 1, behind=True))
    assert asked(stream) == [("E", 3)]
    assert stream.conversation_of("E") == "E"


def test_what_was_history_for_the_first_process_is_so_for_the_next():
    first = streams()
    sight(first, updated=5, baseline=True, closed=True, created=3)
    assert first.history_until == 5
    second = streams()
    second.resumed(5)
    for name, created in (("old", 4), ("new", 6)):
        sight(second, 0, 9, dialog=name, closed=True, created=created, first=True)
    assert asked(second) == [("new", 0)]
    assert second.history_until == 5
    second.abandon()
    assert second.history_until == -1
    sight(second, updated=7, first=True)
    assert second.history_until == 7
