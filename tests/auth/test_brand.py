import threading
from functools import partial

import pytest

from ums_actors.auth.brand import BrandTokenSource
from ums_actors.auth.credentials import (
    AssertionLogin,
    ExistingSession,
    OAuth1Login,
    PasswordLogin,
    ReadyBearer,
)
from ums_actors.auth.csds import Csds
from ums_actors.auth.source import TokenSource
from ums_actors.errors import AuthenticationRejected, LocalProtocolError, LoginError
from ums_actors.http.client import Http
from ums_actors.http.tls import client_context

PATIENCE = 20.0
SECRET = "hunter2"
LOGIN = {
    "bearer": f"bearer-{SECRET}",
    "csrf": f"csrf-{SECRET}",
    "sessionId": f"session-{SECRET}",
    "config": {"userId": "31", "userPid": "pid-31"},
}
PASSWORD = PasswordLogin("bot", SECRET)
SESSION = ExistingSession(
    f"bearer-{SECRET}",
    f"csrf-{SECRET}",
    f"session-{SECRET}",
    user_id="31",
    user_pid="pid-31",
)


class Service:
    """CSDS and login service in one; ``answers`` are by the last word of the path."""

    def __init__(self, **answers):
        self.answers = {"login": (200, LOGIN), "refresh": (200, b""), **answers}

    def __call__(self, exchange):
        path = exchange.path.partition("?")[0]
        if path.endswith("baseURI.json"):
            domain = {"service": "agentVep", "baseURI": exchange.server.authority}
            exchange.reply(200, domain)
            return
        answer = self.answers.get(path.rpartition("/")[2], (404, b""))
        if callable(answer):
            answer(exchange)
        else:
            exchange.reply(*answer)


@pytest.fixture
def source_for(serve):
    """Make a source and its server: source_for(credentials, **answers)."""

    def make(credentials=PASSWORD, **answers):
        server = serve(Service(**answers))
        http = Http()
        csds = Csds(f"http://{server.authority}", "acc7", http)
        return BrandTokenSource("acc7", credentials, csds, http), server

    return make


def calls(server):
    return [each for each in server.seen if "baseURI.json" not in each.path]


@pytest.mark.parametrize(
    ("credentials", "body"),
    [
        (PASSWORD, {"username": "bot", "password": SECRET}),
        (
            OAuth1Login("bot", "k", "s", "t", "ts"),
            {
                "username": "bot",
                "appKey": "k",
                "secret": "s",
                "accessToken": "t",
                "accessTokenSecret": "ts",
            },
        ),
        (AssertionLogin("saml"), {"jwt": "dummy", "assertion": "saml"}),
    ],
)
def test_login_sends_what_the_service_wants(source_for, credentials, body):
    source, server = source_for(credentials)
    session = source.login(PATIENCE)
    (seen,) = calls(server)
    assert (seen.command, seen.path) == ("POST", "/api/account/acc7/login?v=1.3")
    assert seen.json() == body
    assert seen.headers["Cookie"] is None
    assert session.token.reveal() == LOGIN["bearer"]
    assert session.agent_id("acc7") == "acc7.31"
    assert session.user_pid == "pid-31"


def test_source_is_a_token_source(source_for):
    source: TokenSource = source_for()[0]
    names = [name for name in vars(TokenSource) if not name.startswith("_")]
    assert names
    assert all(callable(getattr(source, name)) for name in names)


def test_login_over_tls(serve, server_context, ca_file):
    server = serve(Service(), server_context)
    http = Http(tls=partial(client_context, ca_file))
    csds = Csds(server.authority, "acc7", http)
    assert (
        BrandTokenSource("acc7", PASSWORD, csds, http).login(PATIENCE).user_id == "31"
    )


def test_refresh_and_logout_send_csrf_and_cookie(source_for):
    source, server = source_for(logout=(200, b""))
    session = source.login(PATIENCE)
    source.refresh(session, PATIENCE)
    source.logout(session, PATIENCE)
    refresh, logout = calls(server)[1:]
    assert refresh.path == "/api/account/acc7/refresh?v=1.3"
    assert logout.path == "/api/account/acc7/logout?v=1.3"
    for seen in (refresh, logout):
        assert seen.json() == {"csrf": LOGIN["csrf"]}
        assert seen.headers["Cookie"] == f"session_id={LOGIN['sessionId']}"


def test_refresh_prolongs_a_session_of_which_the_end_is_known(source_for):
    source, _ = source_for(login=(200, {**LOGIN, "sessionTTl": "60000"}))
    session = source.login(PATIENCE)
    later = source.refresh(session, PATIENCE)
    assert later.token == session.token
    assert later.valid_until > session.valid_until


def test_session_made_elsewhere_is_refreshed_and_not_logged_out(source_for):
    source, server = source_for(SESSION, logout=(200, b""))
    session = source.login(PATIENCE)
    assert source.refresh(session, PATIENCE) is session
    source.logout(session, PATIENCE)
    assert [seen.path for seen in calls(server)] == ["/api/account/acc7/refresh?v=1.3"]


