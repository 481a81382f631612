from __future__ import annotations

import json

import pytest

from benchmarks import model
from benchmarks.__main__ import main
from benchmarks.model import FRAME_SIZE, ModelResult, frame, measure_model, show


@pytest.mark.parametrize("number", [0, 7, 9_999])
def test_every_frame_has_the_size_it_is_said_to_have(number):
    assert len(frame(number)) == FRAME_SIZE
    assert len(frame(number, 40)) == FRAME_SIZE


def test_each_round_changes_each_conversation_and_tells_it_once_more():
    found = measure_model(2, conversations=5, known=20)
    assert len(found.update) == len(found.repeat) == len(found.plain) == 2
    assert all(each > 0 for each in found.update + found.repeat + found.plain)
    assert found.memory > 20 * 500


def test_it_says_what_was_wanted(capsys):
    show(ModelResult([2e-5], [1e-5], [4e-5], 31_000_000, 10_000))
    shown = capsys.readouterr().out
    assert "20.0 µs (20.0..20.0), wanted at most 15 µs; 0.50" in shown
    assert "busy for 3.3% of the time" in shown
    assert "10,000 conversations: 31.0 MB, wanted at most 60 MB" in shown


def test_it_is_a_suite_of_the_command(monkeypatch, tmp_path, capsys):
    result = ModelResult([2e-5], [1e-5], [4e-5], 31_000_000, 10_000)
    monkeypatch.setattr(model, "measure_model", lambda rounds: result)
    target = tmp_path / "run.json"
    assert main(["model", "--rounds", "1", "--json", str(target)]) == 0
    assert "31.0 MB" in capsys.readouterr().out
    assert json.loads(target.read_text())["suites"]["model"]["memory"] == 31_000_000
