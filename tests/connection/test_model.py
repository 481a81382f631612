from __future__ import annotations

import json
import queue

import pykka
import pytest

import ums_actors as ums
from ums_actors.emulator import running_emulator

OPENED, CLOSED, GONE = (
    ums.ConversationOpened,
    ums.ConversationClosed,
    ums.ConversationRemoved,
)


@pytest.fixture
def bot(emulator, start):
    """Open a connection that removes quickly, and whose first snapshot is over."""
    proxy = start(emulator, options={"clear_conversation_timeout": 0.3})
    proxy.open(wait_for_ready=True).get(timeout=10)
    return proxy


def of(conversation_id, kind=ums.Event):
    return lambda event: (
        isinstance(event, kind) and event.conversation_id == conversation_id
    )


def known(proxy):
    found = proxy.get_all_known_conversations().get(timeout=5)
    return {each.conversation_id for each in found}


def names(seen):
    return [type(each).__name__ for each in seen]


def status(proxy):
    return proxy.status().get(timeout=5)


def test_a_conversation_is_an_object_that_is_kept_true(emulator, bot, events):
    heard = events(bot, ums.ConversationEvent)
    talk = emulator.open_conversation(assign="bot1", text="hello", skill="77")
    told = heard.wait(of(talk.conversation_id, OPENED)).conversation
    assert told is bot.get_conversation(talk.conversation_id).get(timeout=5)
    assert (told.skill_id, told.stage, told.is_open) == ("77", "OPEN", True)
    assert told.consumer.user_id == talk.consumer_id
    told.set_note("look").get(timeout=5)
    changed = heard.wait(of(talk.conversation_id, ums.NoteChanged))
    assert (changed.previous, changed.current, told.note) == (None, "look", "look")
    told.set_note("").get(timeout=5)
    assert heard.wait(of(talk.conversation_id, ums.NoteChanged)).current is None
    told.set_ttr("CUSTOM", 600).get(timeout=5)
    changed = heard.wait(of(talk.conversation_id, ums.TtrChanged))
    assert (changed.current.ttr_type, told.ttr_value) == ("CUSTOM", 600)
    told.close().get(timeout=5)
    heard.wait(of(talk.conversation_id, CLOSED))
    assert (told.is_open, told.close_reason) == (False, "AGENT")
    assert told.close_time > told.start_time
    heard.wait(of(talk.conversation_id, GONE))
    assert told.is_removed
    assert bot.get_conversation(talk.conversation_id).get(timeout=5) is None
    assert names(heard.seen).count("ConversationClosed") == 1
    assert names(heard.seen)[-3:] == [
        "DialogClosed",
        "ConversationClosed",
        "ConversationRemoved",
    ]


def test_what_is_unknown_is_none(bot):
    assert bot.get_conversation("nowhere").get(timeout=5) is None
    assert known(bot) == set()
    assert status(bot).conversations == 0


def test_who_comes_and_goes_is_told(emulator, bot, start, events):
    heard = events(bot, ums.ConversationEvent)
    talk = emulator.open_conversation(assign="bot1", text="hello")
    told = heard.wait(of(talk.conversation_id, OPENED)).conversation
    other = start(emulator, "bot2")
    other.open(wait_for_ready=True).get(timeout=10)
    theirs = other.get_conversation(talk.conversation_id).get(timeout=5)
    theirs.join("MANAGER").get(timeout=5)
    joined = heard.wait(of(talk.conversation_id, ums.ParticipantAdded)).participant
    assert (joined.agent_id, joined.role) == (status(other).agent_id, "MANAGER")
    assert not joined.is_self
    assert told.participant(joined.user_id) == joined
    theirs.leave("MANAGER").get(timeout=5)
    left = heard.wait(of(talk.conversation_id, ums.ParticipantRemoved))
    assert (left.participant.state, left.dialog_id) == ("REMOVED", talk.dialog_id)
    told.back_to_queue().get(timeout=5)
    heard.wait(of(talk.conversation_id, ums.BackToQueue))
    assert told.assigned_agent is None


