from __future__ import annotations

import inspect

import pytest
from opentelemetry.metrics import Meter, NoOpMeter, NoOpMeterProvider
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

import ums_actors as ums
from ums_actors.metrics import opentelemetry as ours
from ums_actors.metrics.table import TABLE, Kind
from ums_actors.metrics.totals import BUCKETS

CLOCK = ".GetClock"
ADVISED = len(inspect.signature(Meter.create_histogram).parameters) > 4


class Collected:
    def __init__(self):
        self.reader = InMemoryMetricReader()
        self.provider = MeterProvider([self.reader])
        self.metrics = ours.OpenTelemetryMetrics(self.provider)

    def all(self):
        [resource] = self.reader.get_metrics_data().resource_metrics
        [scope] = resource.scope_metrics
        return {metric.name: metric for metric in scope.metrics}

    def value(self, name, **labels):
        points = self.all()[name].data.data_points
        return sum(each.value for each in points if dict(each.attributes) == labels)


@pytest.fixture
def collected(monkeypatch):
    monkeypatch.setattr(ours, "_FRESH", 0.0)
    made = Collected()
    yield made
    made.provider.shutdown()


@pytest.fixture
def runtime(collected):
    made = ums.Runtime(instruments=[collected.metrics])
    yield made
    assert made.close(10.0)


def test_there_are_the_metrics_of_the_table(collected, opened, emulator, events):
    proxy = opened()
    states = events(proxy, ums.StateChanged)
    emulator.cut("bot1")
    states.wait(lambda event: event.state == "READY")
    proxy.child("token").get(timeout=5).tell("what a token actor does not know")
    proxy.get_clock().get(timeout=5)
    found = collected.all()
    for metric in TABLE:
        name = metric.name.removesuffix("_total").removesuffix("_seconds")
        assert found[f"ums.{name}"].description == metric.help
        unit = "s" if metric.kind is Kind.HISTOGRAM else "1"
        assert found[f"ums.{name}"].unit == unit
        for point in found[f"ums.{name}"].data.data_points:
            assert set(point.attributes) == set(metric.labels)
        monotonic = getattr(found[f"ums.{name}"].data, "is_monotonic", False)
        assert monotonic is (metric.kind is Kind.COUNTER)


def test_they_have_the_numbers(collected, opened):
    proxy = opened()
    proxy.get_clock().get(timeout=5)
    assert collected.value("ums.connections", state="READY") == 1
    assert collected.value("ums.requests", type=CLOCK, outcome="ANSWERED") == 1
    [point] = [
        each
        for each in collected.all()["ums.request_duration"].data.data_points
        if each.attributes["type"] == CLOCK
    ]
    assert point.count == 1
    assert point.sum > 0


@pytest.mark.skipif(not ADVISED, reason="the API takes no bounds before 1.30")
def test_the_histogram_has_our_bounds(collected, opened):
    opened()
    points = collected.all()["ums.request_duration"].data.data_points
    assert {tuple(point.explicit_bounds) for point in points} == {BUCKETS}


def test_an_older_api_is_not_asked_for_bounds():
    class Older(NoOpMeter):
        def create_histogram(self, name, unit="", description=""):
            made.append((name, unit))
            return super().create_histogram(name, unit, description)

    class Provider(NoOpMeterProvider):
        def get_meter(self, name, *more, **named):
            return Older(name)

    made = []
    ours.OpenTelemetryMetrics(Provider())
    assert made == [("ums.request_duration", "s")]


def test_a_name_is_an_attribute(collected, start, emulator):
    proxy = start(emulator)
    collected.metrics.name(proxy, "support")
    proxy.open(wait_for_ready=True).get(timeout=10)
    assert collected.value("ums.logins", connection="support") == 1


def test_one_collection_reads_the_connections_once(collected, opened, monkeypatch):
    opened()
    monkeypatch.setattr(ours, "_FRESH", 3600.0)
    asked = []
    totals = collected.metrics.totals
    monkeypatch.setattr(
        collected.metrics, "totals", lambda: (asked.append(1), totals())[1]
    )
    collected.all()
    assert len(asked) == 1
