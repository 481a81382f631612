from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import textwrap

import msgspec
import pytest

import ums_actors as ums
from ums_actors.emulator import password_of, running_emulator
from ums_actors.outbox import Letter
from ums_actors.protocol import publishing

SOON = {"settling_delay": 0.05, "request_timeout": 0.5}
LATE = {"settling_delay": 60.0, "request_timeout": 60.0}
"""What is not answered holds up its dialog for the whole test."""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "bot1.db"


@pytest.fixture
def bot(emulator, start, path):
    """A bot with an outbox, and a conversation it takes part in."""
    opened = emulator.open_conversation(assign="bot1")

    def begin(**options):
        proxy = start(emulator, options={**SOON, **options}, outbox=ums.Outbox(path))
        proxy.open(wait_for_ready=True).get(timeout=10)
        return proxy

    begin.conversation = opened.conversation_id
    return begin


def texts(emulator, conversation_id):
    return [
        line["event"]["message"]
        for line in emulator.transcript(conversation_id)
        if line["event"]["type"] == "ContentEvent"
    ]


def letter(conversation_id, text):
    call = ums.protocol.publishing.publish_text(conversation_id, conversation_id, text)
    return Letter(
        mark=f"once-{text}",
        conversation_id=conversation_id,
        dialog_id=conversation_id,
        base=-1,
        body=msgspec.json.encode(call.body),
        metadata=msgspec.json.encode([{"type": "ExternalId", "id": f"once-{text}"}]),
    )


def kept(path):
    box = ums.Outbox(path)
    try:
        return box.open()
    finally:
        box.close()


def test_a_message_is_stored_then_sent_then_forgotten(emulator, bot, path, events):
    proxy = bot()
    settled = events(proxy, ums.PublishSettled)
    publication = proxy.publish_text(bot.conversation, "hello").get(timeout=10)
    assert publication.sent.get(timeout=10) == 0
    told = settled.wait(lambda event: event.mark == publication.mark)
    assert (told.sequence, told.error) == (0, None)
    assert told.conversation_id == bot.conversation
    assert texts(emulator, bot.conversation) == ["hello"]
    proxy.actor_ref.stop(timeout=10)
    assert kept(path) == []


CARD = {"type": "vertical", "elements": [{"type": "text", "text": "hello"}]}
REPLIES = {
    "type": "quickReplies",
    "itemsPerRow": 8,
    "replies": [{"type": "button", "title": "yes"}],
}
REASON = {"type": "ActionReason", "reason": "why", "reasonId": "1"}
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


def each_kind(proxy, where):
    """Publish one of each kind; give the futures."""
    return [
        proxy.publish_text(where, "plain", metadata=REASON),
        proxy.publish_text(where, "choose", quick_replies=REPLIES),
        proxy.publish_rich(where, CARD, metadata=REASON, quick_replies=REPLIES),
        proxy.publish_file(where, "/v1/a.png", "png", caption="look", preview="data:,"),
        proxy.publish_text(where, "psst", audience="AGENTS_AND_MANAGERS"),
        proxy.publish_rich(where, CARD, audience="AGENTS_AND_MANAGERS"),
        proxy.publish(
            publishing.publish_text(where, where, "coded"), REASON, "aGVsbG8="
        ),
    ]


def check_each_kind(lines):
    """See that the transcript has one of each kind, whole and in order."""
    events = [line["event"] for line in lines]
    kinds = [event.get("contentType", event["type"]) for event in events]
    assert kinds == [
        "text/plain",
        "text/plain",
        "RichContentEvent",
        "hosted/file",
        "text/plain",
        "RichContentEvent",
        "text/plain",
    ]
    replied = [number for number, event in enumerate(events) if "quickReplies" in event]
    assert replied == [1, 2]
    assert events[1]["quickReplies"] == events[2]["quickReplies"] == REPLIES
    assert events[2]["content"] == events[5]["content"] == CARD
    assert events[3]["message"] == {
        "caption": "look",
        "relativePath": "/v1/a.png",
        "fileType": "PNG",
        "preview": "data:,",
    }
    hidden = [line["messageAudience"] == "AGENTS_AND_MANAGERS" for line in lines]
    assert hidden == [False, False, False, False, True, True, False]
    with_reason = [REASON in line["metadata"] for line in lines]
    assert with_reason == [True, False, True, False, False, False, True]
    marks = [
        entry["id"]
        for line in lines
        for entry in line["metadata"]
        if entry["type"] == "ExternalId"
    ]
    assert len(marks) == len(set(marks)) == len(lines)


