from __future__ import annotations

import pytest

ONE, TWO = "acc.1001", "acc.1002"
CONSUMER = "carla"
COBROWSE = {"dialogType": "OTHER", "channelType": "COBROWSE"}


def create(**dialog):
    return {"field": "DialogChange", "type": "CREATE", "dialog": dialog}


def close(dialog, **more):
    member = {"field": "DialogChange", "type": "UPDATE", **more}
    return {**member, "dialog": {"dialogId": dialog, "state": "CLOSE"}}


@pytest.mark.parametrize(
    ("told", "made"),
    [
        (COBROWSE, ("OTHER", "COBROWSE")),
        ({"channelType": "COBROWSE"}, ("OTHER", "COBROWSE")),
        ({"dialogType": "COBROWSE"}, ("COBROWSE", "COBROWSE")),
        ({"dialogType": "AGENTS"}, ("AGENTS", "MESSAGING")),
        ({"dialogType": "AGENTS", "channelType": "MESSAGING"}, ("AGENTS", "MESSAGING")),
        ({"dialogType": "AGENTS", "channelType": "COBROWSE"}, ("AGENTS", "COBROWSE")),
    ],
)
def test_a_second_dialog_is_created(ground, told, made):
    conversation = ground.open()
    ground.change(conversation, ONE, create(**told, metaData={"mode": "m"}))
    _, dialog = conversation.details.dialogs
    assert (dialog.dialog_type, dialog.channel_type) == made
    assert (dialog.state, dialog.metadata) == ("OPEN", {"mode": "m"})
    assert ground.world.find_dialog(dialog.dialog_id) is conversation


def test_the_consumer_is_in_a_cobrowse_dialog_and_not_in_that_of_agents(ground):
    conversation = ground.open()
    ground.change(conversation, ONE, create(**COBROWSE), create(dialogType="AGENTS"))
    _, cobrowse, agents = conversation.details.dialogs
    assert [it.id for it in cobrowse.participants] == [CONSUMER, ONE]
    assert [it.id for it in agents.participants] == [ONE]


def test_a_dialog_may_be_created_under_an_id_that_is_free(ground):
    conversation = ground.open()
    ground.change(conversation, ONE, create(**COBROWSE, dialogId="mine"))
    assert conversation.details.dialogs[1].dialog_id == "mine"
    other = ground.open(consumer="dora")
    taken = {**create(**COBROWSE), "dialogId": "mine"}
    assert ground.refusal(other, ONE, taken) == 409
    assert ground.refusal(other, ONE, create(**COBROWSE, dialogId="x" * 65)) == 409
    ground.change(other, ONE, {**create(**COBROWSE), "dialogId": "beside"})
    assert ground.world.find_dialog("beside") is other


def test_what_is_told_of_a_cobrowse_dialog_is_added_to_what_is_known(ground):
    conversation = ground.open()
    ground.change(conversation, ONE, create(**COBROWSE, metaData={"mode": "COBROWSE"}))
    dialog_id = conversation.details.dialogs[1].dialog_id

    def told(by, state="OPEN", **metadata):
        dialog = {"dialogId": dialog_id, "state": state, "metaData": metadata}
        member = {"field": "DialogChange", "type": "UPDATE", "dialog": dialog}
        return ground.change(conversation, by, member)

    assert told(CONSUMER, sessionState="ACCEPTED") == "OK Dialog updated successfully"
    dialog = conversation.details.dialog(dialog_id)
    assert dialog.metadata == {"mode": "COBROWSE", "sessionState": "ACCEPTED"}
    assert told(ONE, "CLOSE", sessionState="CLOSED").startswith("OK Conversation")
    dialog = conversation.details.dialog(dialog_id)
    assert (dialog.state, dialog.metadata["sessionState"]) == ("CLOSE", "CLOSED")
    assert conversation.details.stage == "OPEN"


def test_only_who_takes_part_changes_a_cobrowse_dialog_and_no_other_is_changed(ground):
    conversation = ground.open()
    ground.change(conversation, ONE, create(**COBROWSE), create(dialogType="AGENTS"))
    cobrowse, agents = (it.dialog_id for it in conversation.details.dialogs[1:])

    def told(dialog_id, **more):
        dialog = {"dialogId": dialog_id, "metaData": {"a": 1}, **more}
        return {"field": "DialogChange", "type": "UPDATE", "dialog": dialog}

    assert ground.refusal(conversation, TWO, told(cobrowse)) == 403
    assert ground.refusal(conversation, ONE, told(agents)) == 400
    assert ground.refusal(conversation, ONE, told(cobrowse, metaData={})) == 400
    big = told(cobrowse, metaData={"x": "y" * 8_000})
    assert ground.refusal(conversation, ONE, big) == 400


