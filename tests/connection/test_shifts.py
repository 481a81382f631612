"""The shift status: asked for, polled, shared, told by hand."""

from __future__ import annotations

import pytest

import ums_actors as ums

POLLING = {"poll_shift_status": True, "options": {"shift_poll_interval": 0.05}}
NONSENSE = {"body": "nonsense"}
"""A failure that speaks of no trouble, so that the pause after it is the usual one."""
ENTERED = (ums.SkillEnteredWorkHours, ums.SkillEnteredOffHours)


@pytest.fixture
def polls(emulator, eventually):
    """Wait until the shift status has been told that many times more."""

    def wait(more=1):
        wanted = emulator.state()["shift_statuses"] + more
        eventually(lambda: emulator.state()["shift_statuses"] >= wanted)

    return wait


# -- asked for


def test_the_shift_status_is_asked_for_and_known(either, start):
    either.set_shift("17", False, next_on=1_000, next_off=2_000)
    proxy = start(either)
    proxy.open().get(timeout=10)
    assert proxy.get_skills().get(timeout=5) == ()
    told = proxy.get_shift_status().get(timeout=10)
    known = (
        ums.SkillShift("-1", True),
        ums.SkillShift("17", False, 1_000, 2_000),
    )
    assert told == known == proxy.get_skills().get(timeout=5)
    assert told[1].is_in_off_hours(999)
    assert not told[1].is_in_off_hours(1_000)


def test_it_needs_no_websocket(emulator, start, events):
    proxy = start(emulator)
    states = events(proxy, ums.StateChanged)
    proxy.open().get(timeout=10)
    emulator.add_fault("handshake")
    emulator.cut()
    states.wait(lambda event: event.state == "BACKING_OFF")
    assert len(proxy.get_shift_status().get(timeout=10)) == 1


def test_a_dead_token_costs_one_login_and_leaves_the_line_alone(opened, emulator):
    proxy = opened()
    heard = []
    proxy.subscribe(heard.append, ums.TokenInvalidated).get(timeout=5)
    emulator.expire_tokens("bot1")
    asked = [proxy.get_shift_status() for _ in range(20)]
    assert {len(each.get(timeout=10)) for each in asked} == {1}
    status = proxy.status().get(timeout=5)
    assert (status.logins, status.generation, status.state) == (2, 1, "READY")
    assert {each.source for each in heard} == {"shift-status"}


def test_a_fresh_token_that_is_refused_as_well_is_not_at_fault(opened, emulator):
    proxy = opened()
    emulator.add_fault("shift-status", value=401)
    for _ in range(3):
        with pytest.raises(ums.RequestRejected) as caught:
            proxy.get_shift_status().get(timeout=10)
        assert caught.value.code == 401
        assert caught.value.request_type == "shift-status"
    assert proxy.status().get(timeout=5).logins == 2
    emulator.clear_faults()
    proxy.get_shift_status().get(timeout=10)
    emulator.expire_tokens("bot1")  # after an answer a refusal is believed again
    proxy.get_shift_status().get(timeout=10)
    assert proxy.status().get(timeout=5).logins == 3


@pytest.mark.parametrize("status", [403, 404, 429, 500])
def test_a_refusal_is_told_with_its_status(opened, emulator, status):
    proxy = opened()
    emulator.add_fault("shift-status", count=1, value=status)
    with pytest.raises(ums.RequestRejected) as caught:
        proxy.get_shift_status().get(timeout=10)
    assert caught.value.code == status
    assert caught.value.body == {"error": "A fault strikes"}
    assert caught.value.delivery is ums.Delivery.ANSWERED


@pytest.mark.parametrize("body", ["wrong", "nonsense", "error"])
def test_an_answer_that_makes_no_sense_is_no_news(opened, emulator, body):
    proxy = opened()
    known = proxy.get_shift_status().get(timeout=10)
    emulator.add_fault("shift-status", count=1, value={"body": body})
    with pytest.raises(ums.RemoteProtocolError, match="no list of skills"):
        proxy.get_shift_status().get(timeout=10)
    assert proxy.get_skills().get(timeout=5) == known


def test_no_answer_in_time_is_told_so(opened, emulator):
    proxy = opened(options={"request_timeout": 0.3})
    emulator.add_fault("shift-status", count=1, value=0)
    with pytest.raises(ums.RequestTimedOut, match="shift-status"):
        proxy.get_shift_status().get(timeout=10)


def test_nobody_at_the_host_is_told_so(opened, emulator):
    lines = f"http://{emulator.csds}"
    nobody = "http://127.0.0.1:1"
    proxy = opened(domains={"facadeMsg": lines, "asyncMessagingEnt": nobody})
    with pytest.raises(ums.ConnectionLost, match="shift-status") as caught:
        proxy.get_shift_status().get(timeout=10)
    assert caught.value.delivery is ums.Delivery.UNKNOWN