def test_each_kind_goes_whole_and_in_order(emulator, bot, path):
    proxy = bot()
    for number, stored in enumerate(each_kind(proxy, bot.conversation)):
        assert stored.get(timeout=10).sent.get(timeout=10) == number
    check_each_kind(emulator.transcript(bot.conversation))
    frames = [line["frame"] for line in emulator.log("bot1")]
    assert [f["encodedMetadata"] for f in frames if "encodedMetadata" in f] == [
        "aGVsbG8="
    ]
    proxy.actor_ref.stop(timeout=10)
    assert kept(path) == []


def test_each_kind_outlives_the_process(emulator, bot, path):
    """They wait behind one that is being looked for; then the next process has them."""
    proxy = bot(**LATE)
    emulator.add_fault("drop", count=1, value=[".ams.ms.PublishEvent"])
    where = bot.conversation
    for stored in each_kind(proxy, where):
        stored.get(timeout=10)
    proxy.actor_ref.stop(timeout=10)
    assert len(kept(path)) == 7
    again = bot()
    last = again.publish_text(where, "last").get(timeout=10)
    assert last.sent.get(timeout=20) == 7
    check_each_kind(emulator.transcript(where)[:-1])


def test_each_kind_goes_through_cuts_once(emulator, bot):
    proxy = bot()
    for fault in ("process-then-disconnect", "drop", "process-then-disconnect"):
        emulator.add_fault(fault, count=1, value=[".ams.ms.PublishEvent"])
    for number, stored in enumerate(each_kind(proxy, bot.conversation)):
        assert stored.get(timeout=10).sent.get(timeout=20) == number
    check_each_kind(emulator.transcript(bot.conversation))


def test_what_is_kept_is_what_was_given(emulator, bot):
    proxy = bot(**LATE)
    emulator.add_fault("drop", count=1, value=[".ams.ms.PublishEvent"])
    proxy.publish_text(bot.conversation, "before").get(timeout=10)
    card = {"type": "vertical", "elements": [1]}
    proxy.publish_rich(bot.conversation, card).get(timeout=10)
    card["elements"].append(2)
    proxy.actor_ref.stop(timeout=10)
    again = bot()
    again.publish_text(bot.conversation, "after").get(timeout=10).sent.get(timeout=20)
    shown = emulator.transcript(bot.conversation)[1]
    assert shown["event"]["content"] == {"type": "vertical", "elements": [1]}


def test_what_cannot_be_written_is_refused_and_spoils_nothing(emulator, bot):
    proxy = bot()
    where = bot.conversation
    bad = [
        proxy.publish_text(where, "x", metadata={"type": "X", "value": object()}),
        proxy.publish_rich(where, {"type": "vertical", "elements": [object()]}),
        proxy.publish_text(where, "\ud800"),
        proxy.publish_text(where, "x", metadata=ums.ExternalId(id="mine")),
        proxy.publish(publishing.publish_chat_state(where, where, "PAUSE")),
        proxy.publish(publishing.publish_text(where, where, "x"), None, "no base64!"),
        proxy.publish_upload(where, PNG, metadata=ums.ExternalId(id="mine")),
        proxy.publish_upload(where, b""),
    ]
    good = proxy.publish_text(where, "good")
    for each in bad:
        with pytest.raises(ums.LocalProtocolError):
            each.get(timeout=10)
    assert good.get(timeout=10).sent.get(timeout=10) == 0
    assert texts(emulator, where) == ["good"]


def test_a_file_is_uploaded_and_shown(emulator, bot):
    proxy = bot()
    stored = proxy.publish_upload(bot.conversation, PNG, caption="look")
    assert stored.get(timeout=10).sent.get(timeout=10) == 0
    shown = emulator.transcript(bot.conversation)[0]["event"]["message"]
    assert (shown["caption"], shown["fileType"]) == ("look", "PNG")
    assert proxy.download_file(shown["relativePath"]).get(timeout=10) == PNG