def test_the_end_of_the_main_dialog_ends_the_cobrowse_dialog(ground):
    conversation = ground.open()
    ground.change(conversation, ONE, create(**COBROWSE))
    ground.change(conversation, ONE, close(conversation.conversation_id))
    assert [it.state for it in conversation.details.dialogs] == ["CLOSE", "CLOSE"]
    assert conversation.details.stage == "CLOSE"


def test_one_cobrowse_dialog_may_be_open(ground):
    conversation = ground.open()
    ground.change(conversation, ONE, create(**COBROWSE))
    assert ground.refusal(conversation, ONE, create(**COBROWSE)) == 409
    first = conversation.details.dialogs[1].dialog_id
    ground.change(conversation, ONE, close(first))
    ground.change(conversation, ONE, create(**COBROWSE))
    states = [it.state for it in conversation.details.dialogs]
    assert states == ["OPEN", "CLOSE", "OPEN"]


def test_the_conversation_lasts_as_long_as_any_dialog(ground):
    conversation = ground.open()
    ground.change(conversation, ONE, create(dialogType="AGENTS"))
    ground.change(conversation, ONE, close(conversation.conversation_id))
    details = conversation.details
    assert (details.main.state, details.stage) == ("CLOSE", "OPEN")
    ground.change(conversation, ONE, close(details.dialogs[1].dialog_id))
    assert (conversation.details.stage, conversation.details.close_reason) == (
        "CLOSE",
        "AGENT",
    )


@pytest.mark.parametrize(
    "member",
    [
        create(),
        create(dialogType="MAIN"),
        create(dialogType="POST_SURVEY"),
        create(dialogType="POST_SURVEY", channelType="COBROWSE"),
        create(dialogType="AGENTS", channelType="LIVE_CHAT"),
        create(dialogType=["AGENTS"]),
        create(dialogType=["AGENTS"], channelType="COBROWSE"),
        create(dialogType="AGENTS", metaData={"x": "y" * 8_000}),
        {"field": "DialogChange", "type": "CREATE"},
        {"field": "DialogChange", "dialog": {"state": "CLOSE"}},
        {"field": "DialogChange", "type": "DELETE", "dialog": {}},
        {"field": "DialogChange", "type": "UPDATE", "dialog": {"state": "OPEN"}},
        {"field": "DialogChange", "type": "UPDATE", "dialog": {"state": "CLOSE"}},
        {"field": "DialogChange", "type": "UPDATE", "dialog": "CLOSE"},
    ],
)
def test_a_dialog_change_of_nonsense_is_refused(ground, member):
    assert ground.refusal(ground.open(), ONE, member) == 400


def test_dialogs_have_a_bound(ground):
    conversation = ground.open()
    ground.change(conversation, ONE, *[create(dialogType="AGENTS")] * 19)
    assert ground.refusal(conversation, ONE, create(dialogType="AGENTS")) == 400


def test_who_takes_no_part_creates_no_dialog(ground):
    assert ground.refusal(ground.open(), TWO, create(dialogType="AGENTS")) == 403


def test_no_dialog_is_created_when_the_main_one_is_closed(ground):
    conversation = ground.open(survey=True)
    ground.change(conversation, ONE, close(conversation.conversation_id))
    assert ground.refusal(conversation, ONE, create(**COBROWSE)) == 409


def test_an_unknown_dialog_is_not_found(ground):
    conversation = ground.open()
    assert ground.refusal(conversation, ONE, close("nowhere")) == 404
    assert ground.refusal(conversation, ONE, close(5)) == 404
    other = ground.open(consumer="dora")
    assert ground.refusal(conversation, ONE, close(other.conversation_id)) == 404


def test_the_id_may_stand_beside_the_dialog(ground):
    conversation = ground.open()
    member = {"field": "DialogChange", "type": "UPDATE", "dialog": {"state": "CLOSE"}}
    ground.change(
        conversation, ONE, {**member, "dialogId": conversation.conversation_id}
    )
    assert conversation.details.stage == "CLOSE"


def test_a_consumer_closes_only_dialogs_with_a_part_in_it(ground):
    conversation = ground.open()
    ground.change(conversation, ONE, create(dialogType="AGENTS"), create(**COBROWSE))
    _, agents, cobrowse = (it.dialog_id for it in conversation.details.dialogs)
    assert ground.refusal(conversation, CONSUMER, close(agents)) == 403
    ground.change(conversation, CONSUMER, close(cobrowse))
    assert conversation.details.dialog(cobrowse).closed_by == "CONSUMER"
