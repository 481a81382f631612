import base64
import itertools
import json
import threading

import pytest

from ums_actors.auth.consumer import RENEWALS_ON_TRIAL, ConsumerTokenSource
from ums_actors.auth.csds import Csds
from ums_actors.auth.identities import Anonymous, AuthenticatedConsumer, ReadyJwt
from ums_actors.auth.source import TokenSource
from ums_actors.errors import AuthenticationRejected, LocalProtocolError, LoginError
from ums_actors.http.client import Http
from ums_actors.secret import Secret

PATIENCE = 20.0
SECRET = "hunter2"
BASE = "/api/account/acc7"


def jwt(subject, number=0, life=None, issuer="idp"):
    claims = {"sub": subject, "iss": issuer, "jti": f"{SECRET}-{number}"}
    if life is not None:
        claims |= {"iat": 1_000_000, "exp": 1_000_000 + life}
    return f"e30.{base64.urlsafe_b64encode(json.dumps(claims).encode()).decode()}.sig"


class Service:
    """CSDS and IDP in one; ``answers`` are by path: pairs, or lists of them in turn."""

    def __init__(self, answers):
        self.answers = answers

    def __call__(self, exchange):
        path = exchange.path.removeprefix(BASE)
        if "baseURI.json" in path:
            domain = {"service": "idp", "baseURI": exchange.server.authority}
            exchange.reply(200, domain)
            return
        answer = self.answers.get(path, (404, b""))
        if callable(answer):
            answer = answer(exchange)
        exchange.reply(*(answer.pop(0) if isinstance(answer, list) else answer))


class Clock:
    def __init__(self):
        self.now = 50.0

    def __call__(self):
        return self.now


@pytest.fixture
def source_for(serve):
    def make(identity, answers, **more):
        server = serve(Service(answers))
        http = Http()
        csds = Csds(f"http://{server.authority}", "acc7", http)
        return ConsumerTokenSource("acc7", identity, csds, http, **more), server

    return make


def calls(server):
    """Give (path, body) of each call to the IDP."""
    return [
        (each.path.removeprefix(BASE), each.json() if each.body else None)
        for each in server.seen
        if "baseURI.json" not in each.path
    ]


def signups():
    numbers = itertools.count(1)
    return lambda _: (200, {"jwt": jwt(f"anon-{next(numbers)}")})


def test_a_signup_makes_an_anonymous_consumer(source_for):
    source, server = source_for(Anonymous(), {"/signup": (200, {"jwt": jwt("anon")})})
    session = source.login(PATIENCE)
    assert calls(server) == [("/signup", None)]
    assert server.seen[-1].command == "POST"
    assert (session.user_id, session.token.reveal()) == ("anon", jwt("anon"))
    assert session.valid_until is None
    assert SECRET not in repr(session)


def test_it_is_a_token_source_with_nothing_to_refresh_or_to_end(source_for):
    source, server = source_for(Anonymous(), {"/signup": signups()})
    assert isinstance(source, TokenSource)
    session = source.login(PATIENCE)
    source.refresh(session, PATIENCE)
    source.logout(session, PATIENCE)
    assert len(calls(server)) == 1
    source.close()
    with pytest.raises(LoginError, match="close"):
        source.login(PATIENCE)


def test_a_later_login_renews_the_identity_of_a_signup(source_for):
    renewed = (200, {"token": jwt("anon-1", 2)})
    answers = {"/signup": signups(), "/anonymous/authorize": renewed}
    source, server = source_for(Anonymous(), answers)
    first = source.login(PATIENCE)
    again = source.login(PATIENCE)
    assert (again.user_id, again.token.reveal()) == ("anon-1", jwt("anon-1", 2))
    assert calls(server)[1:] == [
        ("/anonymous/authorize", {"id_token": first.token.reveal()})
    ]


@pytest.mark.parametrize("exchanged", [True, False])
def test_an_external_token_that_comes_of_it_is_exchanged_if_that_is_possible(
    source_for, exchanged
):
    external, internal = jwt("anon-1", 2, issuer="other"), jwt("anon-1", 3)
    answers = {
        "/signup": signups(),
        "/anonymous/authorize": (200, {"token": external}),
        "/app/default/authenticate?v=3.0": (
            (200, {"token": internal}) if exchanged else (404, b"")
        ),
    }
    source, server = source_for(Anonymous(), answers)
    source.login(PATIENCE)
    again = source.login(PATIENCE)
    assert again.token.reveal() == (internal if exchanged else external)
    assert again.user_id == "anon-1"
    assert calls(server)[-1][1] == {"id_token": external}