def test_conversations_and_dialogs_can_do_it_too(emulator, bot):
    proxy = bot()
    talk = proxy.get_conversation(bot.conversation).get(timeout=5)
    number = 0
    for place in (talk, talk.main_dialog):
        for stored in (
            place.publish_text("a", REASON, REPLIES),
            place.publish_private("b", REASON),
            place.publish_rich(CARD, REASON, REPLIES),
            place.publish_file("/v1/a.png", "PNG", caption="c", metadata=REASON),
            place.publish_upload(PNG, "c", metadata=REASON),
        ):
            assert stored.get(timeout=10).sent.get(timeout=10) == number
            number += 1
    lines = emulator.transcript(bot.conversation)
    assert all(REASON in line["metadata"] for line in lines)
    hidden = [line["messageAudience"] == "AGENTS_AND_MANAGERS" for line in lines]
    assert hidden == [False, True, False, False, False] * 2
    replied = ["quickReplies" in line["event"] for line in lines]
    assert replied == [True, False, True, False, False] * 2


def test_a_script_can_do_it_too(emulator, runtime, path):
    where = emulator.open_conversation(assign="bot1").conversation_id
    with ums.connect(
        emulator.account,
        auth=ums.PasswordLogin("bot1", password_of("bot1")),
        csds=f"http://{emulator.csds}",
        outbox=ums.Outbox(path),
        runtime=runtime,
    ) as connection:
        for number, publication in enumerate(
            (
                connection.publish_text(where, "a", quick_replies=REPLIES),
                connection.publish_rich(where, CARD),
                connection.publish_file(where, "/v1/a.png", "PNG", caption="c"),
                connection.publish_upload(where, PNG),
                connection.publish(publishing.publish_text(where, where, "b")),
            )
        ):
            assert publication.sent.get(timeout=10) == number


def test_a_consumer_has_one_too_but_hides_nothing(emulator, start, path):
    proxy = start(
        emulator,
        kind=ums.ConsumerWebsocketConnection,
        auth=ums.Anonymous(),
        options=SOON,
        outbox=ums.Outbox(path),
    )
    proxy.open(wait_for_ready=True).get(timeout=10)
    where = proxy.create_conversation().get(timeout=5)
    with pytest.raises(ums.NotSupported, match="do not see"):
        proxy.publish_text(where, "psst", audience="AGENTS_AND_MANAGERS").get(timeout=5)
    stored = [proxy.publish_text(where, "a"), proxy.publish_upload(where, PNG)]
    assert [each.get(timeout=10).sent.get(timeout=10) for each in stored] == [0, 1]


class Forgetful(ums.Outbox):
    """Its process ends before the removal of a letter is written."""

    def forget(self, mark):
        pass


def test_a_letter_whose_removal_was_not_written_is_looked_for_and_not_sent_again(
    emulator, start, bot, path, events
):
    proxy = start(emulator, options=SOON, outbox=Forgetful(path))
    proxy.open(wait_for_ready=True).get(timeout=10)
    publication = proxy.publish_text(bot.conversation, "hello").get(timeout=10)
    assert publication.sent.get(timeout=10) == 0
    proxy.actor_ref.stop(timeout=10)
    (left,) = kept(path)
    assert left.mark == publication.mark
    settled = queue.Queue()
    again = start(
        emulator,
        options=SOON,
        outbox=ums.Outbox(path),
        subscribe=[(settled, ums.PublishSettled)],
    )
    again.open(wait_for_ready=True).get(timeout=10)
    told = settled.get(timeout=10)
    assert (told.mark, told.sequence, told.error) == (publication.mark, 0, None)
    assert texts(emulator, bot.conversation) == ["hello"]
    sent = [line["frame"].get("type") for line in emulator.log("bot1")]
    assert sent.count(".ams.ms.PublishEvent") == 1
    again.actor_ref.stop(timeout=10)
    assert kept(path) == []


def test_many_go_in_order_through_cuts(emulator, bot):
    proxy = bot()
    said = [f"text {number}" for number in range(60)]
    publications = [proxy.publish_text(bot.conversation, text) for text in said]
    for _ in range(4):
        emulator.add_fault(
            "process-then-disconnect", count=1, value=[".ams.ms.PublishEvent"]
        )
    emulator.add_fault("drop", count=1, value=[".ams.ms.PublishEvent"])
    for number, publication in enumerate(publications):
        assert publication.get(timeout=20).sent.get(timeout=40) == number
    assert texts(emulator, bot.conversation) == said


def test_what_an_earlier_process_left_is_sent_and_told(emulator, bot, path, events):
    box = ums.Outbox(path)
    box.open()
    box.add([letter(bot.conversation, "x")])
    box.close()
    proxy = bot()
    after = proxy.publish_text(bot.conversation, "y").get(timeout=10)
    assert after.sent.get(timeout=10) == 1
    assert texts(emulator, bot.conversation) == ["x", "y"]


