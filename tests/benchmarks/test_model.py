from __future__ import annotations

import json

import pytest

from benchmarks.__main__ import main
from benchmarks.loop import LoopResult, LoopSample, LoopSettings
from benchmarks.process import ChildFailed
from benchmarks.suites import model
from benchmarks.suites.model import PARTS, Costs, ModelResult, measure_model, show

SAMPLE = LoopSample(0.25, 0.3, 99_900.0, 8_333, 8_333, 0, 0.1)


def result(rounds: int = 5, update: float = 1e-5) -> ModelResult:
    costs = Costs([2e-5], [update], [1e-5], [4e-5])
    return ModelResult(
        Costs(*[column * rounds for column in costs]),
        [31e6] * rounds,
        10_000,
        LoopResult(LoopSettings(), {"plain": [SAMPLE] * rounds, "tls": []}, {}),
    )


def test_each_round_has_all_parts():
    shown: list[tuple[str, int]] = []
    found = measure_model(
        2,
        lambda part, number: shown.append((part, number)),
        conversations=5,
        known=200,
        loop=LoopSettings(0.05, 5),
    )
    assert sorted(shown) == sorted((part, each) for part in PARTS for each in range(2))
    for column in found.costs:
        assert len(column) == 2
        assert all(each > 0 for each in column)
    assert len(found.memory) == 2
    assert all(each > 200 * 500 for each in found.memory)
    for samples in found.loop.samples.values():
        assert [sample.arrived for sample in samples] == [83, 83]


def test_it_says_what_was_wanted_and_whether_that_is_so(capsys):
    show(result())
    shown = capsys.readouterr().out
    assert "object: 10.0 µs (10.0..10.0) (gate: at most 15 µs): reached; 0.25" in shown
    assert "frame: 20.0 µs (20.0..20.0) (gate: at most 15 µs): missed; 0.50" in shown
    assert "nothing new: 10.0 µs" in shown
    assert "10,000 conversations: 31.0 MB (31.0..31.0) (gate: at most 60 MB" in shown
    assert "loop busy 25.0 % (25.0..25.0) (gate: under 50 %): reached" in shown


@pytest.mark.parametrize(("waiting", "said"), [(2.1, True), (2.0, False)])
def test_a_machine_that_others_slow_down_is_said(waiting, said, monkeypatch, capsys):
    monkeypatch.setattr(model, "load", lambda: (waiting, 2))
    show(result())
    assert ("load is 2.1 on 2 cores: others" in capsys.readouterr().out) is said


def test_it_is_a_suite_of_the_command(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(model, "measure_model", lambda rounds, progress: result(rounds))
    target = tmp_path / "run.json"
    assert main(["model", "--rounds", "5", "--json", str(target)]) == 0
    assert "31.0 MB" in capsys.readouterr().out
    suite = json.loads(target.read_text())["suites"]["model"]
    assert suite["memory"] == [31e6] * 5
    assert [(gate["name"], gate["verdict"]) for gate in suite["gates"]] == [
        ("update", "reached"),
        ("whole", "missed"),
        ("memory", "reached"),
    ]
    assert suite["loop"]["lines"]["plain"]["busy"]["median"] == 0.25
    assert suite["loop"]["settings"]["a_minute"] == 100_000


def test_a_process_that_fails_is_reported(monkeypatch, capsys):
    def fail(rounds, progress):
        raise ChildFailed("listener failed with ValueError: no")

    monkeypatch.setattr(model, "measure_model", fail)
    assert main(["model"]) == 1
    assert "listener failed with ValueError: no" in capsys.readouterr().err