@pytest.mark.parametrize("refusal", [400, 401, 404, 428])
def test_an_identity_that_cannot_be_renewed_is_made_anew(source_for, refusal):
    answers = {"/signup": signups(), "/anonymous/authorize": (refusal, b"")}
    source, _ = source_for(Anonymous(), answers)
    assert source.login(PATIENCE).user_id == "anon-1"
    assert source.login(PATIENCE).user_id == "anon-2"


def test_who_wants_to_stay_the_same_fails_rather_than_becoming_another(source_for):
    answers = {"/signup": signups(), "/anonymous/authorize": (401, b"")}
    source, server = source_for(Anonymous(new_identity=False), answers)
    source.login(PATIENCE)
    with pytest.raises(AuthenticationRejected, match="cannot be renewed") as caught:
        source.login(PATIENCE)
    assert caught.value.status == 401
    assert len(calls(server)) == 2


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_renewal_that_fails_for_now_keeps_the_identity(source_for, status):
    renewed = [(status, b""), (200, {"token": jwt("anon-1", 2)})]
    answers = {"/signup": signups(), "/anonymous/authorize": renewed}
    source, _ = source_for(Anonymous(), answers)
    source.login(PATIENCE)
    with pytest.raises(LoginError) as caught:
        source.login(PATIENCE)
    assert (caught.value.status, caught.value.retry_after) == (status, 5.0)
    assert not isinstance(caught.value, AuthenticationRejected)
    assert source.login(PATIENCE).user_id == "anon-1"


def test_renewals_that_no_line_takes_are_given_up(source_for):
    renewed = (200, {"token": jwt("anon-1", 2)})
    answers = {"/signup": signups(), "/anonymous/authorize": renewed}
    source, _ = source_for(Anonymous(), answers)
    users = [source.login(PATIENCE).user_id for _ in range(RENEWALS_ON_TRIAL + 2)]
    assert users == ["anon-1"] * (RENEWALS_ON_TRIAL + 1) + ["anon-2"]


def test_a_renewal_that_a_line_took_may_be_renewed_for_ever(source_for):
    renewed = (200, {"token": jwt("anon-1", 2)})
    answers = {"/signup": signups(), "/anonymous/authorize": renewed}
    source, _ = source_for(Anonymous(), answers)
    for _ in range(2 * RENEWALS_ON_TRIAL):
        session = source.login(PATIENCE)
        source.prove(session)
        assert session.user_id == "anon-1"


def test_a_connector_needs_two_calls_and_renews_the_external_token(source_for):
    answers = {
        "/anonymous/authorize": [
            (200, {"token": "external-1"}),
            (200, {"token": "external-2"}),
        ],
        "/app/con%2F1/authenticate?v=3.0": [
            (200, {"token": jwt("a", 1)}),
            (200, {"token": jwt("a", 2)}),
        ],
    }
    source, server = source_for(Anonymous("con/1"), answers)
    assert source.login(PATIENCE).token.reveal() == jwt("a", 1)
    assert source.login(PATIENCE).token.reveal() == jwt("a", 2)
    path = "/app/con%2F1/authenticate?v=3.0"
    assert calls(server) == [
        ("/anonymous/authorize", {}),
        (path, {"id_token": "external-1"}),
        ("/anonymous/authorize", {"id_token": "external-1"}),
        (path, {"id_token": "external-2"}),
    ]


def test_switched_off_is_said_in_words(source_for):
    source, _ = source_for(Anonymous("con"), {"/anonymous/authorize": (428, b"")})
    with pytest.raises(AuthenticationRejected, match="switched off") as caught:
        source.login(PATIENCE)
    assert caught.value.status == 428


@pytest.mark.parametrize(
    ("status", "kind", "text"),
    [
        (400, AuthenticationRejected, "refuses this consumer"),
        (401, AuthenticationRejected, "accepted"),
        (404, AuthenticationRejected, "check account_id and connector_id"),
        (429, LoginError, "answered 429"),
        (502, LoginError, "answered 502"),
    ],
)
def test_a_first_login_that_fails_says_whether_it_is_for_good(
    source_for, full_text, status, kind, text
):
    body = {"error": f"no {SECRET}"}
    source, _ = source_for(Anonymous(), {"/signup": (status, body)})
    with pytest.raises(kind, match=text) as caught:
        source.login(PATIENCE)
    assert type(caught.value) is kind
    assert caught.value.status == status
    assert SECRET not in full_text(caught.value)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "holds no token"),
        ({"jwt": 5}, "holds no token"),
        (b"nonsense", "holds no token"),
        ({"jwt": SECRET}, "a token of no use: the token is no JWT"),
        ({"jwt": jwt("")}, "a token of no use: the JWT does not say whose it is"),
    ],
)
def test_an_answer_of_no_use_is_told(source_for, full_text, body, text):
    source, _ = source_for(Anonymous(), {"/signup": (200, body)})
    with pytest.raises(LoginError, match=text) as caught:
        source.login(PATIENCE)
    assert not isinstance(caught.value, AuthenticationRejected)
    assert SECRET not in full_text(caught.value)


