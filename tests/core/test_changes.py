from __future__ import annotations

import msgspec
import pytest

from ums_actors.core.changes import What, changes
from ums_actors.core.gathering import facts_of
from ums_actors.protocol.conversations import ConversationResult
from ums_actors.protocol.ids import IdTable
from ums_actors.testing.notifications import ACCOUNT, conversation, dialog, pid

CONSUMER = ("CONSUMER", "cons")
AGENT = ("ASSIGNED_AGENT", f"{ACCOUNT}.u1")
OTHER = ("ASSIGNED_AGENT", f"{ACCOUNT}.u2")
ASKED = (*OTHER, "SUGGESTED")
READER = ("READER", f"{ACCOUNT}.u2")
MANAGER = ("MANAGER", f"{ACCOUNT}.u9")
SURVEY = {"dialogType": "POST_SURVEY"}


class Teller:
    """Turns what is told into facts, one thing after another."""

    def __init__(self):
        self.ids = IdTable(ACCOUNT)

    def facts(self, told, known=None):
        result = msgspec.convert(told, ConversationResult)
        details = result.conversation_details
        self.ids.learn_all(details.participants, details.participants_pid)
        return facts_of(result, self.ids, known)[0]


def told(*people, **more):
    more.setdefault("at", 1001)
    return conversation("C", *people, **more)


def between(first, second, last_consumer="cons"):
    teller = Teller()
    old = teller.facts(first)
    return changes(old, teller.facts(second, old), last_consumer)


def kinds(found):
    return [each.what for each in found]


@pytest.mark.parametrize(
    ("name", "before", "after", "what", "values"),
    [
        ("skillId", "1", "2", What.SKILL, ("1", "2")),
        ("groupId", "", "g", What.GROUP, (None, "g")),
        ("groupId", "g", None, What.GROUP, ("g", None)),
        ("note", "", "look", What.NOTE, (None, "look")),
        ("note", "look", "", What.NOTE, ("look", None)),
        ("manualETTR", None, 5, What.MANUAL_ETTR, (None, 5)),
        ("manualETTR", 5, 0, What.MANUAL_ETTR, (5, None)),
    ],
)
def test_a_value_that_differs_is_told_with_what_it_was(
    name, before, after, what, values
):
    found = between(told(AGENT, **{name: before}), told(AGENT, **{name: after}))
    assert kinds(found) == [what]
    assert (found[0].previous, found[0].current) == values


def test_a_change_of_the_time_to_respond_is_told():
    (found,) = between(
        told(AGENT, ttr={"ttrType": "NORMAL", "value": 3600}),
        told(AGENT, ttr={"ttrType": "URGENT", "value": 600}),
    )
    assert found.what is What.TTR
    assert (found.previous.ttr_type, found.current.value) == ("NORMAL", 600)


def test_what_the_consumer_says_of_its_satisfaction_is_told_in_both_forms():
    (found,) = between(told(AGENT, csatRate=0), told(AGENT, csatRate=4))
    assert (found.what, found.previous) == (What.CSAT, None)
    assert found.current.csat_rate == 4
    (found,) = between(
        told(AGENT), told(AGENT, csat={"csatRate": 5, "status": "FILLED"})
    )
    assert (found.current.csat_rate, found.current.status) == (5, "FILLED")


