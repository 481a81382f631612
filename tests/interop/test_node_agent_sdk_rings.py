from __future__ import annotations

import ssl
import urllib.parse
import urllib.request

import pytest

pytestmark = [pytest.mark.interop, pytest.mark.timeout(90)]

ACCEPTED = "Ring state updated successfully"


def report(bot, state="ONLINE"):
    """Do what a bot does when it begins its work."""
    bot.subscribe()
    answer = bot.ask("subscribeRoutingTasks", {})
    first = bot.event("routing.RoutingTaskNotification")
    assert first["subscriptionId"] == answer["subscriptionId"]
    bot.ask("setAgentState", {"availability": state})


def take(bot, conversation):
    """Take the ring of a conversation; give it."""
    task = bot.ring(conversation, "WAITING")
    (ring,) = task["ringsDetails"]
    body = {"ringId": ring["ringId"], "ringState": "ACCEPTED"}
    assert bot.ask("updateRingState", body) == ACCEPTED
    bot.ring(conversation, "ACCEPTED")
    return ring


def rings(bot, conversation, state="WAITING"):
    """Give the ids of all rings of a conversation that came in this state."""
    return {
        ring["ringId"]
        for body in bot.all("routing.RoutingTaskNotification")
        for change in body["changes"]
        if change["result"]["conversationId"] == conversation
        for ring in change["result"]["ringsDetails"]
        if ring["ringState"] == state
    }


def test_a_conversation_from_its_ring_to_its_end(agent, emulator):
    bot, other = agent("bot1"), agent("bot2")
    report(bot)
    opened = emulator.open_conversation(skill="-1")
    conversation = opened.conversation_id
    bot.change(conversation)
    assert rings(bot, conversation) == set()  # there is no message yet
    emulator.write(conversation, "a question")

    task = bot.ring(conversation, "WAITING")
    assert (task["consumerId"], task["skillId"]) == (opened.consumer_id, "-1")
    assert task["taskCompleted"] is False
    (ring,) = task["ringsDetails"]
    assert ring["ringId"].startswith(f"{conversation}_{emulator.account}_")
    assert 0 < ring["ringExpiration"] <= 72_000

    body = {"ringId": ring["ringId"], "ringState": "ACCEPTED"}
    assert bot.ask("updateRingState", body) == ACCEPTED
    task = bot.ring(conversation, "ACCEPTED")
    assert task["taskCompleted"] is True
    assert task["ringsDetails"][0]["ringId"] == ring["ringId"]
    details = bot.change(conversation, roles=["CONSUMER", "ASSIGNED_AGENT"])
    assert details["__myRole"] == "ASSIGNED_AGENT"

    bot.publish(conversation, {"type": "ChatStateEvent", "chatState": "COMPOSING"})
    sequence = bot.say(conversation, "an answer")
    emulator.accept(conversation, [sequence])
    assert bot.record(type="AcceptStatusEvent")["event"]["status"] == "READ"
    emulator.write(conversation, "thanks")
    bot.record(message="thanks")

    report(other)
    text = bot.update(
        conversation,
        other.participant("SUGGEST", "ASSIGNED_AGENT"),
        bot.participant("REMOVE", "ASSIGNED_AGENT"),
    )
    assert text == "OK Agent removed successfully"
    take(other, conversation)
    other.change(conversation, roles=["CONSUMER", "ASSIGNED_AGENT"])
    error, _ = bot.call("publishEvent", {"dialogId": conversation, "event": {}})
    assert 400 <= error["code"] < 500  # it has no part in it any more
    other.say(conversation, "I go on")

    assert other.close(conversation) == "OK Conversation resolved successfully"
    for one in (bot, other):
        assert one.change(conversation, "DELETE")["closeReason"] == "AGENT"
    events = [it["event"] for it in emulator.transcript(conversation)]
    assert [it["message"] for it in events if it["type"] == "ContentEvent"] == [
        "a question",
        "an answer",
        "thanks",
        "I go on",
    ]
    frames = [entry["frame"] for entry in emulator.log() if entry["dir"] == "out"]
    codes = {it["body"]: it["code"] for it in frames if isinstance(it["body"], str)}
    assert codes[ACCEPTED] == codes["Agent state updated successfully"] == 202
    assert bot.trouble() == other.trouble() == []


