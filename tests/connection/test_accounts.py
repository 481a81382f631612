from __future__ import annotations

import pytest

import ums_actors as ums


@pytest.fixture(params=["brand", "consumer"])
def proxy(request, emulator, start):
    more = {}
    if request.param == "consumer":
        more = {"kind": ums.ConsumerWebsocketConnection, "auth": ums.Anonymous()}
    proxy = start(emulator, **more)
    proxy.open().get(timeout=10)
    return proxy


def test_the_own_profile_is_set_and_given(proxy):
    own = proxy.status().get(timeout=5).agent_id
    assert proxy.get_user_profile().get(timeout=5).user_id == own
    answer = proxy.set_user_profile({"first_name": "Ann", "nickName": "A"})
    assert answer.get(timeout=5) == "OK User Profile set successfully"
    found = proxy.get_user_profile().get(timeout=5)
    assert (found.first_name, found.nick_name, found.last_name) == ("Ann", "A", "")


def test_the_brands_profile_is_given(emulator, proxy):
    assert proxy.get_brand_profile().get(timeout=5).brand_id == emulator.account


def test_a_brand_sets_its_profile(emulator, start):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    proxy.set_brand_profile({"name": "Shop"}).get(timeout=5)
    assert proxy.get_brand_profile().get(timeout=5).name == "Shop"


def test_a_files_place_is_given_for_both_ways(proxy):
    up = proxy.get_upload_url(5, "png").get(timeout=5)
    assert up.relative_path
    assert up.target.reveal().startswith("/")
    assert "temp_url_sig=" in up.target.reveal()
    down = proxy.get_download_url(up.relative_path).get(timeout=5)
    assert down.relative_path == up.relative_path
    assert "temp_url_sig" not in repr(down)


def test_the_key_of_a_form_is_given(emulator, proxy):
    opened = emulator.open_conversation()
    key = proxy.get_download_token(opened.dialog_id, "s", "i").get(timeout=5)
    assert key.reveal()


def test_a_line_can_be_kept_alive(proxy):
    assert proxy.keep_alive().get(timeout=5) is not None


def test_what_rides_beside_the_body_reaches_the_wire(emulator, start):
    proxy = start(emulator)
    proxy.open().get(timeout=10)
    opened = emulator.open_conversation(assign="bot1")
    proxy.send_text(
        opened.conversation_id,
        "hello",
        metadata=[
            ums.ExternalId(id="card-1"),
            {"type": "ActionReason", "reason_id": "3", "reason": "why"},
        ],
    ).get(timeout=5)
    event = emulator.transcript(opened.conversation_id)[-1]
    assert event["metadata"] == [
        {"type": "ExternalId", "id": "card-1"},
        {"type": "ActionReason", "reasonId": "3", "reason": "why"},
    ]
    request = {"type": ".GetClock", "headers": [{"type": "h"}]}
    proxy.send(request, encoded_metadata="e30=").get(timeout=5)
    proxy.send({"type": ".GetClock", "encodedMetadata": "YQ=="}).get(timeout=5)
    incoming = [e["frame"] for e in emulator.log("bot1") if e["dir"] == "in"]
    frames = [frame for frame in incoming if frame["type"] == ".GetClock"]
    assert frames[-2]["encodedMetadata"] == "e30="
    assert frames[-2]["headers"] == [{"type": "h"}]
    assert frames[-1]["encodedMetadata"] == "YQ=="


@pytest.mark.parametrize(
    ("act", "text"),
    [
        (
            lambda proxy: proxy.send(
                {"type": ".x", "metadata": [{"type": "ExternalId", "id": "x" * 65}]}
            ),
            "ExternalId.id must be",
        ),
        (lambda proxy: proxy.send_text("C", "a", metadata=5), "an object with a type"),
        (lambda proxy: proxy.send({"type": ".x"}, encoded_metadata="{}"), "base64"),
        (lambda proxy: proxy.send({"type": ".x", "encodedMetadata": "{}"}), "base64"),
        (lambda proxy: proxy.get_upload_url(0, "PNG"), "file_size"),
        (lambda proxy: proxy.set_user_profile({}), "mapping of what is to be set"),
    ],
)
def test_what_the_service_would_drop_is_refused_here(proxy, act, text):
    with pytest.raises(ums.LocalProtocolError, match=text):
        act(proxy).get(timeout=5)
