from __future__ import annotations

import json
import sys

import pytest

from benchmarks.__main__ import main
from benchmarks.contestants import ENTRIES, missing
from benchmarks.gates import Gate, judge
from benchmarks.measure import Result
from benchmarks.process import ChildFailed

TIMES = {"ums": [1e-6] * 5, "wsclient": [4e-6] * 5}


def run(tmp_path, *arguments: str):
    target = tmp_path / "run.json"
    status = main([*arguments, "--quick", "--json", str(target)])
    return status, json.loads(target.read_text())


@pytest.fixture
def measured(monkeypatch):
    """Have every workload measured at once, as ``TIMES`` says."""

    def measure(workload, wanted, rounds, progress) -> Result:
        progress("ums", 0)
        name = workload.metrics[0].name
        samples = {
            peer: [{name: value} for value in TIMES[peer]]
            for peer in wanted
            if peer in TIMES
        }
        return Result(workload, 5, samples, {}, {})

    monkeypatch.setattr("benchmarks.__main__.measure", measure)


@pytest.mark.parametrize(
    ("workload", "peers"),
    [
        ("request:many-8", "ums,floor"),
        ("request:threads-8", "naive,aiohttp"),
        ("receive:tls-158", "ums,ums-heard,websockets-undecoded,wsclient"),
        ("recover:close", "ums,wsclient,picows"),
        ("recover:herd", "ums"),
        ("memory:plain", "ums"),
        ("scale:1000", "ums"),
        ("load:burning", "ums"),
        ("codec:decode-158", "ums,json,orjson"),
        ("codec:unframe", "wsclient"),
        ("actors:tell", "ums,pykka"),
    ],
)
def test_each_suite_runs(workload, peers, tmp_path, capsys):
    names = [name for name in peers.split(",") if not missing(name)]
    if not names:
        pytest.skip("none of them is installed")
    status, record = run(tmp_path, workload, "--peers", ",".join(names))
    shown = capsys.readouterr()
    assert (status, "FAILED" in shown.out) == (0, False), shown.out
    assert "round 1 of 1" in shown.err
    suite, _, name = workload.partition(":")
    found = record["suites"][suite]["workloads"][name]
    assert set(found["contestants"]) == set(names)
    for contestant in found["contestants"].values():
        (sample,) = contestant["samples"]
        assert sample[found["metrics"][0]["name"]] >= 0


def test_each_contestant_of_requests_gives_figures_beside_the_floor(tmp_path, capsys):
    status, record = run(tmp_path, "request:32")
    shown = capsys.readouterr().out
    assert (status, "FAILED" in shown) == (0, False), shown
    found = record["suites"]["request"]["workloads"]["32"]
    for name, entry in ENTRIES.items():
        if "request" not in entry.does:
            continue
        if missing(name):
            assert name in found["unavailable"]
            continue
        assert entry.title in shown
        (sample,) = found["contestants"][name]["samples"]
        assert sample["rate"] > 0
        assert 0 < sample["p50"] <= sample["p99"]
        assert found["contestants"][name]["to_floor"]["median"] > 0
    assert "The server's own ceiling" in shown
    assert record["machine"]["cores"] > 0
    assert record["versions"]["msgspec"] != "not installed"


def test_a_peer_that_is_not_installed_is_left_out_with_the_way_out(
    monkeypatch, tmp_path, capsys
):
    # A module of that name that cannot be found: its own import fails.
    (tmp_path / "websockets.py").write_text(
        "raise ModuleNotFoundError('gone', name='websockets')"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert main(["request:32", "--peers", "websockets,floor", "--quick"]) == 1
    shown = capsys.readouterr().out
    assert "the package websockets is not installed: pip install '.[bench]'" in shown
    assert ENTRIES["floor"].title in shown


def test_a_peer_that_fails_is_reported_and_the_others_go_on(
    monkeypatch, tmp_path, capsys
):
    (tmp_path / "websockets.py").write_text("raise RuntimeError('broken install')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert main(["request:32", "--peers", "websockets,floor", "--quick"]) == 1
    shown = capsys.readouterr().out
    assert "FAILED" in shown
    assert "broken install" in shown
    assert "The server's own ceiling" in shown


def test_a_server_that_fails_ends_its_suite_and_the_next_goes_on(monkeypatch, capsys):
    def fail(*_: object) -> None:
        raise ChildFailed("server ended")

    monkeypatch.setattr("benchmarks.__main__.measure", fail)
    assert main(["codec:frame", "actors:tell", "--quick"]) == 1
    assert capsys.readouterr().err.count("server ended") == 2


@pytest.mark.usefixtures("measured")
@pytest.mark.parametrize(("most", "status"), [(1e-7, 3), (1e-5, 0)])
def test_a_gate_that_surely_falls_short_is_told_by_the_status(
    most, status, monkeypatch, capsys
):
    gates = (Gate("codec", "frame", None, most, most, "time", True, unit="s"),)
    monkeypatch.setattr("benchmarks.summary.judge", lambda *of: judge(*of, gates))
    assert main(["codec:frame"]) == 0
    assert main(["codec:frame", "--gate"]) == status
    shown = capsys.readouterr().out
    assert f"{int(status == 3)} of 1 surely fall short" in shown


@pytest.mark.usefixtures("measured")
def test_an_earlier_run_is_compared(tmp_path, monkeypatch, capsys):
    earlier = tmp_path / "earlier.json"
    assert main(["codec:frame", "--json", str(earlier)]) == 0
    monkeypatch.setitem(TIMES, "ums", [5e-7] * 5)
    assert main(["codec:frame", "--compare", str(earlier)]) == 0
    assert " better" in capsys.readouterr().out
    assert main(["codec:encode", "--compare", str(earlier)]) == 0
    assert "has nothing that this one has" in capsys.readouterr().out


@pytest.mark.usefixtures("measured")
def test_without_matplotlib_it_says_so(monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(sys.modules, "benchmarks.plots", None)
    assert main(["codec:frame", "--plot", str(tmp_path / "pictures")]) == 0
    assert "No plots" in capsys.readouterr().err


@pytest.mark.usefixtures("measured")
def test_without_rich_the_report_is_plain_text(monkeypatch, capsys):
    monkeypatch.setattr("benchmarks.report.find_spec", lambda _name: None)
    assert main(["codec:frame"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith("contestant ")
    assert lines[2].startswith("ums_actors")


def test_all_suites_and_contestants_can_be_listed(capsys):
    assert main(["--list"]) == 0
    shown = capsys.readouterr().out
    for text in ("request", "threads-64", "tls-1188", "herd", "Node + ws", "model"):
        assert text in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing"], "'nothing' is no suite; choose of request"),
        (["request:33"], "request has no workload '33'; it has 1, 32, 256"),
        (["--peers", "floor,me"], "'me' is no contestant; choose of ums, ums-heard"),
        (["--rounds", "0"], "'0' must be a whole number above 0"),
        (["--json", "/"], "'/' cannot be written"),
        (["--json", "/nowhere/at/all.json"], "cannot be written"),
        (["--plot", "/dev/null"], "is no folder"),
        (["--compare", "/nowhere.json"], "is no record of an earlier run"),
        (["--compare", "/dev/null"], "is no record of an earlier run"),
    ],
)
def test_wrong_options_say_what_is_right(arguments, said, capsys):
    with pytest.raises(SystemExit) as exit_info:
        main(arguments)
    assert exit_info.value.code == 2
    assert said in capsys.readouterr().err
