import contextlib
import json
import socket
import ssl
import threading
import warnings
from functools import partial

import pytest

from ums_actors._version import __version__
from ums_actors.errors import LocalProtocolError, LoginError
from ums_actors.http.client import Answer, Http
from ums_actors.http.origin import Origin, parse_origin
from ums_actors.http.tls import client_context
from ums_actors.secret import Secret

PATIENCE = 20.0
SECRET = "hunter2"
SHORT = 0.4


def plain(server):
    return Origin("127.0.0.1", server.server_port, False)


def secure(server):
    return Origin("127.0.0.1", server.server_port, True)


def get(client, origin, timeout=PATIENCE, **options):
    return client.call(
        "GET",
        origin,
        "/x?y=1",
        step="csds",
        deadline=client.deadline(timeout),
        **options,
    )


def test_call_sends_json_and_reads_json(serve):
    server = serve(lambda exchange: exchange.reply(202, {"a": 1}))
    client = Http()
    answer = client.call(
        "POST",
        plain(server),
        "/login?v=1.3",
        step="login",
        deadline=client.deadline(PATIENCE),
        body={"username": "bot"},
        cookie="session_id=s1",
    )
    assert (answer.status, answer.json(), answer.fields()) == (202, {"a": 1}, {"a": 1})
    (seen,) = server.seen
    assert (seen.command, seen.path) == ("POST", "/login?v=1.3")
    assert seen.json() == {"username": "bot"}
    assert seen.headers["Host"] == server.authority
    assert seen.headers["User-Agent"] == f"ums-actors/{__version__}"
    assert seen.headers["Content-Type"] == "application/json"
    assert seen.headers["Cookie"] == "session_id=s1"
    assert seen.headers["Accept-Encoding"] == "identity"


def test_call_over_tls_trusts_the_given_authority(serve, server_context, ca_file):
    server = serve(lambda exchange: exchange.reply(200, [1]), server_context)
    assert get(Http(tls=partial(client_context, ca_file)), secure(server)).json() == [1]
    localhost = parse_origin(f"localhost:{server.server_port}")
    assert get(Http(tls=partial(client_context, ca_file)), localhost).json() == [1]


