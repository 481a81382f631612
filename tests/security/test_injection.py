"""What does not belong into a header or an address never gets there.

Each value goes in by each door. Either it is refused with a clear error before a byte
is sent, or it arrives encoded, as one piece, where it belongs; what comes in at the
server shows which.
"""

from __future__ import annotations

import base64
import contextlib
import inspect
import json
import re
from urllib.parse import unquote, urlsplit

import pytest

import ums_actors as ums
from ums_actors.auth.csds import Csds
from ums_actors.errors import LoginError
from ums_actors.files.storage import Storage
from ums_actors.http.client import Http
from ums_actors.http.origin import Origin
from ums_actors.protocol.files import read_file_url
from ums_actors.testing.trace import texts_of

GENEROUS = 15.0
SEEN = {
    "space": "a b HTTP/1.1",
    "slash": "a/../../evil?evil=1#evil",
    "query": "a?evil=1&b=2",
    "fragment": "a#evil",
    "percent": "a%0d%0aX-Evil:1",
    "at": "a@evil.example",
    "colon": "a:1",
    "quotes": 'a"\\; evil=1',
    "accent": "aé\U0001f600",
}
"""All of it can be seen: an id may be so."""
UNSEEN = {
    "crlf": "a\r\nX-Evil: 1\r\n\r\nGET /evil HTTP/1.1",
    "lf": "a\nX-Evil: 1",
    "cr": "a\rX-Evil: 1",
    "nul": "a\0b",
    "tab": "a\tb",
    "line": "a\u2028b",
    "bidi": "a\u202eb",
}
SHORT = {**SEEN, **UNSEEN}
EVIL = {**SHORT, "long": "a" * 5_000}
DOTS = {"dot": ".", "dots": ".."}
"""A server resolves them before it looks, encoded or not."""
HALF = "a\ud800"
"""Half a character, which has no UTF-8."""
NO_IDS = {**UNSEEN, "long": EVIL["long"], "half": HALF, "empty": ""}
IN_NO_HEADER = [*UNSEEN, "accent"]
IN_NO_HEADER.remove("tab")
IN_NO_PATH = [*UNSEEN, "accent", "space", "fragment", "slash"]
IN_NO_COOKIE = [*UNSEEN, "accent", "space", "quotes"]
MARK = "X-Evil"
WIRE = {"app_id": "appid", "app_version": "appvn"}


@pytest.fixture
def dial(observed, server):
    """Start a connection to the server and let it fail; give its error."""
    refs = []

    def begin(kind=ums.BrandWebsocketConnection, account="12345678", **more):
        services = ("agentVep", "facadeMsg", "asyncMessagingEnt", "idp")
        given = {
            "auth": Source("token"),
            "csds": f"http://{server.address}",
            "domains": dict.fromkeys(services, server.address),
            **more,
        }
        try:
            ref = kind.start(account, runtime=observed, **given)
            refs.append(ref)
            ref.proxy().open(fail_fast=True).get(timeout=GENEROUS)
        except ums.UMSError as error:
            return error
        raise AssertionError("a server that upgrades nothing let it in")

    yield begin
    for ref in refs:
        ref.stop(timeout=GENEROUS)


class Source:
    """Gives one token and one user."""

    def __init__(self, token, user="1"):
        self._session = ums.Session(token=ums.Secret(token), user_id=user)

    def login(self, timeout):
        return self._session

    def refresh(self, session, timeout):
        return None

    def logout(self, session, timeout):
        pass

    def close(self):
        pass


def check(server):
    """See that nothing came but requests of one line and clean headers."""
    assert server.asked
    for head, _ in server.asked:
        for line in head.split("\r\n"):
            assert not line.startswith(MARK)
            assert line.isascii()
            assert line.isprintable()
        method, target, version = head.split("\r\n")[0].split(" ")
        assert (method, version) in {
            ("GET", "HTTP/1.1"), ("POST", "HTTP/1.1"), ("PUT", "HTTP/1.1"),
        }  # fmt: skip
        assert "#" not in target


def target_of(server, method="GET"):
    """Give path and query of the one request of that method."""
    (line,) = [each for each in server.lines if each.startswith(f"{method} ")]
    return urlsplit(line.split(" ")[1])


def decoded(text, more=""):
    """Decode a piece of an address, which must have nothing that may mean something."""
    assert re.fullmatch(rf"[A-Za-z0-9_.~%{more}-]*", text)
    return unquote(text)