def test_another_role_is_told_after_going_and_coming(emulator, bot, events):
    heard = events(bot, ums.ParticipantEvent)
    opened = events(bot, OPENED)
    talk = emulator.open_conversation(text="hello")
    told = opened.wait(of(talk.conversation_id)).conversation
    told.join("READER").get(timeout=5)
    heard.wait(of(talk.conversation_id, ums.ParticipantAdded))
    change = {
        "field": "ParticipantsChange",
        "type": "UPDATE",
        "role": "MANAGER",
        "userId": status(bot).agent_id,
    }
    body = {"conversationId": talk.conversation_id, "conversationField": [change]}
    bot.send({"type": ".ams.cm.UpdateConversationField", "body": body}).get(timeout=5)
    changed = heard.wait(of(talk.conversation_id, ums.ParticipantRoleChanged))
    assert (changed.previous, changed.participant.role) == ("READER", "MANAGER")
    assert names(heard.seen)[-3:] == [
        "ParticipantRemoved",
        "ParticipantAdded",
        "ParticipantRoleChanged",
    ]
    assert told.self_participant == changed.participant


def test_handing_over_is_told_from_the_first_ask_to_the_acceptance(
    emulator, bot, start, events
):
    other = start(emulator, "bot2")
    other.open(wait_for_ready=True).get(timeout=10)
    other.create_routing_task_subscription(wait_for_ready=True).get(timeout=5)
    other.set_agent_state("ONLINE").get(timeout=5)
    rings = events(other, ums.RingOffered)
    heard = events(bot, ums.ConversationEvent)
    talk = emulator.open_conversation(assign="bot1", text="hello")
    told = heard.wait(of(talk.conversation_id, OPENED)).conversation
    told.transfer(agent_id=status(other).agent_id).get(timeout=5)
    asked = heard.wait(of(talk.conversation_id, ums.TransferredToAgent)).participant
    assert (asked.state, told.assigned_agent) == ("SUGGESTED", None)
    rings.wait(lambda _: True).ring.accept().get(timeout=5)
    came = heard.wait(of(talk.conversation_id, ums.ParticipantAdded))
    assert came.previously_suggested
    assert told.assigned_agent == came.participant
    assert came.participant.agent_id == asked.agent_id
    assert came.participant.user_id != came.participant.agent_id
    kinds = names(heard.seen)
    assert kinds.count("ParticipantSuggested") == 1
    assert "ParticipantSuggestionWithdrawn" not in kinds
    assert "BackToQueue" not in kinds


def test_another_skill_is_told_with_what_it_was(emulator, bot, events):
    heard = events(bot, ums.ConversationEvent)
    talk = emulator.open_conversation(assign="bot1", text="hello", skill="1")
    told = heard.wait(of(talk.conversation_id, OPENED)).conversation
    told.transfer(skill_id="2").get(timeout=5)
    changed = heard.wait(of(talk.conversation_id, ums.SkillChanged))
    assert (changed.previous, changed.current, told.skill_id) == ("1", "2", "2")
    moved = heard.wait(of(talk.conversation_id, ums.TransferredToSkill))
    assert (moved.previous, moved.skill_id) == ("1", "2")