def test_the_end_of_a_token_is_told_in_the_connections_time(source_for):
    answers = {"/signup": (200, {"jwt": jwt("a", life=60)})}
    source, _ = source_for(Anonymous(), answers, clock=lambda: 50.0)
    assert source.login(PATIENCE).valid_until == 110.0


def test_a_token_that_is_over_when_it_is_made_has_no_known_end(source_for):
    answers = {"/signup": (200, {"jwt": jwt("a", life=0)})}
    source, _ = source_for(Anonymous(), answers, clock=lambda: 50.0)
    assert source.login(PATIENCE).valid_until is None


# -- authenticated consumers

AUTHENTICATE = "/app/con/authenticate?v=3.0"


def test_an_authenticated_consumer_brings_a_token_of_its_own_login(source_for):
    answers = {AUTHENTICATE: (200, {"token": jwt("ann")})}
    source, server = source_for(AuthenticatedConsumer("con", "external"), answers)
    assert source.login(PATIENCE).user_id == "ann"
    assert calls(server) == [(AUTHENTICATE, {"id_token": "external"})]


def test_a_mere_token_serves_until_it_is_refused(source_for):
    answers = {AUTHENTICATE: (200, {"token": jwt("ann")})}
    source, server = source_for(AuthenticatedConsumer("con", "external"), answers)
    source.login(PATIENCE)
    with pytest.raises(AuthenticationRejected, match="give a callable"):
        source.login(PATIENCE)
    assert len(calls(server)) == 1


def test_a_mere_token_serves_again_after_the_internal_one_died_of_age(source_for):
    clock = Clock()
    answers = {AUTHENTICATE: (200, {"token": jwt("ann", life=60)})}
    source, server = source_for(
        AuthenticatedConsumer("con", "external"), answers, clock=clock
    )
    source.login(PATIENCE)
    clock.now += 60
    assert source.login(PATIENCE).user_id == "ann"
    assert len(calls(server)) == 2


def test_a_callable_gives_a_fresh_token_each_time(source_for):
    tokens = iter(["external-1", Secret("external-2")])
    answers = {AUTHENTICATE: (200, {"token": jwt("ann")})}
    identity = AuthenticatedConsumer("con", lambda: next(tokens))
    source, server = source_for(identity, answers)
    source.login(PATIENCE)
    source.login(PATIENCE)
    assert [body["id_token"] for _, body in calls(server)] == [
        "external-1",
        "external-2",
    ]


@pytest.mark.parametrize("given", [None, "", 5, Secret("")])
def test_a_callable_that_gives_nothing_is_told(source_for, given):
    source, server = source_for(AuthenticatedConsumer("con", lambda: given), {})
    with pytest.raises(LoginError, match="must give the external JWT") as caught:
        source.login(PATIENCE)
    assert caught.value.step == "source"
    assert calls(server) == []


def test_a_ready_token_serves_once(source_for):
    source, server = source_for(ReadyJwt(jwt("ann", life=60)), {})
    session = source.login(PATIENCE)
    assert (session.user_id, session.valid_until) == ("ann", None)
    with pytest.raises(AuthenticationRejected, match="cannot be renewed"):
        source.login(PATIENCE)
    assert server.seen == []


def test_a_login_that_was_given_up_does_not_change_the_identity(source_for):
    begun, go = threading.Event(), threading.Event()
    numbers = itertools.count(1)

    def answer(_):
        number = next(numbers)
        if number == 1:
            begun.set()
            go.wait(PATIENCE)
        return 200, {"jwt": jwt(f"anon-{number}")}

    renewed = (200, {"token": jwt("anon-2", 2)})
    answers = {"/signup": answer, "/anonymous/authorize": renewed}
    source, server = source_for(Anonymous(), answers)
    slow = threading.Thread(target=source.login, args=(PATIENCE,))
    slow.start()
    assert begun.wait(PATIENCE)
    held = source.login(PATIENCE)
    go.set()
    slow.join(PATIENCE)
    source.login(PATIENCE)
    assert calls(server)[-1][1] == {"id_token": held.token.reveal()}


