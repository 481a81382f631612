from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
import traceback

import pytest
import websocket
from websocket._handshake import CookieJar

from ums_actors.errors import ConnectError, LocalProtocolError
from ums_actors.secret import Secret
from ums_actors.transport import (
    Attempt,
    Target,
    budget,
    client_context,
    open_websocket,
)
from ums_actors.transport.head import MAX_HEAD_SIZE
from ums_actors.transport.line import Line

TOKEN = "s3cr3t-t0ken"
STREAM = (socket.SOCK_STREAM, 6, "")
WRONG_KEY = (
    b"HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: c2VjcmV0\r\n\r\n"
)
MARGIN = 1.5  # what a loaded machine may add to a deadline


def texts(error):
    """Give every text that an error and what hangs on it could print."""
    found = "".join(traceback.format_exception(error))
    while error is not None:
        found += f"{error!s} {error!r} {vars(error)}"
        error = error.__cause__ or error.__context__
    return found


def refused(url, **options):
    """Open, expect a ConnectError that shows no token, and give it."""
    options.setdefault("timeout", 5)
    target = Target(url, allow_plain=True)
    started = time.monotonic()
    with pytest.raises(ConnectError) as caught:
        open_websocket(target, **options)
    assert time.monotonic() - started < options["timeout"] + 0.5 + MARGIN
    assert TOKEN not in texts(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value


def held(peer):
    """Upgrade, then wait until the client goes."""
    peer.upgrade()
    peer.wait_for_end()


def answering(data):
    def script(peer):
        peer.read_head()
        peer.sock.sendall(data)
        peer.wait_for_end()

    return script


def test_a_plain_websocket_is_opened(serve):
    server = serve(held)
    target = Target(server.url(f"/a/{TOKEN}?v=2.1"))
    opened = open_websocket(target, timeout=5, headers={"X-A": "1", "X-B": Secret("2")})
    sock = opened.take()
    assert sock.gettimeout() == 0
    assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    assert opened.leftover == b""
    sock.close()
    lines = server.requests[0].decode().split("\r\n")
    assert lines[0] == f"GET /a/{TOKEN}?v=2.1 HTTP/1.1"
    assert f"Host: 127.0.0.1:{server.port}" in lines
    assert {"X-A: 1", "X-B: 2", "Upgrade: websocket"} <= set(lines)
    names = [line.partition(":")[0].lower() for line in lines[1:]]
    assert len(names) == len(set(names))
    assert not {"sec-websocket-extensions", "origin", "cookie"} & set(names)


def test_a_websocket_over_tls_is_opened(serve, ca_file):
    server = serve(held, tls=True)
    opened = open_websocket(Target(server.url()), timeout=5, ca_file=ca_file)
    sock = opened.take()
    assert isinstance(sock, ssl.SSLSocket)
    assert sock.gettimeout() == 0
    assert sock.version() in {"TLSv1.2", "TLSv1.3"}
    assert sock.selected_alpn_protocol() is None
    sock.close()


def test_a_certificate_for_an_address_is_checked_against_the_address(serve, ca_file):
    server = serve(held, tls=True)
    url = f"wss://127.0.0.1:{server.port}/"
    open_websocket(Target(url), timeout=5, ca_file=ca_file).close()


def test_the_server_name_is_sent_without_root_dot_and_not_for_an_address(
    serve, server_context, ca_file
):
    names = []
    server_context.sni_callback = lambda _sock, name, _context: names.append(name)
    try:
        server = serve(held, tls=True)
        for host in ("localhost", "localhost.", "127.0.0.1"):
            open_websocket(
                Target(f"wss://{host}:{server.port}/"),
                timeout=5,
                ca_file=ca_file,
                resolver=lambda _, *args: socket.getaddrinfo("127.0.0.1", *args),
            ).close()
    finally:
        server_context.sni_callback = None
    assert names == ["localhost", "localhost", None]


def test_bytes_behind_the_answer_are_kept(serve, frame):
    server = serve(
        lambda peer: (peer.upgrade(behind=frame(b"hello")), peer.wait_for_end())
    )
    opened = open_websocket(Target(server.url()), timeout=5)
    assert opened.leftover == frame(b"hello")
    opened.close()


def test_an_answer_in_single_bytes_is_understood(serve, frame):
    def script(peer):
        request = peer.read_head()
        real, peer.sock = peer.sock, Trickle(peer.sock)
        peer.answer(request, behind=b"\x81\x00")
        peer.sock = real
        peer.wait_for_end()

    class Trickle:
        def __init__(self, sock):
            self.sock = sock
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def sendall(self, data):
            for byte in data:
                self.sock.sendall(bytes([byte]))

    opened = open_websocket(Target(serve(script).url()), timeout=5)
    opened.close()


# -- refusals


@pytest.mark.parametrize("status", [200, 301, 302, 307, 308, 401, 403, 426, 500, 503])
def test_every_other_status_is_a_refusal_and_no_redirect_is_followed(serve, status):
    other = serve(held)
    answer = (
        f"HTTP/1.1 {status} {TOKEN}\r\nLocation: {other.url('/' + TOKEN)}\r\n"
        f"Set-Cookie: a={TOKEN}\r\nContent-Length: 5\r\n\r\nnope!"
    ).encode()
    server = serve(answering(answer))
    error = refused(server.url("/" + TOKEN), headers={"Authorization": TOKEN})
    assert (error.step, error.status, error.timed_out) == ("upgrade", status, False)
    assert other.peers == []


def test_a_refusal_with_an_endless_body_is_over_at_its_headers(serve):
    def script(peer):
        peer.read_head()
        peer.sock.sendall(b"HTTP/1.1 401 No\r\nContent-Length: 99999999999\r\n\r\n")
        while True:
            peer.sock.sendall(TOKEN.encode() * 100)

    error = refused(serve(script).url("/" + TOKEN), timeout=30)
    assert (error.status, error.timed_out) == (401, False)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 101 X\r\n\r\n",
        b"HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        WRONG_KEY,
        WRONG_KEY.replace(b"websocket", b"h2c"),
        b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
        b"HTTP/1.1 xyz\r\n\r\n",
        b"\r\n\r\n",
    ],
)
def test_an_answer_that_is_no_upgrade_is_refused(serve, answer):
    error = refused(serve(answering(answer)).url("/" + TOKEN))
    assert (error.step, error.timed_out) == ("upgrade", False)


