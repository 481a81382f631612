"""A process is replaced by another, which goes on from the same place."""

from __future__ import annotations

import asyncio
import json
import threading

import pykka
import pytest

import ums_actors as ums
from ums_actors import aio
from ums_actors.emulator import password_of
from ums_actors.protocol.enums import ParticipantRole

CONSUMER = ums.ConsumerWebsocketConnection
CONVERSATIONS = "cqm.ExConversationChangeNotification"
MESSAGES = "ms.MessagingEventNotification"


def saved(proxy, **more):
    return proxy.save_conversations(**more).get(timeout=10)


def texts(heard):
    return [each.text for each in heard.seen if each.text]


def replaced(process, **more):
    """Stop a process in an orderly way; give what it saved."""
    proxy, *queues = process
    proxy.close().get(timeout=10)
    for each in queues:
        all_of(each)  # it is done with what it was told
    data = saved(proxy, **more)
    proxy.actor_ref.stop(timeout=10)
    return data


@pytest.fixture
def bot(emulator, start, events):
    """Start an agent's connection; give it, what it hears and what changes."""

    def begin(memory=None, **more):
        proxy = start(emulator, memory=memory, **more)
        heard = events(proxy, ums.MessageReceived)
        changes = events(proxy, ums.ConversationEvent)
        proxy.open(wait_for_ready=True).get(timeout=10)
        return proxy, heard, changes

    return begin


def drained(proxy):
    """Wait until all that the service has told is handed out."""
    proxy.get_clock().get(timeout=5)


def place(data, dialog_id):
    return json.loads(data)["places"][dialog_id]["last"]


def names(changes):
    return [type(each).__name__ for each in changes.seen]


def all_of(events):
    """Take what is there."""
    while not events.queue.empty():
        events.seen.append(events.queue.get())
    return events


def test_what_was_said_while_no_process_ran_is_heard_once_and_in_order(emulator, bot):
    talk = emulator.open_conversation(assign="bot1", text="history").conversation_id
    process = _, heard, _ = bot()
    for text in ("one", "two"):
        emulator.write(talk, text)
    heard.wait(lambda event: event.text == "two")
    data = replaced(process)
    for text in ("three", "four", "five"):
        emulator.write(talk, text)

    second, heard, changes = bot(data)
    emulator.write(talk, "six")
    heard.wait(lambda event: event.text == "six")
    drained(second)
    assert texts(all_of(heard)) == ["three", "four", "five", "six"]
    assert "ConversationOpened" not in names(all_of(changes))
    conversation = second.get_conversation(talk).get(timeout=5)
    known = [message.text for message in conversation.messages]
    assert known == ["one", "two", "three", "four", "five", "six"]


def test_without_a_memory_it_would_be_history(emulator, bot):
    talk = emulator.open_conversation(assign="bot1", text="history").conversation_id
    process = bot()
    replaced(process)
    emulator.write(talk, "lost")
    _, heard, _ = bot()
    emulator.write(talk, "now")
    heard.wait(lambda event: event.text == "now")
    assert texts(heard) == ["now"]


def test_a_conversation_that_began_meanwhile_is_heard_from_its_start(emulator, bot):
    process = bot()
    data = replaced(process)
    talk = emulator.open_conversation(assign="bot1", text="hello").conversation_id
    emulator.write(talk, "anybody?")
    _, heard, changes = bot(data)
    heard.wait(lambda event: event.text == "anybody?")
    assert texts(heard) == ["hello", "anybody?"]
    opened = changes.wait(lambda event: type(event) is ums.ConversationOpened)
    assert opened.conversation_id == talk


def test_what_changed_meanwhile_is_told_as_changes(emulator, bot):
    talk = emulator.open_conversation(assign="bot1").conversation_id
    other = emulator.open_conversation(assign="bot1").conversation_id
    query = {"stage": ["OPEN", "CLOSE"]}
    process = bot(default_subscription_query=query)
    data = replaced(process)
    emulator.close_conversation(other)
    second, _, changes = bot(data, default_subscription_query=query)
    closed = changes.wait(lambda event: type(event) is ums.ConversationClosed)
    assert closed.conversation_id == other
    assert "ConversationOpened" not in names(all_of(changes))
    assert second.get_conversation(talk).get(timeout=5).is_open