def test_what_changes_all_the_time_is_no_change():
    first = told(CONSUMER, AGENT, result={"effectiveTTR": 1, "lastUpdateTime": 1})
    second = told(
        CONSUMER,
        AGENT,
        at=2000,
        result={
            "effectiveTTR": -1,
            "lastUpdateTime": 2,
            "numberOfunreadMessages": {"cons": 1},
        },
    )
    assert between(first, second) == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([CONSUMER, AGENT], [CONSUMER, AGENT, MANAGER], [What.JOINED]),
        ([CONSUMER, AGENT, MANAGER], [CONSUMER, AGENT], [What.LEFT]),
        ([CONSUMER, AGENT], [CONSUMER], [What.LEFT, What.TO_QUEUE]),
        ([CONSUMER], [CONSUMER, AGENT], [What.JOINED]),
        ([CONSUMER, AGENT], [CONSUMER, OTHER], [What.LEFT, What.JOINED]),
        ([CONSUMER], [CONSUMER, ASKED], [What.SUGGESTED, What.TO_AGENT]),
        (
            [CONSUMER, AGENT],
            [CONSUMER, ASKED],
            [What.LEFT, What.SUGGESTED, What.TO_AGENT],
        ),
        ([CONSUMER, ASKED], [CONSUMER, OTHER], [What.JOINED]),
        ([CONSUMER, ASKED], [CONSUMER], [What.WITHDRAWN, What.TO_QUEUE]),
        ([CONSUMER, AGENT, ASKED], [CONSUMER, AGENT], [What.WITHDRAWN]),
        (
            [CONSUMER, READER],
            [CONSUMER, READER, ASKED],
            [What.SUGGESTED, What.TO_AGENT],
        ),
        (
            [CONSUMER, OTHER],
            [CONSUMER, ASKED],
            [What.LEFT, What.SUGGESTED, What.TO_AGENT],
        ),
        ([CONSUMER, READER], [CONSUMER, OTHER], [What.LEFT, What.JOINED, What.ROLE]),
        (
            [CONSUMER, READER],
            [CONSUMER, ASKED],
            [What.LEFT, What.SUGGESTED, What.TO_AGENT],
        ),
        (
            [CONSUMER, READER, OTHER],
            [CONSUMER, ("MANAGER", f"{ACCOUNT}.u2")],
            [What.LEFT, What.LEFT, What.JOINED, What.TO_QUEUE],
        ),
        ([MANAGER, CONSUMER, AGENT], [AGENT, CONSUMER, MANAGER], []),
    ],
)
def test_who_comes_and_goes_is_told_in_one_order(before, after, expected):
    assert kinds(between(told(*before), told(*after))) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            [CONSUMER, AGENT],
            [CONSUMER, OTHER],
            [(What.LEFT, AGENT), (What.JOINED, OTHER)],
        ),
        (
            [CONSUMER],
            [CONSUMER, ASKED],
            [(What.SUGGESTED, OTHER), (What.TO_AGENT, OTHER)],
        ),
        ([CONSUMER, AGENT, ASKED], [CONSUMER, AGENT], [(What.WITHDRAWN, OTHER)]),
    ],
)
def test_it_is_told_who_comes_and_goes_and_where(before, after, expected):
    found = between(told(*before), told(*after))
    assert [(each.what, each.member.agent_id) for each in found] == [
        (what, agent_id) for what, (_, agent_id) in expected
    ]
    assert {each.dialog.dialog_id for each in found} == {"C"}


def test_who_was_suggested_before_is_not_suggested_again():
    found = between(told(CONSUMER, ASKED), told(CONSUMER, ASKED, MANAGER))
    assert kinds(found) == [What.JOINED]


def test_an_agent_who_accepts_had_been_suggested_and_has_one_id_all_along():
    found = between(told(CONSUMER, ASKED), told(CONSUMER, OTHER))
    assert kinds(found) == [What.JOINED]
    assert found[0].current is True
    assert found[0].member.agent_id == OTHER[1]
    assert found[0].member.user_id == pid(OTHER[1])
    (fresh,) = between(told(CONSUMER), told(CONSUMER, OTHER))
    assert fresh.current is False


def test_a_transfer_to_another_skill_is_one_and_no_return_to_the_queue():
    found = between(told(CONSUMER, AGENT), told(CONSUMER, skillId="99"))
    assert kinds(found) == [What.SKILL, What.LEFT, What.TO_SKILL]
    assert (found[-1].previous, found[-1].current) == ("4321", "99")
    assert found[-1].dialog.dialog_id == "C"


def test_a_return_to_the_queue_is_one_of_the_main_dialog():
    found = between(told(CONSUMER, AGENT), told(CONSUMER))
    assert (found[-1].what, found[-1].dialog.dialog_id) == (What.TO_QUEUE, "C")


def test_nothing_is_handed_over_where_the_main_dialog_is_told_of_for_the_first_time():
    first = told(dialogs=[dialog("D", CONSUMER, AGENT, **SURVEY)])
    found = between(first, told(CONSUMER))
    assert kinds(found) == [What.DIALOG_OPENED, What.DIALOG_CLOSED]


def test_a_transfer_to_an_agent_of_another_skill_is_one_to_the_agent():
    found = between(told(CONSUMER, AGENT), told(CONSUMER, ASKED, skillId="99"))
    assert kinds(found) == [What.SKILL, What.LEFT, What.SUGGESTED, What.TO_AGENT]


def test_another_skill_while_an_agent_stays_is_no_transfer():
    found = between(told(CONSUMER, AGENT), told(CONSUMER, AGENT, skillId="99"))
    assert kinds(found) == [What.SKILL]


def test_another_skill_while_nobody_is_assigned_is_a_transfer():
    found = between(told(CONSUMER), told(CONSUMER, skillId="99"))
    assert kinds(found) == [What.SKILL, What.TO_SKILL]