@pytest.mark.parametrize(
    "extra",
    [
        b"Sec-WebSocket-Extensions: permessage-deflate\r\n",
        b"Sec-WebSocket-Protocol: chat\r\n",
    ],
)
def test_what_was_not_offered_is_refused(serve, extra):
    server = serve(lambda peer: (peer.upgrade(extra=extra), peer.wait_for_end()))
    error = refused(server.url())
    assert "not offered" in str(error)
    assert error.status == 101


def test_headers_without_end_are_cut_off(serve):
    def script(peer):
        peer.read_head()
        peer.sock.sendall(b"HTTP/1.1 101 X\r\n")
        while True:
            peer.sock.sendall(b"X-Filler: " + b"x" * 100 + b"\r\n")

    error = refused(serve(script).url("/" + TOKEN), timeout=30)
    assert not error.timed_out
    assert str(MAX_HEAD_SIZE) in str(error)


def test_a_line_that_ends_in_the_answer_is_an_error(serve):
    error = refused(serve(lambda peer: peer.read_head()).url("/" + TOKEN))
    assert (error.step, error.timed_out) == ("upgrade", False)


def test_a_reset_in_the_answer_is_an_error(serve):
    def script(peer):
        peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        peer.sock.recv(1)

    error = refused(serve(script).url("/" + TOKEN))
    assert (error.step, error.timed_out) == ("upgrade", False)


# -- deadlines


def test_an_answer_of_one_byte_a_moment_is_ended_by_the_deadline(serve):
    gone = threading.Event()

    def script(peer):
        peer.read_head()
        with contextlib.suppress(OSError):
            for byte in b"HTTP/1.1 101 X\r\nX: " + b"x" * 1000:
                peer.sock.sendall(bytes([byte]))
                if gone.wait(0.05):
                    return

    error = refused(serve(script).url("/" + TOKEN), timeout=0.4)
    gone.set()
    assert (error.step, error.timed_out, error.status) == ("upgrade", True, None)