def test_session_without_csrf_is_not_refreshed(source_for):
    source, server = source_for(ReadyBearer("t", "31"))
    session = source.login(PATIENCE)
    assert source.refresh(session, PATIENCE) is None
    source.logout(session, PATIENCE)
    assert server.seen == []


def test_refused_refresh_is_401(source_for):
    body = {"error": {"internalCode": 10, "message": "CSRF token invalid"}}
    source, _ = source_for(refresh=(401, body))
    with pytest.raises(LoginError) as caught:
        source.refresh(source.login(PATIENCE), PATIENCE)
    assert (caught.value.step, caught.value.status) == ("refresh", 401)


def test_failing_logout_is_nobodys_concern(source_for):
    source, server = source_for(logout=(500, b""))
    source.logout(source.login(PATIENCE), PATIENCE)
    assert len(calls(server)) == 2


def test_two_tenants_share_no_cookie(source_for):
    cookies = [("Set-Cookie", "session_id=tenant-a; Path=/")]
    first, server = source_for(login=(200, LOGIN, cookies))
    first.login(PATIENCE)
    http = Http()
    csds = Csds(f"http://{server.authority}", "acc8", http)
    other = PasswordLogin("other", SECRET)
    BrandTokenSource("acc8", other, csds, http).login(PATIENCE)
    assert [seen.headers["Cookie"] for seen in server.seen] == [None] * 4


def test_existing_session_is_given_once_and_then_proved_by_a_refresh(source_for):
    source, server = source_for(SESSION)
    first = source.login(PATIENCE)
    assert server.seen == []
    assert first.token.reveal() == f"bearer-{SECRET}"
    assert first.user_pid == "pid-31"
    assert source.login(PATIENCE) == first
    assert [seen.path for seen in calls(server)] == ["/api/account/acc7/refresh?v=1.3"]


def test_existing_session_that_died_is_rejected(source_for):
    source, _ = source_for(SESSION, refresh=(401, b""))
    source.login(PATIENCE)
    with pytest.raises(AuthenticationRejected, match="give credentials") as caught:
        source.login(PATIENCE)
    assert caught.value.status == 401


def test_existing_session_is_kept_while_the_service_is_away(source_for):
    source, server = source_for(SESSION, refresh=(503, b""))
    source.login(PATIENCE)
    with pytest.raises(LoginError) as caught:
        source.login(PATIENCE)
    assert not isinstance(caught.value, AuthenticationRejected)
    server.answer.answers["refresh"] = (200, b"")
    source.login(PATIENCE)


@pytest.mark.parametrize(
    "credentials", [ReadyBearer("t", "31"), ExistingSession("t", user_id="31")]
)
def test_bearer_that_cannot_be_renewed_is_given_once(source_for, credentials):
    source, _ = source_for(credentials)
    assert source.login(PATIENCE).user_id == "31"
    with pytest.raises(AuthenticationRejected, match="PasswordLogin"):
        source.login(PATIENCE)


def test_strange_credentials_are_a_clear_error(full_text):
    with pytest.raises(LocalProtocolError, match="dict are not known") as caught:
        BrandTokenSource("acc7", {"password": "x"}, None, None)
    assert "PasswordLogin" in str(caught.value)


def endless(exchange):
    exchange.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while not exchange.server.over.is_set():
        exchange.write(SECRET.encode() * 5000)


@pytest.mark.parametrize(
    "answer",
    [
        (401, {"error": SECRET}),
        (429, {"error": SECRET}),
        (500, {"error": SECRET}),
        (200, {"error": {"message": SECRET}}),
        (200, {"bearer": SECRET}),
        (200, SECRET),
        (302, SECRET, [("Location", f"https://{SECRET}.example/")]),
        endless,
        lambda exchange: exchange.write(SECRET.encode()),
    ],
)
def test_no_error_shows_a_secret(source_for, answer, full_text):
    source, _ = source_for(login=answer)
    with pytest.raises(LoginError) as caught:
        source.login(PATIENCE)
    assert SECRET not in full_text(caught.value)


def test_no_error_of_a_refresh_shows_a_secret(source_for, full_text):
    source, _ = source_for(refresh=lambda exchange: exchange.write(b"?"))
    session = source.login(PATIENCE)
    with pytest.raises(LoginError) as caught:
        source.refresh(session, PATIENCE)
    assert SECRET not in full_text(caught.value)


def test_look_up_and_login_share_one_deadline(source_for):
    def silent(exchange):
        while not exchange.stopping():
            pass

    source, _ = source_for(login=silent)
    with pytest.raises(LoginError, match="deadline"):
        source.login(0.4)


def test_close_ends_a_running_login(source_for):
    running = threading.Event()

    def silent(exchange):
        running.set()
        while not exchange.stopping():
            pass

    source, _ = source_for(login=silent)
    errors = []

    def login():
        try:
            source.login(60)
        except LoginError as error:
            errors.append(error)

    thread = threading.Thread(target=login)
    thread.start()
    assert running.wait(PATIENCE)
    source.close()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert len(errors) == 1
    with pytest.raises(LoginError, match="after close"):
        source.login(PATIENCE)
