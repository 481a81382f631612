"""Real runs: which spans there are of generations and requests, and what they say."""

from __future__ import annotations

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

import ums_actors as ums
from ums_actors.metrics.opentelemetry import OpenTelemetryTraces

CLOCK = ".GetClock"


class Spans:
    def __init__(self):
        self._exporter = InMemorySpanExporter()
        self.provider = TracerProvider()
        self.provider.add_span_processor(SimpleSpanProcessor(self._exporter))
        self.traces = OpenTelemetryTraces(self.provider)

    def of(self, name):
        return [
            span for span in self._exporter.get_finished_spans() if span.name == name
        ]

    def all(self):
        return self._exporter.get_finished_spans()


@pytest.fixture
def spans():
    made = Spans()
    yield made
    made.provider.shutdown()


@pytest.fixture
def runtime(spans):
    made = ums.Runtime(instruments=[spans.traces])
    yield made
    assert made.close(10.0)


def ended(spans, eventually, name, count=1):
    """Give spans once there are so many: a future is done before its span is."""
    eventually(lambda: len(spans.of(name)) >= count)
    return spans.of(name)


def test_a_request_is_a_span_linked_to_that_of_its_generation(
    spans, opened, eventually
):
    proxy = opened()
    proxy.get_clock().get(timeout=5)
    connection = proxy.status().get(timeout=5).connection_id
    proxy.close().get(timeout=10)
    [span] = ended(spans, eventually, CLOCK)
    [line] = ended(spans, eventually, "ums.generation")
    assert dict(span.attributes) == {
        "ums.connection.id": connection,
        "ums.generation": 1,
        "ums.request.type": CLOCK,
        "ums.outcome": "ANSWERED",
        "ums.delivery": "ANSWERED",
    }
    assert (span.kind, span.parent) == (SpanKind.CLIENT, None)
    assert span.status.status_code is StatusCode.UNSET
    assert [link.context.span_id for link in span.links] == [line.context.span_id]
    assert line.start_time <= span.start_time <= span.end_time <= line.end_time


def test_a_refusal_is_an_error_with_its_code(spans, opened, reject, eventually):
    proxy = opened()
    reject(403)
    with pytest.raises(ums.RequestRejected):
        proxy.get_clock().get(timeout=5)
    [span] = ended(spans, eventually, CLOCK)
    assert span.status.status_code is StatusCode.ERROR
    assert span.attributes["ums.code"] == 403
    assert span.attributes["ums.outcome"] == "REJECTED_4XX"
    assert span.attributes["error.type"] == "RequestRejected"


def test_what_got_no_answer_says_on_which_side_of_the_write_it_was(
    spans, opened, emulator, eventually
):
    proxy = opened()
    emulator.add_fault("drop", value=CLOCK, count=1)
    with pytest.raises(ums.RequestTimedOut):
        proxy.send({"type": CLOCK, "body": {}}, timeout=0.05).get(timeout=5)
    [span] = ended(spans, eventually, CLOCK)
    assert span.attributes["ums.delivery"] == "UNKNOWN"
    assert "ums.code" not in span.attributes


def test_one_that_is_sent_again_is_linked_to_both_generations(
    spans, opened, emulator, eventually
):
    proxy = opened()
    emulator.add_fault("drop", value=CLOCK, count=1)
    future = proxy.send({"type": CLOCK, "body": {}}, resend=True)
    eventually(lambda: not emulator.faults())  # it has been dropped
    emulator.cut("bot1")
    future.get(timeout=10)
    proxy.close().get(timeout=10)
    [span] = ended(spans, eventually, CLOCK)
    lines = ended(spans, eventually, "ums.generation", 2)
    linked = [link.context.span_id for link in span.links]
    assert linked == [line.context.span_id for line in lines]


def test_a_generation_tells_its_states_and_why_it_ended(
    spans, opened, emulator, events, eventually
):
    proxy = opened()
    states = events(proxy, ums.StateChanged)
    emulator.cut("bot1")
    states.wait(lambda event: event.state == "READY")
    [line] = ended(spans, eventually, "ums.generation")
    steps = [event.name for event in line.events]
    assert steps == ["AUTHENTICATING", "CONNECTING", "RESTORING", "READY"]
    assert line.attributes["ums.verdict"] == "RETRY"
    assert line.attributes["error.type"] == "LineBroken"
    assert line.status.status_code is StatusCode.ERROR
    proxy.close().get(timeout=10)
    line = ended(spans, eventually, "ums.generation", 2)[1]
    assert line.attributes["ums.generation"] == 2
    assert line.attributes["ums.verdict"] == "STOP"
    assert line.status.status_code is StatusCode.UNSET


def test_a_connection_that_is_stopped_leaves_no_span_open(spans, opened, eventually):
    proxy = opened()
    proxy.actor_ref.stop(timeout=10)
    ended(spans, eventually, "ums.generation")
    assert spans.traces._lines == {}


def test_an_attempt_that_fails_is_a_generation(spans, start, emulator, eventually):
    emulator.add_fault("handshake", value=503, count=1)
    proxy = start(emulator)
    proxy.open(wait_for_ready=True).get(timeout=10)
    [line] = ended(spans, eventually, "ums.generation")
    assert line.attributes["error.type"] == "UpgradeRefused"
    assert [event.name for event in line.events] == ["AUTHENTICATING", "CONNECTING"]


def test_what_a_user_calls_its_request_is_no_name_of_a_span(spans, opened, eventually):
    proxy = opened()
    with pytest.raises(ums.RequestError):
        proxy.send({"type": "user-4711", "body": {}}).get(timeout=5)
    [span] = ended(spans, eventually, "other")
    assert "4711" not in repr(dict(span.attributes))


def test_without_an_sdk_it_does_nothing_and_disturbs_nobody(emulator, start, runtime):
    quiet = OpenTelemetryTraces(trace.NoOpTracerProvider())
    runtime.instruments._all = (quiet,)
    proxy = start(emulator)
    proxy.open(wait_for_ready=True).get(timeout=10)
    assert proxy.get_clock().get(timeout=5) > 0


def state(name, generation):
    fields = {"connection": "c", "generation": generation, "state": name}
    return "connection.state", 20, fields


def test_a_new_generation_ends_the_one_before_whatever_was_told_of_that(spans):
    observe = spans.traces.observe
    observe(*state("AUTHENTICATING", 1))
    observe(*state("AUTHENTICATING", 2))
    [line] = spans.of("ums.generation")
    assert line.attributes["ums.generation"] == 1


def test_an_exit_that_is_told_late_or_twice_concerns_no_other_generation(spans):
    exited = {"connection": "c", "who": "line", "verdict": "RETRY", "reason": "r"}
    spans.traces.observe("connection.exit", 20, exited)
    spans.traces.observe(*state("BACKING_OFF", 1))
    spans.traces.observe(*state("FAILED", 1))
    assert spans.all() == ()
