"""Working hours as a fleet knows them: asked for once, told to all."""

from __future__ import annotations

import msgspec

import ums_actors as ums
from tests.fleet.conftest import FAST

SELDOM = msgspec.structs.replace(FAST, shift_poll_interval=86_400.0)
OFTEN = msgspec.structs.replace(FAST, shift_poll_interval=0.05)


def test_all_agents_of_an_account_know_by_one_poll(emulator, specs, fleet, eventually):
    settings = {"poll_shift_status": True, "options": SELDOM}
    bots = fleet(specs(emulator, settings=settings))
    assert bots.open().get(timeout=30).ready == 6
    for user in emulator.users:
        proxy = bots.get(user)
        eventually(lambda proxy=proxy: proxy.get_skills().get(timeout=5))
    assert emulator.state()["shift_statuses"] == 1


def test_each_hears_of_a_change_and_those_who_go_do_not_end_the_poll(
    emulator, specs, fleet, heard, eventually
):
    settings = {"poll_shift_status": True, "options": OFTEN}
    bots = fleet(specs(emulator, settings=settings), handler=heard)
    bots.open().get(timeout=30)
    for user in emulator.users:
        proxy = bots.get(user)
        eventually(lambda proxy=proxy: proxy.get_skills().get(timeout=5))
    emulator.set_shift("-1", False)
    told = heard.first(6, ums.SkillEnteredOffHours)
    assert {each.user for each in told} == set(emulator.users)
    for user in emulator.users[:3]:
        bots.remove(user).get(timeout=20)
    emulator.set_shift("-1", True)
    told = heard.first(3, ums.SkillEnteredWorkHours)
    assert {each.user for each in told} == set(emulator.users[3:])