def test_who_is_away_is_not_rung(agent, emulator):
    bot, other = agent("bot1"), agent("bot2")
    report(bot, "AWAY")
    report(other)
    opened = emulator.open_conversation(text="hello")
    other.ring(opened.conversation_id, "WAITING")
    assert rings(bot, opened.conversation_id) == set()


def test_a_conversation_waits_for_who_comes_online(agent, emulator):
    opened = emulator.open_conversation(text="hello")
    bot = agent()
    report(bot)
    take(bot, opened.conversation_id)
    bot.change(opened.conversation_id, roles=["CONSUMER", "ASSIGNED_AGENT"])
    assert bot.trouble() == []


def test_a_rejected_ring_goes_to_the_next_agent(agent, emulator):
    bot, other = agent("bot1"), agent("bot2")
    report(bot)
    opened = emulator.open_conversation(text="hello")
    conversation = opened.conversation_id
    (ring,) = bot.ring(conversation, "WAITING")["ringsDetails"]
    report(other)
    body = {"ringId": ring["ringId"], "ringState": "REJECTED"}
    error, _ = other.call("updateRingState", body)
    assert error["code"] == 403  # it is not other's ring
    assert bot.ask("updateRingState", body) == ACCEPTED
    bot.ring(conversation, "REJECTED")
    assert take(other, conversation)["ringId"] != ring["ringId"]
    details = other.change(conversation, roles=["CONSUMER", "ASSIGNED_AGENT"])
    assert details["__myRole"] == "ASSIGNED_AGENT"
    assert bot.trouble() == other.trouble() == []


def test_a_ring_is_taken_once(agent, emulator):
    bot = agent()
    report(bot)
    opened = emulator.open_conversation(text="hello")
    ring = take(bot, opened.conversation_id)
    body = {"ringId": ring["ringId"], "ringState": "ACCEPTED"}
    error, text = bot.call("updateRingState", body)
    assert 400 <= error["code"] < 500
    assert " " in text


def test_a_conversation_goes_back_to_the_queue_and_is_rung_again(agent, emulator):
    bot = agent()
    report(bot)
    opened = emulator.open_conversation(text="hello", skill="100")
    conversation = opened.conversation_id
    first = take(bot, conversation)
    bot.change(conversation, roles=["CONSUMER", "ASSIGNED_AGENT"])
    bot.mark()
    text = bot.update(
        conversation,
        bot.participant("REMOVE", "ASSIGNED_AGENT"),
        {"field": "Skill", "type": "UPDATE", "skill": "100"},
    )
    assert text == "Skill changed successfully"
    assert take(bot, conversation)["ringId"] != first["ringId"]
    bot.change(conversation, roles=["CONSUMER", "ASSIGNED_AGENT"])
    assert bot.trouble() == []


@pytest.mark.parametrize(
    "emulator",
    [{"skills": {"bot1": ["100"], "bot2": ["4321"]}}],
    indirect=True,
    ids=["skills"],
)
def test_a_transfer_to_a_skill_rings_who_has_it(agent, emulator):
    bot, other = agent("bot1"), agent("bot2")
    report(bot)
    report(other)
    opened = emulator.open_conversation(text="hello", skill="100")
    conversation = opened.conversation_id
    take(bot, conversation)
    bot.change(conversation, roles=["CONSUMER", "ASSIGNED_AGENT"])
    bot.update(
        conversation,
        bot.participant("REMOVE", "ASSIGNED_AGENT"),
        {"field": "Skill", "type": "UPDATE", "skill": "4321"},
    )
    assert other.ring(conversation, "WAITING")["skillId"] == "4321"
    take(other, conversation)
    shown = other.change(conversation, skillId="4321", __myRole="ASSIGNED_AGENT")
    assert shown["participants"][-1]["id"] == other.get("agentId")
    assert len(rings(bot, conversation)) == len(rings(other, conversation)) == 1
    assert bot.trouble() == other.trouble() == []