def part_behind(target, name):
    """Give the part of a path that stands behind another."""
    parts = target.path.split("/")
    return decoded(parts[parts.index(name) + 1])


def value_of(target, name):
    """Give the one value of that name in a query."""
    pairs = [pair.partition("=") for pair in target.query.split("&")]
    (value,) = [value for key, _, value in pairs if key == name]
    return decoded(value)


# -- arguments for which arguments.py decides: what it admits arrives in one piece


@pytest.mark.parametrize("name", SEEN)
def test_an_account_is_one_piece_of_the_path(dial, server, name):
    dial(account=SEEN[name])
    check(server)
    assert part_behind(target_of(server), "account") == SEEN[name]


@pytest.mark.parametrize("name", SEEN)
def test_an_account_is_one_piece_of_the_path_of_a_login_too(dial, server, name):
    dial(account=SEEN[name], auth=ums.PasswordLogin("bot", "password"))
    check(server)
    assert part_behind(target_of(server, "POST"), "account") == SEEN[name]


@pytest.mark.parametrize("name", SEEN)
@pytest.mark.parametrize("auth", [ums.Anonymous(), ums.Anonymous("connector")])
def test_an_account_is_one_piece_of_the_path_of_an_identity_too(
    dial, server, name, auth
):
    dial(ums.ConsumerWebsocketConnection, account=SEEN[name], auth=auth)
    check(server)
    targets = [line.split(" ")[1] for line in server.lines if line[:5] == "POST "]
    assert targets
    for target in targets:
        assert part_behind(urlsplit(target), "account") == SEEN[name]


@pytest.mark.parametrize("name", SEEN)
def test_an_account_is_one_piece_of_the_path_of_a_look_up_too(dial, server, name):
    dial(account=SEEN[name], domains=None)
    check(server)
    target = urlsplit(server.lines[0].split(" ")[1])
    assert part_behind(target, "account") == SEEN[name]
    assert target.query == "version=1.0"


@pytest.mark.parametrize("field", ["app_id", "app_version"])
@pytest.mark.parametrize("name", SEEN)
def test_an_application_is_one_value_of_the_query(dial, server, name, field):
    dial(**{field: SEEN[name]})
    check(server)
    assert value_of(target_of(server), WIRE[field]) == SEEN[name]


@pytest.mark.parametrize("field", ["account", "app_id", "app_version"])
@pytest.mark.parametrize("name", NO_IDS)
@pytest.mark.parametrize(
    "kind", [ums.BrandWebsocketConnection, ums.ConsumerWebsocketConnection]
)
def test_what_can_be_no_id_is_refused_at_once(dial, server, kind, name, field):
    error = dial(kind, **{field: NO_IDS[name]})
    assert isinstance(error, ums.LocalProtocolError)
    assert "must be a non-empty string of at most 512 printable" in str(error)
    assert server.asked == []


@pytest.mark.parametrize("name", DOTS)
@pytest.mark.parametrize(
    "auth", [Source("token"), ums.PasswordLogin("bot", "p"), ums.Anonymous()]
)
def test_an_account_that_a_server_would_resolve_is_refused(dial, server, name, auth):
    anonymous = isinstance(auth, ums.Anonymous)
    kind = (
        ums.ConsumerWebsocketConnection if anonymous else ums.BrandWebsocketConnection
    )
    error = dial(kind, account=DOTS[name], auth=auth)
    assert "account_id must not be empty, '.' or '..'" in str(error)
    assert server.asked == []


FIELDS = ["app_id", "app_version", "browser", "device_model", "os_version"]


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("name", SEEN)
def test_client_properties_are_one_line_of_ascii(dial, server, name, field):
    properties = ums.ClientProperties(**{field: SEEN[name]})
    dial(ums.ConsumerWebsocketConnection, client_properties=properties)
    check(server)
    (line,) = [each for each in server.lines if each.startswith("Client-Properties")]
    assert SEEN[name] in json.loads(line.partition(": ")[2]).values()
    if field in WIRE:
        assert value_of(target_of(server), WIRE[field]) == SEEN[name]


@pytest.mark.parametrize("field", [*FIELDS, "features"])
@pytest.mark.parametrize("name", NO_IDS)
def test_client_properties_that_can_be_none_are_refused(name, field):
    with pytest.raises(ums.LocalProtocolError, match=r"must be a non-empty string of"):
        ums.ClientProperties(**{field: NO_IDS[name]})


