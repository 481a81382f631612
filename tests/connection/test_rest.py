"""What a REST connection does, one call after the other."""

from __future__ import annotations

import pytest

import ums_actors as ums
from ums_actors import requests
from ums_actors.emulator import password_of
from ums_actors.protocol.metadata import ExternalId


def events(emulator, conversation):
    return emulator.transcript(conversation)


def last(emulator, conversation):
    return emulator.transcript(conversation)[-1]


def calls(emulator, direction="in", user="bot1"):
    """The REST calls that there were: method and path."""
    return [
        (line["frame"]["method"], line["frame"]["path"])
        for line in emulator.log(user)
        if not line["conn"] and line["dir"] == direction
    ]


def listed(emulator, conversation):
    return next(
        each
        for each in emulator.conversations()
        if each["conversation"] == conversation
    )


# -- what is said


def test_it_opens_without_a_socket_or_a_call(talk):
    emulator, proxy, _ = talk
    assert proxy.status().get(timeout=5).state == "READY"
    assert emulator.sockets() == []
    assert emulator.state()["rest_calls"] == 0


def test_text_is_said_and_its_number_given(talk):
    emulator, proxy, conversation = talk
    assert proxy.send_text(conversation, "hello").get(timeout=10) == 0
    assert proxy.send_text(conversation, "again").get(timeout=10) == 1
    assert last(emulator, conversation)["event"]["message"] == "again"


def test_a_message_is_heard_on_a_consumer_s_websocket_and_asked_for(
    either, rest, start, events
):
    consumer = start(either, kind=ums.ConsumerWebsocketConnection, auth=ums.Anonymous())
    consumer.open().get(timeout=10)
    heard = events(consumer, ums.MessageReceived)
    conversation = consumer.create_conversation().get(timeout=10)
    proxy = rest(either)
    assert proxy.join_dialog(conversation, participant_role="MANAGER").get(
        timeout=10
    ) == ("OK Agent added successfully")
    proxy.send_text(conversation, "by REST").get(timeout=10)
    heard.wait(lambda it: it.message.event.text == "by REST")
    consumer.send_text(conversation, "by websocket").get(timeout=10)
    found = proxy.query_messages(conversation).get(timeout=10)
    assert [each.event.text for each in found] == ["by REST", "by websocket"]
    newer = proxy.query_messages(conversation, 1).get(timeout=10)
    assert [each.event.text for each in newer if each.sequence > 0] == ["by websocket"]


def test_private_text_and_metadata_go_with_it(talk):
    emulator, proxy, conversation = talk
    call = requests.PublishText(
        conversation, conversation, "psst", "AGENTS_AND_MANAGERS"
    )
    assert proxy.send(call).get(timeout=10) == 0
    assert last(emulator, conversation)["messageAudience"] == "AGENTS_AND_MANAGERS"
    metadata = [ExternalId(id="7")]
    proxy.send_text(conversation, "x", metadata=metadata).get(timeout=10)
    assert last(emulator, conversation)["metadata"] == [
        {"type": "ExternalId", "id": "7"}
    ]


def test_other_kinds_of_events_are_published(talk):
    emulator, proxy, conversation = talk
    where = conversation, conversation
    proxy.send_text(conversation, "x").get(timeout=10)
    for call, number in (
        (requests.PublishRich(*where, {"type": "vertical"}), 1),
        (requests.PublishAcceptStatus(*where, [0], "READ"), 2),
        (requests.PublishChatState(*where, "COMPOSING"), 0),
    ):
        assert proxy.send(call).get(timeout=10) == number
    kinds = [each["event"]["type"] for each in events(emulator, conversation)]
    assert kinds == ["ContentEvent", "RichContentEvent", "AcceptStatusEvent"]


def test_a_request_of_one_s_own_is_the_call_of_its_type(talk):
    emulator, proxy, conversation = talk
    body = {
        "dialogId": conversation,
        "event": {
            "type": "ContentEvent",
            "contentType": "text/plain",
            "message": "mine",
        },
    }
    request = {"type": ".ams.ms.PublishEvent", "body": body}
    assert proxy.send(request).get(timeout=10) == {"sequence": 0}
    assert last(emulator, conversation)["event"]["message"] == "mine"


