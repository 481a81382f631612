from __future__ import annotations

import itertools
import queue

import pytest

import ums_actors as ums
from ums_actors.protocol import brand
from ums_actors.testing.server import ACCOUNT, AGENT, FakeServer
from ums_actors.testing.world import World

STATES = {"ACCEPTED", "REJECTED"}


class RingServer(FakeServer):
    """A server that rings, and takes answers to rings."""

    def __init__(self, agenda, chance, trace):
        super().__init__(agenda, chance, trace)
        self.rings = {}
        self.asked = []
        self.sources = {}  # of each subscription its line
        self.assigns = True
        self._ring_numbers = itertools.count(1)

    def ring(self, state="WAITING", conversation="conv"):
        ring_id = f"{conversation}_{ACCOUNT}_{next(self._ring_numbers)}"
        self.rings[ring_id] = {"state": state, "conversation": conversation}
        self.tell(ring_id)
        return ring_id

    def tell(self, ring_id, kind="UPSERT", **more):
        for source, line in self.sources.items():
            self.routing(line, source, [self.change(ring_id, kind, **more)])

    def become(self, ring_id, state):
        self.rings[ring_id]["state"] = state
        self.tell(ring_id)

    def change(self, ring_id, kind="UPSERT", **more):
        ring = self.rings[ring_id]
        details = {"ringId": ring_id, "ringState": ring["state"], **more}
        task = {"conversationId": ring["conversation"], "ringsDetails": [details]}
        return {"type": kind, "result": task}

    def routing(self, line, source, changes):
        body = {"subscriptionId": source, "changes": changes}
        line.notify(brand.ROUTING_NOTIFICATION, body)

    def show(self, conversation, agent=AGENT, role="ASSIGNED_AGENT", **more):
        for line in self.lines:
            for source in line.subscriptions:
                members = {"participants": {role: [agent]}}
                details = {"convId": conversation, **members, **more}
                result = {"convId": conversation, "conversationDetails": details}
                change = {"type": "UPSERT", "result": result}
                body = {"subscriptionId": source, "changes": [change]}
                line.notify(brand.CONVERSATION_NOTIFICATION, body)

    def _answer(self, line, kind, body):
        if kind == brand.SUBSCRIBE_ROUTING_TASKS:
            assert body == {
                "channelType": "MESSAGING",
                "brandId": ACCOUNT,
                "agentId": AGENT,
            }
            return 200, {"subscriptionId": self._subscribe_routing(line)}
        if kind == brand.UPDATE_RING_STATE:
            return self._update(body["ringId"], body["ringState"])
        if kind == brand.QUERY_MESSAGES:
            return 200, []
        return super()._answer(line, kind, body)

    def _subscribe_routing(self, line):
        line.made += 1
        source = f"routing-{line.wire.number}-{line.made}"

        def snapshot():
            self.sources[source] = line
            waiting = [self.change(each) for each in self.rings]
            self.routing(line, source, waiting)

        self.agenda.after(0.2, snapshot)
        return source

    def _update(self, ring_id, state):
        self.asked.append((ring_id, state))
        ring = self.rings.get(ring_id)
        if ring is None or ring["state"] != "WAITING":
            return 404, "Ring not found"
        self.become(ring_id, state)
        if state == "ACCEPTED" and self.assigns:
            self.agenda.after(0.5, lambda: self.show(ring["conversation"]))
        return 202, "Ring state updated successfully"


