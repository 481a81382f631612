"""What becomes of agents whose connections are at their end, on a virtual clock."""

from __future__ import annotations

import pytest

import ums_actors as ums
from ums_actors.fleet.events import AgentContested, AgentFailed, AgentReady

QUICK = ums.Options(backoff_base=0.02, stable_after=0.01)
MINUTE, HOUR = 60.0, 3600.0


@pytest.fixture
def refused(virtual, heard):
    """Give what makes a fleet whose agent's login is refused, as it begins."""

    def make(**more):
        made = virtual(heard, **more)
        made.seat.place.mood = "strict"
        made.proxy = made.fleet.add(made.spec)
        made.pass_time(5.0)
        return made

    return make


def test_an_agent_that_has_failed_is_told_of_and_left_alone_for_long(refused, heard):
    made = refused()
    assert made.states == ["FAILED"]
    failed = heard.wait(AgentFailed).event
    assert failed.reason == "the credentials were rejected with HTTP status 401"
    assert isinstance(failed.error, ums.AuthenticationRejected)
    assert (12 * MINUTE <= failed.retry_in <= 18 * MINUTE, failed.tried) == (True, 0)
    made.pass_time(11 * MINUTE)
    assert (made.states, made.fleet.status().retried) == (["FAILED"], 0)
    (trouble,) = made.fleet.status().failed
    assert trouble.retry_at > made.world.clock.now()


def test_it_is_tried_again_on_the_slow_schedule_with_the_same_reference(refused, heard):
    made = refused()
    made.pass_time(18 * MINUTE)
    pauses = [heard.wait(AgentFailed).event.retry_in for _ in range(2)]
    assert 24 * MINUTE <= pauses[1] <= 36 * MINUTE
    made.seat.place.mood = "well"
    made.pass_time(37 * MINUTE)
    assert (made.states, made.fleet.status().retried) == (["READY"], 2)
    assert made.fleet.get("bot") == made.proxy
    heard.wait(AgentReady)
    assert made.fleet.status().failed == ()


def test_a_policy_of_none_leaves_it(refused, heard):
    made = refused(trials=None)
    assert heard.wait(AgentFailed).event.retry_in is None
    made.seat.place.mood = "well"
    made.pass_time(24 * HOUR)
    assert (made.states, made.fleet.status().retried) == (["FAILED"], 0)


def test_pauses_begin_anew_when_it_has_proven_itself(refused, heard):
    made = refused(trials=ums.Trials(first=100, longest=400, proven_after=50))
    made.pass_time(400.0)  # two trials more
    made.seat.place.mood = "well"
    made.pass_time(500.0)
    assert made.states == ["READY"]
    made.seat.place.mood = "strict"
    made.seat.place.tokens.clear()
    for line in made.seat.network.live:
        line.cut(reset=True)
    made.pass_time(60.0)
    tried = [event.event.tried for event in heard.first(4, AgentFailed)]
    assert tried == [0, 1, 2, 0]


def test_one_whom_its_user_opens_again_is_not_tried(refused):
    made = refused()
    made.seat.place.mood = "well"
    made.proxy.open()
    made.pass_time(HOUR)
    assert (made.states, made.fleet.status().retried) == (["READY"], 0)


def test_one_whom_its_user_closes_is_left(refused, heard):
    made = refused()
    made.seat.place.mood = "well"
    made.proxy.open()
    made.pass_time(5.0)
    made.proxy.close()
    made.pass_time(24 * HOUR)
    assert (made.states, made.fleet.status().retried) == (["CLOSED"], 0)
    closed = [e.event.state for e in heard.first(8, ums.StateChanged)].count("CLOSED")
    assert closed == 1


def test_one_who_is_removed_meanwhile_is_not_tried(refused):
    made = refused()
    left = made.fleet.remove("bot")
    made.pass_time(HOUR)
    assert left.done()
    assert (len(made.fleet), made.fleet.status().retried) == (0, 0)
    assert made.world.loop.next_timer() is None


def contested(made, times=6):
    """Let somebody else log in as the agent again and again."""
    for _ in range(times):
        made.seat.place.tokens.clear()
        for line in made.seat.network.live:
            line.cut(reset=True)
        made.pass_time(30.0)


def test_an_agent_whose_tokens_are_refused_again_and_again_gives_way(virtual, heard):
    made = virtual(heard)
    made.fleet.add(made.spec)
    made.pass_time(5.0)
    contested(made)
    assert made.states == ["CLOSED"]
    event = heard.wait(AgentContested).event
    assert (12 * MINUTE <= event.retry_in <= 18 * MINUTE, event.tried) == (True, 0)
    status = made.fleet.status()
    assert status.contested == 1
    assert [each.contested for each in status.failed] == [True]
    assert len(heard.of(AgentContested)) == 1


def test_it_is_tried_again_and_gives_way_at_the_first_refusal(virtual, heard):
    made = virtual(heard)
    made.fleet.add(made.spec)
    made.pass_time(5.0)
    contested(made)
    made.pass_time(18 * MINUTE)
    assert (made.states, made.fleet.status().contested) == (["READY"], 0)
    contested(made, times=1)
    assert made.states == ["CLOSED"]
    assert [event.event.tried for event in heard.first(2, AgentContested)] == [0, 1]
    made.pass_time(36 * MINUTE)
    assert (made.states, made.fleet.status().retried) == (["READY"], 2)


