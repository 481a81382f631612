from __future__ import annotations

import importlib

import pytest

from benchmarks import contestants
from benchmarks.contestants import ENTRIES, Unavailable, command, make, missing
from benchmarks.suites import SUITES

PLACES = [
    (name, path)
    for name, entry in ENTRIES.items()
    if not entry.node
    for path in sorted(set(entry.does.values()))
]


@pytest.mark.parametrize(("name", "path"), PLACES)
def test_every_entry_leads_to_a_class(name, path):
    if lacking := missing(name):
        pytest.skip(lacking)
    module, _, attribute = path.partition(":")
    found = importlib.import_module(f"benchmarks.contestants.{module}")
    assert isinstance(getattr(found, attribute), type)


def test_every_workload_has_its_base_and_ours_among_its_contestants():
    for suite in SUITES.values():
        for quick in (True, False):
            workloads = suite.workloads(quick)
            assert len({each.name for each in workloads}) == len(workloads)
            for workload in workloads:
                for name in ("ums", workload.base):
                    assert workload.kind in ENTRIES[name].does
                    assert not workload.peers or name in workload.peers


def test_a_package_that_is_missing_is_named_with_the_way_out(monkeypatch):
    def find(name: str) -> None:
        raise ModuleNotFoundError("gone", name="picows")

    monkeypatch.setattr(contestants.importlib, "import_module", find)
    said = pytest.raises(
        Unavailable, match=r"picows is not installed: pip install '.\["
    )
    with said:
        make("picows", "request")


@pytest.mark.parametrize(
    ("node", "said"),
    [(None, "node is not installed"), ("/usr/bin/node", "npm ci --prefix benchmarks")],
)
def test_without_node_or_its_package_it_is_left_out(node, said, monkeypatch, tmp_path):
    monkeypatch.setattr(contestants.shutil, "which", lambda _: node)
    monkeypatch.setattr(contestants, "NODE", tmp_path)
    with pytest.raises(Unavailable, match=said):
        command("node", "request")
    assert said in missing("node")


def test_what_needs_nothing_lacks_nothing():
    assert missing("floor") == missing("json") == missing("ums") == ""
