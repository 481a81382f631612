from __future__ import annotations

import json
from pathlib import Path

import pytest

pytestmark = [pytest.mark.interop, pytest.mark.timeout(90)]

HERE = Path(__file__).parent


def test_the_package_is_the_published_one(modules):
    asked = json.loads((HERE / "package.json").read_text("utf-8"))["dependencies"]
    assert asked == {"node-agent-sdk": "1.2.0"}
    lock = json.loads((HERE / "package-lock.json").read_text("utf-8"))["packages"]
    packages = [it for name, it in lock.items() if name]
    assert all(it["integrity"].startswith("sha512-") for it in packages)
    assert not any("resolved" in it for it in packages)
    text = (modules / "node-agent-sdk" / "package.json").read_text("utf-8")
    assert json.loads(text)["version"] == "1.2.0"


# -- connecting


def test_it_connects_with_a_password(agent, emulator):
    bot = agent()
    assert bot.event("connected")["connected"] is True
    assert bot.get("connected") is True
    state = emulator.state()
    assert (state["logins"], state["handshakes"], state["sockets"]) == (1, 1, 1)
    assert bot.trouble() == []
    assert bot.all("closed") == []


def test_it_knows_itself_by_its_pid(agent, emulator):
    bot = agent()
    assert bot.get("__oldAgentId").startswith(f"{emulator.account}.")
    opened = emulator.open_conversation(assign="bot1", text="hello")
    bot.subscribe()
    details = bot.change(opened.conversation_id)
    assert details["__myRole"] == "ASSIGNED_AGENT"
    me = {"id": bot.get("agentId"), "role": "ASSIGNED_AGENT"}
    assert me in details["participants"]


def test_it_connects_with_four_keys(agent):
    keys = {"appKey": "k", "secret": "bot1-password", "accessToken": "a"}
    bot = agent(password="", **keys, accessTokenSecret="s")
    assert bot.ask("getClock", {})["currentTime"] > 0


def test_it_connects_with_a_token_that_it_is_given(agent, emulator):
    first = agent()
    bot = agent(called="again", token=first.get("token"), userId=first.get("userId"))
    assert bot.get("__oldAgentId") == first.get("__oldAgentId")
    assert bot.ask("getClock", {})["currentTime"] > 0
    assert emulator.state()["logins"] == 1


@pytest.mark.parametrize("version", [2, 2.1])
def test_it_may_ask_for_either_version(agent, version):
    bot = agent(apiVersion=version)
    assert bot.ask("getClock", {})["currentTime"] > 0


def test_a_bad_password_is_one_error_and_nothing_more(agent, emulator):
    bot = agent(password="wrong", connected=False)
    error = bot.event("error")
    assert (error["name"], error["message"]) == (
        "SDKError",
        "Invalid site, user or password",
    )
    other = agent("bot2")  # time enough for more to come
    assert other.ask("getClock", {})
    assert (len(bot.all("error")), bot.all("closed")) == (1, [])
    assert emulator.state()["refused_logins"] == 1


def test_a_login_that_fails_with_500_is_an_error_and_the_next_try_succeeds(
    agent, emulator
):
    emulator.add_fault("login", value=500, count=1)
    bot = agent(connected=False)
    assert bot.event("error")["message"]
    bot.tell("reconnect")
    bot.event("connected")


# -- requests


def test_the_clock(agent):
    assert agent().ask("getClock", {}).keys() == {"currentTime"}


def test_an_agent_state_is_set_and_told(agent, emulator):
    bot, other = agent("bot1"), agent("bot2")
    answer = bot.ask("subscribeAgentsState", {})
    assert (
        bot.event("routing.AgentStateNotification")["subscriptionId"]
        == (answer["subscriptionId"])
    )
    for state in ("ONLINE", "AWAY", "BACK_SOON", "OCCUPIED", "OFFLINE"):
        text = bot.ask("setAgentState", {"availability": state})
        assert text == "Agent state updated successfully"
        bot.event(
            "routing.AgentStateNotification",
            lambda body, state=state: (
                body["changes"][0]["result"]["availability"] == state
            ),
        )
        assert emulator.state()["agent_states"]["bot1"] == state
    assert other.all("routing.AgentStateNotification") == []
    assert bot.trouble() == []


