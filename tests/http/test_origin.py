import pytest

from ums_actors.errors import LocalProtocolError
from ums_actors.http.origin import Origin, parse_origin


@pytest.mark.parametrize(
    ("text", "origin", "http_url", "websocket_url"),
    [
        ("a.example", Origin("a.example", 443, True), "https://a.example", "wss://"),
        ("a.example:8443", Origin("a.example", 8443, True), "https://a.example:8443",
         "wss://"),
        ("https://a.example/", Origin("a.example", 443, True), "https://a.example",
         "wss://"),
        ("http://127.0.0.1:80", Origin("127.0.0.1", 80, False), "http://127.0.0.1",
         "ws://"),
        ("http://localhost:8080", Origin("localhost", 8080, False),
         "http://localhost:8080", "ws://"),
        ("http://[::1]:8080", Origin("::1", 8080, False), "http://[::1]:8080", "ws://"),
        ("127.0.0.1:8443", Origin("127.0.0.1", 8443, True), "https://127.0.0.1:8443",
         "wss://"),
    ],
)  # fmt: skip
def test_host_is_read(text, origin, http_url, websocket_url):
    found = parse_origin(text)
    assert found == origin
    assert found.http_url == http_url
    assert found.websocket_url == websocket_url + found.authority


def test_host_without_scheme_is_what_the_caller_says():
    assert parse_origin("127.0.0.1:8080", secure=False) == Origin(
        "127.0.0.1", 8080, False
    )
    assert parse_origin("https://127.0.0.1", secure=False).secure


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not a host"),
        ("a.example/path", "without a path"),
        ("user:hunter2@a.example", "not a host"),
        ("a.example:0", "not a host"),
        ("a.example:65536", "not a host"),
        ("a.example:x", "not a host"),
        ("a b", "not a host"),
        ("a\r\nX: y", "not a host"),
        ("a.example\n", "not a host"),
        ("-a", "not a host"),
        ("ws://127.0.0.1", "scheme 'ws' is not known"),
        ("ftp://a://b", "scheme"),
        ("http://a.example", "plain http to a.example"),
        ("http://10.0.0.1:8080", "plain http to 10.0.0.1"),
        ("http://localhost.a.example", "plain http"),
    ],
)
def test_what_is_no_host_or_not_safe_is_a_clear_error(text, reason):
    with pytest.raises(LocalProtocolError) as caught:
        parse_origin(text)
    assert reason in str(caught.value)


def test_plain_host_elsewhere_is_refused_without_a_scheme_too():
    with pytest.raises(LocalProtocolError, match=r"use https://a\.example"):
        parse_origin("a.example", secure=False)


def test_plain_elsewhere_must_be_asked_for():
    found = parse_origin("http://a.example", allow_plain=True)
    assert found == Origin("a.example", 80, False)
    assert parse_origin("a.example", allow_plain=True).secure