# -- tokens, credentials


@pytest.mark.parametrize("name", SHORT)
def test_a_brands_token_is_one_piece_of_the_path(dial, server, name):
    dial(auth=Source(EVIL[name]))
    check(server)
    assert part_behind(target_of(server), "brand") == EVIL[name]


@pytest.mark.parametrize("token", ["", ".", "..", HALF])
def test_a_brands_token_that_can_be_no_part_is_refused(dial, server, token):
    error = dial(auth=Source(token))
    assert str(error).startswith("the token must ")
    assert not token.strip(".") or all(token not in text for text in texts_of(error))
    assert server.asked == []


@pytest.mark.parametrize("name", [*IN_NO_HEADER, "half"])
def test_a_consumers_token_that_no_header_can_hold_is_refused(dial, server, name):
    token = {**EVIL, "half": HALF}[name]
    error = dial(ums.ConsumerWebsocketConnection, auth=Source(token))
    assert "Authorization" in str(error)
    assert all(token not in text for text in texts_of(error))
    assert server.asked == []


def jwt(claims):
    middle = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode()
    return f"e30.{middle}.s"


@pytest.mark.parametrize("where", ["e30", ".s", None])
@pytest.mark.parametrize("name", UNSEEN)
def test_a_jwt_with_a_break_in_it_is_none(observed, name, where):
    """The decoder of base64 would pass over it."""
    token = jwt({"sub": "me"})
    text = UNSEEN[name][1:].replace(".", "")  # which would be another part
    broken = f"{token}{text}" if where is None else token.replace(where, where + text)
    with pytest.raises(ums.LocalProtocolError, match="is no JWT") as caught:
        ums.ConsumerWebsocketConnection.start(
            "1", auth=ums.ReadyJwt(broken), runtime=observed
        )
    assert all(token not in text for text in texts_of(caught.value))


@pytest.mark.parametrize("name", SEEN)
def test_a_connector_is_one_piece_of_the_path(dial, server, name):
    dial(
        ums.ConsumerWebsocketConnection,
        auth=ums.AuthenticatedConsumer(SEEN[name], "id-token"),
    )
    check(server)
    assert part_behind(target_of(server, "POST"), "app") == SEEN[name]


@pytest.mark.parametrize("connector", [*UNSEEN.values(), EVIL["long"], HALF])
@pytest.mark.parametrize("make", [ums.Anonymous, ums.AuthenticatedConsumer])
def test_a_connector_that_can_be_none_is_refused(make, connector):
    rest = ("id-token",) if make is ums.AuthenticatedConsumer else ()
    with pytest.raises(ums.LocalProtocolError, match=r"connector_id=.* printable"):
        make(connector, *rest)


@pytest.mark.parametrize("connector", [".", ".."])
def test_a_connector_that_a_server_would_resolve_is_refused(dial, server, connector):
    auth = ums.AuthenticatedConsumer(connector, "id-token")
    error = dial(ums.ConsumerWebsocketConnection, auth=auth)
    assert "connector_id must not be empty, '.' or '..'" in str(error)
    assert server.asked == []


@pytest.mark.parametrize("name", ["quotes", "crlf", "lf", "cr", "nul", "tab"])
def test_credentials_stay_in_the_body(dial, server, name):
    dial(auth=ums.PasswordLogin(EVIL[name], EVIL[name]))
    check(server)
    bodies = [json.loads(body) for _, body in server.asked if body]
    assert bodies == [{"username": EVIL[name], "password": EVIL[name]}]


@pytest.mark.parametrize("field", ["username", "password"])
def test_credentials_with_half_a_character_are_refused(dial, server, field):
    given = {"username": "bot", "password": "password", field: HALF}
    error = dial(auth=ums.PasswordLogin(**given))
    assert "give strings of valid Unicode" in str(error)
    assert all(HALF not in text for text in texts_of(error))
    assert server.asked == []