@pytest.mark.parametrize(
    "emulator", [{"ring_timeout": 0.5}], indirect=True, ids=["short"]
)
def test_a_ring_expires_and_comes_again(agent, emulator):
    bot = agent()
    report(bot)
    opened = emulator.open_conversation(text="hello")
    (first,) = bot.ring(opened.conversation_id, "WAITING")["ringsDetails"]
    task = bot.ring(opened.conversation_id, "EXPIRED")
    assert task["taskCompleted"] is False
    bot.event(
        "routing.RoutingTaskNotification",
        lambda _: len(rings(bot, opened.conversation_id)) > 1,
    )
    body = {"ringId": first["ringId"], "ringState": "ACCEPTED"}
    error, _ = bot.call("updateRingState", body)
    assert 400 <= error["code"] < 500
    assert bot.trouble() == []


def test_rings_are_seen_again_after_a_new_subscription(agent, emulator):
    bot = agent()
    report(bot)
    opened = emulator.open_conversation(text="hello")
    (ring,) = bot.ring(opened.conversation_id, "WAITING")["ringsDetails"]
    bot.mark()
    bot.ask("subscribeRoutingTasks", {})
    (again,) = bot.ring(opened.conversation_id, "WAITING")["ringsDetails"]
    assert again["ringId"] == ring["ringId"]
    assert bot.trouble() == []


def test_a_ring_ends_when_the_consumer_goes(agent, emulator):
    bot = agent()
    report(bot)
    opened = emulator.open_conversation(text="hello")
    (ring,) = bot.ring(opened.conversation_id, "WAITING")["ringsDetails"]
    emulator.close_conversation(opened.conversation_id)
    bot.change(opened.conversation_id, "DELETE")
    body = {"ringId": ring["ringId"], "ringState": "ACCEPTED"}
    error, _ = bot.call("updateRingState", body)
    assert 400 <= error["code"] < 500
    assert bot.trouble() == []


# -- conversations that agents begin, files


def test_an_agent_requests_a_conversation(agent, emulator):
    bot = agent()
    bot.subscribe()
    opened = emulator.open_conversation(assign="bot1", text="hello")
    context = {"type": "ProactiveContext"}
    context["originConversationId"] = opened.conversation_id
    body = {"consumerId": opened.consumer_id, "conversationContext": context}
    answer = bot.ask("agentRequestConversation", body)
    details = bot.change(answer["conversationId"])
    consumer = {"id": opened.consumer_id, "role": "CONSUMER"}
    assert consumer in details["participants"]
    assert bot.trouble() == []


def test_a_file_is_uploaded_and_downloaded(agent, emulator):
    bot = agent()
    opened = emulator.open_conversation(assign="bot1", text="hello")
    body = {"fileSize": "11", "fileType": "PNG"}
    upload = bot.ask("generateURLForUploadFile", body)
    assert put_or_get(emulator, upload, b"hello file!") == (201, b"")
    content = {"caption": "a file", "relativePath": upload["relativePath"]}
    event = {"type": "ContentEvent", "contentType": "hosted/file"}
    event["message"] = {**content, "fileType": "PNG"}
    bot.publish(opened.dialog_id, event)
    path = bot.record(contentType="hosted/file")["event"]["message"]["relativePath"]
    download = bot.ask("generateURLForDownloadFile", {"relativePath": path})
    assert put_or_get(emulator, download) == (200, b"hello file!")
    assert bot.trouble() == []


def put_or_get(emulator, answer, data=None):
    """Call a file's URL as the sample bot makes it up; give status and body."""
    query = urllib.parse.urlencode(
        {name: answer["queryParams"][name] for name in answer["queryParams"]}
    )
    assert "temp_url_sig=" in query
    assert "temp_url_expires=" in query
    path = answer["relativePath"].lstrip("/")
    request = urllib.request.Request(
        f"https://{emulator.csds}/{path}?{query}",
        data=data,
        method="GET" if data is None else "PUT",
    )
    tls = ssl.create_default_context(cafile=emulator.ca)
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=tls)
    )
    with opener.open(request, timeout=10) as done:
        return done.status, done.read()