def test_the_subscription_shows_what_is_open_after_its_response(node, agent, emulator):
    bot = agent()
    opened = [emulator.open_conversation(text=f"text {n}") for n in range(3)]
    number = bot.begin("subscribeExConversations", {"convState": ["OPEN"]})
    error, body = bot.outcome(number)
    assert error is None
    snapshot = bot.event("cqm.ExConversationChangeNotification")
    assert snapshot["subscriptionId"] == body["subscriptionId"]
    shown = {change["result"]["convId"] for change in snapshot["changes"]}
    assert shown == {it.conversation_id for it in opened}
    answered = node.lines.index(node.wait_for(lambda line: line.get("n") == number))
    is_note = "cqm.ExConversationChangeNotification"
    noted = node.lines.index(node.wait_for(lambda line: line.get("event") == is_note))
    assert answered < noted
    assert bot.trouble() == []


def test_an_empty_snapshot_comes_too(agent):
    bot = agent()
    bot.subscribe()
    assert bot.event("cqm.ExConversationChangeNotification")["changes"] == []


def test_a_subscription_to_the_own_conversations_shows_no_others(agent, emulator):
    bot = agent()
    bot.subscribe(agentIds=[bot.get("agentId")])
    emulator.open_conversation(text="not mine")
    mine = emulator.open_conversation(assign="bot1")
    bot.change(mine.conversation_id)
    shown = {
        change["result"]["convId"]
        for body in bot.all("cqm.ExConversationChangeNotification")
        for change in body["changes"]
    }
    assert shown == {mine.conversation_id}


def test_after_unsubscribing_nothing_is_told(agent, emulator):
    bot = agent()
    answer = bot.subscribe()
    bot.event("cqm.ExConversationChangeNotification")
    bot.ask("unsubscribeExConversations", answer)
    emulator.open_conversation(assign="bot1", text="unseen")
    bot.record(message="unseen")
    assert bot.ask("getClock", {})
    assert len(bot.all("cqm.ExConversationChangeNotification")) == 1


# -- conversations


def test_joining_talking_leaving_closing(agent, emulator):
    bot = agent()
    bot.subscribe()
    opened = emulator.open_conversation(text="hello")
    conversation = opened.conversation_id
    bot.change(conversation)

    joins = {"field": "ParticipantsChange", "type": "ADD", "role": "MANAGER"}
    text = bot.update(conversation, joins)  # the client adds who
    assert text == "OK Agent added successfully"

    assert bot.say(conversation, "welcome") == 1
    mine = bot.record(message="welcome")
    assert (mine["__isMe"], mine["originatorId"]) == (True, bot.get("agentId"))
    emulator.write(conversation, "thanks")
    theirs = bot.record(message="thanks")
    assert (theirs["__isMe"], theirs["originatorId"]) == (False, opened.consumer_id)
    assert (theirs["sequence"], theirs["dialogId"]) == (2, opened.dialog_id)

    bot.mark()
    text = bot.update(conversation, {**joins, "type": "REMOVE"})
    assert text == "OK Agent removed successfully"
    bot.change(conversation, roles=["CONSUMER"])

    text = bot.close(conversation)
    assert text == "OK Conversation resolved successfully"
    gone = bot.change(conversation, "DELETE")
    assert (gone["state"], gone["closeReason"]) == ("CLOSE", "AGENT")
    assert bot.trouble() == []


def test_all_kinds_of_events_are_published(agent, emulator):
    bot, other = agent("bot1"), agent("bot2")
    opened = emulator.open_conversation(assign="bot1")
    dialog = opened.dialog_id
    other.update(opened.conversation_id, other.participant("ADD", "READER"))
    emulator.write(opened.conversation_id, "a question")
    typing = {"type": "ChatStateEvent", "chatState": "COMPOSING"}
    read = {"type": "AcceptStatusEvent", "status": "READ", "sequenceList": [0]}
    rich = {"type": "RichContentEvent", "content": {"type": "text", "text": "card"}}
    card = [{"type": "ExternalId", "id": "card-1"}]

    assert bot.publish(dialog, typing) == 0
    assert bot.publish(dialog, read) == 1
    assert bot.publish(dialog, rich, None, card) == 2
    assert bot.say(dialog, "between us", messageAudience="AGENTS_AND_MANAGERS") == 3

    assert other.record(type="ChatStateEvent")["event"]["chatState"] == "COMPOSING"
    assert other.record(type="AcceptStatusEvent")["event"]["sequenceList"] == [0]
    assert other.record(type="RichContentEvent")["metadata"] == card
    private = other.record(message="between us")
    assert private["messageAudience"] == "AGENTS_AND_MANAGERS"
    assert other.trouble() == bot.trouble() == []