def test_a_server_that_never_answers_is_ended_by_the_deadline(serve):
    error = refused(serve(lambda peer: peer.wait_for_end()).url(), timeout=0.2)
    assert (error.step, error.timed_out) == ("upgrade", True)


def test_a_server_that_never_answers_tls_is_ended_by_the_deadline(serve):
    port = serve(lambda peer: peer.wait_for_end()).port
    context = client_context()  # made before: reading certificates takes its time
    error = refused(f"wss://localhost:{port}/{TOKEN}", timeout=0.3, ssl_context=context)
    assert (error.step, error.timed_out) == ("tls", True)


def test_a_deadline_that_has_passed_in_the_queue_touches_no_network():
    error = refused("wss://ums.example/", timeout=0, resolver=None)
    assert (error.step, error.timed_out) == ("queue", True)


def test_a_resolver_that_comes_back_late_is_not_followed(serve):
    server = serve(held)
    now = [0.0]

    def resolver(*args):
        now[0] += 100
        return socket.getaddrinfo("127.0.0.1", server.port, *args[2:])

    error = refused("ws://slow.example/", resolver=resolver, clock=lambda: now[0])
    assert (error.step, error.timed_out) == ("resolve", True)
    assert server.peers == []


def test_a_resolver_that_fails_late_has_timed_out():
    now = [0.0]

    def resolver(*args):
        now[0] += 100
        raise socket.gaierror(socket.EAI_AGAIN, "later")

    error = refused("wss://slow.example/", resolver=resolver, clock=lambda: now[0])
    assert (error.step, error.timed_out) == ("resolve", True)


def test_an_unknown_host_is_an_error():
    def resolver(*args):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    error = refused(f"wss://no.example/{TOKEN}", resolver=resolver)
    assert (error.step, error.timed_out) == ("resolve", False)
    assert "Name or service not known" in str(error)


def test_a_name_that_cannot_be_encoded_is_an_error():
    def resolver(*args):
        "\udcff".encode()

    error = refused(f"wss://no.example/{TOKEN}", resolver=resolver)
    assert (error.step, error.timed_out) == ("resolve", False)


# -- aborting


@pytest.fixture
def only_woken(monkeypatch):
    """The worker does not look up by itself: the abort must wake it."""
    monkeypatch.setattr(budget, "_LOOK_UP", 60.0)


def aborted_while(url, step, **options):
    """Abort an attempt from another thread once ``step(attempt)`` has returned."""
    attempt, errors = Attempt(), []

    def run():
        try:
            open_websocket(
                Target(url, allow_plain=True),
                timeout=30,
                attempt=attempt,
                **options,
            )
        except ConnectError as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    step(attempt)
    attempt.abort()
    attempt.abort()
    thread.join(5)
    assert not thread.is_alive()
    assert attempt.aborted
    return errors[0]


def test_an_abort_ends_a_stuck_resolver_when_it_comes_back(serve):
    server = serve(held)
    entered, back, after = threading.Event(), threading.Event(), []

    def resolver(*args):
        entered.set()
        assert back.wait(5)
        after.append(True)
        return [(socket.AF_INET, *STREAM, ("127.0.0.1", server.port))]

    def step(_):
        assert entered.wait(5)
        threading.Timer(0.05, back.set).start()

    error = aborted_while("ws://stuck.example/", step, resolver=resolver)
    assert after
    assert (error.step, error.timed_out) == ("resolve", False)
    assert server.peers == []


def test_an_abort_ends_tcp_at_once(blackhole, eventually, only_woken):
    port, _ = blackhole
    error = aborted_while(
        f"ws://127.0.0.1:{port}/",
        lambda attempt: eventually(lambda: attempt._sockets),
    )
    assert (error.step, error.timed_out) == ("tcp", False)


