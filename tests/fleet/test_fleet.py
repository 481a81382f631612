"""The agents of a fleet: how they come, are found, and go."""

from __future__ import annotations

import asyncio
import queue

import pykka
import pytest

import ums_actors as ums
import ums_actors.aio


def test_all_agents_are_ready_when_it_is_open(either, specs, fleet):
    bots = fleet(specs(either))
    status = bots.open().get(timeout=30)
    assert (status.agents, status.ready, status.states) == (6, 6, {"READY": 6})
    assert {(each["user"]) for each in either.sockets()} == set(either.users)
    assert bots.get("bot3").get_clock().get(timeout=10) > 0


def test_closing_logs_all_out_and_leaves_nothing(emulator, specs, fleet):
    bots = fleet(specs(emulator))
    bots.open().get(timeout=30)
    proxy = bots.get("bot1")
    bots.close().get(timeout=20)
    assert (len(bots), list(bots)) == (0, [])
    assert emulator.sockets() == []
    assert emulator.expire_tokens() == 0
    with pytest.raises(pykka.ActorDeadError):
        proxy.get_clock().get(timeout=5)


def test_an_agent_is_found_by_user_and_by_account(emulator, spec, fleet):
    bots = fleet()
    proxy = bots.add(spec(emulator, "bot2"))
    proxy.wait_ready(20).get(timeout=30)
    key = (emulator.account, "bot2")
    assert bots.get("bot2") == bots.get("bot2", emulator.account) == proxy
    assert ("bot2" in bots, key in bots, list(bots), len(bots)) == (
        True,
        True,
        [key],
        1,
    )
    assert ("bot1" in bots, (emulator.account, "bot1") in bots) == (False, False)
    assert [17 in bots, ("1", 2, 3) in bots, ("1", []) in bots] == [False] * 3
    assert fleet()  # also without agents
    with pytest.raises(ums.AgentUnknown, match="'bot1' is not in the fleet") as caught:
        bots.get("bot1")
    assert (caught.value.user, caught.value.account_id) == ("bot1", None)
    with pytest.raises(ums.AgentUnknown, match="of account '1' is not in the fleet"):
        bots.remove("bot2", "1")


def test_a_user_of_two_accounts_needs_its_account(emulator, spec, fleet):
    bots = fleet()
    bots.add(spec(emulator))
    other = ums.AgentSpec(user="bot1", account_id="99", auth=spec(emulator).auth)
    bots.add(other)
    with pytest.raises(ums.LocalProtocolError, match="give account_id as well"):
        bots.get("bot1")
    with pytest.raises(ums.LocalProtocolError, match="give account_id as well"):
        bots.remove("bot1")
    assert bots.get("bot1", "99") != bots.get("bot1", emulator.account)
    bots.remove("bot1", "99").get(timeout=20)
    assert bots.get("bot1") == bots.get("bot1", emulator.account)


def test_a_second_of_the_same_user_is_refused(emulator, spec, fleet):
    bots = fleet()
    bots.add(spec(emulator))
    with pytest.raises(ums.LocalProtocolError) as caught:
        bots.add(spec(emulator))
    assert str(caught.value) == (
        f"user 'bot1' of account {emulator.account} is in the fleet already: two "
        "connections of one user kill each other's token; use get(), or remove() it "
        "first"
    )
    assert len(bots) == 1


def test_a_removed_agent_is_logged_out_and_may_come_again(emulator, spec, fleet):
    bots = fleet()
    bots.add(spec(emulator)).wait_ready(20).get(timeout=30)
    leaving = bots.remove("bot1")
    assert bots.remove("bot1") is leaving
    leaving.get(timeout=20)
    assert (len(bots), emulator.sockets()) == (0, [])
    bots.add(spec(emulator)).wait_ready(20).get(timeout=30)
    assert len(bots) == 1


def test_an_agent_that_is_leaving_is_not_there_and_keeps_its_place(
    emulator, spec, fleet, runtime, busy
):
    bots = fleet(runtime=runtime)
    bots.add(spec(emulator)).wait_ready(20).get(timeout=30)
    busy()
    left = bots.remove("bot1")
    with pytest.raises(ums.AgentUnknown, match="is leaving the fleet"):
        bots.get("bot1")
    with pytest.raises(ums.LocalProtocolError, match=r"wait for the future of remove"):
        bots.add(spec(emulator))
    busy.end()
    left.get(timeout=20)


def test_one_that_somebody_else_has_stopped_makes_way(emulator, spec, fleet):
    bots = fleet()
    bots.add(spec(emulator)).actor_ref.stop(timeout=20)
    assert ("bot1" in bots, len(bots)) == (False, 0)
    with pytest.raises(ums.AgentUnknown):
        bots.get("bot1")
    bots.add(spec(emulator)).wait_ready(20).get(timeout=30)
    assert (len(bots), bots.status().states) == (1, {"READY": 1})