def test_messages_are_objects_that_know_what_became_of_them(
    emulator, bot, consumer, events
):
    heard = events(bot, ums.MessageReceived)
    conversation_id = consumer.create_conversation().get(timeout=5)
    theirs = events(consumer, ums.MessageReceived)
    told = None
    opened = events(bot, OPENED)
    if (told := bot.get_conversation(conversation_id).get(timeout=5)) is None:
        told = opened.wait(of(conversation_id)).conversation
    told.join("ASSIGNED_AGENT").get(timeout=5)
    consumer.send_text(conversation_id, "hello").get(timeout=5)
    message = heard.wait(lambda event: event.text == "hello").message
    assert (message.text, message.sent_by_current_user) == ("hello", False)
    assert message.participant.role == "CONSUMER"
    message.read().get(timeout=5)
    answer = message.dialog.send_text("hi", quick_replies=None).get(timeout=5)
    mine = heard.wait(lambda event: event.text == "hi").message
    assert (mine.sequence, mine.sent_by_current_user) == (answer, True)
    theirs.wait(lambda event: event.text == "hi").message.read().get(timeout=5)
    heard.wait(
        lambda event: (
            event.event_type == "AcceptStatusEvent"
            and event.role == "CONSUMER"
            and event.event.status == "READ"
        )
    )
    assert (mine.has_consumer_read, mine.has_assigned_agent_read) == (True, False)
    assert message.has_assigned_agent_read
    assert [each.text for each in told.messages] == ["hello", "hi"]
    assert told.latest_consumer_message() == message
    assert told.last_message == mine


def test_the_consumers_side_is_the_same_in_its_own_form(consumer, events):
    heard = events(consumer, ums.ConversationEvent)
    conversation_id = consumer.create_conversation(skill_id="5").get(timeout=5)
    told = heard.wait(of(conversation_id, OPENED)).conversation
    own = told.self_participant
    assert (own.role, own.agent_id, own.is_self) == ("CONSUMER", None, True)
    assert own.user_id == status(consumer).agent_id
    number = told.send_text("hello").get(timeout=5)
    assert number == 0
    told.main_dialog.set_chat_state("COMPOSING").get(timeout=5)
    with pytest.raises(ums.NotSupported):
        told.send_private("psst")
    told.close().get(timeout=5)
    heard.wait(of(conversation_id, CLOSED))
    assert told.close_reason == "CONSUMER"
    told.set_csat(4, True).get(timeout=5)
    changed = heard.wait(of(conversation_id, ums.CsatChanged))
    assert (changed.current.csat_rate, told.csat.csat_rate) == (4, 4)


def test_private_rich_and_earlier_messages(emulator, bot, events):
    heard = events(bot, ums.MessageReceived)
    opened = events(bot, OPENED)
    talk = emulator.open_conversation(assign="bot1", text="hello")
    told = opened.wait(of(talk.conversation_id)).conversation
    told.send_private("psst").get(timeout=5)
    assert heard.wait(lambda event: event.text == "psst").message.is_private
    card = {"type": "vertical", "elements": [{"type": "text", "text": "card"}]}
    told.send_rich(card, metadata={"type": "ExternalId", "id": "card-1"}).get(timeout=5)
    rich = heard.wait(lambda event: event.event_type == "RichContentEvent").message
    assert rich.body == card
    found = told.query_messages().get(timeout=5)
    assert [each.sequence for each in found] == [0, 1, 2]
    assert told.messages == tuple(found)


def test_an_agents_note_is_kept_beside_those_of_others(emulator, bot, events):
    opened = events(bot, OPENED, ums.NoteChanged)
    talk = emulator.open_conversation(assign="bot1", text="hello")
    told = opened.wait(of(talk.conversation_id, OPENED)).conversation
    first = told.set_agent_note("one").get(timeout=5)
    opened.wait(of(talk.conversation_id, ums.NoteChanged))
    told.set_agent_note("two").get(timeout=5)
    opened.wait(of(talk.conversation_id, ums.NoteChanged))
    told.set_agent_note("ONE", note_id=first.note_id).get(timeout=5)
    note = opened.wait(of(talk.conversation_id, ums.NoteChanged)).current
    assert [each["noteContent"] for each in json.loads(note)] == ["ONE", "two"]


