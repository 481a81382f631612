from __future__ import annotations

import json

import pytest

from ums_actors.cli.demo.audit import Audit
from ums_actors.cli.demo.ledger import Heard, Place
from ums_actors.cli.demo.plan import STRIKES, Fault, Side, Strike
from ums_actors.cli.demo.report import percentile, summarize

NUMBERS = {
    "conversations": 2,
    "to_bots": 5,
    "to_consumers": 5,
    "handed_out": 20,
    "lost": 0,
    "duplicated": 0,
    "out_of_order": 0,
    "unanswered": 0,
}
ZERO = Audit(**NUMBERS)
TIMES = {strike: [0.25] for strike in STRIKES}
CUT = Strike(Fault.CUT, Side.CONSUMER)


def summary(audit=ZERO, times=TIMES, **more):
    deeds = {"rings": 3, "closed by bots": 1}
    return summarize(seed=7, audit=audit, deeds=deeds, times=times, **more)


def test_zeros_and_all_recoveries_are_a_success():
    report = summary()
    assert report.ok
    assert json.loads(json.dumps(report.as_dict())) == {
        "seed": 7,
        "conversations": 2,
        "messages": {"to_bots": 5, "to_consumers": 5, "handed_out": 20},
        "rings": 3,
        "closed_by_bots": 1,
        "recoveries": [
            {
                "fault": strike.fault.value,
                "on": strike.side.value,
                "count": 1,
                "p50_s": 0.25,
                "p99_s": 0.25,
            }
            for strike in STRIKES
        ],
        "lost": 0,
        "duplicated": 0,
        "out_of_order": 0,
        "unanswered": 0,
    }


@pytest.mark.parametrize("word", ["lost", "duplicated", "out_of_order", "unanswered"])
def test_one_message_too_few_or_too_many_is_a_failure(word):
    report = summary(Audit(**{**NUMBERS, word: 3}))
    assert not report.ok
    assert report.failures == (f"3 {word.replace('_', ' ')}",)
    assert report.as_dict()[word] == 3


def test_a_fault_that_was_not_seen_is_a_failure():
    report = summary(times={it: [0.1] for it in STRIKES if it != CUT})
    assert report.failures == ("no recovery was seen from: cut on consumer",)
    assert len(report.as_dict()["recoveries"]) == len(STRIKES) - 1


def test_a_fault_without_recovery_is_told_once():
    missing = ["cut on consumer2: not recovered within 30 s"]
    report = summary(times={it: [0.1] for it in STRIKES if it != CUT}, missing=missing)
    assert report.failures == tuple(missing)


def test_notes_are_told_only_with_a_failure():
    notes = ["bot1: slow", "bot2: slow"]
    assert summary(notes=notes).ok
    assert summary(times={}, notes=notes).failures[-2:] == ("bot1: slow", "bot2: slow")


def test_of_many_failures_some_are_told():
    missing = [f"cut on bot{number}: no" for number in range(20)]
    report = summary(missing=missing)
    assert report.failures == (*missing[:8], "and 12 more")


def test_who_missed_what_is_told():
    missed = tuple(Heard("bot1", Place("d", number)) for number in range(9))
    report = summary(Audit(**{**NUMBERS, "lost": 9, "missed": missed}))
    assert report.failures[:2] == ("9 lost", "bot1 did not get event 0 of d")
    assert len(report.failures) == 4


def test_percentiles_are_values_that_occurred():
    values = [float(number) for number in range(1, 101)]
    assert percentile(values, 0.5) == 50
    assert percentile(values, 0.99) == 99
    assert percentile([3.0], 0.5) == percentile([3.0], 0.99) == 3
    assert percentile([2.0, 1.0], 0.5) == 1
