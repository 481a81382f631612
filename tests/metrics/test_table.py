from __future__ import annotations

import re
from pathlib import Path

import pytest
from prometheus_client.core import CounterMetricFamily

from ums_actors.metrics.table import TABLE, Kind, as_markdown

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
UNITS = ("_seconds", "_bytes")


def test_the_readme_has_this_table():
    begin, end = "<!-- metrics:begin -->\n", "\n<!-- metrics:end -->"
    told = README.partition(begin)[2].partition(end)[0]
    assert told == as_markdown(), "put as_markdown() of ums_actors.metrics.table there"


def test_each_name_is_there_once():
    names = [metric.name for metric in TABLE]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("metric", TABLE, ids=lambda metric: metric.name)
def test_names_are_as_prometheus_wants_them(metric):
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", metric.name)
    assert metric.name.endswith("_total") is (metric.kind is Kind.COUNTER)
    if metric.kind is Kind.HISTOGRAM:
        assert metric.name.endswith(UNITS)
    assert metric.help
    assert "|" not in metric.help
    assert not metric.help.endswith(".")
    assert set(metric.labels) <= {
        *("state", "who", "reason", "verdict", "child", "type", "outcome", "event")
    }
    assert CounterMetricFamily(metric.name, metric.help).documentation == metric.help