def test_what_is_shown_no_more_is_removed_and_that_is_told(emulator, bot):
    talk = emulator.open_conversation(assign="bot1", text="bye").conversation_id
    options = {"clear_conversation_timeout": 0.05}
    process = bot(options=options)
    data = replaced(process)
    emulator.write(talk, "one more thing")
    emulator.close_conversation(talk)
    second, heard, changes = bot(data, options=options)
    heard.wait(lambda event: event.text == "one more thing")
    gone = changes.wait(lambda event: type(event) is ums.ConversationRemoved)
    assert gone.conversation_id == talk
    assert second.get_conversation(talk).get(timeout=5) is None


def test_all_that_was_known_is_known(emulator, bot):
    opened = emulator.open_conversation(assign="bot1", text="hello")
    talk = opened.conversation_id
    process = first, heard, _ = bot()
    before = first.get_conversation(talk).get(timeout=5)
    before.set_note("a difficult one").get(timeout=5)
    before.set_ttr("URGENT").get(timeout=5)
    number = before.send_text(
        "my answer", metadata=[{"type": "ActionReason", "reason": "r", "reasonId": "1"}]
    ).get(timeout=5)
    heard.wait(lambda event: event.sequence == number and event.mine)
    emulator.accept(talk, [number])
    heard.wait(
        lambda event: (
            event.event_type == "AcceptStatusEvent" and event.event.status == "READ"
        )
    )
    drained(first)
    data = replaced(process)

    second = None
    second, _, _ = bot(data)
    after = second.get_conversation(talk).get(timeout=5)
    assert after is not before
    for part in (
        *("account_id", "stage", "start_time", "skill_id", "group_id", "note", "csat"),
        *("ttr_type", "ttr_value", "context", "client_properties", "campaign_id"),
        *(
            "participants",
            "consumer",
            "assigned_agent",
            "messages",
            "first_conversation",
        ),
    ):
        assert getattr(after, part) == getattr(before, part), part
    assert after.note == "a difficult one"
    mine = after.messages[-1]
    assert (mine.text, mine.sequence) == ("my answer", number)
    assert mine.has_consumer_read
    assert mine.metadata == before.messages[-1].metadata
    assert mine.sent_by_current_user
    assert mine.participant.role == ParticipantRole.ASSIGNED_AGENT


def test_without_bodies_there_are_digests(emulator, bot):
    talk = emulator.open_conversation(assign="bot1").conversation_id
    process = first, heard, _ = bot()
    conversation = first.get_conversation(talk).get(timeout=5)
    conversation.set_note("a Secret note").get(timeout=5)
    emulator.write(talk, "a Secret word")
    heard.wait(lambda event: event.text == "a Secret word")
    drained(first)
    known = conversation.messages[-1]
    data = replaced(process, bodies=False)
    assert b"Secret" not in data
    assert json.loads(data)["bodies"] is False

    second, heard, changes = bot(data)
    after = second.get_conversation(talk).get(timeout=5)
    assert after.messages[-1].text is None
    assert after.messages[-1].digest == known.digest
    assert after.note == "a Secret note"  # from the first snapshot
    emulator.write(talk, "more")
    heard.wait(lambda event: event.text == "more")
    assert "NoteChanged" not in names(all_of(changes))
    [found] = [
        each
        for each in after.query_messages().get(timeout=5)
        if each.sequence == known.sequence
    ]
    assert found.text == "a Secret word"
    assert found in after.messages
    assert after.messages[0].text == "a Secret word"


