from __future__ import annotations

import pytest

from ums_actors.emulator.failures import EmulatorError
from ums_actors.emulator.world.sessions import Sessions
from ums_actors.emulator.world.users import Users


@pytest.fixture
def users():
    return Users("acc", 2)


def test_users_by_number_have_the_documented_passwords_and_stable_identities(users):
    bot = users.named("bot2")
    assert bot.password == "bot2-password"
    assert bot.user_id.isdecimal()
    assert bot.old_id == f"acc.{bot.user_id}"
    assert users.find(bot.old_id) is users.find(bot.pid) is bot
    assert Users("acc", 2).named("bot2").pid == bot.pid
    assert bot.password not in repr(bot)


@pytest.mark.parametrize("wrong", [0, {}, {"": "x"}, {"x": ""}])
def test_users_without_name_or_password_are_refused(wrong):
    with pytest.raises(EmulatorError, match="give --user NAME:PASSWORD"):
        Users("acc", wrong)


def test_an_unknown_user_is_refused_with_the_known_ones_named(users):
    with pytest.raises(EmulatorError, match="use one of bot1, bot2"):
        users.named("nobody")


def test_a_second_login_kills_the_first_token(users):
    sessions = Sessions()
    first = sessions.log_in(users.named("bot1"))
    second = sessions.log_in(users.named("bot1"))
    assert sessions.of_bearer(first.bearer) is None
    assert sessions.find(first.session_id, first.csrf) is None
    assert sessions.of_bearer(second.bearer) is second
    assert sessions.issued(first.bearer)
    assert first.bearer not in repr(first)


def test_logging_out_a_dead_session_leaves_the_live_one(users):
    sessions = Sessions()
    first = sessions.log_in(users.named("bot1"))
    second = sessions.log_in(users.named("bot1"))
    sessions.log_out(first)
    assert sessions.of_bearer(second.bearer) is second
    sessions.log_out(second)
    assert sessions.of_bearer(second.bearer) is None


def test_expiry_counts_the_live_tokens(users):
    sessions = Sessions()
    sessions.log_in(users.named("bot1"))
    assert sessions.expire(users) == 1
    assert sessions.expire(users) == 0
