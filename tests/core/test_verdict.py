from __future__ import annotations

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
    RestoreFailed,
    Stopped,
    TokenRefused,
    UpgradeRefused,
)
from ums_actors.core.verdict import (
    CONSEQUENCES,
    Verdict,
    classify,
    explain,
    suspects,
)

V = Verdict
TABLE = [
    # reason, verdict, verdict if the token was suspected before
    (Stopped(), V.STOP, V.STOP),
    (Fenced(), V.STOP, V.STOP),
    (LineClosed(4401), V.RENEW_TOKEN, V.RENEW_TOKEN),
    (LineClosed(4407), V.RENEW_TOKEN, V.RENEW_TOKEN),
    (LineClosed(1008), V.RETRY, V.RENEW_TOKEN),
    (LineClosed(1011), V.RETRY, V.RENEW_TOKEN),
    (LineClosed(1000), V.RETRY, V.RETRY),
    (LineClosed(1001), V.RETRY, V.RETRY),
    (LineClosed(1004), V.RETRY, V.RETRY),
    (LineClosed(1005), V.RETRY, V.RETRY),
    (LineClosed(1006), V.RETRY, V.RETRY),
    (LineClosed(1012), V.RETRY, V.RETRY),
    (LineClosed(4001), V.RETRY, V.RETRY),
    (LineClosed(4429), V.RETRY, V.RETRY),
    (LineClosed(401), V.RETRY, V.RETRY),
    (LineBroken("reset"), V.RETRY, V.RETRY),
    (PeerSilent(10), V.RETRY, V.RETRY),
    (PeerMisbehaved("masked", 1002), V.RETRY, V.RETRY),
    (UpgradeRefused(401), V.RENEW_TOKEN, V.RENEW_TOKEN),
    (UpgradeRefused(403), V.RETRY, V.RETRY),
    (UpgradeRefused(502), V.RETRY, V.RETRY),
    (TokenRefused(400), V.RENEW_TOKEN, V.RENEW_TOKEN),
    (ConnectFailed("tcp"), V.RETRY, V.RETRY),
    (LoginFailed("login", 401), V.RETRY, V.RETRY),
    (LoginFailed("csds", 503), V.RETRY, V.RETRY),
    (CredentialsRejected(401), V.GIVE_UP, V.GIVE_UP),
    (CredentialsRejected(451), V.GIVE_UP, V.GIVE_UP),
    (RestoreFailed("no", 401), V.RENEW_TOKEN, V.RENEW_TOKEN),
    (RestoreFailed("no", 429), V.RETRY, V.RETRY),
    (RestoreFailed("late"), V.RETRY, V.RETRY),
    (Crashed("KeyError", ""), V.CRASH, V.CRASH),
]


@pytest.mark.parametrize(("reason", "first", "_"), TABLE, ids=str)
def test_an_exit_is_judged_by_its_reason(reason, first, _):
    assert classify(reason, suspected=False) is first


@pytest.mark.parametrize(("reason", "_", "again"), TABLE, ids=str)
def test_an_exit_under_suspicion_is_judged_by_its_reason(reason, _, again):
    assert classify(reason, suspected=True) is again


@pytest.mark.parametrize(("reason", "first", "again"), TABLE, ids=str)
def test_suspicion_is_what_a_repetition_turns_into_a_new_login(reason, first, again):
    assert suspects(reason) is (first is not again)


@pytest.mark.parametrize("suspected", [False, True])
@pytest.mark.parametrize("reason", [row[0] for row in TABLE], ids=str)
def test_an_explanation_is_one_sentence_with_the_consequence(reason, suspected):
    text = explain(reason, suspected=suspected)
    assert text[0].isupper()
    assert text.endswith(".")
    assert "\n" not in text
    assert str(reason)[1:] in text
    renews = classify(reason, suspected=suspected) is Verdict.RENEW_TOKEN
    assert ("new login" in text) is renews


def test_an_explanation_of_4407_says_all_there_is():
    assert explain(LineClosed(4407)) == (
        "The peer closed the line with code 4407: the service refuses the token; "
        "the token is dropped, and a new login precedes the next attempt, after a "
        "pause."
    )


WHAT_FOLLOWS = [
    (Stopped(), "nothing is restarted"),
    (
        LineBroken("reset"),
        "a new attempt follows after a pause, with the same token",
    ),
    (CredentialsRejected(), "the connection fails for good"),
    (
        Crashed("KeyError", ""),
        "it is restarted, which uses up one of the restarts allowed",
    ),
]


@pytest.mark.parametrize(("reason", "text"), WHAT_FOLLOWS, ids=str)
def test_an_explanation_ends_with_what_follows(reason, text):
    assert explain(reason).partition("; ")[2] == f"{text}."


def test_a_verdict_is_written_in_logs_as_its_name():
    names = ["STOP", "RETRY", "RENEW_TOKEN", "GIVE_UP", "CRASH"]
    assert [str(each) for each in Verdict] == names


REFUSES = "the service refuses the token"
TWICE = "the token is suspected a second time"
ONCE = "the token may be bad, or the service restarts; once is no proof"
WHYS = [
    # reason, why, why if the token was suspected before
    (Stopped(), "it was asked to", None),
    (Crashed("KeyError", ""), "that is a bug", None),
    (CredentialsRejected(), "trying the same credentials again cannot help", None),
    (UpgradeRefused(401), REFUSES, None),
    (RestoreFailed("no", 401), REFUSES, None),
    (TokenRefused(400), REFUSES, None),
    (LineClosed(4401), REFUSES, None),
    (LineClosed(1011), ONCE, TWICE),
    (LineClosed(1012), "the network or the service is in the way", None),
    (PeerSilent(10), "the network or the service is in the way", None),
]


@pytest.mark.parametrize(("reason", "once", "again"), WHYS, ids=str)
def test_an_explanation_says_why_and_what_follows(reason, once, again):
    for suspected, why in ((False, once), (True, again or once)):
        what, text = str(reason), explain(reason, suspected=suspected)
        consequence = CONSEQUENCES[classify(reason, suspected=suspected)]
        assert text == f"{what[0].upper()}{what[1:]}: {why}; {consequence}."
    assert explain(reason) == explain(reason, suspected=False)


def test_each_verdict_has_its_consequence_and_no_two_the_same():
    assert set(CONSEQUENCES) == set(Verdict)
    assert len(set(CONSEQUENCES.values())) == len(Verdict)
