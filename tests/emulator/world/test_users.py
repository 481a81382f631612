from __future__ import annotations

import pytest

from ums_actors.emulator import EmulatorError
from ums_actors.emulator.world.users import Users


def test_who_has_no_skills_given_has_all():
    users = Users("acc", 2, {"bot1": ["sales", "5"]})
    one, two = users
    assert two.has_skill("anything")
    assert one.has_skill("sales")
    assert one.has_skill("5")
    assert not one.has_skill("anything")


def test_everybody_can_be_rung_for_the_unassigned_skill():
    (one,) = Users("acc", 1, {"bot1": []})
    assert one.has_skill("-1")
    assert not one.has_skill("1")


def test_one_skill_may_be_given_as_it_is():
    (one,) = Users("acc", 1, {"bot1": "sales"})
    assert one.has_skill("sales")
    assert not one.has_skill("s")


def test_skills_of_nobody_are_refused():
    with pytest.raises(EmulatorError, match=r"bot2.*use one of bot1"):
        Users("acc", 1, {"bot2": ["sales"]})
