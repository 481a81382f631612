from __future__ import annotations

import json

import pytest

from benchmarks.__main__ import main
from benchmarks.contestants import ENTRIES

TINY = ["--rounds", "1", "--requests", "120", "--in-flight", "4"]
NEEDS = {
    "ums": [],
    "websockets": ["websockets"],
    "picows": ["picows", "uvloop"],
    "floor": [],
}


@pytest.mark.parametrize("name", ENTRIES)
def test_each_contestant_gives_figures_beside_the_floor(name, tmp_path, capsys):
    for package in NEEDS[name]:
        pytest.importorskip(package)
    target = tmp_path / "run.json"
    status = main(["request", "--peers", f"floor,{name}", *TINY, "--json", str(target)])
    shown = capsys.readouterr()
    assert (status, "FAILED" in shown.out) == (0, False), shown.out
    assert ENTRIES[name].title in shown.out
    assert "round 1 of 1" in shown.err
    record = json.loads(target.read_text())
    suite = record["suites"]["request"]
    (sample,) = suite["contestants"][name]["samples"]
    assert sample["rate"] > 0
    assert 0 < sample["p50"] <= sample["p99"]
    assert suite["contestants"][name]["to_floor"]["median"] > 0
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
    assert main(["--peers", "websockets,floor", *TINY]) == 1
    shown = capsys.readouterr().out
    assert "the package websockets is not installed: pip install '.[bench]'" in shown
    assert ENTRIES["floor"].title in shown


def test_a_peer_that_fails_is_reported_and_the_others_go_on(
    monkeypatch, tmp_path, capsys
):
    (tmp_path / "websockets.py").write_text("raise RuntimeError('broken install')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert main(["--peers", "websockets,floor", *TINY]) == 1
    shown = capsys.readouterr().out
    assert "FAILED" in shown
    assert "broken install" in shown


def test_without_rich_the_report_is_plain_text(monkeypatch, capsys):
    monkeypatch.setattr("benchmarks.report.find_spec", lambda _name: None)
    assert main(["--peers", "floor", *TINY]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith("contestant ")
    assert lines[2].startswith("raw socket (the floor)")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing"], "'nothing' is no suite; choose of request"),
        (["--peers", "floor,me"], "'me' is no contestant; choose of ums, websockets"),
        (["--rounds", "0"], "'0' must be a whole number above 0"),
        (["--requests", "many"], "'many' must be a whole number above 0"),
        (["--json", "/"], "'/' cannot be written"),
        (["--json", "/nowhere/at/all.json"], "cannot be written"),
    ],
)
def test_wrong_options_say_what_is_right(arguments, said, capsys):
    with pytest.raises(SystemExit) as exit_info:
        main(arguments)
    assert exit_info.value.code == 2
    assert said in capsys.readouterr().err