def test_the_consumer_confirms_what_it_has_read(agent, emulator):
    bot = agent()
    opened = emulator.open_conversation(assign="bot1")
    sequence = bot.say(opened.dialog_id, "an answer")
    emulator.accept(opened.conversation_id, [sequence])
    read = bot.record(type="AcceptStatusEvent")
    assert (read["event"]["status"], read["event"]["sequenceList"]) == (
        "READ",
        [sequence],
    )
    assert read["originatorId"] == opened.consumer_id


def test_the_history_is_shown_from_its_first_message_on(agent, emulator):
    bot = agent()
    opened = emulator.open_conversation(text="first")
    emulator.write(opened.conversation_id, "second")
    body = {"dialogId": opened.dialog_id, "fromSeq": 0}
    bot.ask("subscribeMessagingEvents", body)
    shown = bot.event("ms.MessagingEventNotification")
    assert shown["dialogId"] == opened.dialog_id
    texts = [record["event"]["message"] for record in shown["changes"]]
    assert texts == ["first", "second"]
    assert bot.trouble() == []


def test_profiles(agent, emulator):
    bot = agent()
    opened = emulator.open_conversation()
    for body in (opened.consumer_id, {"userId": opened.consumer_id}, {}):
        assert isinstance(bot.ask("getUserProfile", body), list)
    assert bot.trouble() == []


def test_a_transfer_to_a_skill_and_the_removal_of_an_agent(agent, emulator):
    bot, other = agent("bot1"), agent("bot2")
    bot.subscribe()
    other.subscribe()
    opened = emulator.open_conversation(assign="bot1", text="hello", skill="100")
    conversation = opened.conversation_id
    removes = {"field": "ParticipantsChange", "type": "REMOVE"}
    removes["role"] = "ASSIGNED_AGENT"
    to_skill = {"field": "Skill", "type": "UPDATE", "skill": "4321"}
    text = bot.update(conversation, removes, to_skill)
    assert text == "Skill changed successfully"
    other.change(conversation, skillId="4321", roles=["CONSUMER"])
    body = {"conversationId": conversation, "conversationField": [removes]}
    error, _ = bot.call("updateConversationField", body)
    assert 400 <= error["code"] < 500
    assert bot.trouble() == other.trouble() == []


def test_a_suggested_agent_is_shown_as_such_and_disturbs_nobody(agent, emulator):
    bot, other = agent("bot1"), agent("bot2")
    bot.subscribe()
    other.subscribe()
    opened = emulator.open_conversation(assign="bot1", text="hello")
    conversation = opened.conversation_id
    bot.update(
        conversation,
        other.participant("SUGGEST", "ASSIGNED_AGENT"),
        bot.participant("REMOVE", "ASSIGNED_AGENT"),
    )
    for one in (bot, other):
        dialog = one.change(conversation, roles=["CONSUMER"])["dialogs"][0]
        states = [(it["role"], it["state"]) for it in dialog["participantsDetails"]]
        assert sorted(states) == [
            ("ASSIGNED_AGENT", "SUGGESTED"),
            ("CONSUMER", "ACTIVE"),
        ]
    assert bot.trouble() == other.trouble() == []


def test_a_survey_follows_the_end_of_the_main_dialog(agent, emulator):
    bot = agent()
    bot.ask("subscribeExConversations", {"stage": ["OPEN"]})
    opened = emulator.open_conversation(assign="bot1", text="hello", survey=True)
    main = {"dialogId": opened.dialog_id, "state": "CLOSE", "closedCause": "done"}
    field = {"field": "DialogChange", "type": "UPDATE", "dialog": main}
    text = bot.update(opened.conversation_id, field)
    assert text == "OK Conversation resolved successfully"
    details = bot.change(opened.conversation_id, state="CLOSE")
    assert details["stage"] == "OPEN"
    dialogs = [(it["dialogType"], it["state"]) for it in details["dialogs"]]
    assert dialogs == [("MAIN", "CLOSE"), ("POST_SURVEY", "OPEN")]
    assert bot.trouble() == []
