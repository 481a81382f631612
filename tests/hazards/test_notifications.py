from __future__ import annotations

import copy

import pytest

import ums_actors as ums

CHANGE = ".ams.aam.ExConversationChangeNotification"
EVENT = ".ams.ms.OnlineEventDistribution"
QUERY = ".ams.ms.QueryMessages"
SILENT = 5

NONSENSE = (
    "text",
    "cut-off",
    "empty",
    "null",
    "list",
    "no-kind",
    "no-body",
    "bare-result",
)


def status(proxy):
    return proxy.status().get(timeout=5)


@pytest.fixture
def between(emulator, relay, opened):
    """Open a connection with a relay before it, its first snapshot over."""
    made = relay(emulator)
    proxy = opened(emulator, domains={"facadeMsg": made.address})
    proxy.create_conversation_subscription(wait_for_ready=True).get(timeout=5)
    return made, proxy


def heard_texts(heard):
    return [event.text for event in heard.seen if event.text is not None]


# -- 4: a bad notification


@pytest.mark.parametrize("kind", NONSENSE)
def test_a_frame_of_nonsense_concerns_itself_alone(emulator, opened, events, kind):
    proxy = opened(emulator)
    proxy.create_conversation_subscription(wait_for_ready=True).get(timeout=5)
    heard = events(proxy, ums.MessageReceived)
    changed = events(proxy, ums.ConversationChanged)
    emulator.add_fault("malformed", value=kind)
    talk = emulator.open_conversation(assign="bot1", text="hello")
    heard.wait(lambda event: event.text == "hello")
    changed.wait(lambda event: event.conversation_id == talk.conversation_id)
    now = status(proxy)
    assert (now.state, now.generation, now.restarts) == ("READY", 1, {})


def without_details(result):
    del result["conversationDetails"]


def without_participants(result):
    del result["conversationDetails"]["participants"]


def without_pids(result):
    result["conversationDetails"]["participantsPId"] = {}


def without_participants_details(result):
    for dialog in result["conversationDetails"]["dialogs"]:
        del dialog["participantsDetails"]


def without_dialogs(result):
    result["conversationDetails"]["dialogs"] = None


def of_wrong_types(result):
    result["conversationDetails"]["participants"] = 3
    result["conversationDetails"]["metaDataLastUpdateTs"] = "soon"
    result["lastContentEventNotification"] = []


BENT = (
    without_details,
    without_participants,
    without_pids,
    without_participants_details,
    without_dialogs,
    of_wrong_types,
)


@pytest.mark.parametrize("bend", BENT)
def test_a_change_that_lacks_a_part_is_taken_for_what_it_has(
    emulator, between, events, bend
):
    relay, proxy = between
    heard = events(proxy, ums.MessageReceived)
    changed = events(proxy, ums.ConversationChanged)

    def edit(frame):
        if frame.get("type") == CHANGE:
            for change in frame["body"]["changes"]:
                bend(change["result"])
        return [frame]

    relay.edit = edit
    talk = emulator.open_conversation(assign="bot1", text="hello")
    heard.wait(lambda event: event.text == "hello")
    changed.wait(lambda event: event.conversation_id == talk.conversation_id)
    now = status(proxy)
    assert (now.state, now.generation, now.restarts) == ("READY", 1, {})


# -- 16: one failing query, one missing notification


@pytest.mark.parametrize("code", [400, 404, 500])
def test_a_failing_query_hides_no_conversation_and_no_message_to_come(
    emulator, opened, events, code, monkeypatch
):
    monkeypatch.setattr("ums_actors.actors.dialogs._PAUSE", 0.1)
    proxy = opened(emulator)
    proxy.create_conversation_subscription(wait_for_ready=True).get(timeout=5)
    heard = events(proxy, ums.MessageReceived)
    changed = events(proxy, ums.ConversationChanged)
    failed = events(proxy, ums.ErrorOccurred)
    emulator.add_fault("reject", value={"code": code, "type": QUERY})
    talk = emulator.open_conversation(text="before")
    changed.wait(lambda event: event.conversation_id == talk.conversation_id)
    other = emulator.open_conversation(assign="bot1", text="elsewhere")
    heard.wait(lambda event: event.conversation_id == other.conversation_id)
    proxy.join_dialog(talk.conversation_id, talk.dialog_id, "MANAGER").get(timeout=5)
    failed.wait(lambda event: event.dialog_id == talk.dialog_id)
    changed.wait(lambda event: "MANAGER" in roles(event, talk.conversation_id))
    emulator.clear_faults()
    emulator.write(talk.conversation_id, "after")
    heard.wait(lambda event: event.text == "after")
    emulator.write(other.conversation_id, "elsewhere too")
    heard.wait(lambda event: event.text == "elsewhere too")