def test_a_consumer_who_logs_in_is_another_and_told_as_such_once():
    found = between(told(CONSUMER, AGENT), told(("CONSUMER", "known"), AGENT))
    assert kinds(found) == [What.LEFT, What.JOINED, What.STEPPED_UP]
    assert (found[-1].previous, found[-1].member.user_id) == ("cons", "known")
    assert found[-1].dialog.dialog_id == "C"


def test_a_consumer_who_comes_back_is_no_other():
    found = between(told(AGENT), told(CONSUMER, AGENT), last_consumer="cons")
    assert kinds(found) == [What.JOINED]


def test_a_consumer_who_comes_after_another_left_is_another():
    found = between(told(AGENT), told(("CONSUMER", "known"), AGENT))
    assert kinds(found) == [What.JOINED, What.STEPPED_UP]


def test_the_first_consumer_who_is_seen_is_no_other():
    found = between(told(AGENT), told(CONSUMER, AGENT), last_consumer="")
    assert kinds(found) == [What.JOINED]


def test_without_a_main_dialog_nobody_steps_up_and_nothing_is_handed_over():
    first = told(dialogs=[dialog("D", CONSUMER, AGENT, **SURVEY)])
    second = told(dialogs=[dialog("D", ("CONSUMER", "known"), **SURVEY)])
    assert kinds(between(first, second)) == [What.LEFT, What.LEFT, What.JOINED]


def test_a_survey_opens_when_the_main_dialog_closes():
    first = told(CONSUMER, AGENT)
    second = told(
        dialogs=[
            dialog("C", CONSUMER, AGENT, at=1001, state="CLOSE"),
            dialog("D", CONSUMER, at=1001, **SURVEY),
        ],
        state="CLOSE",
    )
    found = between(first, second)
    assert kinds(found) == [What.DIALOG_OPENED, What.DIALOG_CLOSED]
    assert [each.dialog.dialog_id for each in found] == ["D", "C"]


def test_a_dialog_closes_and_opens_though_nobody_comes_or_goes():
    people = CONSUMER, AGENT
    closed = told(dialogs=[dialog("C", *people, at=1001, state="CLOSE")])
    assert kinds(between(told(*people), closed)) == [What.DIALOG_CLOSED]
    assert kinds(between(closed, told(*people))) == [What.DIALOG_OPENED]


def test_a_conversation_closes_after_its_dialogs_and_without_a_return_to_the_queue():
    closed = dialog("C", CONSUMER, at=1001, state="CLOSE")
    found = between(
        told(CONSUMER, AGENT), told(dialogs=[closed], state="CLOSE", stage="CLOSE")
    )
    assert kinds(found) == [What.LEFT, What.DIALOG_CLOSED, What.CLOSED]


def test_a_conversation_that_is_opened_again_is_told_so_first():
    closed = dialog("C", CONSUMER, at=1001, state="CLOSE")
    found = between(
        told(dialogs=[closed], state="CLOSE", stage="CLOSE"), told(CONSUMER, AGENT)
    )
    assert kinds(found) == [What.OPENED, What.DIALOG_OPENED, What.JOINED]


def test_a_dialog_that_is_told_of_no_more_has_closed():
    first = told(dialogs=[dialog("C", CONSUMER), dialog("D", CONSUMER, **SURVEY)])
    found = between(first, told(CONSUMER))
    assert [(each.what, each.dialog.dialog_id) for each in found] == [
        (What.DIALOG_CLOSED, "D")
    ]


def test_those_in_a_further_dialog_are_part_of_its_opening():
    first = told(CONSUMER, AGENT)
    second = told(
        dialogs=[
            dialog("C", CONSUMER, AGENT),
            dialog("D", AGENT, OTHER, dialogType="AGENTS"),
        ]
    )
    assert kinds(between(first, second)) == [What.DIALOG_OPENED]


def test_who_comes_to_a_dialog_is_told_though_another_opens_before_it():
    second = told(
        dialogs=[dialog("D", CONSUMER, **SURVEY), dialog("C", CONSUMER, AGENT, at=1001)]
    )
    found = between(told(CONSUMER), second)
    assert [(each.what, each.dialog.dialog_id) for each in found] == [
        (What.DIALOG_OPENED, "D"),
        (What.JOINED, "C"),
    ]


def test_an_agent_alone_in_another_dialog_is_not_assigned():
    first = told(dialogs=[dialog("C", CONSUMER), dialog("D", AGENT, **SURVEY)])
    second = told(dialogs=[dialog("C", CONSUMER), dialog("D", CONSUMER, **SURVEY)])
    assert kinds(between(first, second)) == [What.LEFT, What.JOINED]