def test_another_consumer_takes_the_conversation_over(emulator, bot, start, events):
    consumers = []
    for _ in range(2):
        proxy = start(
            emulator, kind=ums.ConsumerWebsocketConnection, auth=ums.Anonymous()
        )
        proxy.open(wait_for_ready=True).get(timeout=10)
        consumers.append(proxy)
    before, after = consumers
    heard = events(bot, ums.ConversationEvent)
    theirs = events(after, OPENED)
    conversation_id = before.create_conversation().get(timeout=5)
    before.send_text(conversation_id, "who am I?").get(timeout=5)
    told = heard.wait(of(conversation_id, OPENED)).conversation
    told.join("ASSIGNED_AGENT").get(timeout=5)
    told.consumer_takeover(status(after).agent_id).get(timeout=5)
    stepped = heard.wait(of(conversation_id, ums.ConsumerSteppedUp))
    assert stepped.previous_id == status(before).agent_id
    assert stepped.participant.user_id == status(after).agent_id
    assert told.consumer == stepped.participant
    theirs.wait(of(conversation_id))
    assert after.send_text(conversation_id, "I am myself").get(timeout=5) == 1


def test_when_an_answer_is_due_is_set_by_hand_and_by_name(emulator, bot, events):
    heard = events(bot, ums.ConversationEvent)
    talk = emulator.open_conversation(assign="bot1", text="hello")
    told = heard.wait(of(talk.conversation_id, OPENED)).conversation
    due = told.start_time + 3_600_000
    told.set_manual_ettr(due).get(timeout=5)
    changed = heard.wait(of(talk.conversation_id, ums.ManualEttrChanged))
    assert (changed.current, told.ttr_effective_manual) == (due, due)
    told.set_ttr("URGENT").get(timeout=5)
    changed = heard.wait(of(talk.conversation_id, ums.TtrChanged))
    assert (changed.current.ttr_type, told.ttr_type) == ("URGENT", "URGENT")


def test_what_it_is_about_and_until_when_nobody_answers(emulator, bot, events):
    heard = events(bot, ums.ConversationChanged)
    talk = emulator.open_conversation(assign="bot1", text="hello")
    of_talk = lambda event: event.conversation_id == talk.conversation_id  # noqa: E731
    told = heard.wait(of_talk).live
    until = told.start_time + 3_600_000
    told.set_topic("shoes").get(timeout=5)
    told.set_delay(until).get(timeout=5)
    heard.wait(lambda event: of_talk(event) and event.live.delay is not None)
    assert (told.topic, told.delay) == ("shoes", {"type": "NIGHT", "tillWhen": until})
    told.set_delay(0).get(timeout=5)
    heard.wait(lambda event: of_talk(event) and not event.live.delay)


def test_events_of_one_place_can_be_narrowed_like_all(emulator, bot, events):
    heard = events(bot, ums.ConversationEvent)
    talk = emulator.open_conversation(assign="bot1", text="hello")
    told = heard.wait(of(talk.conversation_id, OPENED)).conversation
    for place in (told, told.main_dialog):
        wanted = place.events(
            ums.MessageReceived, where=lambda event: event.text == "yes", timeout=10
        )
        emulator.write(talk.conversation_id, "no")
        emulator.write(talk.conversation_id, "yes")
        assert next(wanted).text == "yes"
        wanted.close()
    with pytest.raises(ums.LocalProtocolError):
        told.events(limit=0)


def test_a_dialog_that_is_closed_says_by_whom_and_why(emulator, bot, events):
    heard = events(bot, ums.ConversationEvent)
    talk = emulator.open_conversation(assign="bot1", text="hello")
    told = heard.wait(of(talk.conversation_id, OPENED)).conversation
    told.main_dialog.close("AGENT", "all is said").get(timeout=5)
    dialog = heard.wait(of(talk.conversation_id, ums.DialogClosed)).dialog
    assert (dialog.dialog_id, dialog.is_open) == (talk.dialog_id, False)
    assert (dialog.closed_by, dialog.closed_cause) == ("AGENT", "all is said")