def test_files_go_up_and_come_down(talk):
    emulator, proxy, conversation = talk
    picture = b"\x89PNG\r\n\x1a\n" + bytes(100)
    proxy.upload_file(conversation, picture, caption="look").get(timeout=10)
    shown = last(emulator, conversation)["event"]["message"]
    assert shown["caption"] == "look"
    assert proxy.download_file(shown["relativePath"]).get(timeout=10) == picture


# -- what is changed


def test_a_conversation_is_closed(talk):
    emulator, proxy, conversation = talk
    closed = proxy.close_conversation(conversation).get(timeout=10)
    assert closed == "OK Conversation resolved successfully"
    assert listed(emulator, conversation)["stage"] == "CLOSE"


def test_a_dialog_is_closed(talk):
    _, proxy, conversation = talk
    closed = proxy.close_dialog(conversation, conversation, "SYSTEM").get(timeout=10)
    assert closed == "OK Conversation resolved successfully"
    shown = proxy.get_dialog(conversation).get(timeout=10)
    assert (shown["state"], shown["closedBy"]) == ("CLOSE", "SYSTEM")


def test_times_to_respond_are_set(talk):
    _, proxy, conversation = talk
    ttr = proxy.send(requests.SetTtr(conversation, "URGENT")).get(timeout=10)
    assert ttr == "Update TTR ended successfully"
    ettr = proxy.send(requests.SetManualEttr(conversation, 7)).get(timeout=10)
    assert ettr == "Update manual Ettr ended successfully"
    shown = proxy.get_conversation_by_id(conversation).get(timeout=10)
    details = shown["conversationDetails"]
    assert (details["ttr"]["ttrType"], details["manualETTR"]) == ("URGENT", 7)


def test_the_own_user_joins_is_shown_and_leaves(either, rest):
    proxy = rest(either, "bot2")
    conversation = either.open_conversation(assign="bot1").conversation_id
    proxy.join_dialog(conversation, participant_role="MANAGER").get(timeout=10)
    shown = proxy.get_participant(conversation).get(timeout=10)
    assert (shown["role"], shown["state"]) == ("MANAGER", "ACTIVE")
    left = proxy.leave_dialog(conversation, participant_role="MANAGER").get(timeout=10)
    assert left == "OK Agent removed successfully"
    with pytest.raises(ums.RequestRejected) as caught:
        proxy.get_participant(conversation).get(timeout=10)
    assert (caught.value.code, caught.value.body) == (404, "Participant not found")


def test_others_are_shown_and_removed(talk):
    emulator, proxy, conversation = talk
    consumer = listed(emulator, conversation)["consumer"]
    shown = proxy.get_participant(conversation, consumer).get(timeout=10)
    assert shown["role"] == "CONSUMER"
    other = f"{emulator.account}.1002"
    proxy.join_dialog(conversation, None, "READER", other).get(timeout=10)
    removed = proxy.remove_participant(conversation, other).get(timeout=10)
    assert removed == "OK Agent removed successfully"
    assert proxy.remove_participant(conversation, ums.ME).get(timeout=10)
    assert listed(emulator, conversation)["assigned"] is None


@pytest.mark.parametrize(
    ("where", "skill"),
    [
        ({"skill_id": "17"}, "17"),
        ({"agent_id": "1002"}, "-1"),
        ({"skill_id": "17", "agent_id": "1002"}, "17"),
        ({}, "-1"),
    ],
)
def test_a_conversation_is_handed_over(emulator, rest, where, skill):
    proxy = rest(emulator)
    conversation = emulator.open_conversation(assign="bot1").conversation_id
    done = proxy.transfer_conversation(conversation, remove_agent_id=ums.ME, **where)
    assert done.get(timeout=10) == "OK Agent removed successfully"
    found = listed(emulator, conversation)
    assert (found["assigned"], found["skill"]) == (None, skill)
    if "agent_id" in where:
        other = f"{emulator.account}.1002"
        shown = proxy.get_participant(conversation, other).get(timeout=10)
        assert shown["state"] == "SUGGESTED"


# -- what there is not


