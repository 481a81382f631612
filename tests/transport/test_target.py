from __future__ import annotations

import pytest

from ums_actors.errors import LocalProtocolError
from ums_actors.secret import Secret
from ums_actors.transport import Target


@pytest.mark.parametrize(
    ("url", "host", "port", "resource", "authority"),
    [
        (
            "wss://ums.example/a/b?v=2.1",
            "ums.example",
            443,
            "/a/b?v=2.1",
            "ums.example",
        ),
        ("WSS://UMS.example:443", "ums.example", 443, "/", "ums.example"),
        ("wss://ums.example:8443?x", "ums.example", 8443, "/?x", "ums.example:8443"),
        ("wss://10.1.2.3/", "10.1.2.3", 443, "/", "10.1.2.3"),
        ("wss://[2001:DB8::1]:444/", "2001:db8::1", 444, "/", "[2001:db8::1]:444"),
        ("wss://ums.example./", "ums.example.", 443, "/", "ums.example."),
        ("ws://127.9.9.9:80/", "127.9.9.9", 80, "/", "127.9.9.9"),
        ("ws://[::1]:81/", "::1", 81, "/", "[::1]:81"),
        ("ws://localhost:443/p;q=1?r", "localhost", 443, "/p;q=1?r", "localhost:443"),
    ],
)
def test_a_good_url_is_taken_apart(url, host, port, resource, authority):
    target = Target(url)
    assert (target.host, target.port) == (host, port)
    assert target.resource.reveal() == resource
    assert target.authority == authority
    assert target.secure == url.lower().startswith("wss")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://h/TOKEN", "scheme 'https'"),
        ("TOKEN", "must begin with wss://"),
        ("TOKEN:x", "must begin with wss://"),
        ("", "must begin with wss://"),
        ("wss:///TOKEN", "host ''"),
        ("wss://user:TOKEN@h/", "remove them"),
        ("wss://h/TOKEN#f", "%23"),
        ("wss://h/TOKEN\r\nX: 1", "U+000D at position 13"),
        ("wss://h/TOKEN\nX: 1", "U+000A"),
        ("wss://h/TO KEN", "U+0020"),
        ("wss://h/\x00TOKEN", "U+0000"),
        ("wss://h/TOKEN\x7f", "U+007F"),
        ("wss://h/TOKENé", "U+00E9"),
        (" wss://h/TOKEN", "U+0020 at position 0"),
        ("wss://h:0/TOKEN", "1 to 65535"),
        ("wss://h:65536/TOKEN", "1 to 65535"),
        ("wss://h:x/TOKEN", "1 to 65535"),
        ("wss://[::1/TOKEN", "brackets"),
        ("wss://a..b/TOKEN", "host 'a..b'"),
        ("wss://.b/TOKEN", "host '.b'"),
        ("wss://a\\b/TOKEN", "host"),
        ("wss://[fe80::1%25eth0]/TOKEN", "host"),
        (f"wss://{'a' * 64}.b/TOKEN", "host"),
        ("ws://ums.example/TOKEN", "allow_plain=True"),
        ("ws://127.0.0.1.evil.example/TOKEN", "not a loopback host"),
        ("ws://localhost.evil/TOKEN", "not a loopback host"),
        ("ws://[::ffff:10.0.0.1]/TOKEN", "not a loopback host"),
    ],
)
def test_a_bad_url_is_refused_with_a_way_out_and_without_its_path(url, words):
    with pytest.raises(LocalProtocolError) as caught:
        Target(Secret(url))
    assert words in str(caught.value)
    assert "TOKEN" not in repr(caught.value)


def test_plaintext_to_another_host_must_be_asked_for():
    assert Target("ws://ums.example/", allow_plain=True).safe == (
        "ws://ums.example:80/…"
    )


def test_the_path_is_in_no_text():
    target = Target("wss://[::1]/TOKEN?TOKEN")
    assert target.safe == "wss://[::1]:443/…"
    assert repr(target) == "Target('wss://[::1]:443/…')"
    assert "TOKEN" not in f"{target} {target.resource}"