@pytest.mark.parametrize(
    ("identity", "text"),
    [
        (None, "type NoneType is not known"),
        ("ey.x.y", "type str is not known"),
        (ReadyJwt("hunter2"), "ReadyJwt: the token is no JWT"),
    ],
)
def test_an_identity_of_no_use_is_refused_at_once(identity, text):
    http = Http()
    csds = Csds("http://127.0.0.1:1", "acc7", http)
    with pytest.raises(LocalProtocolError, match=text) as caught:
        ConsumerTokenSource("acc7", identity, csds, http)
    assert SECRET not in str(caught.value)


RENEWED = {"/signup": (200, {"jwt": jwt("a", 1, life=90)})}


def test_a_token_that_ends_soon_is_renewed_and_the_identity_kept(source_for):
    clock = Clock()
    answers = {
        **RENEWED,
        "/anonymous/authorize": (200, {"token": jwt("a", 2, life=90)}),
    }
    source, server = source_for(Anonymous(), answers, clock=clock)
    first = source.login(PATIENCE)
    clock.now += 59
    assert source.refresh(first, PATIENCE) is None
    assert len(calls(server)) == 1
    clock.now += 2
    second = source.refresh(first, PATIENCE)
    assert (second.token.reveal(), second.user_id) == (jwt("a", 2, life=90), "a")
    assert second.valid_until == clock.now + 90
    assert source.refresh(first, PATIENCE) is None  # it is not held any more


def test_renewals_in_good_time_use_up_no_trial(source_for):
    clock = Clock()
    numbers = itertools.count(2)
    answers = {
        **RENEWED,
        "/anonymous/authorize": lambda _: (
            200,
            {"token": jwt("a", next(numbers), life=90)},
        ),
    }
    source, server = source_for(Anonymous(), answers, clock=clock)
    session = source.login(PATIENCE)
    for _ in range(RENEWALS_ON_TRIAL + 2):
        clock.now += 80
        session = source.refresh(session, PATIENCE)
    assert session.user_id == "a"
    source.login(PATIENCE)  # refused by a line, for once
    assert [path for path, _ in calls(server)].count("/signup") == 1


@pytest.mark.parametrize("status", [400, 401, 428])
def test_a_renewal_that_is_refused_in_good_time_changes_nothing(source_for, status):
    clock = Clock()
    answers = {**RENEWED, "/anonymous/authorize": (status, b"")}
    source, server = source_for(Anonymous(), answers, clock=clock)
    first = source.login(PATIENCE)
    clock.now += 80
    assert source.refresh(first, PATIENCE) is None
    assert [path for path, _ in calls(server)] == ["/signup", "/anonymous/authorize"]


@pytest.mark.parametrize("answer", [(503, b""), (200, {"token": "no jwt"})])
def test_a_renewal_that_fails_in_good_time_is_tried_again(source_for, answer):
    clock = Clock()
    answers = {**RENEWED, "/anonymous/authorize": answer}
    source, _ = source_for(Anonymous(), answers, clock=clock)
    first = source.login(PATIENCE)
    clock.now += 80
    with pytest.raises(LoginError) as caught:
        source.refresh(first, PATIENCE)
    assert not isinstance(caught.value, AuthenticationRejected)


@pytest.mark.parametrize("given", ["ext", lambda: "ext"], ids=["text", "callable"])
def test_a_known_consumer_s_token_is_exchanged_again_in_good_time(source_for, given):
    clock = Clock()
    tokens = [(200, {"token": jwt("ann", n, life=90)}) for n in (1, 2)]
    answers = {AUTHENTICATE: tokens}
    identity = AuthenticatedConsumer("con", given)
    source, server = source_for(identity, answers, clock=clock)
    first = source.login(PATIENCE)
    clock.now += 80
    second = source.refresh(first, PATIENCE)
    assert second.token.reveal() == jwt("ann", 2, life=90)
    assert [body for _, body in calls(server)] == [{"id_token": "ext"}] * 2


def test_a_ready_jwt_is_not_renewed(source_for):
    source, server = source_for(ReadyJwt(jwt("ann", life=60)), {})
    assert source.refresh(source.login(PATIENCE), PATIENCE) is None
    assert server.seen == []


def test_a_token_of_somebody_else_s_is_not_renewed(source_for):
    source, server = source_for(Anonymous(), RENEWED)
    other, _ = source_for(ReadyJwt(jwt("ann")), {})
    assert source.refresh(other.login(PATIENCE), PATIENCE) is None
    assert server.seen == []