def test_a_consumer_goes_on_from_its_place(emulator, start, events):
    def begin(auth, memory=None):
        proxy = start(emulator, kind=CONSUMER, auth=auth, memory=memory)
        heard = events(proxy, ums.MessageReceived)
        changes = events(proxy, ums.ConversationEvent)
        proxy.open(wait_for_ready=True).get(timeout=10)
        return proxy, heard, changes

    first, heard, changes = begin(ums.Anonymous())
    token = first.get_token().get(timeout=5)
    talk = first.create_conversation().get(timeout=5)
    gone = first.create_conversation().get(timeout=5)
    first.send_text(talk, "hello").get(timeout=5)
    first.send_text(gone, "hello, too").get(timeout=5)
    heard.wait(lambda event: event.text == "hello, too")
    drained(first)
    data = replaced((first, heard, changes))

    agent = start(emulator)
    agent.open(wait_for_ready=True).get(timeout=10)
    for each in (talk, gone):
        agent.join_dialog(each, participant_role="MANAGER").get(timeout=5)
        agent.send_text(each, f"answer in {each}").get(timeout=5)
    agent.close_conversation(gone).get(timeout=5)

    second, heard, changes = begin(ums.ReadyJwt(token), data)
    heard.wait(lambda event: event.text == f"answer in {gone}")
    second.send_text(talk, "thanks").get(timeout=5)
    heard.wait(lambda event: event.text == "thanks")
    drained(second)
    by_dialog = {each: [] for each in (talk, gone)}
    for event in all_of(heard).seen:
        if event.text:
            by_dialog[event.dialog_id].append(event.text)
    assert by_dialog == {
        talk: [f"answer in {talk}", "thanks"],
        gone: [f"answer in {gone}"],
    }
    assert "ConversationOpened" not in names(all_of(changes))
    assert "ConversationClosed" in names(changes)


def test_what_nobody_has_taken_is_heard_again(emulator, bot):
    talk = emulator.open_conversation(assign="bot1").conversation_id
    first, heard, changes = bot()
    begun, go_on = threading.Event(), threading.Event()

    def slow(event):
        if event.text == "two":
            begun.set()
            go_on.wait(20)

    first.subscribe(slow, ums.MessageReceived).get(timeout=5)
    for text in ("one", "two", "three"):
        emulator.write(talk, text)
    heard.wait(lambda event: event.text == "three")
    assert begun.wait(10)
    all_of(heard)
    all_of(changes)
    data = saved(first)  # while one call runs, and another waits
    go_on.set()
    assert first.actor_ref.stop(timeout=10)

    second, heard, _ = bot(data)
    heard.wait(lambda event: event.text == "three")
    assert texts(heard) == ["two", "three"]
    conversation = second.get_conversation(talk).get(timeout=5)
    assert [each.text for each in conversation.messages] == ["one", "two", "three"]


def test_what_an_iteration_is_at_is_heard_again_also_after_close(emulator, bot):
    talk = emulator.open_conversation(assign="bot1").conversation_id
    first, heard, _ = bot()
    iteration = first.events(ums.MessageReceived)
    for text in ("one", "two", "three"):
        emulator.write(talk, text)
    heard.wait(lambda event: event.text == "three")
    all_of(heard)
    assert next(iteration).text == "one"
    assert next(iteration).text == "two"
    first.close().get(timeout=10)
    data = saved(first)
    assert [each.text for each in iteration] == ["three"]
    later = saved(first)
    first.actor_ref.stop(timeout=10)
    assert place(later, talk) > place(data, talk)

    _, heard, _ = bot(data)
    heard.wait(lambda event: event.text == "three")
    assert texts(heard) == ["two", "three"]


def test_it_can_be_loaded_before_open_and_saved_before_any_line(emulator, start, bot):
    talk = emulator.open_conversation(assign="bot1", text="hello").conversation_id
    process = bot()
    data = replaced(process)
    second = start(emulator)
    for form in (data, data.decode(), json.loads(data)):
        [known] = second.load_conversations(form).get(timeout=5)
        assert known.conversation_id == talk
    again = json.loads(saved(second))
    assert again == {**json.loads(data), "places": again["places"]}
    assert again["user"] == json.loads(data)["user"] != ""
    second.open(wait_for_ready=True).get(timeout=10)
    assert second.get_conversation(talk).get(timeout=5) is known


def test_what_is_loaded_after_open_adds_to_what_is_known(emulator, start, bot):
    talk = emulator.open_conversation(assign="bot1").conversation_id
    process = first, heard, _ = bot()
    emulator.write(talk, "one")
    heard.wait(lambda event: event.text == "one")
    drained(first)
    data = replaced(process)
    second, _, changes = bot()
    known = second.get_conversation(talk).get(timeout=5)
    assert known.messages == ()
    assert second.load_conversations(data).get(timeout=5) == (known,)
    assert [each.text for each in known.messages] == ["one"]
    assert names(all_of(changes)) == ["ConversationOpened"]


