from __future__ import annotations

import pytest

from ums_actors.testing.soak import growth as module
from ums_actors.testing.soak.growth import KINDS, growth, main
from ums_actors.testing.soak.slope import Slope, slope_through


@pytest.mark.parametrize(
    "kind",
    [
        kind if kind == "crashes" else pytest.param(kind, marks=pytest.mark.soak)
        for kind in KINDS
    ],
)
def test_each_kind_can_be_measured(kind, monkeypatch):
    monkeypatch.setattr(module, "KINDS", {kind: KINDS[kind]._replace(before=1, size=4)})
    found = growth(kind, 4)
    assert found.low <= found.estimate <= found.high


def test_the_slope_is_by_the_unit_of_the_first():
    points = [(number * 500.0, 7.0 + number) for number in range(6)]
    assert slope_through(points, 10_000) == Slope(20.0, 20.0, 20.0)


def test_the_command_tells_what_was_asked_for(monkeypatch, capsys):
    asked = []

    def fake(kind, rounds):
        asked.append((kind, rounds))
        return Slope(1_500.0, -500.0, 3_500.0) if kind == "lines" else Slope()

    monkeypatch.setattr(module, "growth", fake)
    assert main(["lines", "requests", "--rounds", "9"]) == 0
    assert asked == [("lines", 9), ("requests", 9)]
    first, second = capsys.readouterr().out.splitlines()
    assert first.split(maxsplit=1) == [
        "lines",
        "+1.5 kB for 10000, between -0.5 and +3.5 in 19 of 20 cases",
    ]
    assert second.split(maxsplit=1) == ["requests", "too few readings to say"]
    assert main([]) == 0
    assert [kind for kind, _ in asked[2:]] == list(KINDS)
    with pytest.raises(SystemExit):
        main(["nothing"])
    assert "nothing: no such kind" in capsys.readouterr().err
