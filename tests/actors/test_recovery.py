from __future__ import annotations

import pytest

import ums_actors as ums
from ums_actors.testing.faults import SimulatedCrash
from ums_actors.testing.sabotage import Point, Saboteur, Trap
from ums_actors.testing.server import ACCOUNT
from ums_actors.testing.world import World


class Scene:
    """A READY connection on a virtual clock, whose supervisor has a trap."""

    def __init__(self, saboteur, kind=ums.BrandWebsocketConnection, **options):
        self.world = World(1)
        self.saboteur = saboteur
        self.seat = self.world.only
        self.ref = kind.start(
            ACCOUNT,
            auth=self.seat.source,
            domains={"facadeMsg": "ums.example"},
            options=ums.Options(**options),
            runtime=self.seat.runtime,
        )
        self.proxy = self.ref.proxy()
        self.kernel = self.ref.actor_inbox.keep
        self.get(self.proxy.open())

    def get(self, future, seconds=60.0):
        assert self.until(future.done, seconds), "no answer in time"
        return future.get(timeout=0)

    def until(self, enough, seconds=60.0):
        return self.world.advance(self.world.clock.now() + seconds, enough)

    def trap(self, method, **more):
        point = Point("supervisor", method)
        return self.saboteur.set(Trap(point, **more), self.seat.runtime)

    def end(self):
        stopped = self.ref.stop(block=False)
        assert self.until(stopped.done)
        self.until(lambda: False, 3.0)
        self.world.close()
        assert self.world.trace.violations == []


@pytest.fixture
def scene():
    with Saboteur() as saboteur:
        made = Scene(saboteur)
        yield made
        made.end()


@pytest.mark.parametrize("child", ["token", "correlator", "socket"])
def test_a_child_whose_crash_the_supervisor_crashed_over_is_restarted(scene, child):
    trap = scene.trap("_child_exited")
    scene.kernel.refs[child].tell(SimulatedCrash())
    scene.until(lambda: trap.sprung)
    assert scene.get(scene.proxy.get_clock()) > 0
    assert not scene.kernel.refs[child]._cell.suspended
    assert scene.get(scene.proxy.get_token())


def test_a_line_whose_end_the_supervisor_crashed_over_is_renewed(scene):
    trap = scene.trap("_child_exited")
    scene.seat.network.live[0].cut(reset=True)
    assert scene.until(lambda: trap.sprung)
    assert scene.until(lambda: scene.kernel.session.generation == 2)
    assert scene.get(scene.proxy.get_clock()) > 0


def test_a_close_that_the_supervisor_crashed_over_is_done_all_the_same(scene):
    trap = scene.trap("_apply_command", error=SystemExit)
    scene.get(scene.proxy.close(), 15.0)
    assert trap.sprung
    assert scene.kernel.session.state == "CLOSED"


def test_a_stop_that_the_supervisor_crashed_over_is_done_all_the_same(scene):
    trap = scene.trap("_apply_command")
    scene.get(scene.ref.stop(block=False), 15.0)
    assert trap.sprung


def test_an_open_that_the_supervisor_crashed_over_is_told_and_can_be_repeated(scene):
    scene.get(scene.proxy.close())
    trap = scene.trap("_open")
    with pytest.raises(ums.ConnectionLost, match="SupervisorActor crashed"):
        scene.get(scene.proxy.open())
    assert trap.sprung
    assert not scene.kernel.opening
    with pytest.raises(ums.ConnectionLost, match="CLOSED"):
        scene.get(scene.proxy.get_clock())
    scene.get(scene.proxy.open())
    assert scene.get(scene.proxy.get_clock()) > 0


def test_what_waits_in_the_inbox_is_not_taken_for_lost(scene):
    supervisor = scene.kernel.refs["supervisor"]
    scene.kernel.refs["token"].tell(SimulatedCrash())
    supervisor.tell(SimulatedCrash())  # handled before the news of the token's
    assert scene.get(scene.proxy.get_token())
    assert scene.kernel.counters.restarts["token"] == 1


def test_a_websocket_that_could_not_be_adopted_is_shut(scene):
    trap = Trap(Point("socket", "_adopt"), SystemExit)
    scene.saboteur.set(trap, scene.seat.runtime)
    scene.seat.network.live[0].cut(reset=True)
    assert scene.until(lambda: trap.sprung)
    assert len(scene.seat.network.live) == 0
    assert scene.get(scene.proxy.get_clock()) > 0
    assert len(scene.seat.network.live) == 1


def test_a_subclass_whose_on_stop_raises_leaves_nothing_open():
    class Clumsy(ums.BrandWebsocketConnection):
        def on_stop(self):
            raise RuntimeError("SimulatedCrash")

    with Saboteur() as saboteur:
        scene = Scene(saboteur, kind=Clumsy)
        scene.end()
    assert scene.seat.network.live == []
    assert not any(ref.is_alive() for ref in scene.kernel.refs.values())
    assert scene.seat.network.closed


@pytest.fixture
def proving():
    """A line that has proven itself after 30 seconds."""
    with Saboteur() as saboteur:
        made = Scene(saboteur, stable_after=30.0)
        yield made
        made.end()


def budget(scene):
    return scene.kernel.supervision.budget_left("token", scene.world.clock.now())


def crash(scene, actor):
    scene.kernel.refs[actor].tell(SimulatedCrash())
    scene.until(lambda: False, 1.0)


def test_a_line_that_has_proven_itself_refills_no_budget_again(proving):
    proving.until(lambda: False, 31.0)
    crash(proving, "token")
    left = budget(proving)
    assert left == proving.kernel.options.restart_intensity - 1
    crash(proving, "supervisor")
    proving.until(lambda: False, 40.0)  # less than the period in which crashes count
    assert budget(proving) == left


def test_a_crash_of_the_supervisor_does_not_put_the_proof_off(proving):
    crash(proving, "token")
    proving.until(lambda: False, 20.0)
    crash(proving, "supervisor")
    proving.until(lambda: False, 7.0)
    assert budget(proving) == proving.kernel.options.restart_intensity - 1
    proving.until(lambda: False, 2.0)
    assert budget(proving) == proving.kernel.options.restart_intensity


def test_a_proof_that_came_while_the_supervisor_was_down_is_made_up_for(proving):
    crash(proving, "token")
    cell = proving.kernel.refs["supervisor"].actor_inbox
    proving.until(lambda: False, 28.0)
    cell.suspended = True
    proving.until(lambda: False, 3.0)
    assert budget(proving) == proving.kernel.options.restart_intensity - 1
    cell.restart()
    proving.until(lambda: False, 1.0)
    assert budget(proving) == proving.kernel.options.restart_intensity