@pytest.mark.parametrize("name", IN_NO_COOKIE)
def test_a_session_id_is_one_cookie(observed, server, name):
    """A session of one's own, refreshed: the second login proves it."""
    auth = ums.ExistingSession("token", "csrf", EVIL[name], user_id="1")
    ref = ums.BrandWebsocketConnection.start(
        "1",
        auth=auth,
        csds=f"http://{server.address}",
        domains={"agentVep": server.address},
        runtime=observed,
    )
    connection = ref.proxy()
    connection.get_token().get(timeout=GENEROUS)
    with pytest.raises(ums.LocalProtocolError, match="session_id has a blank") as error:
        connection.refresh_token().get(timeout=GENEROUS)
    assert all(EVIL[name] not in text for text in texts_of(error.value))
    ref.stop(timeout=GENEROUS)
    assert server.asked == []


# -- hosts, proxies, URLs, headers of one's own

NO_HOSTS = [*EVIL.values(), HALF, "", ".", "..", "a..b", "[::1", "-a", "a:0", "a:65536"]
NO_HOSTS.remove("a:1")


@pytest.mark.parametrize("host", [*NO_HOSTS, "ftp://a", "a://b://c"])
@pytest.mark.parametrize("scheme", ["", "https://"])
def test_a_domain_service_that_is_no_host_is_refused(dial, server, scheme, host):
    error = dial(csds=scheme + host)
    assert isinstance(error, ums.LocalProtocolError)
    assert "is not a host" in str(error) or "is not known; use https" in str(error)
    assert server.asked == []


@pytest.mark.parametrize("host", NO_HOSTS)
@pytest.mark.parametrize("scheme", ["", "https://", "wss://"])
def test_a_domain_that_is_no_host_is_refused(dial, server, scheme, host):
    error = dial(domains={"facadeMsg": scheme + host})
    assert isinstance(error, ums.LocalProtocolError)
    assert "is not a host" in str(error) or " printable characters" in str(error)
    assert server.asked == []


@pytest.mark.parametrize("name", NO_IDS)
def test_a_domain_of_no_service_is_refused(dial, server, name):
    error = dial(domains={NO_IDS[name]: server.address})
    assert "a service of domains=" in str(error)
    assert server.asked == []


@pytest.mark.parametrize("host", [each for each in NO_HOSTS if ":" not in each[:3]])
def test_a_proxy_that_is_no_host_is_refused(host):
    with pytest.raises(ums.LocalProtocolError, match="the proxy names the host"):
        ums.Proxy(host, 8080)


@pytest.mark.parametrize("name", ["crlf", "lf", "cr", "nul", "tab"])
@pytest.mark.parametrize("field", ["username", "password"])
def test_proxy_credentials_with_control_characters_are_refused(name, field):
    given = {"username": "u", "password": "p", field: EVIL[name].replace(":", "")}
    with pytest.raises(ums.LocalProtocolError, match="control character"):
        ums.Proxy("127.0.0.1", 8080, **given)


def test_a_proxys_user_is_no_password():
    with pytest.raises(ums.LocalProtocolError, match="username has a ':'"):
        ums.Proxy("127.0.0.1", 8080, "user:secret", "p")


@pytest.mark.parametrize("field", ["username", "password"])
def test_proxy_credentials_with_half_a_character_are_refused(field):
    given = {"username": "u", "password": "p", field: "s3cret\ud800"}
    with pytest.raises(ums.LocalProtocolError, match="valid Unicode") as caught:
        ums.Proxy("127.0.0.1", 8080, **given)
    assert all("s3cret" not in text for text in texts_of(caught.value))


@pytest.mark.parametrize("url", ["http://a%0d%0ab:p@h:1", "http://u:a%00b@h:1"])
def test_a_proxys_url_hides_no_control_character(url, monkeypatch):
    with pytest.raises(ums.LocalProtocolError, match="control character"):
        ums.Proxy.from_url(url)
    monkeypatch.setenv("https_proxy", url)
    with pytest.raises(ums.LocalProtocolError, match="control character"):
        ums.Proxy.from_environment(Origin("example.com", 443, True))


@pytest.mark.parametrize("name", [*IN_NO_HEADER, "tab", "space", "fragment"])
def test_a_url_of_ones_own_is_refused(dial, server, name):
    class Own(ums.BrandWebsocketConnection):
        def _get_websocket_url(self):
            return f"ws://{server.address}/{EVIL[name]}"

    error = dial(Own)
    assert "percent-encode" in str(error) or "has a fragment" in str(error)
    assert all(EVIL[name] not in text for text in texts_of(error))
    assert server.asked == []