def test_a_survey_is_a_dialog_of_its_own(start, events):
    with running_emulator(survey=True) as emulator:
        proxy = start(emulator)
        proxy.open(wait_for_ready=True).get(timeout=10)
        heard = events(proxy, ums.ConversationEvent)
        talk = emulator.open_conversation(assign="bot1", text="hello")
        told = heard.wait(of(talk.conversation_id, OPENED)).conversation
        told.main_dialog.close("AGENT").get(timeout=5)
        survey = heard.wait(of(talk.conversation_id, ums.DialogOpened)).dialog
        assert (survey.dialog_type, survey.is_main) == ("POST_SURVEY", False)
        assert told.open_dialog == survey == told.dialog("POST_SURVEY")
        assert told.main_dialog.dialog_id == talk.dialog_id
        assert (told.is_open, told.main_dialog.is_open) == (True, False)
        proxy.actor_ref.stop(timeout=10)


def test_what_is_told_twice_changes_nothing_and_is_counted(emulator, bot, events):
    emulator.add_fault("duplicate")
    heard = events(bot, ums.ConversationEvent)
    talk = emulator.open_conversation(assign="bot1", text="hello")
    told = heard.wait(of(talk.conversation_id, OPENED)).conversation
    told.set_note("once").get(timeout=5)
    heard.wait(of(talk.conversation_id, ums.NoteChanged))
    bot.get_clock().get(timeout=5)  # behind all that was told
    told.close().get(timeout=5)
    heard.wait(of(talk.conversation_id, CLOSED))
    seen = names(heard.seen)
    assert [seen.count(each) for each in ("ConversationOpened", "NoteChanged")] == [
        1,
        1,
    ]
    assert told.notification_ignored_count >= 2
    assert told.notification_count > told.notification_ignored_count


def test_what_is_told_too_late_does_not_turn_back_the_clock(
    emulator, bot, events, eventually
):
    heard = events(bot, ums.ConversationEvent)
    talk = emulator.open_conversation(assign="bot1", text="hello")
    told = heard.wait(of(talk.conversation_id, OPENED)).conversation
    emulator.add_fault("reorder")
    for note in ("1", "2"):
        told.set_note(note).get(timeout=5)
    eventually(lambda: told.notification_out_of_order_count >= 1)
    assert told.note == "2"
    assert heard.wait(of(talk.conversation_id, ums.NoteChanged)).current == "2"
    told.close().get(timeout=5)
    heard.wait(of(talk.conversation_id, CLOSED))
    assert names(heard.seen).count("NoteChanged") == 1


# -- coming and going


def test_one_that_leaves_and_comes_back_in_time_stays(emulator, start, events):
    proxy = start(
        emulator,
        create_default_subscription=False,
        options={"clear_conversation_timeout": 30.0},
    )
    proxy.open().get(timeout=10)
    own = status(proxy).agent_id
    query = {"stage": ["OPEN"], "agent_id": own}
    changed = events(proxy, ums.ConversationChanged)
    heard = events(proxy, OPENED, GONE)
    proxy.create_conversation_subscription(query, True).get(timeout=5)
    talk = emulator.open_conversation(assign="bot1", text="0")
    heard.wait(of(talk.conversation_id, OPENED))
    proxy.leave_dialog(talk.conversation_id, talk.dialog_id, "ASSIGNED_AGENT").get(
        timeout=5
    )
    changed.wait(lambda event: event.type == "DELETE")
    proxy.join_dialog(talk.conversation_id, talk.dialog_id, "MANAGER").get(timeout=5)
    changed.wait(lambda event: event.type == "UPSERT")
    assert known(proxy) == {talk.conversation_id}
    assert heard.queue.empty()


