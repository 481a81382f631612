from ums_actors.auth.session import Session
from ums_actors.core.leasing import Life
from ums_actors.secret import Secret


def session(**parts):
    return Session(token=Secret("hunter2"), user_id="31", **parts)


def test_agent_id_is_account_dot_user():
    assert session().agent_id("acc7") == "acc7.31"
    whole = Session(token=Secret("t"), user_id="acc7.31")
    assert whole.agent_id("acc7") == "acc7.31"


def test_session_shows_no_secret():
    found = session(session_id=Secret("hunter2"), csrf=Secret("hunter2"))
    assert "hunter2" not in f"{found!r} {found}"


def test_session_without_an_end_is_renewed_at_no_time():
    assert session().span(100.0) == Life()


def test_session_is_renewed_before_the_last_fifth_of_its_life():
    assert session(valid_until=200.0).span(100.0) == Life(180.0, 200.0)
    lasting = session(valid_until=200.0, life=50.0)
    assert lasting.span(199.0) == Life(190.0, 200.0)
    assert session(valid_until=90.0).span(100.0) == Life(90.0, 90.0)


def test_session_has_ended_by_its_own_word_alone():
    assert not session(valid_until=200.0).has_ended(199.9)
    assert session(valid_until=200.0).has_ended(200.0)
    assert not session(life=90.0).has_ended(999.0)


def test_session_is_ending_in_the_last_third_of_its_life():
    found = session(valid_until=200.0, life=90.0)
    assert not found.is_ending(169.9)
    assert found.is_ending(170.1)
    assert found.is_ending(999.0)
    assert not session(valid_until=200.0).is_ending(199.0)
    assert not session(life=90.0).is_ending(199.0)