class Scene:
    """A connection on a virtual clock, with a server that rings."""

    def __init__(self, **options):
        self.world = World(1, RingServer)
        self.server = self.world.server
        self.ref = ums.BrandWebsocketConnection.start(
            ACCOUNT,
            auth=self.world.source,
            domains={"facadeMsg": "ums.example"},
            options=ums.Options(**options),
            runtime=self.world.runtime,
        )
        self.proxy = self.ref.proxy()
        self.kernel = self.ref.actor_inbox.keep
        self.heard = queue.Queue()
        kinds = ums.RingOffered, ums.RingUpdated
        self.wait(self.proxy.subscribe(self.heard, *kinds))

    def wait(self, future, seconds=100.0):
        assert self.until(future.done, seconds), "no answer in time"
        return future.get(timeout=0)

    def until(self, enough, seconds=100.0):
        return self.world.advance(self.world.clock.now() + seconds, enough)

    def pass_time(self, seconds=5.0):
        self.until(lambda: False, seconds)

    def open(self):
        self.wait(self.proxy.open())
        return self.wait(self.proxy.create_routing_task_subscription(None, True))

    def reconnect(self, while_down=lambda: None):
        generation = self.kernel.session.generation
        self.cut()
        while_down()
        assert self.until(
            lambda: (
                self.kernel.session.state == "READY"
                and self.kernel.session.generation > generation
            )
        )

    def cut(self):
        self.world.network.live[0].cut(reset=True)
        self.server.sources.clear()
        assert self.until(lambda: self.kernel.websocket is None)

    def events(self):
        found = []
        while not self.heard.empty():
            event = self.heard.get()
            name = type(event).__name__
            found.append((name, event.ring.ring_id, getattr(event, "state", "")))
        return found

    def offered(self, **more):
        ring_id = self.server.ring(**more)
        assert self.until(lambda: not self.heard.empty())
        event = self.heard.get()
        assert isinstance(event, ums.RingOffered)
        assert event.ring.ring_id == ring_id
        return event.ring

    def end(self):
        stopped = self.ref.stop(block=False)
        self.until(stopped.done)
        self.pass_time(3.0)
        self.world.close()


@pytest.fixture
def scene():
    made = Scene()
    yield made
    made.end()


@pytest.fixture
def bot(scene):
    scene.open()
    return scene


def offer(ring_id):
    return ("RingOffered", ring_id, "")


def update(ring_id, state):
    return ("RingUpdated", ring_id, state)


def test_a_ring_is_offered_once_and_its_end_told_once(bot):
    ring = bot.offered()
    bot.server.tell(ring.ring_id)
    bot.server.become(ring.ring_id, "EXPIRED")
    bot.server.tell(ring.ring_id)
    bot.pass_time()
    assert bot.events() == [update(ring.ring_id, "EXPIRED")]
    assert ring.state == "EXPIRED"


def test_a_ring_that_has_ended_is_not_offered(bot):
    ring_id = bot.server.ring("EXPIRED")
    bot.server.become(ring_id, "WAITING")
    bot.pass_time()
    assert bot.events() == []
    assert bot.wait(bot.proxy.status()).stale_rings == 1


def test_a_ring_waiting_before_the_subscription_is_offered_by_its_snapshot(scene):
    ring_id = scene.server.ring()
    scene.open()
    scene.pass_time()
    assert scene.events() == [offer(ring_id)]
    assert scene.wait(scene.proxy.status()).rings == 1


def test_an_accepted_ring_is_told_once_and_is_accepted_when_the_future_is_done(bot):
    ring = bot.offered()
    future = ring.accept()
    assert ring.accept() is future
    bot.wait(future)
    assert ring.state == "ACCEPTED"
    bot.pass_time()
    assert bot.events() == [update(ring.ring_id, "ACCEPTED")]
    assert bot.server.asked == [(ring.ring_id, "ACCEPTED")]
    with pytest.raises(ums.RingNotWaiting):
        bot.wait(ring.reject())


def test_a_rejected_ring_is_rejected(bot):
    ring = bot.offered()
    bot.wait(ring.reject())
    bot.pass_time()
    assert bot.events() == [update(ring.ring_id, "REJECTED")]
    assert bot.server.asked == [(ring.ring_id, "REJECTED")]


def test_a_ring_that_has_ended_is_not_answered(bot):
    ring = bot.offered()
    bot.server.become(ring.ring_id, "EXPIRED")
    bot.pass_time()
    with pytest.raises(ums.RingNotWaiting):
        bot.wait(ring.accept())
    assert bot.server.asked == []


def test_a_refusal_of_the_servers_goes_to_who_asked(bot):
    ring = bot.offered()
    bot.server.rings[ring.ring_id]["state"] = "CANCELLED"
    with pytest.raises(ums.RequestRejected) as caught:
        bot.wait(ring.accept())
    assert caught.value.code == 404
    assert ring.state == "WAITING"