def test_one_that_is_seen_again_after_its_removal_is_announced_again(
    emulator, start, events
):
    proxy = start(
        emulator,
        create_default_subscription=False,
        options={"clear_conversation_timeout": 0.0},
    )
    proxy.open().get(timeout=10)
    query = {"stage": ["OPEN"], "agent_id": status(proxy).agent_id}
    proxy.create_conversation_subscription(query, True).get(timeout=5)
    heard = events(proxy, OPENED, GONE)
    talk = emulator.open_conversation(assign="bot1", text="0")
    first = heard.wait(of(talk.conversation_id, OPENED)).conversation
    for _ in range(2):
        proxy.leave_dialog(talk.conversation_id, talk.dialog_id, "ASSIGNED_AGENT").get(
            timeout=5
        )
        heard.wait(of(talk.conversation_id, GONE))
        assert known(proxy) == set()
        proxy.join_dialog(talk.conversation_id, talk.dialog_id, "ASSIGNED_AGENT").get(
            timeout=5
        )
        again = heard.wait(of(talk.conversation_id, OPENED)).conversation
        assert again is not first


def test_what_closed_while_the_line_was_down_is_told_and_removed(emulator, bot, events):
    heard = events(bot, ums.ConversationEvent)
    stays = emulator.open_conversation(assign="bot1", text="0")
    goes = emulator.open_conversation(assign="bot1", text="0")
    kept = heard.wait(of(stays.conversation_id, OPENED)).conversation
    heard.wait(of(goes.conversation_id, OPENED))
    emulator.add_fault("handshake", count=1, value=502)
    emulator.cut("bot1")
    emulator.close_conversation(goes.conversation_id)
    heard.wait(of(goes.conversation_id, GONE))
    assert known(bot) == {stays.conversation_id}
    assert bot.get_conversation(stays.conversation_id).get(timeout=5) is kept
    assert names(heard.seen).count("ConversationOpened") == 2


def test_nothing_but_a_number_is_kept_of_the_dialogs_that_are_over(
    emulator, bot, events, eventually
):
    heard = events(bot, ums.MessageReceived, GONE)
    streams = bot.actor_ref.actor_inbox.keep.streams
    talks = [emulator.open_conversation(assign="bot1", text="0") for _ in range(3)]
    for talk in talks:
        emulator.write(talk.conversation_id, "1")
        emulator.close_conversation(talk.conversation_id)
    for talk in talks:
        heard.wait(of(talk.conversation_id, GONE))
    eventually(lambda: len(streams) == 0)
    said = [each.text for each in heard.seen if isinstance(each, ums.MessageReceived)]
    assert sorted(said) == ["0"] * 3 + ["1"] * 3
    assert [streams.last(talk.dialog_id) for talk in talks] == [1, 1, 1]


def test_a_dialog_that_no_subscription_shows_is_tracked_while_one_takes_part(
    emulator, start, events, eventually
):
    proxy = start(
        emulator,
        create_default_subscription=False,
        options={"clear_conversation_timeout": 0.0},
    )
    proxy.open().get(timeout=10)
    heard = events(proxy, ums.MessageReceived, GONE)
    number = proxy.create_conversation_subscription(None, True).get(timeout=5)
    talk = emulator.open_conversation(assign="bot1", text="0")
    heard.wait(of(talk.conversation_id, ums.MessageReceived))
    proxy.catch_up(talk.dialog_id).get(timeout=5)  # nothing is under way any more
    proxy.unsubscribe_conversations(number).get(timeout=5)
    heard.wait(of(talk.conversation_id, GONE))
    streams = proxy.actor_ref.actor_inbox.keep.streams
    assert len(streams) == 1
    emulator.add_fault("handshake", count=1, value=502)
    emulator.cut("bot1")
    emulator.write(talk.conversation_id, "said while the line was away")
    missed = heard.wait(of(talk.conversation_id, ums.MessageReceived))
    assert missed.text == "said while the line was away"


