from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

import ums_actors as ums
from ums_actors.metrics.prometheus import PrometheusMetrics

_path = Path(__file__).parents[1] / "connection" / "conftest.py"
_spec = importlib.util.spec_from_file_location("connection_fixtures", _path)
assert _spec is not None
assert _spec.loader is not None
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)

arguments = _module.arguments
emulator = _module.emulator
events = _module.events
opened = _module.opened
start = _module.start


class Scraped:
    """Metrics with a registry of their own, and what a scrape of it says."""

    def __init__(self, **more):
        self.registry = CollectorRegistry()
        self.metrics = PrometheusMetrics(self.registry, **more)

    def text(self):
        return generate_latest(self.registry).decode()

    def samples(self):
        for family in text_string_to_metric_families(self.text()):
            yield from family.samples

    def value(self, name, **labels):
        """Give the value that these labels have; 0 if there is none."""
        wanted = {"connection": "", **labels}
        return sum(
            each.value
            for each in self.samples()
            if each.name == f"ums_{name}" and each.labels == wanted
        )

    def by(self, name, label):
        """Give the values by one of their labels, added up."""
        found = {}
        for each in self.samples():
            if each.name == f"ums_{name}":
                key = each.labels[label]
                found[key] = found.get(key, 0) + each.value
        return found


@pytest.fixture
def scraped():
    return Scraped()


@pytest.fixture
def runtime(scraped):
    """A runtime with an instrument."""
    made = ums.Runtime(instruments=[scraped.metrics])
    yield made
    assert made.close(10.0)


@pytest.fixture
def reject(emulator):
    def begin(code, kind=".GetClock", count=1):
        emulator.add_fault("reject", count=count, value={"code": code, "type": kind})

    return begin
