from __future__ import annotations

import asyncio
import importlib.util
from pathlib import Path

import pytest

import ums_actors as ums

_path = Path(__file__).parents[1] / "http" / "conftest.py"
_spec = importlib.util.spec_from_file_location("http_conftest", _path)
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)
serve = _module.serve

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40


@pytest.fixture
def opened(either):
    return either.open_conversation(assign="bot1")


@pytest.fixture(params=["brand", "consumer"])
def side(request, either, start, opened):
    """A connection of either side that takes part in a conversation, and its id."""
    if request.param == "brand":
        proxy = start(either)
        proxy.open().get(timeout=10)
        return proxy, opened.conversation_id
    proxy = start(either, kind=ums.ConsumerWebsocketConnection, auth=ums.Anonymous())
    proxy.open().get(timeout=10)
    return proxy, proxy.create_conversation().get(timeout=5)


@pytest.fixture
def bot(emulator, start):
    def begin(**options):
        proxy = start(emulator, options=options)
        proxy.open().get(timeout=10)
        return proxy, emulator.open_conversation(assign="bot1").conversation_id

    return begin


def transcript(emulator, conversation_id):
    return [
        line["event"]["message"]
        for line in emulator.transcript(conversation_id)
        if line["event"].get("contentType") == "hosted/file"
    ]


def test_a_file_goes_up_and_comes_down(either, side, events):
    proxy, conversation_id = side
    heard = events(proxy, ums.MessageReceived)
    number = proxy.upload_file(
        conversation_id, PNG, caption="a cat", preview="data:image/png;base64,AA=="
    ).get(timeout=10)
    told = heard.wait(lambda event: event.message and event.message.is_downloadable)
    message = told.message
    assert (told.sequence, message.caption, message.file_type) == (
        number,
        "a cat",
        "PNG",
    )
    assert message.preview == "data:image/png;base64,AA=="
    assert message.download().get(timeout=10) == PNG
    assert proxy.download_file(message.relative_path).get(timeout=10) == PNG
    assert len(transcript(either, conversation_id)) == 1


def test_objects_do_the_same(emulator, start, tmp_path):
    proxy = start(emulator)
    proxy.open(wait_for_ready=True).get(timeout=10)
    opened = emulator.open_conversation(assign="bot1")
    heard = proxy.events(ums.ConversationOpened, timeout=10)
    conversation = proxy.get_conversation(opened.conversation_id).get(timeout=5)
    if conversation is None:
        conversation = next(heard).conversation
    path = tmp_path / "cat.png"
    path.write_bytes(PNG)
    first = conversation.upload_file(path, "from a path").get(timeout=10)
    second = conversation.main_dialog.upload_file(PNG).get(timeout=10)
    assert second == first + 1
    shown = transcript(emulator, opened.conversation_id)
    assert [each["caption"] for each in shown] == ["from a path", ""]
    got = conversation.download_file(shown[0]["relativePath"]).get(timeout=10)
    assert got == PNG


@pytest.mark.parametrize(
    ("file", "more", "said"),
    [
        ("cat.png", {}, "a str cannot be uploaded"),
        (None, {}, "a NoneType cannot be uploaded"),
        (b"", {}, "the file is empty"),
        (b"abc", {}, "give file_type"),
        (b"x" * 2_000, {"file_type": "PNG"}, "Options.max_file_size"),
        (PNG[:100], {"file_type": 7}, "file_type=7 must be"),
        (PNG[:100], {"preview": ""}, "preview must be"),
        (PNG[:100], {"metadata": 5}, "metadata"),
    ],
)
def test_bad_files_are_refused_before_anything_is_said(bot, emulator, file, more, said):
    proxy, conversation_id = bot(max_file_size=1_000)
    upload = proxy.upload_file(conversation_id, file, **more)
    with pytest.raises(ums.LocalProtocolError, match=said):
        upload.get(timeout=10)
    assert transcript(emulator, conversation_id) == []


def test_a_path_that_cannot_be_read_is_told(bot, tmp_path):
    proxy, conversation_id = bot()
    upload = proxy.upload_file(conversation_id, tmp_path / "nothing.png")
    with pytest.raises(ums.FileError, match=r"nothing\.png.*No such file") as caught:
        upload.get(timeout=10)
    assert caught.value.step == "read"