def test_a_subscription_made_again_offers_no_ring_again(bot):
    ring = bot.offered()
    bot.reconnect()
    bot.pass_time()
    assert len(bot.server.sources) == 1
    assert bot.events() == []
    assert ring.state == "WAITING"
    bot.wait(ring.accept())
    assert bot.server.asked == [(ring.ring_id, "ACCEPTED")]


def test_the_subscription_is_made_again_before_the_line_is_ready(bot):
    bot.reconnect()
    asked = [each.type for each in bot.server.log if each.line == 2]
    assert asked == [brand.SUBSCRIBE_CONVERSATIONS, brand.SUBSCRIBE_ROUTING_TASKS]


def test_a_ring_of_an_outage_is_offered_after_it(bot):
    def ring():
        bot.server.ring()

    bot.reconnect(ring)
    bot.pass_time()
    (ring_id,) = bot.server.rings
    assert bot.events() == [offer(ring_id)]


def test_a_ring_that_went_away_in_an_outage_is_told_once_as_cancelled(bot):
    kept, gone = bot.offered(), bot.offered()
    bot.reconnect(lambda: bot.server.rings.pop(gone.ring_id))
    bot.pass_time()
    assert bot.events() == [update(gone.ring_id, "CANCELLED")]
    assert (gone.state, kept.state) == ("CANCELLED", "WAITING")
    with pytest.raises(ums.RingNotWaiting):
        bot.wait(gone.accept())
    bot.reconnect()
    bot.pass_time()
    assert bot.events() == []


def test_a_subscription_asked_for_before_open_is_made_with_the_id_of_the_login(scene):
    made = scene.proxy.create_routing_task_subscription()
    scene.wait(scene.proxy.open())
    assert scene.wait(made) == "routing-1-2"
    ring = scene.offered()
    assert ring.state == "WAITING"


def test_a_subscription_asked_for_during_an_outage_is_made_on_the_next_line(scene):
    scene.wait(scene.proxy.open())
    scene.cut()
    made = scene.proxy.create_routing_task_subscription(wait_for_ready=True)
    assert scene.wait(made) == "routing-2-2"
    assert scene.server.sources


def test_waiting_for_ready_waits_for_the_first_notification(scene):
    scene.wait(scene.proxy.open())
    made = scene.proxy.create_routing_task_subscription()
    ready = scene.proxy.create_routing_task_subscription(wait_for_ready=True)
    scene.wait(made)
    assert not ready.done()
    scene.wait(ready)
    assert len(scene.server.sources) == 2


def test_two_subscriptions_tell_of_a_ring_once(bot):
    bot.wait(bot.proxy.create_routing_task_subscription(None, True))
    ring_id = bot.server.ring()
    bot.pass_time()
    assert bot.events() == [offer(ring_id)]
    bot.reconnect()
    bot.pass_time()
    assert bot.events() == []


@pytest.mark.parametrize("agent", ["", 5])
def test_an_agent_that_is_none_is_said_at_once(scene, agent):
    with pytest.raises(ums.LocalProtocolError, match="agent_id"):
        scene.wait(scene.proxy.create_routing_task_subscription(agent))


def test_a_subscription_that_is_refused_fails_and_is_forgotten(scene):
    scene.wait(scene.proxy.open())
    scene.server.answers.append(403)
    with pytest.raises(ums.RequestRejected):
        scene.wait(scene.proxy.create_routing_task_subscription())
    assert list(scene.kernel.subscriptions) == ["default"]


def test_ending_conversation_subscriptions_leaves_rings_alone(scene):
    made = scene.open()
    scene.wait(scene.proxy.unsubscribe_conversations(made))
    kinds = [each.kind.value for each in scene.kernel.subscriptions.values()]
    assert kinds == ["conversations", "routing tasks"]


def test_an_accept_whose_answer_was_lost_is_done_when_it_has_come_about(bot):
    ring = bot.offered()
    bot.server.answers.append("drop")
    lost = ring.accept()
    assert bot.until(lambda: bot.server.asked)
    bot.server.sources.clear()  # the ring's change is lost as well
    bot.reconnect()
    assert lost.exception().delivery is ums.Delivery.UNKNOWN
    bot.pass_time()
    assert bot.events() == [update(ring.ring_id, "ACCEPTED")]
    bot.wait(ring.accept())
    assert len(bot.server.asked) == 1