ABSENT = {
    "clock": lambda proxy, _: proxy.get_clock(),
    "keep alive": lambda proxy, _: proxy.keep_alive(),
    "agent state": lambda proxy, _: proxy.set_agent_state("ONLINE"),
    "another's state": lambda proxy, _: proxy.set_agent_state("ONLINE", "31"),
    "conversations": lambda proxy, _: proxy.create_conversation_subscription(),
    "rings": lambda proxy, _: proxy.create_routing_task_subscription(),
    "states of agents": lambda proxy, _: proxy.subscribe_agents_state(),
    "change of a subscription": lambda proxy, _: proxy.update_conversation_subscription(
        "s", {}
    ),
    "change of rings": lambda proxy, _: proxy.update_routing_task_subscription("s"),
    "end of a subscription": lambda proxy, _: proxy.unsubscribe_conversations("s"),
    "end of rings": lambda proxy, _: proxy.unsubscribe_routing_tasks("s"),
    "end of states": lambda proxy, _: proxy.unsubscribe_agents_state("s"),
    "own profile": lambda proxy, _: proxy.get_user_profile(),
    "set a profile": lambda proxy, _: proxy.set_user_profile({"first_name": "x"}),
    "brand's profile": lambda proxy, _: proxy.get_brand_profile(),
    "set that": lambda proxy, _: proxy.set_brand_profile({"name": "x"}),
    "new conversation": lambda proxy, _: proxy.create_conversation("x"),
    "key of a form": lambda proxy, _: proxy.get_download_token("d", "s", "i"),
    "note": lambda proxy, talk: proxy.send(requests.SetNote(talk, "x")),
    "satisfaction": lambda proxy, talk: proxy.send(requests.SetCsat(talk, 5)),
    "another request": lambda proxy, _: proxy.send({"type": ".ams.x.Y", "body": {}}),
    "a ring's answer": lambda proxy, _: proxy.send(
        requests.UpdateRingState("r", "ACCEPTED")
    ),
    "transfer from nobody": lambda proxy, talk: proxy.transfer_conversation(
        talk, skill_id="17"
    ),
    "cause of an end": lambda proxy, talk: proxy.close_dialog(
        talk, talk, "AGENT", "because"
    ),
    "encoded metadata": lambda proxy, talk: proxy.send(
        requests.PublishText(talk, talk, "x"), encoded_metadata="aGk="
    ),
    "headers": lambda proxy, talk: proxy.send(
        {
            "type": ".ams.ms.QueryMessages",
            "body": {"dialogId": talk},
            "headers": [{"type": "x"}],
        }
    ),
    "protected subscription": lambda proxy, _: (
        proxy._request_conversation_subscription()
    ),
}


@pytest.mark.parametrize("ready", [False, True], ids=["before", "READY"])
@pytest.mark.parametrize("name", ABSENT)
def test_what_the_service_does_not_offer_is_not_supported_at_once(
    emulator, start, name, ready
):
    proxy = start(emulator, kind=ums.BrandRestConnection)
    if ready:
        proxy.open().get(timeout=10)
    with pytest.raises(ums.NotSupported, match=r"leave|use|take|hear|remove_agent_id"):
        ABSENT[name](proxy, "c1").get(timeout=5)
    status = proxy.status().get(timeout=5)
    assert (status.queued, status.in_flight, status.restarts_left) == (
        0,
        0,
        dict.fromkeys(status.restarts_left, 5) | {"root": status.restarts_left["root"]},
    )
    assert emulator.state()["rest_calls"] == 0


def test_a_subscription_that_was_refused_is_not_made_later(emulator, start):
    proxy = start(emulator, kind=ums.BrandRestConnection)
    with pytest.raises(ums.NotSupported):
        proxy.create_conversation_subscription().get(timeout=5)
    proxy.open().get(timeout=10)
    assert proxy.status().get(timeout=5).state == "READY"


# -- how calls are made


def test_one_line_serves_one_call_after_the_other(talk):
    emulator, proxy, conversation = talk
    for number in range(5):
        proxy.send_text(conversation, str(number)).get(timeout=10)
    proxy.close_conversation(conversation).get(timeout=10)
    state = emulator.state()
    assert (state["rest_calls"], state["rest_lines"]) == (7, 1)


def test_what_is_said_in_one_conversation_keeps_its_order(talk):
    emulator, proxy, conversation = talk
    emulator.add_fault("delay", count=3, value=0.05)
    said = [proxy.send_text(conversation, str(number)) for number in range(30)]
    assert [each.get(timeout=10) for each in said] == list(range(30))
    told = [each["event"]["message"] for each in events(emulator, conversation)]
    assert told == [str(number) for number in range(30)]