def test_a_refusal_is_told_and_the_next_goes_on(emulator, bot, events):
    proxy = bot()
    settled = events(proxy, ums.PublishSettled)
    refusal = {"code": 400, "type": ".ams.ms.PublishEvent"}
    emulator.add_fault("reject", count=1, value=refusal)
    first, second = (proxy.publish_text(bot.conversation, text) for text in "ab")
    with pytest.raises(ums.RequestRejected):
        first.get(timeout=10).sent.get(timeout=10)
    assert second.get(timeout=10).sent.get(timeout=10) == 0
    told = settled.wait(lambda event: event.error is not None)
    assert told.mark == first.get(timeout=1).mark
    assert texts(emulator, bot.conversation) == ["b"]


def test_a_service_that_is_ill_for_a_while_is_asked_again(emulator, bot):
    proxy = bot()
    emulator.add_fault(
        "reject", count=3, value={"code": 503, "type": ".ams.ms.PublishEvent"}
    )
    sent = proxy.publish_text(bot.conversation, "a").get(timeout=10).sent
    assert sent.get(timeout=20) == 0


def test_what_waits_at_the_close_goes_out_at_the_next_open(emulator, bot, path):
    proxy = bot(**LATE)
    emulator.add_fault("drop", count=1, value=[".ams.ms.PublishEvent"])
    publication = proxy.publish_text(bot.conversation, "a").get(timeout=10)
    behind = proxy.publish_text(bot.conversation, "b").get(timeout=10)
    proxy.close().get(timeout=10)
    for each in (publication, behind):
        with pytest.raises(ums.ConnectionLost):
            each.sent.get(timeout=5)
    with pytest.raises(ums.ConnectionLost):
        proxy.publish_text(bot.conversation, "c").get(timeout=5)
    proxy.actor_ref.stop(timeout=10)
    assert len(kept(path)) == 2
    again = bot()
    assert (
        again.publish_text(bot.conversation, "c").get(timeout=10).sent.get(timeout=20)
        == 2
    )
    assert texts(emulator, bot.conversation) == ["a", "b", "c"]


def test_a_full_disk_refuses_and_sends_nothing(emulator, bot):
    proxy = bot()
    talk = proxy.publish_text(bot.conversation, "a")  # the file is open then
    assert talk.get(timeout=10).sent.get(timeout=10) == 0
    box = proxy.actor_ref._cell.keep.services.courier._outbox
    box._database.execute("PRAGMA max_page_count = 1")
    failed = proxy.publish_text(bot.conversation, "x" * 7_000)
    with pytest.raises(ums.OutboxError, match="full"):
        failed.get(timeout=10)
    assert texts(emulator, bot.conversation) == ["a"]
    assert proxy.status().get(timeout=5).outbox == 0
    box._database.execute("PRAGMA max_page_count = 100000")
    again = proxy.publish_text(bot.conversation, "b").get(timeout=10)
    assert again.sent.get(timeout=10) == 1


def test_a_file_that_cannot_be_opened_is_told(emulator, start, tmp_path, events):
    outbox = ums.Outbox(tmp_path / "no" / "where.db")
    proxy = start(emulator, options=SOON, outbox=outbox)
    errors = events(proxy, ums.ErrorOccurred)
    proxy.open().get(timeout=10)
    errors.wait(lambda event: event.context == "outbox.failed")
    opened = emulator.open_conversation(assign="bot1")
    with pytest.raises(ums.OutboxError, match="cannot be opened"):
        proxy.publish_text(opened.conversation_id, "a").get(timeout=10)


def test_another_users_letters_are_not_sent(emulator, start, bot, path):
    proxy = bot(**LATE)
    emulator.add_fault("drop", count=1, value=[".ams.ms.PublishEvent"])
    proxy.publish_text(bot.conversation, "a").get(timeout=10)
    proxy.actor_ref.stop(timeout=10)
    before = texts(emulator, bot.conversation)
    other = start(emulator, "bot2", options=SOON, outbox=ums.Outbox(path))
    other.open().get(timeout=10)
    with pytest.raises(ums.OutboxError, match="an outbox of its own"):
        other.publish_text(bot.conversation, "b").get(timeout=10)
    assert texts(emulator, bot.conversation) == before


