from __future__ import annotations

import msgspec
import pytest

from ums_actors.core.reason import (
    ConnectFailed,
    Crashed,
    CredentialsRejected,
    Fenced,
    LineBroken,
    LineClosed,
    LoginFailed,
    PeerMisbehaved,
    PeerSilent,
    Reason,
    RestoreFailed,
    Stopped,
    TokenRefused,
    UpgradeRefused,
    crash_of,
    from_error,
)
from ums_actors.errors import (
    AuthenticationRejected,
    ConnectError,
    ConnectionLost,
    Delivery,
    LeaseLost,
    LocalProtocolError,
    LoginError,
    Overloaded,
    RemoteProtocolError,
    RequestRejected,
    RequestTimedOut,
    UMSError,
)

TEXTS = [
    (Stopped(), "stopped on request"),
    (LineClosed(4401), "the peer closed the line with code 4401"),
    (LineClosed(1000, "bye"), "the peer closed the line with code 1000: bye"),
    (LineBroken("reset"), "the line broke: reset"),
    (LineBroken(""), "the line broke"),
    (PeerSilent(10.0), "the peer was silent for 10 s after a ping"),
    (
        PeerMisbehaved("masked frame", 1002),
        "the peer broke the protocol (closed with 1002): masked frame",
    ),
    (UpgradeRefused(401), "the upgrade was refused with HTTP status 401"),
    (TokenRefused(403), "the token was refused with code 403"),
    (ConnectFailed("tcp"), "connecting failed at step tcp"),
    (ConnectFailed("tls", timed_out=True), "connecting failed by timeout at step tls"),
    (LoginFailed("csds"), "login failed at step csds"),
    (
        LoginFailed("login", 429, 5.0),
        "login failed at step login with HTTP status 429, retry after 5 s",
    ),
    (CredentialsRejected(), "the credentials were rejected"),
    (Fenced(), "fenced: another process may own this agent by now"),
    (CredentialsRejected(451), "the credentials were rejected with HTTP status 451"),
    (RestoreFailed("no answer"), "restoring failed: no answer"),
    (RestoreFailed("denied", 401), "restoring failed with code 401: denied"),
    (Crashed("KeyError", ""), "crashed by KeyError"),
    (Crashed("KeyError", "raised in x"), "crashed by KeyError: raised in x"),
]


@pytest.mark.parametrize(("reason", "text"), TEXTS, ids=[text for _, text in TEXTS])
def test_a_reason_says_itself_in_one_line(reason, text):
    assert str(reason) == text


def test_a_text_from_the_peer_becomes_one_printable_line():
    text = str(LineClosed(1008, "a\r\nb\x1b[31m\x00" + "c" * 500))
    assert text.isprintable()
    assert len(text) < 300
    assert "a b [31m ccc" in text


def test_a_printable_text_is_cut_and_its_blanks_are_made_one():
    assert str(LineBroken("  a   b ")) == "the line broke: a b"
    assert len(str(LineBroken("c" * 500))) < 300


@pytest.mark.parametrize(("reason", "_"), TEXTS)
def test_a_reason_survives_the_wire(reason, _):
    assert msgspec.json.decode(msgspec.json.encode(reason), type=Reason) == reason


ERRORS = [
    (AuthenticationRejected("no", status=451), CredentialsRejected(451)),
    (AuthenticationRejected("no"), CredentialsRejected(None)),
    (LeaseLost("gone", epoch=3), Fenced()),
    (
        LoginError("later", step="csds", status=503, retry_after=5.0),
        LoginFailed("csds", 503, 5.0),
    ),
    (ConnectError("no", step="upgrade", status=401), UpgradeRefused(401)),
    (
        ConnectError("no", step="upgrade", timed_out=True),
        ConnectFailed("upgrade", timed_out=True),
    ),
    (ConnectError("no", step="proxy", status=407), ConnectFailed("proxy")),
    (RemoteProtocolError("bad", close_code=1007), PeerMisbehaved("bad", 1007)),
    (ConnectionLost("gone", delivery=Delivery.UNKNOWN), LineBroken("gone")),
    (
        RequestRejected(401, "no", request_type="GetClock"),
        RestoreFailed("the server rejected GetClock with code 401", 401),
    ),
    (RequestRejected(401, "no", request_type="InitConnection"), TokenRefused(401)),
    (RequestRejected(400, "no", request_type="InitConnection"), TokenRefused(400)),
    (
        RequestRejected(429, "no", request_type="InitConnection"),
        RestoreFailed("the server rejected InitConnection with code 429", 429),
    ),
    (
        RequestRejected(500, "no", request_type="InitConnection"),
        RestoreFailed("the server rejected InitConnection with code 500", 500),
    ),
    (RequestTimedOut("late", delivery=Delivery.UNKNOWN), RestoreFailed("late")),
    (Overloaded("full"), RestoreFailed("full")),
    (LocalProtocolError("mis\nuse"), Crashed("LocalProtocolError", "mis use")),
    (UMSError("what"), Crashed("UMSError", "what")),
]


@pytest.mark.parametrize(("error", "reason"), ERRORS)
def test_an_error_of_ours_has_its_reason(error, reason):
    assert from_error(error) == reason


def test_a_foreign_error_is_a_crash_of_which_no_text_is_kept():
    def inner() -> None:
        raise ValueError("wss://host/messaging/brand/secret-token")

    def outer() -> None:
        inner()

    with pytest.raises(ValueError) as caught:
        outer()
    reason = from_error(caught.value)
    assert isinstance(reason, Crashed)
    assert reason.error_type == "ValueError"
    line = inner.__code__.co_firstlineno + 1
    assert reason.text == f"raised in {__name__}:{line}, {inner.__qualname__}"
    assert "secret" not in f"{reason}{reason!r}"


def test_an_error_of_code_without_a_module_has_a_place_all_the_same():
    with pytest.raises(ZeroDivisionError) as caught:
        exec("1 / 0", {"__name__": "odd"})
    assert from_error(caught.value).text == "raised in odd:1, <module>"
    space = {"__builtins__": {}}
    code = compile("def f():\n    1 / 0", "?", "exec")
    exec(code, space)
    space.pop("__name__", None)
    with pytest.raises(ZeroDivisionError) as caught:
        space["f"]()
    assert from_error(caught.value).text == "raised in ?:2, f"


def test_an_error_that_was_never_raised_has_no_place():
    assert from_error(KeyError("x")) == Crashed("KeyError", "")


def test_whatever_an_actor_raised_is_a_crash():
    assert crash_of(KeyError("x")) == Crashed("KeyError", "")
    lost = ConnectionLost("gone", delivery=Delivery.UNKNOWN)
    assert crash_of(lost) == Crashed("ConnectionLost", "the line broke: gone")