def roles(event, conversation_id):
    """Give the roles in a conversation, if the event is about that."""
    if event.conversation_id != conversation_id:
        return []
    members = event.conversation.conversation_details.members()
    return [role for role, _ in members]


def test_dialogs_whose_messages_do_not_come_hold_up_no_other(
    emulator, relay, consumer, events, monkeypatch
):
    """As many as may be asked for at a time: the next one waits a little, not long."""
    monkeypatch.setattr("ums_actors.actors.following.GRACE", 0.2)
    between = relay(emulator)
    proxy = consumer(emulator, domains={"asyncMessagingEnt": between.address})
    heard = events(proxy, ums.MessageReceived)
    changed = events(proxy, ums.ConversationChanged)
    silent = []

    def edit(frame):
        if frame["type"] == "cm.RequestConversationResponse" and len(silent) < SILENT:
            silent.append(frame["body"]["conversationId"])
        is_message = frame["type"] == "ms.MessagingEventNotification"
        return [] if is_message and frame["body"]["dialogId"] in silent else [frame]

    between.edit = edit
    for _ in range(SILENT):
        talk = proxy.create_conversation().get(timeout=5)
        proxy.send_text(talk, "into the void").get(timeout=5)
    last = proxy.create_conversation().get(timeout=5)
    changed.wait(lambda event: event.conversation_id == last)
    proxy.send_text(last, "hello").get(timeout=5)
    heard.wait(lambda event: event.text == "hello")
    assert heard_texts(heard) == ["hello"]


# -- 20: a message that is first seen as the last one of a conversation


@pytest.mark.parametrize("behind", [CHANGE, QUERY + "$Response"])
def test_a_message_seen_first_in_its_conversation_is_told_whole_and_once(
    emulator, between, events, behind
):
    relay, proxy = between
    heard = events(proxy, ums.MessageReceived)
    changed = events(proxy, ums.ConversationChanged)
    late = []

    def edit(frame):
        if frame.get("type") == EVENT:
            late.append(frame)
            return []
        if frame.get("type") == behind:
            held, late[:] = copy.copy(late), []
            return [frame, *held]
        return [frame]

    relay.edit = edit
    talk = emulator.open_conversation(assign="bot1", text="hello")
    told = changed.wait(lambda event: event.conversation.last_content_event is not None)
    assert told.conversation.last_content_event.event.text == "hello"
    message = heard.wait(lambda event: event.text == "hello")
    assert (message.originator_id, message.role) == (talk.consumer_id, "CONSUMER")
    assert (message.conversation_id, message.sequence) == (talk.conversation_id, 0)
    emulator.write(talk.conversation_id, "again")
    heard.wait(lambda event: event.text == "again")
    assert heard_texts(heard) == ["hello", "again"]


# -- 21: types of notifications, domains of no use, rings for ever


@pytest.mark.parametrize("kind", ["close", "error", "connect", "open"])
def test_a_notification_may_be_called_what_it_likes(between, events, kind):
    relay, proxy = between
    told = events(proxy, ums.Event)
    relay.say({"kind": "notification", "type": kind, "body": {"code": 1000}})
    assert proxy.get_clock().get(timeout=5) > 0
    states = [event for event in told.rest() if isinstance(event, ums.StateChanged)]
    raw = [event for event in told.seen if isinstance(event, ums.NotificationReceived)]
    assert not states
    assert [(event.type, event.body) for event in raw] == [(kind, {"code": 1000})]
    now = status(proxy)
    assert (now.state, now.generation, now.restarts) == ("READY", 1, {})


def test_an_answer_without_a_domain_is_asked_for_again(
    emulator, start, events, monkeypatch
):
    monkeypatch.setattr("ums_actors.auth.domains._PAUSE", 0.3)
    emulator.add_fault("csds", count=1, value={"status": 200, "body": "wrong"})
    proxy = start(emulator, options={"csds_cache": 3600})
    states = events(proxy, ums.StateChanged)
    proxy.open().get(timeout=15)
    assert "BACKING_OFF" in [event.state for event in states.rest(0)]


def test_rings_that_have_ended_count_no_longer(emulator, opened, events):
    proxy = opened(emulator)
    rings = events(proxy, ums.RingOffered)
    proxy.create_routing_task_subscription(wait_for_ready=True).get(timeout=5)
    proxy.set_agent_state(ums.AgentState.ONLINE).get(timeout=5)
    for _ in range(20):
        emulator.open_conversation(text="hello")
        rings.wait(lambda event: True).ring.accept().get(timeout=5)
    assert status(proxy).rings == 0