@pytest.mark.parametrize(
    ("shown", "state"),
    [
        ({}, "ACCEPTED"),
        (
            {
                "role": "CONSUMER",
                "dialogs": {
                    "dialogId": "conv",
                    "participantsDetails": {"id": AGENT, "role": "ASSIGNED_AGENT"},
                },
            },
            "ACCEPTED",
        ),
        ({"role": "MANAGER"}, "CANCELLED"),
        ({"agent": "another"}, "CANCELLED"),
        ({"conversation": "another"}, "CANCELLED"),
    ],
)
def test_after_a_lost_answer_an_assigned_conversation_says_that_it_was_accepted(
    bot, shown, state
):
    bot.server.assigns = False
    ring = bot.offered()
    bot.server.sources.clear()  # nor does it hear of the change
    bot.server.answers.append("drop")
    ring.accept()
    assert bot.until(lambda: bot.server.asked)
    bot.reconnect(bot.server.rings.clear)
    bot.pass_time()
    assert ring.state == "CANCELLED"
    bot.server.show(**{"conversation": "conv", **shown})
    bot.pass_time()
    told = [update(ring.ring_id, "CANCELLED"), update(ring.ring_id, "ACCEPTED")]
    assert bot.events() == (told if state == "ACCEPTED" else told[:1])
    assert (ring.accept().exception() is None) is (state == "ACCEPTED")


def test_an_assigned_conversation_says_nothing_of_a_ring_nobody_accepted(bot):
    first, second = bot.offered(), bot.offered()
    bot.server.answers.append("drop")
    lost = first.accept()
    bot.reconnect()
    assert lost.exception().delivery is ums.Delivery.UNKNOWN
    bot.server.show("conv")
    bot.pass_time()
    assert second.state == "WAITING"


def test_an_accept_during_an_outage_is_sent_when_the_line_is_back(bot):
    ring = bot.offered()
    futures = []
    bot.reconnect(lambda: futures.append(ring.accept()))
    bot.wait(futures[0])
    assert ring.state == "ACCEPTED"
    assert bot.server.asked == [(ring.ring_id, "ACCEPTED")]


def test_a_ring_of_a_closed_connection_says_so(bot):
    ring = bot.offered()
    bot.wait(bot.proxy.close())
    with pytest.raises(ums.ConnectionLost) as caught:
        bot.wait(ring.accept())
    assert caught.value.delivery is ums.Delivery.NOT_SENT


def test_a_ring_of_a_stopped_connection_fails_and_waits_for_nothing(scene):
    scene.open()
    ring = scene.offered()
    stopped = scene.ref.stop(block=False)
    scene.until(stopped.done)
    assert ring.accept().exception() is not None


def test_waiting_for_the_conversation_ends_when_it_shows_us_as_a_participant(bot):
    ring = bot.offered()
    here = ring.accept(wait_for_conversation=True)
    bot.server.assigns = False
    bot.wait(ring.accept())
    bot.server.show("another")
    bot.server.show("conv", agent=f"{ACCOUNT}.other")
    bot.pass_time()
    assert not here.done()
    bot.server.show("conv")
    bot.wait(here)
    assert bot.kernel.rings._arrivals == {}


def test_a_conversation_that_came_before_anybody_waited_is_here(bot):
    ring = bot.offered()
    bot.wait(ring.accept())
    bot.pass_time()
    before = bot.world.clock.now()
    bot.wait(ring.accept(wait_for_conversation=True))
    assert bot.world.clock.now() == before


def test_a_conversation_that_does_not_come_is_waited_for_as_long_as_said(bot):
    bot.server.assigns = False
    ring = bot.offered()
    with pytest.raises(ums.RequestTimedOut, match="has not come in 3 s") as caught:
        bot.wait(ring.accept(wait_for_conversation=True, timeout=3))
    assert caught.value.delivery is ums.Delivery.ANSWERED
    again = ring.accept(wait_for_conversation=True)
    bot.pass_time(29)
    assert not again.done()
    bot.pass_time(1.5)
    assert isinstance(again.exception(), ums.RequestTimedOut)
    assert bot.kernel.rings._arrivals == {}