def test_nothing_but_a_number_is_kept_of_a_consumers_dialogs_that_are_over(
    emulator, start, events, eventually
):
    consumer = start(
        emulator,
        kind=ums.ConsumerWebsocketConnection,
        auth=ums.Anonymous(),
        default_subscription_query={"stage": ["OPEN"]},  # else closed ones are shown
        options={"clear_conversation_timeout": 0.0},
    )
    consumer.open().get(timeout=10)
    heard = events(consumer, ums.MessageReceived, OPENED, GONE)
    streams = consumer.actor_ref.actor_inbox.keep.streams
    for _ in range(3):
        which = consumer.create_conversation(skill_id="5").get(timeout=5)
        talk = heard.wait(of(which, OPENED)).conversation
        talk.send_text("hello").get(timeout=5)
        heard.wait(of(which, ums.MessageReceived))
        talk.close().get(timeout=5)
        heard.wait(of(which, GONE))
    eventually(lambda: len(streams) == 0)


def test_an_ended_subscription_takes_its_conversations_along(emulator, start, events):
    proxy = start(
        emulator,
        create_default_subscription=False,
        options={"clear_conversation_timeout": 0.1},
    )
    proxy.open().get(timeout=10)
    heard = events(proxy, OPENED, GONE)
    talk = emulator.open_conversation(text="0")
    number = proxy.create_conversation_subscription(None, True).get(timeout=5)
    heard.wait(of(talk.conversation_id, OPENED))
    proxy.unsubscribe_conversations(number).get(timeout=5)
    heard.wait(of(talk.conversation_id, GONE))


def test_a_subscription_for_one_line_is_forgotten_with_it(emulator, start, events):
    proxy = start(
        emulator,
        create_default_subscription=False,
        options={"clear_conversation_timeout": 0.1},
    )
    proxy.open().get(timeout=10)
    heard = events(proxy, OPENED, GONE)
    talk = emulator.open_conversation(text="0")
    proxy._request_conversation_subscription().get(timeout=5)
    heard.wait(of(talk.conversation_id, OPENED))
    emulator.cut("bot1")
    heard.wait(of(talk.conversation_id, GONE))


def test_no_more_are_kept_than_allowed(emulator, start, events):
    proxy = start(emulator, options={"conversation_limit": 2})
    proxy.open(wait_for_ready=True).get(timeout=10)
    heard = events(proxy, OPENED, GONE)
    talks = [emulator.open_conversation(text="0") for _ in range(3)]
    heard.wait(of(talks[0].conversation_id, GONE))
    heard.wait(of(talks[2].conversation_id, OPENED))
    assert known(proxy) == {each.conversation_id for each in talks[1:]}
    found = status(proxy)
    assert (found.conversations, found.evicted_conversations) == (2, 1)


def test_no_messages_are_kept_if_none_are_wanted(emulator, start, events, eventually):
    proxy = start(emulator, options={"messages_per_dialog": 0})
    proxy.open(wait_for_ready=True).get(timeout=10)
    heard = events(proxy, ums.MessageReceived)
    emulator.open_conversation(assign="bot1", text="hello")
    message = heard.wait(lambda event: event.text == "hello").message
    assert message.conversation.messages == ()
    # the change that repeats it comes a little later
    eventually(lambda: message.conversation.last_message == message)


# -- hearing of it in one place


def test_one_hears_of_a_conversation_or_a_dialog_alone(emulator, bot, events):
    opened = events(bot, OPENED)
    talk = emulator.open_conversation(assign="bot1", text="0")
    told = opened.wait(of(talk.conversation_id)).conversation
    other = emulator.open_conversation(assign="bot1", text="0")
    opened.wait(of(other.conversation_id))
    here, there = queue.Queue(), queue.Queue()
    handle = told.subscribe(here, ums.MessageReceived, ums.NoteChanged).get(timeout=5)
    told.main_dialog.subscribe(there, ums.MessageReceived).get(timeout=5)
    everywhere = events(bot, ums.MessageReceived)
    emulator.write(other.conversation_id, "elsewhere")
    emulator.write(talk.conversation_id, "here")
    assert here.get(timeout=5).text == "here"
    assert there.get(timeout=5).text == "here"
    everywhere.wait(lambda event: event.text == "here")
    told.set_note("n").get(timeout=5)
    assert isinstance(here.get(timeout=5), ums.NoteChanged)
    assert bot.unsubscribe(handle).get(timeout=5)
    assert there.empty()