def test_an_abort_ends_tls_at_once(serve, eventually, only_woken):
    server = serve(lambda peer: peer.wait_for_end())
    error = aborted_while(
        f"wss://localhost:{server.port}/",
        lambda _: eventually(lambda: server.peers),
    )
    assert error.step in {"tcp", "tls"}
    assert not error.timed_out


def test_an_abort_ends_the_upgrade_at_once(serve, only_woken):
    asked = threading.Event()

    def script(peer):
        peer.read_head()
        asked.set()
        peer.wait_for_end()

    error = aborted_while(serve(script).url("/" + TOKEN), lambda _: asked.wait(5))
    assert (error.step, error.timed_out) == ("upgrade", False)
    assert "aborted" in str(error)
    assert TOKEN not in texts(error)


def test_an_abort_that_ends_a_read_is_told_as_one(serve, monkeypatch):
    attempt = Attempt()

    def receive(_line, _size):
        attempt.abort()
        return b""

    monkeypatch.setattr(Line, "receive", receive)
    url = serve(lambda peer: peer.wait_for_end()).url("/" + TOKEN)
    error = refused(url, attempt=attempt)
    assert (error.step, error.timed_out) == ("upgrade", False)
    assert "aborted" in str(error)
    assert TOKEN not in texts(error)


def test_the_upgrade_is_not_asked_for_without_a_permit(serve, monkeypatch):
    given, send_all = [True], Line.send_all

    def script(peer):
        with contextlib.suppress(EOFError):
            peer.read_head()

    def late(line, data):
        given[0] = False
        send_all(line, data)

    monkeypatch.setattr(Line, "send_all", late)
    server = serve(script)
    error = refused(server.url("/" + TOKEN), attempt=Attempt(lambda: given[0]))
    assert "aborted" in str(error)
    assert server.requests == []


def test_an_aborted_attempt_does_not_begin():
    attempt = Attempt()
    attempt.abort()
    error = refused("wss://ums.example/", attempt=attempt, resolver=None)
    assert (error.step, error.timed_out) == ("queue", False)


def test_an_abort_after_the_end_closes_what_nobody_took(serve):
    ended = threading.Event()
    server = serve(lambda peer: (peer.upgrade(), peer.wait_for_end(), ended.set()))
    attempt = Attempt()
    opened = open_websocket(Target(server.url()), timeout=5, attempt=attempt)
    attempt.abort()
    assert ended.wait(5)
    with pytest.raises(ConnectError):
        opened.take()


def test_an_abort_after_the_adoption_changes_nothing(serve):
    attempt = Attempt()
    server = serve(held)
    opened = open_websocket(Target(server.url()), timeout=5, attempt=attempt)
    sock = opened.take()
    attempt.abort()
    opened.close()
    assert sock.fileno() >= 0
    sock.send(b"\x8a\x80\0\0\0\0")
    sock.close()


# -- what must not get through


@pytest.fixture
def clean_jar():
    CookieJar.jar.clear()
    yield CookieJar
    CookieJar.jar.clear()


def test_a_cookie_of_one_connection_never_reaches_another(serve, clean_jar):
    cookie = (
        b"Set-Cookie: sid=tenantA; domain=127.0.0.1\r\n"
        b"set-cookie : sid=tenantB; domain=127.0.0.1\r\n"
        b" Set-Cookie: sid=tenantC; domain=127.0.0.1\r\n"
    )

    def script(peer):
        peer.upgrade(extra=cookie)
        peer.wait_for_end()

    server = serve(script)
    for _ in range(2):
        open_websocket(Target(server.url()), timeout=5).close()
    assert clean_jar.jar == {}
    assert len(server.requests) == 2
    assert not any(b"cookie" in request.lower() for request in server.requests)


def test_a_cookie_of_the_host_application_is_not_sent(serve, clean_jar):
    clean_jar.set("sid=theirs; domain=127.0.0.1")
    assert clean_jar.get("127.0.0.1") == "sid=theirs"
    server = serve(held)
    open_websocket(Target(server.url()), timeout=5).close()
    assert b"theirs" not in server.requests[0]


