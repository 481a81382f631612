from __future__ import annotations

import queue
import threading

import pytest

import ums_actors as ums
from ums_actors.emulator import password_of, running_emulator
from ums_actors.requests import GetClock


@pytest.fixture
def emulator():
    with running_emulator(users=1) as emulator:
        yield emulator


@pytest.fixture
def connected(emulator, runtime):
    with ums.connect(
        emulator.account,
        auth=ums.PasswordLogin("bot1", password_of("bot1")),
        csds=f"http://{emulator.csds}",
        options=ums.Options(backoff_base=0.05),
        runtime=runtime,
        timeout=10,
    ) as connection:
        yield connection


def test_a_script_reads_answers_and_events(emulator, connected):
    assert connected.get_clock() > 0
    assert connected.get_token()
    connected.set_agent_state("ONLINE")
    heard = connected.events(ums.MessageReceived, timeout=5)
    opened = emulator.open_conversation(assign="bot1", text="hello")
    assert next(heard).text == "hello"
    assert connected.send_text(opened.conversation_id, "hi") == 1
    assert next(heard).mine
    heard.close()
    assert [r.event.text for r in connected.query_messages(opened.dialog_id)] == [
        "hello",
        "hi",
    ]
    assert connected.close_conversation(opened.conversation_id).startswith("OK")


def test_a_script_is_rung_and_accepts(emulator, connected):
    assert connected.create_routing_task_subscription(wait_for_ready=True)
    heard = connected.events(ums.RingOffered, timeout=5)
    connected.set_agent_state("ONLINE")
    emulator.open_conversation(text="hello")
    ring = next(heard).ring
    heard.close()
    assert ring.accept(wait_for_conversation=True).get(timeout=5) is None
    assert ring.state == ums.RingState.ACCEPTED


def test_a_text_may_offer_answers(emulator, connected):
    opened = emulator.open_conversation(assign="bot1", text="hello")
    heard = connected.events(ums.MessageReceived, timeout=5)
    replies = {"type": "quickReplies", "replies": [{"type": "button", "title": "yes"}]}
    connected.send_text(opened.conversation_id, "shall I?", quick_replies=replies)
    said = next(each for each in heard if each.mine)
    heard.close()
    assert said.message.quick_replies["replies"][0]["title"] == "yes"


def test_events_end_when_nothing_comes(connected):
    assert list(connected.events(ums.MessageReceived, timeout=0.2)) == []


def test_events_that_nobody_iterates_over_leave_no_subscriber(connected, eventually):
    subscribers = connected.ref.actor_inbox.keep.subscribers
    connected.events(ums.MessageReceived)  # and forgotten
    eventually(lambda: not subscribers._tables.all)
    with connected.events(ums.MessageReceived):
        eventually(lambda: subscribers._tables.all)
    eventually(lambda: not subscribers._tables.all)


def test_events_of_a_bad_kind_are_refused_at_once(connected):
    with pytest.raises(ums.LocalProtocolError, match="no event class"):
        connected.events(int)


def test_a_script_waits_for_the_first_snapshot(emulator, runtime):
    emulator.open_conversation()
    with ums.connect(
        emulator.account,
        auth=ums.PasswordLogin("bot1", password_of("bot1")),
        csds=f"http://{emulator.csds}",
        runtime=runtime,
        timeout=10,
        wait_for_ready=True,
    ) as connection:
        kernel = connection.ref.actor_inbox.keep
        assert kernel.subscriptions["default"].snapshot_seen
        subscription = connection.create_conversation_subscription()
        connection.update_conversation_subscription(subscription, {})
        connection.unsubscribe_conversations(subscription)
        assert connection.subscribe_agents_state(wait_for_ready=True)
        assert connection.set_user_profile({"first_name": "Ann"}).startswith("OK")
        assert connection.get_user_profile().first_name == "Ann"
        assert connection.subscribe_notifications(print, ".x")


def test_events_say_when_the_connection_has_ended(connected):
    heard = connected.events(ums.MessageReceived)
    threading.Timer(0.2, connected.proxy.close).start()
    with pytest.raises(ums.ConnectionLost):
        next(heard)


def test_a_refused_login_leaves_nothing_behind(emulator, runtime):
    with pytest.raises(ums.AuthenticationRejected):
        ums.connect(
            emulator.account,
            auth=ums.PasswordLogin("bot1", "wrong"),
            csds=f"http://{emulator.csds}",
            runtime=runtime,
            timeout=10,
        )
    assert emulator.state()["sockets"] == 0


