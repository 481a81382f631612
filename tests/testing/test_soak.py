from __future__ import annotations

import msgspec
import pytest

from ums_actors.testing.soak import Outcome, run, soak
from ums_actors.testing.soak.__main__ import main
from ums_actors.testing.soak.faults import FAULTS
from ums_actors.testing.soak.gauges import Gauges, Reading
from ums_actors.testing.soak.slope import Slope


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.soak)])
def test_a_short_soak_of_a_few_faults_passes(seed):
    told = []
    outcome = soak(
        5.0, seed=seed, bots=2, rate=100, every=1.2, lasts=1.0, tell=told.append
    )
    assert outcome.violations == []
    assert sum(outcome.faults.values()) >= 1  # more where there is time for them
    assert set(outcome.faults) <= set(FAULTS)
    assert sum(outcome.verdicts.values()) == outcome.requests > 0
    assert outcome.messages > 0
    assert any("to recover" in line for line in told)


def gauges(*readings):
    made = Gauges()
    made.readings = [Reading(*each, in_use=each[-1], kept=0) for each in readings]
    return made


def test_growth_is_what_the_first_half_did_not_have():
    flat = gauges((0, 5, 20, 9), (1, 9, 25, 9), (2, 30, 60, 9), (3, 9, 24, 9))
    assert flat.growth() == {"threads": 0, "descriptors": 0}
    assert flat.are_flat()
    grown = gauges((0, 5, 20, 9), (1, 6, 20, 9), (2, 9, 40, 9), (3, 8, 60, 9))
    assert grown.growth() == {"threads": 2, "descriptors": 40}
    assert not grown.are_flat()


def test_the_slope_is_of_the_settled_part_and_an_hour():
    readings = [(n * 60, 1, 1, 10_000 if n < 4 else 500 + n) for n in range(13)]
    assert gauges(*readings).slope().estimate == pytest.approx(60)
    assert gauges(*readings).slope("in_use").estimate == pytest.approx(60)
    assert gauges(*readings).slope("kept").estimate == 0.0
    assert gauges((0, 1, 1, 5)).slope() == Gauges().slope() == Slope()


def test_a_reading_is_of_this_process():
    reading = Gauges().read()
    assert reading.threads >= 1
    assert reading.descriptors >= 3
    assert reading.memory > 1 << 20
    assert reading.in_use > 1 << 20


JUDGED = pytest.mark.parametrize(
    ("exact", "seconds", "broken"),
    [(True, run.LONG, True), (True, run.LONG - 1, False), (False, run.LONG, False)],
)


@JUDGED
def test_growth_that_is_sure_is_a_failure_of_a_long_run(exact, seconds, broken):
    outcome = Outcome(seed=0, exact=exact, seconds=seconds)
    outcome.memory = {
        "in RAM": Slope(2e6, 1e6 + 1, 3e6),
        "in use": Slope(2e6, 1e6 - 1, 3e6),
    }
    found = run.growing(outcome)
    assert bool(found) == broken
    assert all(each.startswith("memory in RAM grows") for each in found)
    assert len(found) <= 1


def test_the_command_says_what_came_of_it(monkeypatch, capsys):
    outcomes = [
        Outcome(seed=0, growth={"threads": 0, "descriptors": 0}),
        Outcome(
            seed=0, growth={"threads": 0, "descriptors": 0}, violations=["it hangs"]
        ),
    ]
    given = []

    def fake(seconds, **more):
        given.append((seconds, more["seed"]))
        more["tell"]("progress")
        return outcomes.pop(0)

    monkeypatch.setattr("ums_actors.testing.soak.__main__.soak", fake)
    assert main(["--minutes", "2", "--seed", "7"]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("progress\n")
    assert said.out.endswith("passed\n")
    assert main(["--json"]) == 1
    said = capsys.readouterr()
    assert said.err == "progress\n"
    assert msgspec.json.decode(said.out)["violations"] == ["it hangs"]
    assert given == [(120.0, 7), (1_800.0, 0)]


def test_the_command_tells_how_sure_the_growth_of_memory_is(monkeypatch, capsys):
    outcome = Outcome(
        seed=0,
        growth={"threads": 0, "descriptors": 0},
        memory={"in RAM": Slope(500_000, -250_000, 1_250_000), "in use": Slope()},
        readings=[Reading(1.0, 2, 3, 64_000_000, 37_000_000, 1_000_000)],
        given_back=62_500_000,
    )
    monkeypatch.setattr(
        "ums_actors.testing.soak.__main__.soak", lambda *_, **__: outcome
    )
    assert main([]) == 0
    said = capsys.readouterr().out
    assert "memory in RAM: +0.50 MB an hour, between -0.25 and +1.25" in said
    assert "memory in use: too short to say" in said
    assert "64.0 MB, 62.5 MB once malloc has given back what it kept" in said
