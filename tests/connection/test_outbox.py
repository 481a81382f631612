from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap

import pytest

import ums_actors as ums
from ums_actors.emulator import password_of, running_emulator
from ums_actors.outbox import Letter

SOON = {"settling_delay": 0.05, "request_timeout": 0.5}


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
    call = ums.protocol.publishing.publish_text(bot.conversation, bot.conversation, "x")
    metadata = [{"type": "ExternalId", "id": "once-x"}]
    box.add(
        [
            Letter(
                mark="once-x",
                conversation_id=bot.conversation,
                dialog_id=bot.conversation,
                base=-1,
                body=call.body,
                metadata=metadata,
            )
        ]
    )
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
    proxy = bot(settling_delay=60.0)
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
    proxy = bot(settling_delay=60.0)
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
    proxy = start(
        emulator, options=SOON | {"settling_delay": 60.0}, outbox=ums.Outbox(path, 2)
    )
    proxy.open(wait_for_ready=True).get(timeout=10)
    opened = emulator.open_conversation(assign="bot1")
    emulator.add_fault("drop", count=1, value=[".ams.ms.PublishEvent"])
    waiting = [proxy.publish_text(opened.conversation_id, text) for text in "abc"]
    for each in waiting[:2]:
        each.get(timeout=10)
    with pytest.raises(ums.Overloaded, match="2 letters wait"):
        waiting[2].get(timeout=10)


BOT = """
import sys, ums_actors as ums
account, csds, password, path, conversation, first, last = sys.argv[1:]
options = ums.Options(settling_delay=0.05, backoff_base=0.05, request_timeout=2.0)
ref = ums.BrandWebsocketConnection.start(
    account, auth=ums.PasswordLogin("bot1", password), csds=csds, options=options,
    outbox=ums.Outbox(path))
proxy = ref.proxy()
proxy.open(wait_for_ready=True).get(timeout=20)
waiting = []
for number in range(int(first), int(last)):
    waiting.append(proxy.publish_text(conversation, f"text {number}").get(timeout=20))
    print(number, flush=True)
for each in waiting:
    each.sent.get(timeout=40)
print("done", flush=True)
ref.stop(timeout=10)
"""


@pytest.mark.slow
@pytest.mark.timeout(180)  # seven processes in a row, each with an interpreter to start
def test_killed_processes_lose_nothing_and_say_nothing_twice(path, start, eventually):
    """Each process is killed at some point; the next one goes on from its file."""
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
            left = kept(path)
            stored = max(
                [stored]
                + [int(each.body["event"]["message"].split()[1]) + 1 for each in left]
            )
        said = texts(emulator, conversation)
        assert said == [f"text {number}" for number in range(len(said))]
        assert len(said) >= stored
        # what the last one had no time to strike off is looked for, and found
        proxy = start(emulator, options=SOON, outbox=ums.Outbox(path))
        proxy.open(wait_for_ready=True).get(timeout=20)
        number = proxy.publish_text(conversation, "the end").get(timeout=20).sent
        assert number.get(timeout=20) == len(said)
        assert texts(emulator, conversation) == [*said, "the end"]
        proxy.actor_ref.stop(timeout=10)
        eventually(
            lambda: not proxy.actor_ref._cell.keep.services.courier._outbox.untidy
        )
    assert kept(path) == []