def test_line_breaks_in_headers_are_refused_before_anything_is_sent():
    with pytest.raises(LocalProtocolError):
        open_websocket(
            Target("wss://ums.example/"),
            timeout=5,
            headers={"Authorization": f"{TOKEN}\r\nX-Evil: 1"},
            resolver=None,
        )


def test_the_proxies_of_the_environment_are_ignored(serve, monkeypatch, ca_file):
    proxy = serve(lambda peer: peer.wait_for_end())
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv(name.upper(), f"http://127.0.0.1:{proxy.port}")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    open_websocket(Target(serve(held).url()), timeout=5).close()
    secured = serve(held, tls=True)
    open_websocket(Target(secured.url()), timeout=5, ca_file=ca_file).close()
    assert proxy.peers == []


def test_the_key_log_of_the_environment_is_ignored(
    serve, monkeypatch, ca_file, tmp_path
):
    log = tmp_path / "keys"
    monkeypatch.setenv("SSLKEYLOGFILE", str(log))
    assert ssl.create_default_context().keylog_filename == str(log)
    server = serve(held, tls=True)
    open_websocket(Target(server.url()), timeout=5, ca_file=ca_file).close()
    assert not log.exists() or log.read_text().strip().startswith("#")
    assert client_context(ca_file).keylog_filename is None


def test_websocket_client_told_to_trace_sees_no_secret(serve, capsys, caplog):
    websocket.enableTrace(True)
    try:
        server = serve(held)
        open_websocket(
            Target(server.url("/" + TOKEN)), timeout=5, headers={"Authorization": TOKEN}
        ).close()
    finally:
        websocket.enableTrace(False)
    printed = capsys.readouterr()
    assert "GET / HTTP/1.1" in printed.err + caplog.text
    assert TOKEN not in printed.out + printed.err + caplog.text


# -- TLS settings


def test_a_context_of_the_user_is_taken_as_it_is(serve, ca_file, authority):
    context = ssl.create_default_context(cafile=ca_file)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    server = serve(held, tls=True)
    opened = open_websocket(Target(server.url()), timeout=5, ssl_context=context)
    sock = opened.take()
    assert sock.version() == "TLSv1.2"
    assert sock.context is context
    sock.close()


def test_a_context_that_checks_nothing_is_the_users_own_choice(serve):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    server = serve(held, tls=True)
    open_websocket(Target(server.url()), timeout=5, ssl_context=context).close()


def test_an_unknown_authority_is_refused_with_a_way_out(serve):
    error = refused(serve(held, tls=True).url("/" + TOKEN))
    assert (error.step, error.timed_out) == ("tls", False)
    assert "ca_file" in str(error)


def test_a_certificate_for_another_host_is_refused(serve, ca_file):
    server = serve(held, tls=True)
    error = refused(
        f"wss://other.example:{server.port}/{TOKEN}",
        ca_file=ca_file,
        resolver=lambda *args: [(socket.AF_INET, *STREAM, ("127.0.0.1", server.port))],
    )
    assert error.step == "tls"
    assert "other.example" in str(error)


def test_a_server_without_tls_is_an_error(serve):
    def script(peer):
        peer.sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        peer.wait_for_end()

    error = refused(f"wss://localhost:{serve(script).port}/{TOKEN}")
    assert (error.step, error.timed_out) == ("tls", False)


def test_the_default_context_is_strict():
    context = client_context()
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname


def test_bad_tls_arguments_are_clear_errors(tmp_path, ca_file):
    missing = str(tmp_path / "missing.pem")
    target = Target("wss://ums.example/")
    with pytest.raises(LocalProtocolError, match=r"missing\.pem"):
        open_websocket(target, timeout=5, ca_file=missing)
    broken = tmp_path / "broken.pem"
    broken.write_text("nothing")
    with pytest.raises(LocalProtocolError, match="PEM"):
        open_websocket(target, timeout=5, ca_file=str(broken))
    with pytest.raises(LocalProtocolError, match="leave ca_file out"):
        open_websocket(
            target, timeout=5, ca_file=ca_file, ssl_context=client_context(ca_file)
        )