def test_a_file_that_is_not_there_is_told(bot):
    proxy, _ = bot()
    with pytest.raises(ums.FileError, match="no such file") as caught:
        proxy.download_file("/v1/AUTH_async-images/1/none.png").get(timeout=10)
    assert (caught.value.step, caught.value.status) == ("download", 404)


def test_what_is_too_large_is_not_downloaded(bot):
    proxy, conversation_id = bot()
    path = proxy.upload_file(conversation_id, PNG)
    path.get(timeout=10)
    small, _ = bot(max_file_size=100)
    shown = small.query_messages(conversation_id).get(timeout=5)[-1].event.message
    with pytest.raises(ums.FileError, match="too long"):
        small.download_file(shown["relativePath"]).get(timeout=10)


def test_no_host_for_files_is_told(emulator, start):
    proxy = start(emulator, domains={"swift": "http://127.0.0.1:9"})
    proxy.open().get(timeout=10)
    opened = emulator.open_conversation(assign="bot1")
    with pytest.raises(ums.FileError, match=r"upload call to 127\.0") as error:
        proxy.upload_file(opened.conversation_id, PNG).get(timeout=10)
    assert error.value.status is None
    assert "temp_url_sig" not in str(error.value)


def test_a_conversation_that_is_not_there_refuses_the_message(bot):
    proxy, _ = bot()
    with pytest.raises(ums.RequestRejected) as caught:
        proxy.upload_file("nowhere", PNG).get(timeout=10)
    assert caught.value.request_type == ".ams.ms.PublishEvent"


def test_it_can_be_awaited(bot):
    proxy, conversation_id = bot()

    async def upload():
        return await proxy.upload_file(conversation_id, PNG)

    assert asyncio.run(upload()) == 0


def test_a_stopped_connection_answers_too(bot):
    proxy, conversation_id = bot()
    proxy.close().get(timeout=10)
    with pytest.raises(ums.ConnectionLost) as caught:
        proxy.upload_file(conversation_id, PNG).get(timeout=10)
    assert caught.value.delivery == "NOT_SENT"


def test_text_is_no_file(emulator, start, events):
    proxy = start(emulator)
    heard = events(proxy, ums.MessageReceived)
    proxy.open().get(timeout=10)
    opened = emulator.open_conversation(assign="bot1")
    proxy.send_text(opened.conversation_id, "hello").get(timeout=5)
    message = heard.wait(lambda event: event.text == "hello").message
    with pytest.raises(ums.LocalProtocolError, match="no file"):
        message.download()


@pytest.mark.parametrize("refusals", [1, 2])
def test_an_address_that_is_over_is_asked_for_once_more(
    emulator, start, serve, refusals
):
    statuses = [401] * refusals + [201]
    storage = serve(lambda exchange: exchange.reply(statuses.pop(0), b""))
    proxy = start(emulator, domains={"swift": f"http://{storage.authority}"})
    proxy.open().get(timeout=10)
    opened = emulator.open_conversation(assign="bot1")
    upload = proxy.upload_file(opened.conversation_id, PNG)
    if refusals == 1:
        assert upload.get(timeout=10) == 0
    else:
        with pytest.raises(ums.FileError, match="good for a minute"):
            upload.get(timeout=10)
    first, second = storage.seen
    assert first.path != second.path
    assert {first.body, second.body} == {PNG}
    said = transcript(emulator, opened.conversation_id)
    assert len(said) == (1 if refusals == 1 else 0)


def test_a_service_that_does_not_answer_is_given_up(emulator, start, serve):
    storage = serve(lambda exchange: exchange.server.over.wait(10))
    proxy = start(
        emulator,
        domains={"swift": f"http://{storage.authority}"},
        options={"file_timeout": 0.3},
    )
    proxy.open().get(timeout=10)
    opened = emulator.open_conversation(assign="bot1")
    with pytest.raises(ums.FileError, match=r"deadline|file_timeout"):
        proxy.upload_file(opened.conversation_id, PNG).get(timeout=10)
    storage.over.set()