def test_conversations_do_not_wait_for_each_other(emulator, rest):
    proxy = rest(emulator)
    slow, quick = (
        emulator.open_conversation(assign="bot1").conversation_id for _ in range(2)
    )
    emulator.add_fault("drop", count=1)
    waits = proxy.send_text(slow, "x")
    behind = proxy.send_text(slow, "y")
    emulator.wait_for_events(slow, 0, 5.0)
    assert proxy.send_text(quick, "z").get(timeout=5) == 0
    assert not waits.done()
    assert not behind.done()


def test_no_more_calls_are_made_at_a_time_than_there_are_lines(emulator, rest):
    proxy = rest(emulator, options={"rest_lines": 2})
    talks = [
        emulator.open_conversation(assign="bot1").conversation_id for _ in range(6)
    ]
    emulator.add_fault("delay", value=0.1)
    emulator.add_fault("too-many", value=2)
    said = [proxy.send_text(each, "x") for each in talks]
    assert [each.get(timeout=10) for each in said] == [0] * 6
    assert emulator.state()["rest_lines"] <= 2
    assert emulator.state()["rest_calls"] == 6


def test_an_answer_that_is_too_long_to_be_read_fails_its_caller(emulator, rest):
    proxy = rest(emulator, options={"max_message_size": 2_000})
    conversation = emulator.open_conversation(assign="bot1").conversation_id
    proxy.send_text(conversation, "x" * 4_000).get(timeout=10)
    with pytest.raises(ums.RemoteProtocolError, match="2000 bytes"):
        proxy.query_messages(conversation).get(timeout=10)
    assert proxy.send_text(conversation, "y").get(timeout=10) == 1


def test_traffic_is_told_as_on_a_websocket(talk, events):
    _, proxy, conversation = talk
    told = events(proxy, ums.RequestSent, ums.ResponseReceived)
    proxy.send_text(conversation, "x").get(timeout=10)
    sent = told.wait(lambda it: isinstance(it, ums.RequestSent))
    assert sent.body["event"]["message"] == "x"
    got = told.wait(lambda it: isinstance(it, ums.ResponseReceived))
    assert (got.code, got.body) == (201, {"sequence": 0})


def test_the_host_can_be_named(emulator, rest):
    where = f"http://{emulator.csds}"
    proxy = rest(emulator, domains={"asyncMessagingEnt": where, "agentVep": where})
    conversation = emulator.open_conversation(assign="bot1").conversation_id
    assert proxy.send_text(conversation, "x").get(timeout=10) == 0


def test_a_ready_bearer_shares_the_session_of_a_websocket(emulator, rest, start):
    websocket = start(emulator)
    websocket.open().get(timeout=10)
    bearer = websocket.get_token().get(timeout=5)
    proxy = rest(emulator, auth=ums.ReadyBearer(bearer, "1001"))
    conversation = emulator.open_conversation(assign="bot1").conversation_id
    proxy.send_text(conversation, "x").get(timeout=10)
    assert proxy.get_participant(conversation).get(timeout=10)["role"]
    assert websocket.status().get(timeout=5).state == "READY"


# -- façades


def facade(emulator):
    return {
        "auth": ums.PasswordLogin("bot1", password_of("bot1")),
        "csds": f"http://{emulator.csds}",
    }


def test_the_blocking_facade(emulator, runtime):
    conversation = emulator.open_conversation(assign="bot1").conversation_id
    more = {"timeout": 10, "runtime": runtime, **facade(emulator)}
    with ums.connect_rest(emulator.account, **more) as rest:
        assert rest.send_text(conversation, "hello") == 0
        assert [it.event.text for it in rest.query_messages(conversation)] == ["hello"]
        assert rest.get_conversation_by_id(conversation)["convId"] == conversation
        assert rest.get_dialog(conversation)["dialogType"] == "MAIN"
        assert rest.get_participant(conversation)["role"] == "ASSIGNED_AGENT"
        with pytest.raises(ums.NotSupported):
            rest.set_agent_state("ONLINE")
        assert rest.remove_participant(conversation)
        assert isinstance(rest, ums.RestConnection)


