"""No secret, and nothing that says who somebody is, in labels, spans or attributes."""

from __future__ import annotations

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import ums_actors as ums
from ums_actors.emulator import password_of
from ums_actors.metrics.opentelemetry import OpenTelemetryTraces

SAID = "what was said in private"


@pytest.fixture
def exported():
    return InMemorySpanExporter()


@pytest.fixture
def runtime(scraped, exported):
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exported))
    made = ums.Runtime(instruments=[scraped.metrics, OpenTelemetryTraces(provider)])
    yield made
    assert made.close(10.0)
    provider.shutdown()


def test_none_is_there_after_a_day_that_went_badly(
    scraped, exported, opened, emulator, events
):
    proxy = opened()
    talk = emulator.open_conversation(assign="bot1").conversation_id
    proxy.send_text(talk, SAID).get(timeout=5)
    no = {"code": 403, "type": ".ams.ms.PublishEvent"}
    emulator.add_fault("reject", count=1, value=no)
    with pytest.raises(ums.RequestRejected):
        proxy.send_text(talk, SAID).get(timeout=5)
    with pytest.raises(ums.RequestError):
        proxy.send({"type": f"for {talk}", "body": {}}).get(timeout=5)
    states = events(proxy, ums.StateChanged)
    emulator.close_sockets(4401, "bot1")
    states.wait(lambda event: event.state == "READY")
    emulator.cut("bot1")
    states.wait(lambda event: event.state == "READY")
    token = proxy.get_token().get(timeout=5)
    status = proxy.status().get(timeout=5)
    proxy.close().get(timeout=10)
    text = scraped.text()
    spans = exported.get_finished_spans()
    assert len(spans) > 5
    traced = "".join(
        repr((span.name, dict(span.attributes), span.events, span.status.description))
        for span in spans
    )
    secrets = [password_of("bot1"), str(token), token_text(token), SAID, talk]
    for secret in (*secrets, status.agent_id):
        assert len(secret) > 3
        assert secret not in text
        assert secret not in traced
    assert status.connection_id not in text
    assert emulator.account not in text


def token_text(token):
    reveal = getattr(token, "reveal", None)
    return token if reveal is None else reveal()