@pytest.mark.parametrize(
    ("part", "value", "text"),
    [
        ("account", "999", "it is of the account '999'"),
        ("side", "consumer", "it is of the side 'consumer'"),
        ("user", "le1.999", "it is of the user 'le1.999'"),
        ("schema", 2, "its schema is 2"),
        ("library", "another", "not written by this library"),
        ("kind", "conversation", "load_conversation() reads it"),
    ],
)
def test_what_is_another_s_is_refused(emulator, bot, part, value, text):
    emulator.open_conversation(assign="bot1")
    first, _, _ = bot()
    data = json.loads(saved(first))
    with pytest.raises(ums.LocalProtocolError) as caught:
        first.load_conversations({**data, part: value}).get(timeout=5)
    assert text in str(caught.value)


@pytest.mark.parametrize("part", ["account", "side"])
def test_a_connection_does_not_start_with_another_s_memory(emulator, start, bot, part):
    process = bot()
    data = json.loads(replaced(process))
    wrong = {"account": "999", "side": "consumer"}[part]
    with pytest.raises(ums.LocalProtocolError, match=wrong):
        start(emulator, memory={**data, part: wrong})
    with pytest.raises(ums.LocalProtocolError, match="is not JSON"):
        start(emulator, memory=b"{")


def test_another_user_s_memory_is_forgotten_at_the_login(emulator, start, events, bot):
    talk = emulator.open_conversation(assign="bot1", text="hello").conversation_id
    process = bot()
    data = replaced(process)
    other = start(emulator, "bot2", memory=data)
    told = events(other, ums.IdentityChanged, ums.ConversationRemoved)
    other.open(wait_for_ready=True).get(timeout=10)
    changed = told.wait(lambda event: type(event) is ums.IdentityChanged)
    assert changed.previous == json.loads(data)["user"] != changed.current
    assert [type(each).__name__ for each in told.seen] == [
        "ConversationRemoved",
        "IdentityChanged",
    ]
    mine = json.loads(saved(other))
    assert mine["user"] == changed.current
    assert talk not in mine["places"]


def test_one_conversation_is_loaded_handled_and_unloaded(emulator, start, bot):
    talk = emulator.open_conversation(assign="bot1").conversation_id
    first, heard, _ = bot()
    emulator.write(talk, "one")
    heard.wait(lambda event: event.text == "one")
    drained(first)
    conversation = first.get_conversation(talk).get(timeout=5)
    all_of(heard)
    data = conversation.serialize().get(timeout=5)
    with pytest.raises(ums.LocalProtocolError, match="was not loaded"):
        conversation.unload().get(timeout=5)
    first.actor_ref.stop(timeout=10)

    query = {"stage": ["CLOSE"]}
    second, _, changes = bot(default_subscription_query=query)
    loaded = second.load_conversation(data).get(timeout=5)
    assert loaded.conversation_id == talk
    assert [each.text for each in loaded.messages] == ["one"]
    loaded.send_text("from elsewhere").get(timeout=5)
    loaded.unload().get(timeout=5)
    assert loaded.is_removed
    loaded.unload().get(timeout=5)  # it is gone already
    assert second.get_conversation(talk).get(timeout=5) is None
    assert names(all_of(changes)) == []


def test_one_dialog_is_given_to_a_conversation(emulator, bot):
    talk = emulator.open_conversation(assign="bot1").conversation_id
    other = emulator.open_conversation(assign="bot1").conversation_id
    first, heard, _ = bot()
    emulator.write(talk, "one")
    heard.wait(lambda event: event.text == "one")
    drained(first)
    conversation = first.get_conversation(talk).get(timeout=5)
    state = conversation.main_dialog.serialize().get(timeout=5)
    foreign = first.get_conversation(other).get(timeout=5)
    with pytest.raises(ums.LocalProtocolError, match="belongs to the conversation"):
        ums.Dialog.deserialize(foreign, state).get(timeout=5)
    first.actor_ref.stop(timeout=10)
    second, _, _ = bot()
    known = second.get_conversation(talk).get(timeout=5)
    dialog = ums.Dialog.deserialize(known, state).get(timeout=5)
    assert dialog == known.main_dialog
    assert [each.text for each in dialog.messages] == ["one"]


# -- what else may be going on