def test_no_more_agents_are_taken_than_the_limit_allows(emulator, specs, fleet):
    one, two, three, *_ = specs(emulator)
    bots = fleet(limits=ums.Limits(connections=2))
    bots.add(one)
    bots.add(two)
    with pytest.raises(ums.Overloaded) as caught:
        bots.add(three)
    assert str(caught.value) == (
        "the fleet has 2 agents, which is its Limits.connections: remove some, or make "
        "it larger"
    )
    bots.remove(one.user).get(timeout=20)
    bots.add(three)


def test_an_agent_that_cannot_be_started_leaves_no_trace(emulator, spec, fleet):
    bots = fleet()
    bad = spec(emulator, settings={"csds": "http://"})
    with pytest.raises(ums.LocalProtocolError):
        bots.add(spec(emulator, settings={"ca_file": "/nowhere.pem"}))
    assert len(bots) == 0
    assert bad.key == spec(emulator).key
    bots.add(spec(emulator)).wait_ready(20).get(timeout=30)


def test_open_is_done_also_when_agents_have_failed(emulator, specs, spec, fleet, heard):
    wrong = spec(emulator, auth=ums.PasswordLogin("bot1", "wrong"))
    bots = fleet([wrong, *specs(emulator, "bot2", "bot3")], handler=heard)
    status = bots.open().get(timeout=30)
    assert status.states == {"READY": 2, "FAILED": 1}
    (trouble,) = status.failed
    assert (trouble.user, trouble.contested) == ("bot1", False)
    assert trouble.reason == "the credentials were rejected with HTTP status 401"
    failed = heard.wait(ums.AgentFailed)
    assert failed.user == "bot1"
    assert isinstance(failed.event.error, ums.AuthenticationRejected)
    assert 700 < failed.event.retry_in < 1100


def test_open_waits_no_longer_than_it_is_told_to(fleet):
    nowhere = ums.AgentSpec(
        user="bot",
        account_id="1",
        auth=ums.PasswordLogin("bot", "secret"),
        settings={"csds": "http://127.0.0.1:1"},
    )
    bots = fleet([nowhere])
    with pytest.raises(TimeoutError) as caught:
        bots.open(timeout=0.2).get(timeout=20)
    assert str(caught.value) == (
        "1 agents were neither READY nor FAILED within 0.2 s; they are tried on"
    )
    waiting = bots.open()
    bots.remove("bot").get(timeout=20)
    assert waiting.get(timeout=20).agents == 0


def test_open_again_gives_the_same_and_knows_who_came_by_hand(emulator, specs, fleet):
    one, two, *_ = specs(emulator)
    bots = fleet([one])
    bots.add(two)
    assert bots.open().get(timeout=30).ready == 2
    assert bots.open(timeout=1).get(timeout=20).ready == 2


def test_a_closed_fleet_takes_nobody(emulator, spec, fleet):
    bots = fleet()
    waiting = bots.open()
    waiting.get(timeout=20)
    bots.close().get(timeout=20)
    for ask in (lambda: bots.add(spec(emulator)), lambda: bots.open().get(timeout=5)):
        with pytest.raises(ums.ConnectionLost) as caught:
            ask()
        assert str(caught.value) == "the fleet is closed: make a new one to go on"
        assert caught.value.delivery is ums.Delivery.NOT_SENT


def test_a_block_opens_and_closes(emulator, specs, fleet):
    with fleet(specs(emulator)) as bots:
        assert bots.open().get(timeout=30).ready == 6
    assert emulator.sockets() == []


def test_a_block_of_asyncio_too(emulator, specs, fleet):
    async def live() -> int:
        async with fleet(specs(emulator)) as bots:
            return (await bots.open(timeout=30)).ready

    assert asyncio.run(live()) == 6
    assert emulator.sockets() == []


def test_its_agents_can_live_on_the_loop_of_asyncio_itself(emulator, specs):
    async def live() -> int:
        async with ums.aio.hosted_runtime() as runtime:
            async with ums.Fleet(specs(emulator), runtime=runtime) as bots:
                ready = (await bots.open(timeout=30)).ready
                await bots.get("bot1").get_clock()
            return ready

    assert asyncio.run(live()) == 6
    assert emulator.sockets() == []


def test_a_runtime_of_ones_own_stays_open(emulator, specs, fleet, runtime):
    bots = fleet(specs(emulator), runtime=runtime)
    bots.open().get(timeout=30)
    bots.close().get(timeout=20)
    again = fleet(specs(emulator), runtime=runtime)
    assert again.open().get(timeout=30).ready == 6