def test_a_consumer_writes_a_script_too(emulator, runtime):
    with ums.connect_consumer(
        emulator.account,
        auth=ums.Anonymous(),
        csds=f"http://{emulator.csds}",
        options=ums.Options(backoff_base=0.05),
        runtime=runtime,
        timeout=10,
    ) as consumer:
        heard = consumer.events(ums.MessageReceived, timeout=5)
        conversation = consumer.create_conversation()
        assert consumer.send_text(conversation, "hello") == 0
        assert next(heard).mine
        heard.close()
        assert consumer.get_user_profile().user_id == consumer.status().agent_id
        assert consumer.close_conversation(conversation).startswith("OK")
    assert not consumer.ref.is_alive()


def test_a_consumer_that_is_not_let_in_leaves_nothing_behind(emulator, runtime):
    emulator.add_fault("idp", value=403)
    with pytest.raises(ums.AuthenticationRejected):
        ums.connect_consumer(
            emulator.account,
            auth=ums.Anonymous(),
            csds=f"http://{emulator.csds}",
            runtime=runtime,
            timeout=10,
        )
    assert emulator.state()["sockets"] == 0


def test_who_listens_from_the_start_hears_of_a_scripts_first_snapshot(
    emulator, runtime
):
    mine = emulator.open_conversation(assign="bot1").conversation_id
    heard = queue.Queue()
    with ums.connect(
        emulator.account,
        auth=ums.PasswordLogin("bot1", password_of("bot1")),
        csds=f"http://{emulator.csds}",
        runtime=runtime,
        timeout=10,
        subscribe=[(heard, ums.StateChanged, ums.ConversationOpened)],
    ):
        assert heard.get(timeout=5).previous == "NEW"
        while isinstance(event := heard.get(timeout=5), ums.StateChanged):
            pass
        assert event.conversation.conversation_id == mine


def test_a_consumers_listeners_may_be_there_from_the_start_too(emulator, runtime):
    heard = queue.Queue()
    with ums.connect_consumer(
        emulator.account,
        auth=ums.Anonymous(),
        csds=f"http://{emulator.csds}",
        runtime=runtime,
        timeout=10,
        subscribe=[(heard,)],
    ) as consumer:
        assert heard.get(timeout=5).previous == "NEW"
        with pytest.raises(ums.RequestRejected):
            consumer.catch_up("nothing")


def test_a_listener_of_no_use_is_refused_and_leaves_nothing_behind(emulator, runtime):
    with pytest.raises(ums.LocalProtocolError, match="tuples"):
        ums.connect(
            emulator.account,
            auth=ums.PasswordLogin("bot1", password_of("bot1")),
            csds=f"http://{emulator.csds}",
            runtime=runtime,
            subscribe=[print],
        )
    assert emulator.state()["logins"] == 0


def test_a_script_changes_and_ends_its_subscriptions(emulator, connected):
    rings = connected.create_routing_task_subscription()
    connected.update_routing_task_subscription(rings, ums.ME)
    connected.unsubscribe_routing_tasks(rings)
    connected.unsubscribe_agents_state(connected.subscribe_agents_state(ums.ME))
    with pytest.raises(ums.RequestRejected):
        connected.unsubscribe_routing_tasks(rings)
    assert list(connected.ref.actor_inbox.keep.subscriptions) == ["default"]


def test_a_script_joins_leaves_and_catches_up(emulator, connected):
    opened = emulator.open_conversation(text="hello").conversation_id
    assert connected.join_dialog(opened, participant_role="MANAGER").startswith("OK")
    heard = connected.events(ums.MessageReceived, timeout=5)
    assert connected.send_text(opened, "hi") == 1
    connected.catch_up(opened)
    assert next(heard).text in ("hello", "hi")
    heard.close()
    assert connected.leave_dialog(opened, opened, "MANAGER").startswith("OK")


def test_a_script_says_what_the_brand_is(connected):
    assert connected.set_brand_profile({"name": "Shop"}).startswith("OK")
    assert connected.get_brand_profile().name == "Shop"


def test_a_script_asks_for_working_hours_and_statistics(emulator, connected):
    emulator.set_shift("17", False)
    off = ums.SkillShift("17", False)
    assert off in connected.get_shift_status()
    connected.process_shift_status_response([{"skillId": "17", "onShift": True}])
    assert off not in connected.get_skills()
    assert connected.get_message_statistics(ums.ME)["agentId"] == "1001"


def test_a_typed_request_gives_its_answer(connected):
    assert type(connected.send(GetClock())) is int
    assert connected.send({"type": ".GetClock"})["currentTime"] > 0