def test_a_status_that_was_missed_is_heard(emulator, bot):
    talk = emulator.open_conversation(assign="bot1").conversation_id
    process = first, heard, _ = bot()
    number = first.send_text(talk, "read this").get(timeout=5)
    heard.wait(lambda event: event.sequence == number)
    drained(first)
    data = replaced(process)
    emulator.accept(talk, [number])
    second, heard, _ = bot(data)
    status = heard.wait(lambda event: event.event_type == "AcceptStatusEvent")
    assert status.event.sequence_list == [number]
    message = second.get_conversation(talk).get(timeout=5).messages[-1]
    assert message.has_consumer_read
    assert texts(all_of(heard)) == []


def test_it_is_saved_while_the_line_is_down(emulator, bot, eventually):
    talk = emulator.open_conversation(assign="bot1", text="history").conversation_id
    process = first, heard, changes = bot()
    emulator.write(talk, "one")
    heard.wait(lambda event: event.text == "one")
    all_of(changes)
    emulator.add_fault("handshake", value=502)
    emulator.cut("bot1")
    eventually(lambda: first.status().get(timeout=5).state != "READY")
    emulator.write(talk, "two")
    data = replaced(process)
    emulator.clear_faults("handshake")
    _, heard, _ = bot(data)
    heard.wait(lambda event: event.text == "two")
    assert texts(heard) == ["two"]


def test_it_is_saved_again_and_again_while_much_is_said(emulator, bot):
    talk = emulator.open_conversation(assign="bot1").conversation_id
    process = first, heard, _ = bot()
    for number in range(30):
        emulator.write(talk, f"{number}")
        if number % 10 == 0:
            kept = first.save_conversations()
    heard.wait(lambda event: event.text == "29")
    drained(first)
    assert [json.loads(kept.get(timeout=10))["kind"]] == ["connection"]
    data = replaced(process)
    emulator.write(talk, "later")
    _, heard, _ = bot(data)
    heard.wait(lambda event: event.text == "later")
    assert texts(heard) == ["later"]


def test_a_connection_that_has_seen_nothing_saves_nothing(start, emulator):
    proxy = start(emulator)
    told = json.loads(saved(proxy))
    assert told["user"] == ""
    assert (told["conversations"], told["places"]) == ([], {})
    assert start(emulator, memory=told).load_conversations(told).get(timeout=5) == ()


def test_what_was_cut_from_a_snapshot_is_not_taken_for_gone(emulator, bot):
    options = {"limit_break": False, "clear_conversation_timeout": 0.05}
    old = emulator.open_conversation(assign="bot1", text="old").conversation_id
    process = bot(options=options)
    data = replaced(process)
    emulator.open_conversations(1_001, apart=1)  # the service shows the latest alone
    second, _, changes = bot(data, options=options)
    assert old in {
        each.conversation_id
        for each in second.get_all_known_conversations().get(timeout=5)
    }
    emulator.write(old, "still there")
    drained(second)
    assert "ConversationRemoved" not in names(all_of(changes))


def test_a_consumer_hears_what_began_and_ended_meanwhile(emulator, start, events):
    first = start(emulator, kind=CONSUMER, auth=ums.Anonymous())
    first.open(wait_for_ready=True).get(timeout=10)
    token = first.get_token().get(timeout=5)
    data = replaced((first,))

    elsewhere = start(emulator, kind=CONSUMER, auth=ums.ReadyJwt(token))
    elsewhere.open(wait_for_ready=True).get(timeout=10)
    talk = elsewhere.create_conversation().get(timeout=5)
    elsewhere.send_text(talk, "said elsewhere").get(timeout=5)
    elsewhere.close_conversation(talk).get(timeout=5)
    elsewhere.actor_ref.stop(timeout=10)

    second = start(emulator, kind=CONSUMER, auth=ums.ReadyJwt(token), memory=data)
    heard = events(second, ums.MessageReceived)
    second.open(wait_for_ready=True).get(timeout=10)
    assert heard.wait(lambda event: event.text is not None).text == "said elsewhere"


def test_who_is_somebody_else_now_begins_anew(emulator, start, events):
    first = start(emulator, kind=CONSUMER, auth=ums.Anonymous())
    first.open(wait_for_ready=True).get(timeout=10)
    first.create_conversation().get(timeout=5)
    drained(first)
    data = replaced((first,))
    second = start(emulator, kind=CONSUMER, auth=ums.Anonymous(), memory=data)
    told = events(second, ums.IdentityChanged)
    second.open(wait_for_ready=True).get(timeout=10)
    assert told.wait(lambda _: True).previous == json.loads(data)["user"]
    assert second.get_all_known_conversations().get(timeout=5) == ()
    late = second.load_conversations(data)
    with pytest.raises(ums.LocalProtocolError, match="it is of the user"):
        late.get(timeout=5)