def test_context_of_the_user_is_used_as_it_is(serve, server_context, authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(context)
    server = serve(lambda exchange: exchange.reply(200, [1]), server_context)
    assert get(Http(tls=lambda: context), secure(server)).json() == [1]


def test_certificates_are_read_once_and_only_for_tls(serve, server_context, ca_file):
    made = []

    def source():
        made.append(client_context(ca_file))
        return made[-1]

    client = Http(tls=source)
    get(client, plain(serve(lambda exchange: exchange.reply(200, [1]))))
    assert made == []
    server = serve(lambda exchange: exchange.reply(200, [1]), server_context)
    for _ in range(3):
        get(client, secure(server))
    assert len(made) == 1


def test_stranger_with_a_certificate_of_its_own_is_refused(serve, server_context):
    server = serve(lambda exchange: exchange.reply(200, [1]), server_context)
    with pytest.raises(LoginError, match="certificate is not trusted") as caught:
        get(Http(), secure(server))
    assert "give ca_file" in str(caught.value)
    assert server.seen == []


def test_certificate_for_another_name_is_refused(serve, authority, ca_file):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("other.example").configure_cert(context)
    server = serve(lambda exchange: exchange.reply(200, [1]), context)
    with pytest.raises(LoginError, match="certificate is not trusted"):
        get(Http(tls=partial(client_context, ca_file)), secure(server))


def test_tls_to_a_plain_port_says_so(serve, ca_file):
    server = serve(lambda exchange: exchange.reply(200, [1]))
    with pytest.raises(LoginError, match="plain http port"):
        get(Http(tls=partial(client_context, ca_file)), secure(server))


def test_any_status_is_an_answer(serve):
    server = serve(lambda exchange: exchange.reply(418, b"<html>"))
    answer = get(Http(), plain(server))
    assert (answer.status, answer.json(), answer.fields()) == (418, None, {})


def test_answer_without_a_length_or_in_chunks_is_read(serve):
    def until_close(exchange):
        exchange.write(b"HTTP/1.1 200 OK\r\n\r\n[1]")

    def chunked(exchange):
        exchange.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        exchange.write(b"2\r\n[1\r\n1\r\n]\r\n0\r\n\r\n")

    for way in (until_close, chunked):
        assert get(Http(), plain(serve(way))).json() == [1]


def test_redirect_is_not_followed(serve):
    elsewhere = serve(lambda exchange: exchange.reply(200, [1]))
    to = [("Location", f"http://{elsewhere.authority}/")]
    server = serve(lambda exchange: exchange.reply(302, b"", to))
    assert get(Http(), plain(server)).status == 302
    assert elsewhere.seen == []


def test_proxies_of_the_environment_are_ignored(serve, dead_port, monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{dead_port}")
    server = serve(lambda exchange: exchange.reply(200, [1]))
    assert get(Http(), plain(server)).json() == [1]


def test_cookie_of_one_tenant_reaches_no_other_call(serve):
    cookie = [("Set-Cookie", "session_id=tenant-a; Path=/")]
    server = serve(lambda exchange: exchange.reply(200, {}, cookie))
    client = Http()
    for each in (client, client, Http()):
        get(each, plain(server))
    assert [seen.headers["Cookie"] for seen in server.seen] == [None] * 3


def test_nobody_listening_is_said(dead_port):
    with pytest.raises(LoginError, match="Connection refused") as caught:
        get(Http(), Origin("127.0.0.1", dead_port, False))
    assert (caught.value.step, caught.value.status) == ("csds", None)


def test_name_that_does_not_resolve_is_said(monkeypatch):
    def unknown(*args, **kwargs):
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(LoginError, match="cannot be resolved"):
        get(Http(), Origin("a.example", 443, True))


def endless_body(exchange):
    exchange.write(b"HTTP/1.1 %d X\r\n\r\n" % exchange.server.status)
    while not exchange.server.over.is_set():
        exchange.write(b"x" * 65536)


def drip(head):
    def answer(exchange):
        exchange.write(head % exchange.server.status)
        while not exchange.stopping():
            exchange.write(b"x")

    return answer


def endless(head, block):
    def answer(exchange):
        exchange.write(head % exchange.server.status)
        while not exchange.server.over.is_set():
            exchange.write(block)

    return answer


def silence(exchange):
    while not exchange.stopping():
        pass


HOSTILE = {
    "endless body": (endless_body, "too long"),
    "slow body": (drip(b"HTTP/1.1 %d X\r\n\r\n"), "deadline"),
    "slow promised body": (
        drip(b"HTTP/1.1 %d X\r\nContent-Length: 99999\r\n\r\n"),
        "deadline",
    ),
    "slow chunk": (
        drip(b"HTTP/1.1 %d X\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n"),
        "deadline",
    ),
    "endless chunks": (
        endless(
            b"HTTP/1.1 %d X\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"4000\r\n" + b"x" * 0x4000 + b"\r\n",
        ),
        "too long",
    ),
    "endless trailer": (
        endless(
            b"HTTP/1.1 %d X\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
            b"X-A: b\r\n" * 1000,
        ),
        "deadline",
    ),
    "chunk of a negative length": (  # to http.client, all that will ever come
        endless(
            b"HTTP/1.1 %d X\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
            b"x" * 65536,
        ),
        "not HTTP",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_body_ends_within_bounds(serve, name):
    answer, reason = HOSTILE[name]
    server = serve(answer)
    server.status = 200
    timeout = PATIENCE if reason == "too long" else SHORT
    with pytest.raises(LoginError, match=reason):
        get(Http(), plain(server), timeout)


@pytest.mark.parametrize("name", HOSTILE)
def test_status_of_a_refusal_counts_whatever_its_body_does(serve, name):
    answer, reason = HOSTILE[name]
    server = serve(answer)
    server.status = 401
    timeout = PATIENCE if reason == "too long" else SHORT
    found = get(Http(), plain(server), timeout)
    assert (found.status, found.body) == (401, b"")


@pytest.mark.parametrize(
    "answer",
    [
        silence,
        drip(b"HTTP/1.1 %d "),
        drip(b"HTTP/1.1 %d X\r\nA: b\r\nC: "),
    ],
    ids=["silence", "slow status", "slow header"],
)
def test_slow_head_ends_at_the_deadline(serve, answer):
    server = serve(answer)
    server.status = 200
    with pytest.raises(LoginError, match="deadline"):
        get(Http(), plain(server), SHORT)


def test_slow_loris_over_tls_ends_at_the_deadline(serve, server_context, ca_file):
    server = serve(HOSTILE["slow body"][0], server_context)
    server.status = 200
    with pytest.raises(LoginError, match="deadline"):
        get(Http(tls=partial(client_context, ca_file)), secure(server), SHORT)


def test_handshake_that_never_comes_ends_at_the_deadline(ca_file):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        origin = Origin("127.0.0.1", silent.getsockname()[1], True)
        with pytest.raises(LoginError, match="deadline"):
            get(Http(tls=partial(client_context, ca_file)), origin, SHORT)


def test_deadline_that_is_over_calls_nobody(serve):
    server = serve(lambda exchange: exchange.reply(200, {}))
    with pytest.raises(LoginError, match="deadline"):
        get(Http(), plain(server), 0)
    assert server.seen == []


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not HTTP|the line broke|reset"),
        (b"hunter2\r\n\r\n", "not HTTP"),
        (b"HTTP/1.1 abc hunter2\r\n\r\n", "not HTTP"),
        (b"HTTP/1.1 200 X\r\n" + b"A: b\r\n" * 500, "not HTTP"),
        (b"HTTP/1.1 200 X\r\nhunter2: " + b"b" * 99999, "not HTTP"),
        (b"HTTP/1.1 200 X\r\nContent-Length: 50\r\n\r\nhunter2", "broke off"),
        (
            b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\nhunter2\r\n",
            "broke off",
        ),
    ],
)
def test_rubbish_is_a_login_error(serve, data, reason, full_text, caplog):
    server = serve(lambda exchange: exchange.write(data))
    with pytest.raises(LoginError, match=reason) as caught:
        get(Http(), plain(server))
    assert "hunter2" not in full_text(caught.value) + caplog.text


def test_odd_headers_reach_no_log(serve, caplog):
    head = b"HTTP/1.1 200 X\r\nnonsense\r\nSet-Cookie: s=hunter2\r\n"
    server = serve(
        lambda exchange: exchange.write(head + b"Content-Length: 2\r\n\r\n{}")
    )
    with caplog.at_level("DEBUG"):
        get(Http(), plain(server))
    assert "hunter2" not in caplog.text


def test_compressed_body_is_not_unpacked(serve):
    packed = [("Content-Encoding", "gzip")]
    server = serve(
        lambda exchange: exchange.reply(200, b"\x1f\x8b" + b"0" * 50, packed)
    )
    assert get(Http(), plain(server)).json() is None


def test_body_up_to_the_limit_is_read_and_not_beyond(serve):
    server = serve(lambda exchange: exchange.reply(200, "x" * 98))
    assert len(get(Http(body_limit=100), plain(server)).body) == 100
    with pytest.raises(LoginError, match="too long"):
        get(Http(body_limit=99), plain(server))


def test_a_bearer_is_shown_in_its_header_and_only_if_it_is_given(serve):
    server = serve(lambda exchange: exchange.reply(200, {}))
    get(Http(), plain(server), bearer=Secret("t-1.2_3=="))
    get(Http(), plain(server))
    shown = [exchange.headers["Authorization"] for exchange in server.seen]
    assert shown == ["Bearer t-1.2_3==", None]


@pytest.mark.parametrize(
    "bearer", ["", "a hunter2", "a\r\nX: hunter2", "hunter2 \u20ac"]
)
def test_bearer_that_cannot_be_sent_is_refused_and_not_shown(bearer, full_text):
    with pytest.raises(LocalProtocolError) as caught:
        get(Http(), Origin("127.0.0.1", 1, False), bearer=Secret(bearer))
    assert SECRET not in full_text(caught.value)


@pytest.mark.parametrize(
    "cookie", ["a\r\nX: hunter2", "hunter2 \u20ac", "a\x00hunter2"]
)
def test_cookie_that_cannot_be_sent_is_refused_and_not_shown(cookie, full_text):
    with pytest.raises(LocalProtocolError) as caught:
        get(Http(), Origin("127.0.0.1", 1, False), cookie=cookie)
    assert "hunter2" not in full_text(caught.value)


def test_body_that_cannot_be_sent_is_refused_and_not_shown(full_text):
    for body in ({"password": "hunter2\ud800"}, {"password": object()}):
        with pytest.raises(LocalProtocolError) as caught:
            get(Http(), Origin("127.0.0.1", 1, False), body=body)
        assert "hunter2" not in full_text(caught.value)


def test_error_of_a_call_shows_nothing_that_was_sent(serve, full_text):
    server = serve(lambda exchange: exchange.write(b"?"))
    with pytest.raises(LoginError) as caught:
        get(Http(), plain(server), body={"p": SECRET}, cookie=f"session_id={SECRET}")
    assert SECRET not in full_text(caught.value)


def test_answer_does_not_show_its_body():
    answer = Answer(200, json.dumps({"bearer": "hunter2"}).encode())
    assert "hunter2" not in f"{answer!r} {answer}"
    assert "status=200" in repr(answer)


def test_deeply_nested_body_is_no_json():
    assert Answer(200, b"[" * 100_000).json() is None


def test_close_ends_a_running_call_and_refuses_later_ones(serve):
    running = threading.Event()

    def hold(exchange):
        running.set()
        silence(exchange)

    server = serve(hold)
    client = Http()
    errors = []

    def call():
        with contextlib.suppress(LoginError):
            get(client, plain(server), 60)
            return
        errors.append("ended")

    thread = threading.Thread(target=call)
    thread.start()
    assert running.wait(10)
    client.close()
    client.close()
    thread.join(10)
    assert not thread.is_alive()
    assert errors == ["ended"]
    with pytest.raises(LoginError, match="after close"):
        get(client, plain(server))


def test_no_descriptor_is_left_after_any_ending(serve, dead_port):
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        for way in (lambda x: x.reply(200, {}), lambda x: x.write(b"?"), endless_body):
            server = serve(way)
            server.status = 200
            with contextlib.suppress(LoginError):
                get(Http(), plain(server))
        with contextlib.suppress(LoginError):
            get(Http(), Origin("127.0.0.1", dead_port, False))


def test_each_call_begins_under_a_permit_of_its_own(serve):
    server = serve(lambda exchange: exchange.reply(200, {}))
    permits = iter([lambda: True, lambda: False])
    client = Http(permits=lambda: next(permits))
    assert get(client, plain(server)).status == 200
    with pytest.raises(LoginError, match="failed"):
        get(client, plain(server))
    assert len(server.seen) == 1