@pytest.mark.parametrize(
    ("named", "kind"),
    [
        ({}, ums.BrandWebsocketConnection),
        ({"connection_type": "ws"}, ums.BrandWebsocketConnection),
        ({"connection_type": ums.ConnectionType.REST}, ums.BrandRestConnection),
        (
            {"user_type": ums.UserType.BRAND, "connection_type": "rest"},
            ums.BrandRestConnection,
        ),
    ],
)
def test_a_connection_is_made_by_what_it_is_called(emulator, runtime, named, kind):
    ref = ums.create_connection(
        emulator.account, runtime=runtime, **named, **facade(emulator)
    )
    assert ref.actor_class is kind
    ums.proxy_of(ref).open().get(timeout=10)
    ref.stop(timeout=10)


def test_a_consumer_s_connection_too(emulator, runtime):
    ref = ums.create_connection(
        emulator.account,
        user_type=ums.UserType.CONSUMER,
        auth=ums.Anonymous(),
        csds=f"http://{emulator.csds}",
        runtime=runtime,
    )
    assert ref.actor_class is ums.ConsumerWebsocketConnection
    ref.stop(timeout=10)


@pytest.mark.parametrize("whose", ["brand", ums.UserType.CONSUMER])
def test_one_that_only_hears_too(runtime, whose):
    ref = ums.create_connection(
        "12345678", user_type=whose, connection_type="null", runtime=runtime
    )
    assert ref.actor_class is ums.NullConnection
    ref.stop(timeout=10)


@pytest.mark.parametrize(
    "named",
    [
        {"connection_type": ums.ConnectionType.SEND_API},
        {"connection_type": "sendapi", "user_type": "consumer"},
        {"connection_type": "rest", "user_type": ums.UserType.CONSUMER},
    ],
)
def test_a_kind_that_there_is_not_says_what_there_is(named):
    with pytest.raises(ums.NotSupported, match="WEBSOCKET"):
        ums.create_connection("12345678", auth=None, **named)


@pytest.mark.parametrize("named", [{"connection_type": "x"}, {"user_type": None}])
def test_a_kind_that_is_none_says_which_there_are(named):
    with pytest.raises(ums.LocalProtocolError, match="must be one of"):
        ums.create_connection("12345678", auth=None, **named)


# -- what goes over HTTP anyway


def test_reports_of_the_account_are_to_be_had(emulator, rest):
    proxy = rest(emulator, poll_shift_status=True)
    assert proxy.get_shift_status().get(timeout=10)
    assert proxy.get_skills().get(timeout=5)
    assert isinstance(proxy.get_message_statistics().get(timeout=10), dict)


# -- what webhooks bring


def webhook(record):
    """Give the webhook that tells of an event as a brand's socket sees it."""
    return {
        "kind": "notification",
        "type": ".ams.ms.OnlineEventDistribution",
        "body": record,
    }


def test_what_webhooks_leave_out_is_fetched_by_rest(talk, events):
    emulator, proxy, conversation = talk
    heard = events(proxy, ums.MessageReceived)
    for number in range(4):
        emulator.write(conversation, str(number))
    said = emulator.transcript(conversation)
    for number in (0, 3):
        done = proxy.process_webhooks_notification(webhook(said[number]))
        done.get(timeout=5)
    heard.wait(lambda event: event.text == "3")
    assert [event.text for event in heard.seen] == ["0", "1", "2", "3"]


def test_the_objects_that_webhooks_keep_true_speak_by_rest(talk, start, events):
    emulator, proxy, conversation = talk
    opened = events(proxy, ums.ConversationOpened)
    hearing = start(emulator, "bot2")
    changes = events(hearing, ums.NotificationReceived)
    hearing.open().get(timeout=10)
    notice = changes.wait(lambda it: it.body.get("changes"))
    told = {"kind": "notification", "type": notice.type, "body": notice.body}
    proxy.process_webhooks_notification(told).get(timeout=5)
    conversation_of = opened.wait(lambda _: True).conversation
    assert conversation_of.conversation_id == conversation
    assert conversation_of.send_text("by its object").get(timeout=10) == 0
    assert last(emulator, conversation)["event"]["message"] == "by its object"
    with pytest.raises(ums.NotSupported):
        conversation_of.set_note("x").get(timeout=5)
    conversation_of.close().get(timeout=10)
    assert listed(emulator, conversation)["stage"] == "CLOSE"
