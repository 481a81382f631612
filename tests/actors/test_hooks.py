from __future__ import annotations

from typing import ClassVar

import pytest

import ums_actors as ums


class Crashing(ums.BrandWebsocketConnection):
    """Raises in one of its steps, as long as there are errors left."""

    errors: ClassVar[list[Exception]] = []
    step = "_get_websocket_url"

    def _raise(self, step):
        if step == self.step and self.errors:
            raise self.errors.pop()

    def _init_token(self):
        self._raise("_init_token")
        return super()._init_token()

    def _get_websocket_url(self):
        self._raise("_get_websocket_url")
        return super()._get_websocket_url()

    def _upgrade_headers(self):
        self._raise("_upgrade_headers")
        return super()._upgrade_headers()

    def _restore(self):
        self._raise("_restore")
        yield from super()._restore()


STEPS = ["_init_token", "_get_websocket_url", "_upgrade_headers", "_restore"]


@pytest.fixture
def crashing():
    def make(errors, step="_get_websocket_url"):
        return type("Crashing", (Crashing,), {"errors": errors, "step": step})

    return make


def bugs(count):
    return [KeyError("secret-in-the-text") for _ in range(count)]


@pytest.mark.parametrize("step", STEPS)
def test_a_hook_that_crashes_on_and_on_fails_the_connection(
    emulator, start, crashing, step
):
    kind = crashing(bugs(99), step)
    proxy = start(emulator, kind=kind, options={"restart_intensity": 2})
    with pytest.raises(ums.RestartBudgetExhausted) as caught:
        proxy.open().get(timeout=10)
    error = caught.value
    assert error.child == "root"
    assert len(error.exits) == 3
    assert all("KeyError" in line for line in error.exits)
    assert set(error.exits) < set(error.history)
    assert isinstance(error.__cause__, KeyError)
    status = proxy.status().get(timeout=5)
    assert (status.state, status.restarts) == ("FAILED", {"root": 3})
    assert status.restarts_left["root"] == 0
    assert len(kind.errors) == 96
    told = repr(status) + str(error) + repr(error.history) + repr(error.exits)
    assert "secret-in-the-text" not in told


@pytest.mark.parametrize("step", STEPS)
def test_a_hook_that_crashes_no_more_than_allowed_is_forgiven(
    emulator, start, crashing, step
):
    kind = crashing(bugs(2), step)
    proxy = start(emulator, kind=kind, options={"restart_intensity": 2})
    proxy.open().get(timeout=10)
    assert proxy.status().get(timeout=5).restarts == {"root": 2}


def test_a_line_that_holds_renews_the_budget_of_hooks(
    emulator, start, crashing, eventually
):
    options = {"restart_intensity": 2, "stable_after": 0.1}
    proxy = start(emulator, kind=crashing(bugs(2)), options=options)
    proxy.open().get(timeout=10)
    eventually(lambda: proxy.status().get(timeout=5).restarts_left["root"] == 2)


def test_a_connection_that_failed_by_its_hooks_can_be_opened_again(
    emulator, start, crashing
):
    kind = crashing(bugs(2))
    proxy = start(emulator, kind=kind, options={"restart_intensity": 1})
    with pytest.raises(ums.RestartBudgetExhausted):
        proxy.open().get(timeout=10)
    proxy.open().get(timeout=10)
    assert proxy.status().get(timeout=5).state == "READY"


@pytest.mark.parametrize("error", [OSError("down"), TimeoutError(), ConnectionError()])
def test_an_outage_of_what_a_hook_calls_is_no_crash(emulator, start, crashing, error):
    kind = crashing([error] * 4)
    proxy = start(emulator, kind=kind, options={"restart_intensity": 0})
    proxy.open().get(timeout=10)
    assert proxy.status().get(timeout=5).restarts == {}


def test_a_failure_that_a_hook_names_is_no_crash(emulator, start, crashing):
    kind = crashing([ums.LoginError("not now") for _ in range(4)])
    proxy = start(emulator, kind=kind, options={"restart_intensity": 0})
    proxy.open().get(timeout=10)
    assert proxy.status().get(timeout=5).restarts == {}


def test_a_failed_connection_tells_of_the_attempt_that_was_one_too_many(
    emulator, start, crashing, events
):
    kind = crashing(bugs(9))
    proxy = start(emulator, kind=kind, options={"restart_intensity": 0})
    heard = events(proxy, ums.StateChanged)
    with pytest.raises(ums.RestartBudgetExhausted):
        proxy.open().get(timeout=10)
    last = heard.wait(lambda event: event.state == "FAILED")
    assert "KeyError" in last.reason
