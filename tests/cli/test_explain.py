from __future__ import annotations

import pytest

from ums_actors import errors
from ums_actors.cli.explain import explain


@pytest.mark.parametrize(
    ("error", "ending"),
    [
        (errors.AuthenticationRejected("refused"), "the user name and the password"),
        (errors.LoginError("no such account", step="csds"), "needs --ca"),
        (errors.LoginError("502", step="login"), "the login service is up"),
        (errors.ConnectError("unknown CA", step="tls"), "pass its file with --ca"),
        (errors.ConnectError("no such host", step="resolve"), "this machine's DNS"),
        (errors.RestartBudgetExhausted("gave up"), "the history it carries"),
        (errors.LocalProtocolError("x is bad; use y"), "; use y"),
    ],
)
def test_each_error_ends_with_what_to_do(error, ending):
    assert explain(error).endswith(ending)


def test_an_explanation_is_one_line():
    assert explain(errors.LocalProtocolError("a\n b\tc")) == "a b c"


def test_a_text_that_names_the_way_out_is_left_as_it_is():
    text = "the login service answered 401; check the credentials"
    assert explain(errors.AuthenticationRejected(text)) == text