def test_a_login_that_does_not_come_is_not_waited_for_for_ever(emulator, start):
    options = {"queue_timeout": 0.2, "request_timeout": 0.2}
    proxy = start(emulator, options=options)
    emulator.add_fault("login", value={"delay": 5})
    with pytest.raises(ums.RequestTimedOut, match="no token in time") as caught:
        proxy.get_shift_status().get(timeout=4)
    assert caught.value.delivery is ums.Delivery.NOT_SENT


def test_a_closed_connection_refuses_and_one_that_is_open_again_asks(opened):
    proxy = opened()
    proxy.close().get(timeout=10)
    with pytest.raises(ums.ConnectionLost, match=r"CLOSED.*open\(\) it again"):
        proxy.get_shift_status().get(timeout=10)
    proxy.open().get(timeout=10)
    assert proxy.get_shift_status().get(timeout=10)


def test_a_connection_that_has_failed_refuses(emulator, start):
    proxy = start(emulator, auth=ums.PasswordLogin("bot1", "wrong"))
    with pytest.raises(ums.AuthenticationRejected):
        proxy.open().get(timeout=10)
    with pytest.raises(ums.ConnectionLost, match="FAILED"):
        proxy.get_shift_status().get(timeout=10)


def test_a_question_under_way_is_answered_when_the_connection_stops(
    opened, emulator, eventually
):
    proxy = opened()
    emulator.add_fault("shift-status", count=1, value=0)  # never answered
    asked = proxy.get_shift_status()
    eventually(lambda: not emulator.faults())
    proxy.actor_ref.stop(timeout=10)
    with pytest.raises(ums.ConnectionLost):
        asked.get(timeout=10)


@pytest.mark.parametrize("child", ["root", "token"])
def test_a_crash_keeps_nobody_from_the_answer(opened, emulator, eventually, child):
    proxy = opened()
    emulator.add_fault("shift-status", count=1, value={"delay": 0.3})
    asked = proxy.get_shift_status()
    eventually(lambda: not emulator.faults())
    ref = proxy.actor_ref if child == "root" else proxy.child(child).get(timeout=5)
    cell = ref.actor_inbox
    cell.loop.call_soon(lambda: cell.crash(RuntimeError("a bug")))
    eventually(lambda: ref.generation == 2)
    assert asked.get(timeout=10)


def test_it_goes_through_the_proxy_of_the_connection(either, start, connect_proxy):
    with connect_proxy() as via:
        proxy = start(either, proxy=ums.Proxy("127.0.0.1", via.port))
        proxy.open().get(timeout=10)
        before = len(via.places)
        proxy.get_shift_status().get(timeout=10)
        assert via.places[before:] == [either.csds] * 2  # the domain, and itself


def test_consumers_have_none(emulator, start):
    proxy = start(emulator, kind=ums.ConsumerWebsocketConnection, auth=ums.Anonymous())
    with pytest.raises(ums.NotSupported, match="use a brand's"):
        proxy.get_shift_status().get(timeout=5)


# -- what it tells


def test_a_skill_that_changes_sides_is_told_once_and_the_first_answer_is_no_change(
    opened, emulator, events
):
    emulator.set_shift("17", False)
    proxy = opened()
    heard = events(proxy, *ENTERED)
    for on in (False, True, True, False):
        emulator.set_shift("17", on)
        proxy.get_shift_status().get(timeout=10)
    entered = heard.wait(lambda _: True)
    assert type(entered) is ums.SkillEnteredWorkHours
    assert entered == ums.SkillEnteredWorkHours(shift=ums.SkillShift("17", True))
    left = heard.wait(lambda _: True)
    assert (type(left), left.skill_id) == (ums.SkillEnteredOffHours, "17")
    assert heard.queue.empty()


def test_what_is_told_by_hand_counts_and_needs_no_line(emulator, start, events):
    proxy = start(emulator)
    heard = events(proxy, *ENTERED)
    tell = proxy.process_shift_status_response
    tell([{"skillId": 17, "onShift": True}, {"skillId": 4, "onShift": True}]).get(
        timeout=5
    )
    tell([ums.SkillShift("17", False)]).get(timeout=5)
    assert heard.wait(lambda _: True).shift == ums.SkillShift("17", False)
    known = proxy.get_skills().get(timeout=5)
    assert [(each.skill_id, each.on_shift) for each in known] == [
        ("17", False),
        ("4", True),
    ]
    with pytest.raises(ums.LocalProtocolError, match="no shift of a skill"):
        tell("closed").get(timeout=5)
    assert emulator.state()["logins"] == 0