def test_without_one_it_says_how_to_have_one(emulator, start):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    with pytest.raises(ums.NotSupported, match="outbox=Outbox"):
        proxy.publish_text("c", "a").get(timeout=5)


def test_no_more_than_the_limit_may_wait(emulator, start, path):
    proxy = start(emulator, options=LATE, outbox=ums.Outbox(path, 2))
    proxy.open(wait_for_ready=True).get(timeout=10)
    opened = emulator.open_conversation(assign="bot1")
    emulator.add_fault("drop", count=1, value=[".ams.ms.PublishEvent"])
    waiting = [proxy.publish_text(opened.conversation_id, text) for text in "abc"]
    for each in waiting[:2]:
        each.get(timeout=10)
    with pytest.raises(ums.Overloaded, match="2 letters wait"):
        waiting[2].get(timeout=10)


def spoken(event):
    """Give what a message of one of the kinds below says."""
    if event["type"] == "RichContentEvent":
        return event["content"]["tag"]
    message = event["message"]
    return message if isinstance(message, str) else message["caption"]


def number_of(each):
    """Give the number in what a letter says."""
    return int(spoken(msgspec.json.decode(each.body)["event"]).split()[1])


def all_said(emulator, conversation_id):
    return [spoken(line["event"]) for line in emulator.transcript(conversation_id)]


BOT = """
import sys, ums_actors as ums
account, csds, password, path, conversation, first, last = sys.argv[1:]
options = ums.Options(settling_delay=0.05, backoff_base=0.05, request_timeout=2.0)
ref = ums.BrandWebsocketConnection.start(
    account, auth=ums.PasswordLogin("bot1", password), csds=csds, options=options,
    outbox=ums.Outbox(path))
proxy = ref.proxy()
proxy.open(wait_for_ready=True).get(timeout=20)
def publish(number):
    said = f"text {number}"
    if number % 3 == 0:
        return proxy.publish_text(conversation, said)
    if number % 3 == 1:
        return proxy.publish_rich(conversation, {"type": "vertical", "tag": said})
    return proxy.publish_file(conversation, "/v1/a.png", "PNG", caption=said)

waiting = []
for number in range(int(first), int(last)):
    waiting.append(publish(number).get(timeout=20))
    print(number, flush=True)
for each in waiting:
    each.sent.get(timeout=40)
print("done", flush=True)
ref.stop(timeout=10)
"""


@pytest.mark.slow
@pytest.mark.timeout(180)  # seven processes in a row, each with an interpreter to start
def test_killed_processes_lose_nothing_and_say_nothing_twice(path, start, eventually):
    """Each process is killed at some point; the next one goes on from its file.

    What they say is of three kinds, in one dialog.
    """
    with running_emulator(users=1) as emulator:
        conversation = emulator.open_conversation(assign="bot1").conversation_id
        stored = 0
        for kill_after in (3, 8, 1, 0, 5, None):
            last = stored + 10
            command = [sys.executable, "-c", textwrap.dedent(BOT), emulator.account]
            command += [f"http://{emulator.csds}", password_of("bot1"), str(path)]
            command += [conversation, str(stored), str(last)]
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as bot:
                for line in bot.stdout:
                    if line.strip() != "done":
                        stored = int(line) + 1
                    if kill_after is not None and stored >= last - 10 + kill_after:
                        os.kill(bot.pid, signal.SIGKILL)
                        break
                bot.wait(60)
            # what it took and had no time to tell is kept, or said and struck off
            known = [number_of(each) for each in kept(path)]
            known += [int(text.split()[1]) for text in all_said(emulator, conversation)]
            stored = max([stored] + [1 + number for number in known])
        said = all_said(emulator, conversation)
        assert said == [f"text {number}" for number in range(len(said))]
        assert len(said) >= stored
        # what the last one had no time to strike off is looked for, and found
        proxy = start(emulator, options=SOON, outbox=ums.Outbox(path))
        proxy.open(wait_for_ready=True).get(timeout=20)
        number = proxy.publish_text(conversation, "the end").get(timeout=20).sent
        assert number.get(timeout=20) == len(said)
        assert all_said(emulator, conversation) == [*said, "the end"]
        proxy.actor_ref.stop(timeout=10)
        eventually(
            lambda: not proxy.actor_ref._cell.keep.services.courier._outbox.untidy
        )
    assert kept(path) == []
