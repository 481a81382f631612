"""Real runs: what a scrape says of lines that are cut, refusals, crashes and ends."""

from __future__ import annotations

import queue
import threading

import pytest
from prometheus_client import CollectorRegistry

import ums_actors as ums
from ums_actors.core.outcome import Outcome
from ums_actors.emulator import password_of
from ums_actors.log_table import TABLE as LOG
from ums_actors.metrics.prometheus import PrometheusMetrics
from ums_actors.metrics.table import TABLE, Kind
from ums_actors.protocol.names import REQUESTS
from ums_actors.runtime import LoopActor
from ums_actors.runtime.envelope import Envelope

CLOCK = ".GetClock"


def outcome(scraped, which):
    return scraped.value("requests_total", type=CLOCK, outcome=which)


def test_a_scrape_has_each_metric_of_the_table_with_its_help_and_type(scraped, opened):
    opened().get_clock().get(timeout=5)
    text = scraped.text()
    for metric in TABLE:
        name = f"ums_{metric.name}"
        assert f"# HELP {name} {metric.help}\n" in text
        assert f"# TYPE {name} {metric.kind}\n" in text


def test_the_labels_are_those_of_the_table(scraped, opened, reject, emulator):
    proxy = opened()
    reject(403)
    with pytest.raises(ums.RequestRejected):
        proxy.get_clock().get(timeout=5)
    proxy.child("token").get(timeout=5).tell("what a token actor does not know")
    emulator.cut("bot1")
    proxy.wait_ready().get(timeout=10)
    labels = {f"ums_{each.name}": {*each.labels, "connection"} for each in TABLE}
    for sample in scraped.samples():
        base = sample.name
        for suffix in ("_bucket", "_count", "_sum"):
            if base not in labels:
                base = base.removesuffix(suffix)
        assert set(sample.labels) - {"le"} == labels[base]


def test_states_are_counted_and_each_has_its_own_line(scraped, start, emulator):
    first, second = start(emulator, "bot1"), start(emulator, "bot2")
    first.open(wait_for_ready=True).get(timeout=10)
    states = scraped.by("connections", "state")
    assert (states["READY"], states["NEW"], states["FAILED"]) == (1, 1, 0)
    second.close().get(timeout=10)
    assert scraped.by("connections", "state")["CLOSED"] == 1


def test_a_line_that_is_cut_is_told_with_its_reason(scraped, opened, emulator, events):
    proxy = opened()
    states = events(proxy, ums.StateChanged)
    emulator.cut("bot1")
    states.wait(lambda event: event.state == "READY")
    why = {"who": "line", "reason": "LineBroken", "verdict": "RETRY"}
    assert scraped.value("exits_total", **why) == 1
    assert scraped.value("reconnects_total") == 1
    assert scraped.value("generations_total") == 2
    assert scraped.value("logins_total") == 1


def test_a_refused_token_costs_a_login(scraped, opened, emulator, events):
    proxy = opened()
    states = events(proxy, ums.StateChanged)
    emulator.close_sockets(4401, "bot1")
    states.wait(lambda event: event.state == "READY")
    assert scraped.value("logins_total") == 2
    assert scraped.by("exits_total", "verdict") == {"RENEW_TOKEN": 1}


def test_a_crash_is_told_by_the_child_and_the_exception(scraped, opened, eventually):
    proxy = opened()
    before = scraped.by("restart_budget_left", "child")
    proxy.child("token").get(timeout=5).tell("what a token actor does not know")
    why = {"child": "token", "reason": "LocalProtocolError"}
    eventually(lambda: scraped.value("restarts_total", **why) == 1)
    after = scraped.by("restart_budget_left", "child")
    assert after == {**before, "token": before["token"] - 1}
    assert set(after) == {"token", "correlator", "socket", "root"}


def test_requests_are_counted_by_type_and_outcome(scraped, opened, reject):
    proxy = opened()
    proxy.get_clock().get(timeout=5)
    reject(403)
    with pytest.raises(ums.RequestRejected):
        proxy.get_clock().get(timeout=5)
    reject(503)
    with pytest.raises(ums.RequestRejected):
        proxy.get_clock().get(timeout=5)
    found = {which: outcome(scraped, which) for which in Outcome}
    told = {name: count for name, count in found.items() if count}
    assert told == {"ANSWERED": 1, "REJECTED_4XX": 1, "REJECTED_5XX": 1}
    assert scraped.value("request_duration_seconds_count", type=CLOCK) == 3


