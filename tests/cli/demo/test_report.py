from __future__ import annotations

import json

import pytest

from ums_actors.cli.demo.audit import Audit
from ums_actors.cli.demo.plan import Fault
from ums_actors.cli.demo.report import percentile, summarize

ZERO = Audit(to_bots=5, to_consumers=5, lost=0, duplicated=0, unanswered=0)
TIMES = {fault: [0.25] for fault in Fault}


def test_three_zeros_and_six_recoveries_are_a_success():
    report = summarize(conversations=2, audit=ZERO, times=TIMES)
    assert report.ok
    assert json.loads(json.dumps(report.as_dict())) == {
        "conversations": 2,
        "messages": {"to_bots": 5, "to_consumers": 5},
        "recoveries": [
            {"fault": fault.value, "count": 1, "p50_s": 0.25, "p99_s": 0.25}
            for fault in Fault
        ],
        "lost": 0,
        "duplicated": 0,
        "unanswered": 0,
    }


@pytest.mark.parametrize("word", ["lost", "duplicated", "unanswered"])
def test_one_message_too_few_or_too_many_is_a_failure(word):
    numbers = {"lost": 0, "duplicated": 0, "unanswered": 0, word: 3}
    report = summarize(conversations=2, audit=Audit(5, 5, **numbers), times=TIMES)
    assert not report.ok
    assert report.failures == (f"3 {word}",)
    assert report.as_dict()[word] == 3


def test_a_fault_that_was_not_seen_is_a_failure():
    times = {fault: [0.1] for fault in Fault if fault is not Fault.CUT_THEN_401}
    report = summarize(conversations=2, audit=ZERO, times=times)
    assert report.failures == ("no recovery was seen from: cut, then 401",)
    assert len(report.as_dict()["recoveries"]) == 5


def test_a_fault_without_recovery_is_told_once():
    times = {fault: [0.1] for fault in Fault if fault is not Fault.SOCKET}
    missing = ["socket crash on bot1: not recovered within 30 s"]
    report = summarize(conversations=2, audit=ZERO, times=times, missing=missing)
    assert report.failures == tuple(missing)


def test_notes_are_told_only_with_a_failure():
    notes = ["bot1: slow", "bot2: slow"]
    good = summarize(conversations=2, audit=ZERO, times=TIMES, notes=notes)
    bad = summarize(conversations=2, audit=ZERO, times={}, notes=notes)
    assert good.ok
    assert bad.failures[-2:] == ("bot1: slow", "bot2: slow")


def test_percentiles_are_values_that_occurred():
    values = [float(number) for number in range(1, 101)]
    assert percentile(values, 0.5) == 50
    assert percentile(values, 0.99) == 99
    assert percentile([3.0], 0.5) == percentile([3.0], 0.99) == 3
    assert percentile([2.0, 1.0], 0.5) == 1
