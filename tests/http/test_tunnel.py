import importlib.util
from functools import partial
from pathlib import Path

import pytest

from ums_actors.errors import LocalProtocolError, LoginError
from ums_actors.http.client import Http
from ums_actors.http.deadline import Deadline
from ums_actors.http.origin import Origin
from ums_actors.http.tls import client_context
from ums_actors.transport.proxy import Proxy

_path = Path(__file__).parent / "connect_proxy.py"
_spec = importlib.util.spec_from_file_location("connect_proxy", _path)
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)
ConnectProxy = _module.ConnectProxy

PATIENCE = 20.0
PASSWORD = "pr0xy-p4ss"


def get(http, origin, timeout=PATIENCE):
    return http.call("GET", origin, "/path", step="csds", deadline=Deadline(timeout))


def through(proxy, username=None, password=None, **options):
    made = Proxy("127.0.0.1", proxy.port, username, password)
    return Http(proxy=lambda _: made, **options)


def test_call_goes_through_the_proxy_and_tls_to_the_far_side(
    serve, server_context, ca_file
):
    server = serve(lambda exchange: exchange.reply(200, [1]), server_context)
    with ConnectProxy(f"ü:{PASSWORD}") as proxy:
        http = through(proxy, "ü", PASSWORD, tls=partial(client_context, ca_file))
        origin = Origin("localhost", server.server_port, True)
        assert get(http, origin).json() == [1]
        assert proxy.places == [f"localhost:{server.server_port}"]
        assert "/path" not in proxy.heads[0]
    (seen,) = server.seen
    assert seen.headers["Host"] == f"localhost:{server.server_port}"
    assert seen.headers["Proxy-Authorization"] is None


def test_name_is_resolved_by_the_proxy(serve):
    server = serve(lambda exchange: exchange.reply(200, [1]))
    with ConnectProxy() as proxy:
        origin = Origin("nowhere.invalid", server.server_port, False)
        assert get(through(proxy), origin).json() == [1]


def test_proxy_is_chosen_for_each_origin(serve):
    server = serve(lambda exchange: exchange.reply(200, [1]))
    direct = Origin("127.0.0.1", server.server_port, False)
    far = Origin("far.invalid", server.server_port, False)
    with ConnectProxy() as proxy:
        made = Proxy("127.0.0.1", proxy.port)
        http = Http(proxy=lambda origin: made if origin == far else None)
        for origin in (direct, far):
            assert get(http, origin).json() == [1]
        assert proxy.places == [f"far.invalid:{server.server_port}"]


ANSWERS = [
    (b"HTTP/1.1 403 Go away\r\n\r\n", "HTTP status 403"),
    (b"HTTP/1.1 407 Who are you\r\n\r\n", "HTTP status 407; check its user name"),
    (b"HTTP/1.1 302 Found\r\nLocation: http://x/\r\n\r\n", "HTTP status 302"),
    (b"SSH-2.0-OpenSSH\r\n\r\n", "no answer of HTTP"),
    (b"HTTP/1.1 2000 OK\r\n\r\n", "no answer of HTTP"),
    (b"", "no answer of HTTP"),
    (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 40_000, "no answer of HTTP"),
    (b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "bytes behind its answer"),
]


@pytest.mark.parametrize(("answer", "text"), ANSWERS)
def test_proxy_that_gives_no_tunnel_is_named(answer, text, full_text):
    with ConnectProxy(answer=answer) as proxy:
        http = through(proxy, "bot", PASSWORD)
        with pytest.raises(LoginError) as caught:
            get(http, Origin("far.invalid", 443, True))
        assert text in str(caught.value)
        assert f"127.0.0.1:{proxy.port}" in str(caught.value)
    assert (caught.value.step, caught.value.status) == ("csds", None)
    assert PASSWORD not in full_text(caught.value)


def test_wrong_credentials_are_told_from_a_dead_proxy(dead_port):
    with (
        ConnectProxy("bot:right") as proxy,
        pytest.raises(LoginError, match="407; check its user name and password"),
    ):
        get(through(proxy, "bot", "wrong"), Origin("far.invalid", 443, True))
    nobody = Proxy("127.0.0.1", dead_port)
    with pytest.raises(LoginError, match="refused"):
        get(Http(proxy=lambda _: nobody), Origin("far.invalid", 443, True))


def test_proxy_that_hangs_is_ended_by_the_deadline(serve):
    server = serve(lambda exchange: exchange.reply(200, [1]))
    silent = Proxy("127.0.0.1", server.server_port)  # waits for the end of the head
    http = Http(proxy=lambda _: silent)
    with pytest.raises(LoginError):
        get(http, Origin("far.invalid", 443, True), 0.3)


def test_extra_ca_file_is_trusted_besides_the_others(
    serve, server_context, ca_file, tmp_path
):
    server = serve(lambda exchange: exchange.reply(200, [1]), server_context)
    origin = Origin("localhost", server.server_port, True)
    assert get(Http(tls=partial(client_context, None, ca_file)), origin).json() == [1]
    with pytest.raises(LocalProtocolError, match="extra_ca_file="):
        get(Http(tls=partial(client_context, None, tmp_path / "missing")), origin)