def test_the_histogram_says_how_long_they_took(scraped, opened, emulator):
    proxy = opened()
    emulator.add_fault("delay", count=1, value=0.03)
    proxy.get_clock().get(timeout=5)
    took = scraped.value("request_duration_seconds_sum", type=CLOCK)
    assert took >= 0.03
    within = {
        each.labels["le"]: each.value
        for each in scraped.samples()
        if each.name == "ums_request_duration_seconds_bucket"
        and each.labels["type"] == CLOCK
    }
    assert (within["0.025"], within["+Inf"]) == (0, 1)
    assert list(within.values()) == sorted(within.values())


def test_a_429_is_counted_also_if_it_is_sent_again(scraped, opened, reject):
    proxy = opened()
    assert scraped.value("too_many_total") == 0
    reject(429)
    proxy.get_clock().get(timeout=10)
    assert scraped.value("too_many_total") == 1
    assert outcome(scraped, "ANSWERED") == 1
    assert scraped.value("request_window") < 10_000


def test_one_that_is_refused_with_429_in_the_end_says_so(scraped, opened, reject):
    proxy = opened(options={"retry_too_many": False})
    reject(429)
    with pytest.raises(ums.RequestRejected):
        proxy.send({"type": CLOCK, "body": {}}).get(timeout=5)
    assert outcome(scraped, "REJECTED_429") == 1


def test_what_got_no_answer_is_unknown_and_a_late_one_is_counted(
    scraped, opened, emulator, eventually
):
    proxy = opened()
    emulator.add_fault("delay", count=1, value=0.3)
    with pytest.raises(ums.RequestTimedOut):
        proxy.send({"type": CLOCK, "body": {}}, timeout=0.01).get(timeout=5)
    assert outcome(scraped, "UNKNOWN") == 1
    assert scraped.value("request_duration_seconds_count", type=CLOCK) == 0
    eventually(lambda: scraped.value("late_answers_total") == 1)


def test_what_was_not_sent_says_so(scraped, start, emulator):
    proxy = start(emulator, options={"queue_timeout": 0.01})
    with pytest.raises(ums.RequestTimedOut):
        proxy.get_clock().get(timeout=5)
    assert outcome(scraped, "NOT_SENT") == 1


def test_what_waits_for_a_line_is_shown(scraped, start, emulator):
    proxy = start(emulator)
    asked = [proxy.get_clock() for _ in range(3)]
    proxy.status().get(timeout=5)
    assert scraped.value("requests_queued") == 3
    assert scraped.value("requests_in_flight") == 0
    proxy.open(wait_for_ready=True).get(timeout=10)
    for each in asked:
        each.get(timeout=5)
    assert scraped.value("requests_queued") == 0


def test_a_request_that_is_made_up_by_its_user_has_no_label_of_its_own(scraped, opened):
    proxy = opened()
    for number in range(5):
        with pytest.raises(ums.RequestError):
            proxy.send({"type": f"user-{number}", "body": {}}).get(timeout=5)
    types = scraped.by("requests_total", "type")
    assert types["other"] == 5
    assert not [kind for kind in types if kind.startswith("user-")]


def test_subscribers_show_what_waits_for_them_and_what_they_lost(scraped, opened):
    proxy = opened(options={"subscriber_limit": 3})
    slow, other = queue.Queue(), queue.Queue()
    proxy.subscribe(slow, ums.StateChanged).get(timeout=5)
    proxy.subscribe(other, ums.ErrorOccurred).get(timeout=5)
    proxy.close().get(timeout=10)
    proxy.open(wait_for_ready=True).get(timeout=10)
    assert scraped.value("subscribers") == 2
    assert scraped.value("subscriber_events") == 3
    assert scraped.value("subscriber_events_deepest") == 3
    assert scraped.value("subscriber_dropped_total") > 0


