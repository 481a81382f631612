from __future__ import annotations

import pytest

from ums_actors.emulator import Refused, choices
from ums_actors.emulator.world.files import Files


class Clock:
    now = 1_700_000_000_500

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def files(clock):
    return Files("acc", clock)


def code_of(call, *arguments):
    with pytest.raises(Refused) as caught:
        call(*arguments)
    assert " " in caught.value.text
    return caught.value.code


def query_of(files, method, path):
    query = files.signed(method, path)["queryParams"]
    return query["temp_url_sig"], query["temp_url_expires"]


@pytest.mark.parametrize(
    ("kind", "media"),
    [
        ("JPG", "image/jpeg"),
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("GIF", "image/gif"),
        ("PDF", "application/pdf"),
    ],
)
def test_what_is_stored_is_loaded(files, kind, media):
    path = files.announce(kind, 5)
    assert path.startswith("/v1/")
    files.store(path, b"bytes")
    file = files.load(path)
    assert (file.data, file.media_type) == (b"bytes", media)


def test_types_and_sizes_are_limited(files):
    assert code_of(files.announce, "EXE", 5) == 400
    assert code_of(files.announce, "PNG", choices.MAX_FILE_BYTES + 1) == 413
    assert files.announce("PNG", choices.MAX_FILE_BYTES)


def test_only_what_was_announced_is_stored_and_only_what_was_stored_loaded(files):
    assert code_of(files.store, "/v1/nowhere", b"x") == 404
    path = files.announce("PNG", 5)
    assert code_of(files.load, path) == 404
    assert code_of(files.load, "/v1/nowhere") == 404


def test_a_signature_is_good_for_its_method_path_and_minute(files, clock):
    path = files.announce("PNG", 5)
    signature, expires = query_of(files, "PUT", path)
    assert expires == str(1_700_000_060)
    assert files.may("PUT", path, signature, expires)
    assert files.may("PUT", "/" + path, signature, expires)
    assert files.may("PUT", path.lstrip("/"), signature, expires)
    assert not files.may("GET", path, signature, expires)
    assert not files.may("PUT", path + "x", signature, expires)
    assert not files.may("PUT", path, signature, str(int(expires) + 1))
    assert not files.may("PUT", path, "", expires)
    assert not files.may("PUT", path, "\u00e9", "later")
    clock.now = 1_700_000_059_999
    assert files.may("PUT", path, signature, expires)
    clock.now += 1
    assert not files.may("PUT", path, signature, expires)


def test_a_path_that_is_too_long_gets_no_address(files):
    assert code_of(files.signed, "GET", "/" + "x" * 1_024) == 400


def test_the_oldest_go_when_there_are_too_many(files, monkeypatch):
    monkeypatch.setattr(choices, "MAX_FILES", 2)
    first, second, third = (files.announce("PNG", 5) for _ in range(3))
    assert code_of(files.store, first, b"x") == 404
    files.store(second, b"x")
    files.store(third, b"x")


def test_the_oldest_go_when_they_take_too_much(files, monkeypatch):
    monkeypatch.setattr(choices, "MAX_FILES_BYTES", 10)
    first, second = files.announce("PNG", 5), files.announce("PNG", 5)
    files.store(first, b"12345")
    files.store(first, b"123456")
    files.store(second, b"1234")
    assert files.load(first).data == b"123456"
    files.store(second, b"12345")
    assert code_of(files.load, first) == 404
    assert files.load(second).data == b"12345"
