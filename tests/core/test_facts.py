from __future__ import annotations

import pytest

from ums_actors.core.facts import ConversationFacts, DialogFacts, Member

AGENT = Member("pid", "1.u", "ASSIGNED_AGENT")
ASKED = Member("pid", "1.u", "ASSIGNED_AGENT", "SUGGESTED")
CONSUMER = Member("cons", None, "CONSUMER")
SURVEY, MAIN = DialogFacts("S", "POST_SURVEY"), DialogFacts("M", "MAIN")


def test_a_member_is_known_again_by_its_login_or_else_by_its_id():
    assert AGENT.key == ASKED.key == ("1.u", "ASSIGNED_AGENT")
    assert CONSUMER.key == ("cons", "CONSUMER")


def test_who_is_asked_takes_no_part_yet():
    assert (AGENT.active, ASKED.active) == (True, False)


def test_those_in_a_role_are_found_asked_ones_too():
    dialog = DialogFacts("C", members=(CONSUMER, AGENT, ASKED))
    assert dialog.in_role("ASSIGNED_AGENT") == [AGENT, ASKED]
    assert dialog.in_role("MANAGER") == []


@pytest.mark.parametrize(("state", "is_open"), [("OPEN", True), ("CLOSE", False)])
def test_what_is_not_closed_is_open(state, is_open):
    assert DialogFacts("C", state=state).open is is_open
    assert ConversationFacts("C", stage=state).open is is_open
    assert ConversationFacts("C", state=state).open  # its survey may go on


@pytest.mark.parametrize(
    ("dialogs", "main"),
    [
        ((), None),
        ((SURVEY,), None),
        ((SURVEY, MAIN), MAIN),
        ((MAIN, DialogFacts("C", "OTHER")), DialogFacts("C", "OTHER")),
        ((DialogFacts("S", "MAIN", "COBROWSE"),), None),
        ((DialogFacts("S", "MAIN", "COBROWSE"), MAIN), MAIN),
    ],
)
def test_the_main_dialog_has_the_id_of_the_conversation_or_else_says_so(dialogs, main):
    assert ConversationFacts("C", dialogs=dialogs).main == main


@pytest.mark.parametrize(
    ("kinds", "is_one"),
    [
        (("OTHER", "COBROWSE"), True),
        (("COBROWSE", "MESSAGING"), True),
        (("OTHER", "MESSAGING"), False),
        (("MAIN", "LIVE_CHAT"), False),
    ],
)
def test_a_cobrowse_dialog_is_known_by_its_channel_or_its_type(kinds, is_one):
    assert DialogFacts("S", *kinds).cobrowse is is_one


def test_a_dialog_is_found_by_its_id():
    facts = ConversationFacts("C", dialogs=(SURVEY, MAIN))
    assert (facts.dialog("S"), facts.dialog("M")) == (SURVEY, MAIN)
    assert facts.dialog("C") is None