def test_dead_letters_are_counted(scraped, runtime, eventually):
    ref = LoopActor.start(runtime=runtime)
    cell = ref.actor_inbox
    assert scraped.value("dead_letters_total") == 0
    cell.loop.call_soon(lambda: (ref.tell("nobody"), cell.stop()))
    eventually(lambda: scraped.value("dead_letters_total") == 1)
    assert scraped.value("log_events_total", event="actor.dead_letter") == 1


def test_a_message_that_waits_for_an_actor_is_shown(scraped, opened):
    proxy = opened()
    cell = proxy.child("token").get(timeout=5).actor_inbox
    done = threading.Event()

    def hold():
        cell.suspended = True
        cell.put(Envelope("waits", None))
        done.set()

    cell.loop.call_soon(hold)
    assert done.wait(5)
    assert scraped.value("inbox_messages", child="token") == 1
    cell.loop.call_soon(lambda: (cell.get(), setattr(cell, "suspended", False)))
    assert scraped.value("inbox_messages", child="token") == 0


def test_a_connection_with_a_name_has_a_label_of_its_own(scraped, start, emulator):
    named, other = start(emulator, "bot1"), start(emulator, "bot2")
    scraped.metrics.name(named, "support")
    for each in (named, other):
        each.open(wait_for_ready=True).get(timeout=10)
        each.get_clock().get(timeout=5)
    assert scraped.value("logins_total", connection="support") == 1
    assert scraped.value("logins_total") == 1
    told = {"connection": "support", "type": CLOCK, "outcome": "ANSWERED"}
    assert scraped.value("requests_total", **told) == 1
    assert outcome(scraped, "ANSWERED") == 1


def test_references_and_facades_may_be_named(scraped, emulator, runtime):
    account = emulator.account
    given = {
        "auth": ums.PasswordLogin("bot1", password_of("bot1")),
        "csds": f"http://{emulator.csds}",
    }
    with ums.connect(account, runtime=runtime, **given) as connection:
        scraped.metrics.name(connection, "a script")
        assert scraped.value("logins_total", connection="a script") == 1
    ref = ums.BrandWebsocketConnection.start(account, runtime=runtime, **given)
    scraped.metrics.name(ref, "a reference")
    assert scraped.value("subscribers", connection="a reference") == 0
    ref.stop(timeout=10)


@pytest.mark.parametrize("name", ["", None, 5])
def test_a_name_is_a_text(scraped, start, emulator, name):
    with pytest.raises(ums.LocalProtocolError, match="name"):
        scraped.metrics.name(start(emulator), name)


def test_counters_outlive_their_connection_and_gauges_do_not(scraped, opened):
    proxy = opened()
    proxy.get_clock().get(timeout=5)
    proxy.actor_ref.stop(timeout=10)
    assert scraped.value("logins_total") == 1
    assert outcome(scraped, "ANSWERED") == 1
    assert scraped.by("connections", "state") == {}
    again = opened()
    assert scraped.value("logins_total") == 2
    assert scraped.by("connections", "state")["READY"] == 1
    again.actor_ref.stop(timeout=10)


def test_a_registry_has_the_names_once_and_is_left(scraped):
    with pytest.raises(ValueError, match="Duplicated"):
        PrometheusMetrics(scraped.registry)
    PrometheusMetrics(scraped.registry, namespace="other")
    scraped.metrics.close()
    assert "ums_connections" not in scraped.text()
    assert "other_connections" in scraped.text()


def test_to_register_asks_nobody_for_numbers(monkeypatch):
    def asked(_):
        raise AssertionError("it was asked for numbers")

    monkeypatch.setattr(PrometheusMetrics, "totals", asked)
    PrometheusMetrics(CollectorRegistry())


def test_labels_are_no_more_than_the_tables_allow(scraped, opened, reject, emulator):
    proxy = opened()
    for code in (403, 429, 503):
        reject(code)
        with pytest.raises(ums.RequestRejected):
            proxy.send({"type": CLOCK, "body": {}}, timeout=0.5).get(timeout=5)
    events = {row.event for row in LOG} | {"other"}
    types = {name.canonical for name in REQUESTS} | {"other"}
    assert set(scraped.by("log_events_total", "event")) <= events
    assert set(scraped.by("requests_total", "type")) <= types
    assert [each for each in TABLE if each.kind is Kind.HISTOGRAM]
