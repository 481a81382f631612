from __future__ import annotations

import pytest

import ums_actors as ums


def first_pause(emulator, start, events, **more):
    """Open; give the event of the first failed attempt."""
    proxy = start(emulator, **more)
    failures = events(proxy, ums.AttemptFailed)
    proxy.open()
    return failures.wait(lambda _: True), proxy


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_or_ill_login_service_is_left_alone_for_five_seconds(
    emulator, start, events, status
):
    emulator.add_fault("login", count=1, value=status)
    failure, proxy = first_pause(emulator, start, events)
    assert failure.retry_in >= 5.0
    assert failure.error.status == status
    assert proxy.status().get(timeout=5).state == "BACKING_OFF"


@pytest.mark.parametrize("status", [400, 401, 403, 451])
def test_a_login_that_is_refused_is_not_tried_again(emulator, start, status):
    emulator.add_fault("login", value=status)
    proxy = start(emulator)
    with pytest.raises(ums.AuthenticationRejected) as caught:
        proxy.open().get(timeout=10)
    assert caught.value.status == status
    assert proxy.status().get(timeout=5).state == "FAILED"
    assert emulator.state()["refused_logins"] == 1


def test_an_impatient_user_cannot_shorten_the_pause_that_was_asked_for(
    emulator, start, events
):
    emulator.add_fault("login", count=1, value=429)
    failure, proxy = first_pause(emulator, start, events)
    del failure
    failures = events(proxy, ums.AttemptFailed)
    proxy.reconnect_now().get(timeout=5)
    again = failures.wait(lambda _: True)
    assert again.retry_in >= 5.0
    assert emulator.state()["refused_logins"] == 1


def test_many_who_want_a_token_of_an_ill_service_cost_one_login(emulator, start):
    emulator.add_fault("login", value=500)
    proxy = start(emulator)
    futures = [proxy.get_token() for _ in range(50)]
    for future in futures:
        with pytest.raises(ums.LoginError):
            future.get(timeout=10)
    assert emulator.state()["refused_logins"] == 1