def test_agents_are_spread_over_the_loops_there_are(emulator, specs, fleet):
    bots = fleet(specs(emulator), loops=2)
    bots.open().get(timeout=30)
    loops = {bots.get(user).actor_ref.actor_inbox.loop for user in emulator.users}
    assert len(loops) == 2


def test_a_consumer_can_be_an_agent_too(emulator, spec, fleet):
    visitor = spec(
        emulator, "visitor", auth=ums.Anonymous(), kind=ums.ConsumerWebsocketConnection
    )
    bots = fleet([visitor])
    assert bots.open().get(timeout=30).ready == 1
    assert isinstance(
        bots.get("visitor").create_conversation().get(timeout=20), (str, tuple)
    )


LOOPS = "must have 1 or more"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"agents": 7}, "agents=7 are no agents: give AgentSpecs, the path of a TOML"),
        ({"agents": ["bot"]}, "agents has a str: give AgentSpecs, the path of a TOML"),
        ({"handler": 7}, "handler is a int: give a callable of one event, or a pykka"),
        ({"handlers": 0}, "handlers=0 must be a whole number, 1 or more threads"),
        ({"kinds": [int]}, "<class 'int'> is no event class: subscribe to classes"),
        ({"pacing": 20}, "pacing=20 must be a Pacing, not a int"),
        ({"limits": {}}, "limits={} must be a Limits, not a dict"),
        ({"trials": 900}, "trials=900 must be a Trials, not a int"),
        ({"runtime": True}, "runtime=True must be a Runtime, not a bool"),
        ({"loops": 0}, LOOPS),
    ],
)
def test_bad_arguments_are_refused_by_name(given, said):
    with pytest.raises(ums.LocalProtocolError) as caught:
        ums.Fleet(**given)
    assert said in str(caught.value)


def test_a_runtime_of_ones_own_is_not_closed_by_a_bad_argument(runtime, fleet):
    with pytest.raises(ums.LocalProtocolError, match="handler is a int"):
        ums.Fleet(handler=7, runtime=runtime)
    assert fleet(runtime=runtime).open().get(timeout=20).agents == 0


def test_an_agents_line_is_part_of_its_connections_figures(emulator, spec, fleet):
    bots = fleet()
    events = bots.events()
    proxy = bots.add(spec(emulator))
    proxy.wait_ready(20).get(timeout=30)
    waiting = proxy.actor_ref.actor_inbox.keep.subscribers.waiting()
    assert waiting == [len(events._inbox)] != [0]
    events.close()


def test_loops_and_gates_are_those_of_the_runtime_that_is_given(runtime):
    for more in ({"loops": 2}, {"pacing": ums.Pacing()}):
        with pytest.raises(ums.LocalProtocolError, match="leave pacing and loops out"):
            ums.Fleet(runtime=runtime, **more)


def test_bad_arguments_of_its_methods_are_refused_too(fleet):
    bots = fleet()
    for ask, said in (
        (lambda: bots.add(None), "spec=None must be a AgentSpec, not a NoneType"),
        (lambda: bots.get([]), "user=[] must be a non-empty string of at most"),
        (lambda: bots.remove("bot", 7), "account_id=7 must be a non-empty string"),
        (lambda: bots.open(timeout=-1), "timeout=-1 is out of bounds"),
        (lambda: bots.close(timeout="x"), "timeout='x' is out of bounds"),
        (lambda: bots.events(timeout=-1), "timeout=-1 is out of bounds"),
        (lambda: bots.events(int), "<class 'int'> is no event class"),
    ):
        with pytest.raises(ums.LocalProtocolError) as caught:
            ask()
        assert said in str(caught.value)


def test_a_user_may_be_given_only_once(emulator, spec):
    with pytest.raises(ums.LocalProtocolError) as caught:
        ums.Fleet([spec(emulator), spec(emulator)])
    assert str(caught.value) == (
        f"agents has user 'bot1' of account {emulator.account} twice: two connections "
        "of one user kill each other's token; leave one out"
    )


def test_its_agents_take_webhooks(emulator, spec, fleet):
    heard = queue.Queue()
    bots = fleet(handler=heard.put, kinds=[ums.MessageReceived])
    bot = bots.add(spec(emulator))
    event = {"type": "ContentEvent", "message": "hello"}
    body = {"changes": [{"sequence": 0, "dialogId": "D", "event": event}]}
    notification = {"type": "ms.MessagingEventNotification", "body": body}
    bot.process_webhooks_notification(notification).get(timeout=20)
    told = heard.get(timeout=20)
    assert (told.user, told.event.text) == ("bot1", "hello")