def test_a_contested_agent_is_left_where_there_is_no_policy(virtual, heard):
    made = virtual(heard, trials=None)
    made.fleet.add(made.spec)
    made.pass_time(5.0)
    contested(made)
    made.pass_time(24 * HOUR)
    assert (made.states, made.fleet.status().contested) == (["CLOSED"], 1)
    assert heard.wait(AgentContested).event.retry_in is None


def test_a_token_that_dies_now_and_then_is_no_rival(virtual, heard):
    made = virtual(heard)
    made.fleet.add(made.spec)
    made.pass_time(5.0)
    for _ in range(8):
        contested(made, times=1)
        made.pass_time(HOUR)
    assert made.states == ["READY"]
    assert heard.of(AgentContested) == []


def test_two_fleets_with_one_user_find_each_other_out(
    emulator, spec, fleet, heard, eventually
):
    fleets = (fleet(handler=heard), fleet(handler=heard))
    for each in fleets:
        agent = spec(emulator, settings={"options": QUICK})
        each.add(agent).wait_ready(20).get(timeout=30)

    def fight() -> bool:
        if all(each.status().ready for each in fleets):
            emulator.cut("bot1")
        return any(each.status().contested for each in fleets)

    eventually(fight)
    told = heard.wait(AgentContested)
    assert told.user == "bot1"
    gave_way = [each for each in fleets if each.status().contested]
    for each in gave_way:
        eventually(lambda each=each: each.status().states == {"CLOSED": 1})


def removed_at(made, state):
    """Have the agent removed amid the very change to a state."""
    left = []
    made.proxy.subscribe(
        print,
        ums.StateChanged,
        where=lambda event: (
            event.state == state and left.append(made.fleet.remove("bot"))
        ),
    )
    return left


def test_one_who_is_removed_as_it_fails_is_only_removed(virtual, heard):
    made = virtual(heard)
    made.seat.place.mood = "strict"
    made.proxy = made.fleet.add(made.spec)
    left = removed_at(made, "FAILED")
    made.pass_time(HOUR)
    assert left[0].done()
    assert (len(made.fleet), heard.of(AgentFailed)) == (0, [])


def test_one_who_is_removed_as_it_gets_ready_is_only_removed(virtual, heard):
    made = virtual(heard)
    made.proxy = made.fleet.add(made.spec)
    left = removed_at(made, "READY")
    made.pass_time(HOUR)
    assert left[0].done()
    assert (len(made.fleet), heard.of(AgentReady)) == (0, [])


def test_one_who_is_removed_as_its_rival_shows_itself_is_only_removed(virtual, heard):
    made = virtual(heard)
    made.proxy = made.fleet.add(made.spec)
    made.pass_time(5.0)
    contested(made, times=4)
    made.seat.place.tokens.clear()
    made.proxy.child("token")
    left = removed_at(made, "BACKING_OFF")
    contested(made, times=1)
    made.pass_time(HOUR)
    assert left[0].done()
    assert (len(made.fleet), heard.of(AgentContested)) == (0, [])


class Ownership:
    """A tenure that ends when a test says so."""

    def __init__(self):
        self.epoch = 1
        self.told = {}

    def may_send(self, epoch):
        return epoch == self.epoch != 0

    def at_end(self, epoch, key, function):
        self.told[key] = function

    def not_at_end(self, key):
        self.told.pop(key, None)

    def end(self):
        self.epoch = 0
        for function in list(self.told.values()):
            function()


def test_agents_that_another_process_owns_by_now_are_left_to_it(
    emulator, specs, fleet, heard, eventually
):
    tenure = Ownership()
    runtime = ums.Runtime(tenure=tenure)
    trials = ums.Trials(first=0.05)
    bots = fleet(specs(emulator), handler=heard, runtime=runtime, trials=trials)
    assert bots.open().get(timeout=30).ready == 6
    tenure.end()
    eventually(lambda: bots.status().states == {"CLOSED": 6})
    assert (bots.status().retried, heard.of(AgentFailed)) == (0, [])
    bots.close().get(timeout=20)
    assert runtime.close(10)


def test_a_rival_that_shows_itself_at_refreshes_is_given_way_to_as_well(virtual, heard):
    made = virtual(heard)
    made.proxy = made.fleet.add(made.spec)
    made.pass_time(5.0)
    for _ in range(5):
        made.seat.place.tokens.clear()
        made.proxy.refresh_token()
        made.pass_time(240.0)
    assert made.states == ["CLOSED"]
    pause = heard.wait(AgentContested).event.retry_in
    assert made.fleet.status().failed[0].retry_at is not None
    made.pass_time(pause)
    assert (made.states, made.fleet.status().retried) == (["READY"], 1)
    assert made.fleet.status().contested == 0


def test_one_whom_its_user_opens_again_is_contested_no_more(virtual):
    made = virtual()
    made.proxy = made.fleet.add(made.spec)
    made.pass_time(5.0)
    contested(made)
    assert made.fleet.status().contested == 1
    made.proxy.open()
    made.pass_time(HOUR)
    status = made.fleet.status()
    assert (status.states, status.contested, status.retried) == ({"READY": 1}, 0, 0)