def test_who_waits_for_a_conversation_hears_that_the_connection_is_closed(bot):
    bot.server.assigns = False
    ring = bot.offered()
    here = ring.accept(wait_for_conversation=True)
    bot.wait(ring.accept())
    bot.wait(bot.proxy.close())
    error = here.exception()
    assert isinstance(error, ums.ConnectionLost)
    assert error.delivery is ums.Delivery.ANSWERED
    later = ring.accept(wait_for_conversation=True)
    with pytest.raises(ums.ConnectionLost):
        bot.wait(later, seconds=1)


def test_who_waits_for_a_conversation_outlives_an_outage(bot):
    bot.server.assigns = False
    ring = bot.offered()
    here = ring.accept(wait_for_conversation=True)
    bot.wait(ring.accept())
    bot.reconnect()
    bot.pass_time(1)
    bot.server.show("conv")
    bot.wait(here, seconds=5)


@pytest.mark.parametrize("state", ["WAITING", "EXPIRED"])
def test_a_deleted_ring_has_ended(bot, state):
    ring = bot.offered()
    bot.server.rings[ring.ring_id]["state"] = state
    bot.server.tell(ring.ring_id, "DELETE")
    bot.pass_time()
    ended = "CANCELLED" if state == "WAITING" else state
    assert bot.events() == [update(ring.ring_id, ended)]


@pytest.mark.parametrize("known", [True, False])
def test_a_deleted_task_may_name_its_conversation_alone(bot, known):
    ring = bot.offered()
    conversation = "conv" if known else ""
    task = {"conversationId": conversation, "ringsDetails": []}
    for source, line in bot.server.sources.items():
        bot.server.routing(line, source, [{"type": "DELETE", "result": task}])
    bot.pass_time()
    assert ring.state == ("CANCELLED" if known else "WAITING")


def test_rings_come_by_any_of_the_notifications_names(bot):
    (source,) = bot.server.sources
    for number, name in enumerate(("routing", "rs")):
        bot.server.rings[str(number)] = {"state": "WAITING", "conversation": "c"}
        change = bot.server.change(str(number))
        body = {"subscriptionId": source, "changes": change}
        bot.server.lines[0].notify(f"{name}.RoutingTaskNotification", body)
    bot.pass_time()
    assert bot.events() == [offer("0"), offer("1")]


def test_rings_of_a_subscription_that_the_user_sent_are_offered(scene):
    scene.wait(scene.proxy.open())
    body = {"channelType": "MESSAGING", "brandId": ACCOUNT, "agentId": AGENT}
    call = {"type": brand.SUBSCRIBE_ROUTING_TASKS, "body": body}
    scene.wait(scene.proxy.send(call))
    scene.pass_time()
    assert scene.offered().state == "WAITING"


def test_a_frame_that_cannot_be_read_concerns_itself_alone(bot):
    bot.server.lines[0].notify(brand.ROUTING_NOTIFICATION, 5)
    assert bot.offered().state == "WAITING"
    status = bot.wait(bot.proxy.status())
    assert (status.failed_notifications, status.restarts) == (1, {})


def test_rings_survive_a_crash_of_the_actor_that_reads_them(bot):
    ring = bot.offered()
    generation = bot.kernel.session.generation
    bot.wait(bot.proxy.child("correlator")).tell(object())
    assert bot.until(lambda: bot.kernel.session.generation > generation)
    assert bot.until(lambda: bot.kernel.session.state == "READY")
    bot.pass_time()
    assert bot.events() == []
    bot.wait(ring.accept())
    assert ring.state == "ACCEPTED"


def test_who_waits_hears_that_the_loop_has_ended(scene):
    scene.open()
    ring = scene.offered()
    scene.wait(ring.accept())
    ring._conversation_here = False
    scene.end()
    later = ring.accept(wait_for_conversation=True)
    assert isinstance(later.exception(), ums.ConnectionLost)