def test_each_question_is_heard_by_who_names_it(opened, emulator, events):
    proxy = opened()
    heard = events(proxy, ums.ShiftStatusReceived, ums.ShiftStatusFailed)
    proxy.get_shift_status().get(timeout=10)
    told = heard.wait(lambda _: True)
    assert told.shifts == (ums.SkillShift("-1", True),)
    assert 0 < told.seconds < 10
    emulator.add_fault("shift-status", count=1, value=500)
    with pytest.raises(ums.RequestRejected):
        proxy.get_shift_status().get(timeout=10)
    failed = heard.wait(lambda _: True)
    assert (type(failed), failed.error.code) == (ums.ShiftStatusFailed, 500)
    assert failed.at > told.at


# -- polled


def test_it_is_not_polled_unless_wanted(opened, emulator):
    proxy = opened(options={"shift_poll_interval": 0.01})
    proxy.get_clock().get(timeout=5)
    assert emulator.state()["shift_statuses"] == 0


def test_polls_tell_of_changes(opened, emulator, events, polls):
    emulator.set_shift("17", False)
    proxy = opened(**POLLING)
    heard = events(proxy, *ENTERED)
    polls(2)
    emulator.set_shift("17", True)
    assert heard.wait(lambda _: True).skill_id == "17"
    assert type(heard.seen[-1]) is ums.SkillEnteredWorkHours
    emulator.set_shift("17", False)
    assert type(heard.wait(lambda _: True)) is ums.SkillEnteredOffHours
    shift = ums.SkillShift("17", False)
    assert shift in proxy.get_skills().get(timeout=5)


def test_polls_go_on_while_the_line_is_down_and_after_it(
    opened, emulator, events, polls
):
    proxy = opened(**POLLING)
    states = events(proxy, ums.StateChanged)
    emulator.add_fault("handshake")
    emulator.cut()
    states.wait(lambda event: event.state == "BACKING_OFF")
    polls(2)
    emulator.clear_faults()
    proxy.reconnect_now()
    states.wait(lambda event: event.state == "READY")
    polls(2)


def test_polls_end_with_the_close_and_begin_again_with_the_open(
    opened, emulator, events, polls
):
    proxy = opened(**POLLING)
    heard = events(proxy, *ENTERED)
    polls(2)
    proxy.close().get(timeout=10)
    kernel = proxy.actor_ref.actor_inbox.keep
    assert not len(kernel.runtime.commons) - 1  # the domains are left
    told = emulator.state()["shift_statuses"]
    emulator.set_shift("-1", False)
    assert proxy.get_skills().get(timeout=5) == (ums.SkillShift("-1", True),)
    assert emulator.state()["shift_statuses"] <= told + 1  # one was under way
    proxy.open().get(timeout=10)
    assert type(heard.wait(lambda _: True)) is ums.SkillEnteredOffHours


def test_a_poll_finds_a_dead_token_and_takes_another(opened, emulator, polls):
    proxy = opened(**POLLING)
    polls()
    emulator.expire_tokens("bot1")
    polls(2)
    status = proxy.status().get(timeout=5)
    assert (status.logins, status.generation) == (2, 1)


def test_a_series_of_failures_is_told_once(opened, emulator, events, polls, caplog):
    proxy = opened(**POLLING)
    heard = events(proxy, ums.ErrorOccurred)
    polls()
    for _ in range(2):
        emulator.add_fault("shift-status", value=NONSENSE, count=3)
        told = heard.wait(lambda _: True)
        assert told.context == "shift_status.failed"
        assert type(told.error) is ums.RemoteProtocolError
        polls(2)
    assert heard.queue.empty()
    lines = [each for each in caplog.records if each.msg == "shift_status.failed"]
    assert len(lines) == 2


@pytest.mark.parametrize("child", ["root", "supervisor", "token", "correlator"])
def test_a_crash_neither_ends_nor_doubles_the_poll(opened, polls, eventually, child):
    proxy = opened(**POLLING)
    polls()
    ref = proxy.actor_ref if child == "root" else proxy.child(child).get(timeout=5)
    cell = ref.actor_inbox
    cell.loop.call_soon(lambda: cell.crash(RuntimeError("a bug")))
    eventually(lambda: ref.generation == 2)
    eventually(lambda: proxy.status().get(timeout=5).state == "READY")
    polls(2)
    kernel = proxy.actor_ref.actor_inbox.keep
    assert len(kernel.shifts._board) == 1
    timers = [each.callback for each in kernel.loop._timers._heap]
    assert sum(each == kernel.shifts._poll for each in timers) <= 1


