from __future__ import annotations

import pickle

import pytest

from ums_actors.secret import Secret, reveal


def test_nothing_of_it_is_shown():
    secret = Secret("hunter2")
    shown = f"{secret} {secret!r} {secret:>20} {[secret]}"
    assert "hunter2" not in shown
    assert secret.reveal() == reveal(secret) == reveal("hunter2") == "hunter2"


def test_equal_values_are_equal_secrets():
    assert Secret("a") == Secret("a") != Secret("b")
    assert len({Secret("a"), Secret("a")}) == 1
    assert Secret("a") != "a"
    assert bool(Secret("a"))
    assert not Secret("")


def test_it_does_not_leave_the_process_by_accident():
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(Secret("a"))
