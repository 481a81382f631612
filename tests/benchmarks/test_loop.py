from __future__ import annotations

import json

import pytest

from benchmarks import loop
from benchmarks.loop import (
    LoopResult,
    LoopSample,
    LoopSettings,
    measure_loop,
    record_loop,
    show_loop,
)
from benchmarks.process import ChildFailed, LineProcess

SAMPLE = LoopSample(
    busy=0.25,
    process_busy=0.3,
    a_minute=99_900.0,
    pushed=8_333,
    arrived=8_333,
    asked=0,
    server_busy=0.1,
)


def result(*samples: LoopSample) -> LoopResult:
    return LoopResult(LoopSettings(), {"plain": list(samples)}, {"tls": "no package"})


def test_a_round_hears_everything_on_both_lines():
    found, shown = LoopResult.empty(LoopSettings(0.2, 5)), []
    measure_loop(found, 1, lambda line, number: shown.append((line, number)))
    assert shown == [("tls", 1), ("plain", 1)]
    assert found.unavailable == {}
    for (sample,) in found.samples.values():
        assert (sample.arrived, sample.pushed, sample.asked) == (333, 333, 0)
        assert 0 < sample.busy < sample.process_busy
        assert sample.a_minute > 0


def test_a_line_that_is_not_to_be_had_is_left_out_of_all_rounds(monkeypatch, capsys):
    def read(self: LineProcess, timeout: float) -> dict[str, str]:
        return {"unavailable": "the package trustme is not installed"}

    monkeypatch.setattr(LineProcess, "read", read)
    found = LoopResult.empty(LoopSettings())
    measure_loop(found, 0, lambda line, number: None)
    measure_loop(found, 1, pytest.fail)
    assert found.samples == {}
    show_loop(found)
    assert "tls was left out: the package trustme is" in capsys.readouterr().out


class Client:
    """Answers as a listener that heard this."""

    def __init__(self, **heard: object) -> None:
        self.heard = {
            "seconds": 1.0,
            "loop": 0.2,
            "process": 0.3,
            "conversations": 5,
            "messages": 4,
            "fed_on_loop": True,
            "troubles": {},
            **heard,
        }

    def ask(self, command, timeout):
        return self.heard if command["do"] == "hear" else {}


class Server:
    """Answers as a pusher whose client asks for something meanwhile."""

    def __init__(self) -> None:
        self.asked = 3

    def ask(self, command, timeout):
        self.asked += command["do"] == "push"
        return {"cpu": 1.0, "other": self.asked}


def test_what_did_not_arrive_and_what_was_asked_for_is_in_the_sample():
    sample = loop._push(Server(), Client(), 10, 100.0)  # type: ignore[arg-type]
    assert (sample.busy, sample.process_busy) == (0.2, 0.3)
    assert (sample.pushed, sample.arrived, sample.asked) == (10, 9, 1)
    assert sample.a_minute == 540


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        ({"troubles": {"reconnects": 1}}, "not in order: {'reconnects': 1}"),
        ({"fed_on_loop": False}, "fed on the loop's thread: False"),
    ],
)
def test_a_connection_that_is_not_in_order_ends_it(heard, said):
    with pytest.raises(ChildFailed, match=said):
        loop._push(Server(), Client(**heard), 10, 100.0)  # type: ignore[arg-type]


def test_the_row_says_what_was_measured_and_what_is_wanted(capsys):
    show_loop(result(*[SAMPLE] * 5))
    row, more, left_out = capsys.readouterr().out.splitlines()
    assert "100,000 a minute, plain: loop busy 25.0 % (25.0..25.0)" in row
    assert "(gate: under 50 %): reached" in row
    assert "all 41,665 of 41,665 events arrived, 99,900 a minute" in more
    assert "tls was left out: no package" in left_out


@pytest.mark.parametrize(
    ("changed", "rounds", "said"),
    [
        ({"busy": 0.6}, 5, "missed"),
        ({}, 4, "too few rounds to say"),
        ({"arrived": 8_332}, 5, "missed, for events are missing"),
        ({"a_minute": 90_000.0}, 5, "cannot be said, for the pace was missed"),
    ],
)
def test_the_verdict_needs_all_events_at_the_whole_pace(changed, rounds, said, capsys):
    found = result(*[SAMPLE._replace(**changed)] * rounds)
    show_loop(found)
    assert f"(gate: under 50 %): {said};" in capsys.readouterr().out
    kept = json.loads(json.dumps(record_loop(found)))
    assert kept["lines"]["plain"]["verdict"] == said
    assert len(kept["lines"]["plain"]["samples"]) == rounds
    assert kept["unavailable"] == {"tls": "no package"}


def test_one_noisy_round_is_no_verdict(capsys):
    found = result(*[SAMPLE] * 4, SAMPLE._replace(busy=0.6))
    show_loop(found)
    assert "too noisy to say" in capsys.readouterr().out