def test_what_a_subscription_shows_stays_when_it_is_unloaded(emulator, bot):
    talk = emulator.open_conversation(assign="bot1").conversation_id
    first, _, changes = bot()
    conversation = first.get_conversation(talk).get(timeout=5)
    changes.wait(lambda event: type(event) is ums.ConversationOpened)
    data = conversation.serialize(bodies=False).get(timeout=5)
    assert first.load_conversation(data).get(timeout=5) is conversation
    conversation.unload().get(timeout=5)
    assert first.get_conversation(talk).get(timeout=5) is conversation
    with pytest.raises(ums.LocalProtocolError, match="was not loaded"):
        conversation.unload().get(timeout=5)


def test_of_a_stopped_connection_nothing_can_be_written(emulator, bot):
    talk = emulator.open_conversation(assign="bot1").conversation_id
    first, _, _ = bot()
    conversation = first.get_conversation(talk).get(timeout=5)
    first.actor_ref.stop(timeout=10)
    with pytest.raises(pykka.ActorDeadError):
        conversation.serialize().get(timeout=5)


def test_what_only_webhooks_bring_goes_on_too(runtime, events):
    def event(number):
        said = {"type": "ContentEvent", "message": f"{number}"}
        change = {"sequence": number, "dialogId": "D", "event": said}
        body = {"changes": [{**change, "originatorId": "c", "conversationId": "D"}]}
        return {"kind": "notification", "type": MESSAGES, "body": body}

    def opened():
        details = {"participants": [], "state": "OPEN", "metaDataLastUpdateTs": 1}
        result = {"convId": "D", "conversationDetails": details}
        body = {"changes": [{"type": "UPSERT", "result": result}]}
        return {"kind": "notification", "type": CONVERSATIONS, "body": body}

    def begin(memory=None):
        ref = ums.NullConnection.start("1", runtime=runtime, memory=memory)
        proxy = ums.proxy_of(ref)
        return proxy, events(proxy, ums.MessageReceived)

    first, heard = begin()
    for body in (opened(), event(0), event(1)):
        first.process_webhooks_notification(body).get(timeout=5)
    heard.wait(lambda event: event.text == "1")
    data = replaced((first, heard))
    assert json.loads(data)["conversations"][0]["webhooks"] is True

    second, heard = begin(data)
    for body in (event(1), event(2)):
        second.process_webhooks_notification(body).get(timeout=5)
    heard.wait(lambda event: event.text == "2")
    assert texts(heard) == ["2"]
    [known] = second.get_all_known_conversations().get(timeout=5)
    assert [each.text for each in known.messages] == ["0", "1", "2"]
    second.actor_ref.stop(timeout=10)


def test_the_facades_have_it(emulator, eventually, runtime):
    talk = emulator.open_conversation(assign="bot1", text="history").conversation_id
    where = {
        "account_id": emulator.account,
        "auth": ums.PasswordLogin("bot1", password_of("bot1")),
        "csds": f"http://{emulator.csds}",
        "runtime": runtime,
    }
    with ums.connect(wait_for_ready=True, **where) as bot:
        conversation = bot.get_conversation(talk)
        assert conversation is not None
        data = bot.save_conversations(bodies=False)
    emulator.write(talk, "meanwhile")
    heard = []
    told = [(lambda event: heard.append(event.text), ums.MessageReceived)]
    with ums.connect(subscribe=told, memory=data, **where) as bot:
        eventually(lambda: "meanwhile" in heard)
        one = bot.get_conversation(talk)
        state = one.serialize().get(timeout=5)
        assert bot.load_conversation(state) is one
        assert bot.load_conversations(bot.save_conversations()) == (one,)

    async def awaited():
        async with aio.connect(memory=data, **where) as bot:
            again = await bot.save_conversations()
            known = await bot.load_conversations(again)
            return known, await bot.load_conversation(await known[0].serialize())

    known, one = asyncio.run(awaited())
    assert known == (one,)