@pytest.mark.parametrize("name", [*IN_NO_HEADER, "long-long"])
def test_a_header_of_ones_own_has_one_line(dial, server, name):
    value = {**EVIL, "long-long": "a" * 70_000}[name]

    class Own(ums.BrandWebsocketConnection):
        def _upgrade_headers(self):
            return {"X-Mine": ums.Secret(value)}

    error = dial(Own)
    assert "the header X-Mine" in str(error) or "the headers of the" in str(error)
    assert all(value not in text for text in texts_of(error))
    assert server.asked == []


NO_NAMES = [value for name, value in SHORT.items() if name != "fragment"]


@pytest.mark.parametrize("name", [*NO_NAMES, "", "X-A:", "Host", "upgrade"])
def test_a_header_of_ones_own_has_a_name(dial, server, name):
    class Own(ums.BrandWebsocketConnection):
        def _upgrade_headers(self):
            return {name: ums.Secret("1")}

    error = dial(Own)
    assert "a character that HTTP forbids" in str(error) or "leave it out" in str(error)
    assert server.asked == []


# -- what the service says


@pytest.mark.parametrize("name", SHORT)
def test_a_service_is_one_piece_of_the_path(server, name):
    http = Http()
    csds = Csds(f"http://{server.address}", "1", http)
    with pytest.raises(LoginError):
        csds.look_up(EVIL[name], http.deadline(GENEROUS))
    check(server)
    target = urlsplit(server.lines[0].split(" ")[1])
    assert part_behind(target, "service") == EVIL[name]


@pytest.mark.parametrize("host", NO_HOSTS)
def test_a_host_from_the_domain_service_is_checked_as_well(server, host):
    http = Http()
    csds = Csds(f"http://{server.address}", "1", http)
    csds._known.learn({"agentVep": host})
    with pytest.raises(LoginError, match="bad host"):
        csds.find("agentVep", http.deadline(GENEROUS))
    assert server.asked == []


@pytest.mark.parametrize("name", SHORT)
def test_a_file_is_got_from_where_it_was_said_to_be(server, name):
    """Path and query as the service gave them, encoded; never another host."""
    answer = {"relativePath": EVIL[name], "queryParams": {EVIL[name]: EVIL[name]}}
    where = read_file_url(json.dumps(answer).encode())
    http = Http()
    csds = Csds("http://127.0.0.1:1", "1", http, overrides={"swift": server.address})
    assert Storage(csds, http).get(where, GENEROUS, 1_000)
    check(server)
    found = urlsplit(server.lines[0].split(" ")[1])
    assert decoded(found.path, "/") == "/" + EVIL[name]
    assert decoded(found.query, "=+").replace("+", " ") == f"{EVIL[name]}={EVIL[name]}"


@pytest.mark.parametrize("path", ["//evil.example/a", "https://evil.example/a"])
def test_a_file_never_leads_to_another_host(server, path):
    where = read_file_url(json.dumps({"relativePath": path}).encode())
    http = Http()
    csds = Csds("http://127.0.0.1:1", "1", http, overrides={"swift": server.address})
    assert Storage(csds, http).get(where, GENEROUS, 1_000)
    target = server.lines[0].split(" ")[1]
    assert target in ("/evil.example/a", "/https%3A//evil.example/a")
    assert f"Host: {server.address}" in server.lines


@pytest.mark.parametrize("name", IN_NO_COOKIE)
def test_a_session_id_of_the_service_is_one_cookie(observed, server, name):
    """It cannot be refreshed or logged out with; it does no harm either."""
    told = {"bearer": "b", "csrf": "c", "sessionId": EVIL[name]}
    server.answer = {**told, "config": {"userId": "1"}}
    ref = ums.BrandWebsocketConnection.start(
        "1",
        auth=ums.PasswordLogin("bot", "password"),
        csds=f"http://{server.address}",
        domains={"agentVep": server.address},
        runtime=observed,
    )
    connection = ref.proxy()
    assert connection.get_token().get(timeout=GENEROUS) == "b"
    with pytest.raises(ums.LocalProtocolError, match="the cookie of the session"):
        connection.refresh_token().get(timeout=GENEROUS)
    ref.stop(timeout=GENEROUS)
    assert len(server.asked) == 1


