from __future__ import annotations

import inspect
import pickle
import re

import pytest

from ums_actors import errors
from ums_actors.errors import Delivery

CLASSES = [
    member
    for _, member in inspect.getmembers(errors, inspect.isclass)
    if issubclass(member, errors.UMSError)
]


def test_the_tree_in_the_docstring_is_the_tree():
    drawn = re.findall(r"[├└]── (\w+)", errors.__doc__ or "")
    assert sorted([*drawn, "UMSError"]) == sorted(kind.__name__ for kind in CLASSES)


def test_all_are_exported():
    assert {kind.__name__ for kind in CLASSES} <= set(errors.__all__)


def test_each_request_error_says_on_which_side_of_the_write_it_was():
    lost = errors.ConnectionLost("x", delivery=Delivery.UNKNOWN, request_id="7")
    late = errors.RequestTimedOut("x", delivery=Delivery.NOT_SENT)
    refused = errors.RequestRejected(404, "Conversation not found", request_type=".x")
    full = errors.Overloaded("x")
    found = [error.delivery for error in (lost, late, refused, full)]
    assert found == ["UNKNOWN", "NOT_SENT", "ANSWERED", "NOT_SENT"]
    assert isinstance(late, TimeoutError)
    assert isinstance(lost, ConnectionError)


def test_the_text_of_a_refusal_holds_no_body():
    refused = errors.RequestRejected(400, "secret sentence", request_type=".x")
    assert "secret" not in str(refused)
    assert (refused.code, refused.body) == (400, "secret sentence")


@pytest.mark.parametrize(
    "error",
    [
        errors.RequestRejected(400, {"a": 1}, request_id="1", request_type=".x"),
        errors.ConnectError("x", step="tls", status=None, timed_out=True),
        errors.AuthenticationRejected("x", status=401),
        errors.ConnectionLost("x", delivery=Delivery.UNKNOWN),
        errors.RestartBudgetExhausted("x", child="token", exits=("a",), history=("b",)),
        errors.RemoteProtocolError("x", close_code=1007),
        errors.Overloaded("x", request_id="3"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_cross_processes_with_their_fields(error):
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert (str(copy), vars(copy)) == (str(error), vars(error))


@pytest.mark.parametrize(
    ("code", "may_pass"),
    [(400, False), (401, True), (403, False), (429, True), (499, False), (500, True)],
)
def test_a_refusal_tells_whether_asking_again_may_help(code, may_pass):
    assert errors.RequestRejected(code).may_pass is may_pass
