from __future__ import annotations

import textwrap
import time
from types import SimpleNamespace

import pytest

import ums_actors as ums
from ums_actors.auth import source as documented


def example():
    """The class of the module's docstring, as it stands there."""
    text = documented.__doc__
    begin = text.index("    class Vault")
    return textwrap.dedent(text[begin : text.index("    connection = ")])


class Requests:
    """What the example wants of the library of that name; the vault is scripted."""

    class RequestException(Exception):
        pass

    def __init__(self, answer):
        self.answer = answer

    def post(self, url, timeout):
        assert url == "https://vault/bots/42/token"
        return self.answer()


def vault(answer):
    names = {"requests": Requests(answer), "ums": ums, "time": time}
    exec(example(), names)
    return names["Vault"]("https://vault")


@pytest.fixture
def lent(emulator, start):
    """Tokens of another login at the emulator, as the vault would have them."""
    lender = start(emulator)

    def answer():
        told = {"bearer": lender.get_token().get(timeout=5), "userId": "1"}
        told["seconds"] = 3_600
        return SimpleNamespace(status_code=200, json=lambda: told)

    return answer


def test_the_example_connects(emulator, start, lent):
    source = vault(lent)
    assert isinstance(source, ums.TokenSource)
    proxy = start(emulator, auth=source)
    proxy.open().get(timeout=10)
    proxy.refresh_token().get(timeout=5)
    status = proxy.status().get(timeout=5)
    assert (status.state, status.logins, status.refreshes) == ("READY", 1, 1)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(403, ums.AuthenticationRejected), (503, ums.LoginError), (429, ums.LoginError)],
)
def test_the_example_tells_a_refusal_from_an_illness(emulator, start, status, kind):
    source = vault(lambda: SimpleNamespace(status_code=status))
    proxy = start(emulator, auth=source)
    with pytest.raises(ums.LoginError) as caught:
        proxy.open(fail_fast=True).get(timeout=10)
    assert type(caught.value) is kind


def test_the_example_waits_for_a_vault_that_is_away(emulator, start, lent):
    outages = [True]

    def answer():
        if outages:
            outages.pop()
            raise Requests.RequestException
        return lent()

    proxy = start(emulator, auth=vault(answer))
    proxy.open().get(timeout=10)


def test_a_source_that_names_a_status_is_paused_by_the_policy(emulator, start, events):
    source = vault(lambda: SimpleNamespace(status_code=503))
    proxy = start(emulator, auth=source)
    failures = events(proxy, ums.AttemptFailed)
    proxy.open()
    assert failures.wait(lambda _: True).retry_in >= 5.0