@pytest.mark.parametrize("name", UNSEEN)
def test_a_consumers_token_of_the_service_is_a_jwt(dial, server, name):
    server.answer = {"jwt": jwt({"sub": "me"}) + UNSEEN[name].replace(".", "")}
    error = dial(ums.ConsumerWebsocketConnection, auth=ums.Anonymous())
    assert isinstance(error, LoginError)
    assert "gave a token of no use" in str(error)
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("step", ["csds", "login", "upgrade"])
def test_nobody_is_sent_elsewhere(dial, server, elsewhere, step, status):
    """No redirect is followed, and what the server set is not sent back to it."""
    server.status = f"{status} Elsewhere"
    server.headers = f"Location: http://{elsewhere.address}/\r\nSet-Cookie: evil=1\r\n"
    more = {
        "csds": {"domains": None},
        "login": {"auth": ums.PasswordLogin("bot", "password")},
        "upgrade": {},
    }[step]
    for _ in range(2):
        assert str(status) in str(dial(**more))
    check(server)
    assert len(server.asked) == 2
    assert elsewhere.asked == []
    assert not any(line.lower().startswith("cookie") for line in server.lines)


# -- the HTTP client itself

BROKEN_LINES = [
    *(("path", "/" + EVIL[name]) for name in IN_NO_PATH),
    *(("path", path) for path in ("", "a", "*", "http://evil.example/", "/" + HALF)),
    *(("cookie", EVIL[name]) for name in IN_NO_COOKIE),
    *(("cookie", text) for text in ("", "a=1; b=2", "a=1,b=2", HALF)),
]


@pytest.mark.parametrize(("where", "text"), BROKEN_LINES)
def test_no_call_takes_what_breaks_a_line(server, where, text):
    host, port = server.address.split(":")
    http = Http()
    given = {"path": "/", where: text}
    with pytest.raises(ums.LocalProtocolError, match=rf"the {where} of the") as caught:
        http.call(
            "GET",
            Origin(host, int(port), False),
            given.pop("path"),
            step="csds",
            deadline=http.deadline(GENEROUS),
            **given,
        )
    assert not text[1:] or all(text not in told for told in texts_of(caught.value))
    assert server.asked == []


# -- requests: ids are strings of JSON there, and nothing else


@pytest.mark.parametrize("name", SEEN)
def test_an_id_is_one_string_of_a_request(emulator, start, name):
    evil = SEEN[name]
    connection = start(emulator)
    connection.open().get(timeout=GENEROUS)
    asked = [
        connection.send_text(evil, "text", dialog_id=evil),
        connection.get_download_url(evil),
        connection.get_user_profile(evil),
        connection.query_messages(evil),
        connection.close_conversation(evil),
    ]
    for each in asked:
        with contextlib.suppress(ums.RequestRejected):
            each.get(timeout=GENEROUS)
    bodies = [
        line["frame"]["body"]
        for line in emulator.log("bot1")
        if line["dir"] == "in" and evil in texts_in(line["frame"]["body"])
    ]
    assert len(bodies) == len(asked)


def texts_in(value):
    """Give all strings in decoded JSON; of an agent's id what is behind the account."""
    if isinstance(value, dict):
        return [text for each in value.values() for text in texts_in(each)]
    if isinstance(value, list):
        return [text for each in value for text in texts_in(each)]
    return [value, value.removeprefix("12345678.")] if isinstance(value, str) else []


@pytest.mark.parametrize("name", NO_IDS)
def test_what_can_be_no_id_is_not_asked_for(emulator, start, name):
    bad = NO_IDS[name]
    connection = start(emulator)
    connection.open().get(timeout=GENEROUS)
    for asked in (
        connection.send_text(bad, "text"),
        connection.get_user_profile(bad),
        connection.query_messages(bad),
        connection.close_conversation(bad),
    ):
        with pytest.raises(ums.LocalProtocolError, match="printable characters"):
            asked.get(timeout=GENEROUS)


def test_no_door_is_forgotten():
    """Every argument of both constructors is tried here, or is no text."""
    tried = {"account_id", "auth", "csds", "domains", "proxy", "app_id", "app_version"}
    tried |= {"client_properties"}
    no_text = {"self", "options", "ssl_context", "outbox", "subscribe", "handshake"}
    no_text |= {"create_default_subscription", "default_subscription_query"}
    no_text |= {"poll_shift_status"}
    no_text |= {"memory"}  # its ids are checked when it is read
    files = {"ca_file", "extra_ca_file"}
    for kind in (ums.BrandWebsocketConnection, ums.ConsumerWebsocketConnection):
        known = set(inspect.signature(kind.__init__).parameters)
        assert known <= tried | no_text | files
