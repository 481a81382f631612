from ums_actors.auth.session import Session
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