def test_one_iterates_over_the_events_of_a_conversation(emulator, bot, events):
    opened = events(bot, OPENED)
    talk = emulator.open_conversation(assign="bot1", text="0")
    told = opened.wait(of(talk.conversation_id)).conversation
    with told.events(ums.MessageReceived) as heard:
        emulator.write(talk.conversation_id, "1")
        assert any(event.text == "1" for event in heard)


def test_an_actor_is_told_of_conversations(emulator, bot):
    class Listener(pykka.ThreadingActor):
        def __init__(self):
            super().__init__()
            self.heard = pykka.ThreadingFuture()

        def on_receive(self, message):
            self.heard.set(message.conversation.conversation_id)

        def told(self):
            return self.heard

    listener = Listener.start()
    try:
        bot.subscribe(listener, OPENED).get(timeout=5)
        talk = emulator.open_conversation(assign="bot1", text="0")
        told = listener.proxy().told().get(timeout=5)
        assert told.get(timeout=5) == talk.conversation_id
    finally:
        listener.stop(timeout=5)


# -- when it does not work


def test_a_refused_request_is_its_callers_and_changes_nothing(emulator, bot, events):
    opened = events(bot, OPENED)
    talk = emulator.open_conversation(assign="bot1", text="0")
    told = opened.wait(of(talk.conversation_id)).conversation
    update = ".ams.cm.UpdateConversationField"
    emulator.add_fault("reject", count=1, value={"code": 409, "type": update})
    with pytest.raises(ums.RequestRejected):
        told.set_note("n").get(timeout=5)
    assert told.note is None


def test_after_the_end_nothing_is_sent_and_the_state_stays_readable(
    emulator, bot, events
):
    opened = events(bot, OPENED)
    talk = emulator.open_conversation(assign="bot1", text="0")
    told = opened.wait(of(talk.conversation_id)).conversation
    bot.close().get(timeout=5)
    with pytest.raises(ums.ConnectionLost):
        told.send_text("too late").get(timeout=5)
    assert told.stage == "OPEN"
    bot.actor_ref.stop(timeout=5)
    with pytest.raises(ums.ConnectionLost):
        told.send_text("far too late").get(timeout=5)
    with pytest.raises(pykka.ActorDeadError):
        told.subscribe(print).get(timeout=5)


def test_another_user_knows_nothing_of_the_conversations_of_the_first(
    emulator, start, events
):
    consumer = start(
        emulator,
        kind=ums.ConsumerWebsocketConnection,
        auth=ums.Anonymous(),
    )
    consumer.open(wait_for_ready=True).get(timeout=10)
    heard = events(consumer, OPENED, GONE, ums.IdentityChanged)
    conversation_id = consumer.create_conversation().get(timeout=5)
    told = heard.wait(of(conversation_id, OPENED)).conversation
    emulator.add_fault("idp", count=1, value=401)  # it cannot be renewed
    emulator.close_sockets(4407, status(consumer).agent_id)
    heard.wait(lambda event: isinstance(event, ums.IdentityChanged))
    assert names(heard.seen) == [
        "ConversationOpened",
        "ConversationRemoved",
        "IdentityChanged",
    ]
    assert told.is_removed


def test_an_agent_opens_a_conversation(emulator, bot, consumer, events):
    heard = events(consumer, OPENED)
    conversation_id = bot.create_conversation(status(consumer).agent_id).get(timeout=5)
    assert heard.wait(of(conversation_id)).conversation.is_open