# -- shared


@pytest.fixture
def crowd(emulator, runtime):
    """Open some connections of both users that poll; all of one runtime."""
    refs = []

    def gather(*numbers):
        for number in numbers:
            ref = ums.BrandWebsocketConnection.start(
                emulator.account,
                auth=ums.PasswordLogin(f"bot{number}", f"bot{number}-password"),
                csds=f"http://{emulator.csds}",
                options=ums.Options(shift_poll_interval=0.05, backoff_base=0.05),
                poll_shift_status=True,
                runtime=runtime,
            )
            refs.append(ref)
            ref.proxy().open().get(timeout=10)
        return [ref.proxy() for ref in refs]  # of all there are

    yield gather
    for ref in refs:
        ref.stop(timeout=10)


def test_those_of_one_account_share_a_poll_and_all_hear(crowd, events, emulator, polls):
    one, two = crowd(1, 2)
    kernels = [each.actor_ref.actor_inbox.keep for each in (one, two)]
    assert kernels[0].shifts._board is kernels[1].shifts._board
    heard = [events(each, *ENTERED) for each in (one, two)]
    polls(2)
    emulator.set_shift("-1", False)
    for each in heard:
        assert each.wait(lambda _: True).skill_id == "-1"
    assert one.get_skills().get(timeout=5) == two.get_skills().get(timeout=5)


def test_another_one_polls_when_the_first_has_gone(crowd, emulator, events, polls):
    one, two = crowd(1, 2)
    heard = events(two, *ENTERED)
    polls()
    one.close().get(timeout=10)
    polls(2)
    emulator.set_shift("-1", False)
    heard.wait(lambda _: True)
    kernels = [each.actor_ref.actor_inbox.keep for each in (one, two)]
    assert [each.shifts._board is None for each in kernels] == [True, False]


def test_another_one_polls_when_the_first_is_refused(crowd, emulator, events, polls):
    one, two = crowd(1, 2)
    errors = [events(each, ums.ErrorOccurred) for each in (one, two)]
    polls()
    emulator.add_fault("shift-status", user="bot1", value=NONSENSE)
    for each in errors:
        assert each.wait(lambda _: True).context == "shift_status.failed"
    polls(3)


def test_who_comes_later_knows_what_the_others_know(crowd, emulator, polls, eventually):
    (one,) = crowd(1)
    polls()
    emulator.add_fault("shift-status")
    _, two = crowd(2)
    eventually(lambda: two.get_skills().get(timeout=5))
    assert two.get_skills().get(timeout=5) == one.get_skills().get(timeout=5)


def test_credentials_that_are_refused_are_not_tried_at_each_poll(
    opened, emulator, events, eventually
):
    proxy = opened(**POLLING)
    heard = events(proxy, ums.ErrorOccurred, ums.ShiftStatusReceived)
    emulator.add_fault("login", value=401)
    emulator.expire_tokens("bot1")
    told = heard.wait(lambda event: isinstance(event, ums.ErrorOccurred))
    assert type(told.error) is ums.AuthenticationRejected
    shifts = proxy.actor_ref.actor_inbox.keep.shifts
    refused = emulator.state()["refused_logins"]
    for _ in range(3):  # whenever its time comes
        shifts.loop.call_soon(shifts._poll)
    proxy.get_clock().get(timeout=5)
    assert emulator.state()["refused_logins"] == refused == 1
    emulator.clear_faults()
    proxy.get_token().get(timeout=10)
    shifts.loop.call_soon(shifts._poll)
    heard.wait(lambda event: isinstance(event, ums.ShiftStatusReceived))


@pytest.fixture
def runtime():
    """Two loops, so that those who share have threads of their own."""
    runtime = ums.Runtime(2)
    yield runtime
    assert runtime.close()


# -- without a websocket at all


def test_a_connection_by_rest_asks_polls_and_shares_as_well(
    emulator, start, events, polls
):
    rest = start(emulator, kind=ums.BrandRestConnection, **POLLING)
    line = start(emulator, "bot2", **POLLING)
    for proxy in (rest, line):
        proxy.open().get(timeout=10)
    kernels = [each.actor_ref.actor_inbox.keep for each in (rest, line)]
    assert kernels[0].shifts._board is kernels[1].shifts._board
    heard = [events(each, *ENTERED) for each in (rest, line)]
    polls(2)
    assert rest.get_shift_status().get(timeout=10)
    assert rest.get_message_statistics(ums.ME).get(timeout=10)["agentId"] == "1001"
    emulator.set_shift("-1", False)
    for each in heard:
        assert each.wait(lambda _: True).skill_id == "-1"
