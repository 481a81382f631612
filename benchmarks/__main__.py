"""``python -m benchmarks``: measure, show the ratios, say what they are worth.

Exit status: 0 when every contestant that can run here did, 1 when one failed or one
that ``--peers`` names is not available, 2 for wrong options, 3 when ``--gate`` was
given and a gate surely falls short.
"""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from benchmarks import compare, report
from benchmarks.contestants import ENTRIES, missing
from benchmarks.machine import facts
from benchmarks.measure import contestants_of, measure, steps
from benchmarks.process import ChildFailed
from benchmarks.ratio import Verdict
from benchmarks.record import record, record_workload
from benchmarks.suites import SUITES
from benchmarks.summary import summarize

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from benchmarks.gates import Judged
    from benchmarks.suite import Suite, Workload

__all__ = ["main"]

_ROUNDS: Final = 5
_EVERYTHING: Final = "all"
_FAILED, _SHORT, _INTERRUPTED = 1, 3, 130


class _Chosen(NamedTuple):
    """A suite, and those of its workloads that are wanted."""

    suite: Suite
    workloads: frozenset[str]


class _Run:
    """What came of all suites."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._peers = tuple(options.peers or ENTRIES)
        self._rounds = options.rounds or (1 if options.quick else _ROUNDS)
        self.records: dict[str, Any] = {}
        self.gates: list[Judged] = []
        self.failed = False

    def suite(self, chosen: _Chosen) -> None:
        """Measure and show a suite; a server that fails ends one workload only."""
        name, own = chosen.suite.name, chosen.suite.own
        if own is not None:
            with self._going_on():
                self.records[name] = own(self._rounds, self._options.quick)
        for workload in chosen.suite.workloads(self._options.quick):
            if not chosen.workloads or workload.name in chosen.workloads:
                with self._going_on():
                    self._workload(name, workload)

    @contextmanager
    def _going_on(self) -> Generator[None]:
        try:
            yield
        except ChildFailed as error:
            self.failed = True
            print(f"A process of the benchmark failed: {error}", file=sys.stderr)

    def _workload(self, suite: str, workload: Workload) -> None:
        each = steps(workload, self._peers)
        if not each:
            return
        title = f"{suite}, {workload.name}"
        with report.progress(title, self._rounds, each) as progress:
            result = measure(workload, self._peers, self._rounds, progress)
        summary = summarize(suite, result)
        report.show(suite, result, summary)
        self.gates += summary.gates
        named = bool(self._options.peers) and bool(result.unavailable)
        self.failed |= bool(result.failed) or named or not any(result.samples.values())
        workloads = self.records.setdefault(suite, {"workloads": {}})["workloads"]
        workloads[workload.name] = record_workload(result, summary)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the suites of the command line; gives the exit status."""
    options = _parser().parse_args(arguments)
    if options.list:
        _list()
        return 0
    run, machine = _Run(options), facts()
    try:
        for chosen in _chosen(options.suites):
            run.suite(chosen)
    except KeyboardInterrupt:
        print("Interrupted: what is above is all there is.", file=sys.stderr)
        return _INTERRUPTED
    whole = record(run.records, machine, quick=options.quick)
    if options.compare is not None:
        _compare(whole, options.compare)
    if options.json is not None:
        text = json.dumps(whole, indent=1, ensure_ascii=False) + "\n"
        options.json.write_text(text)
    if options.plot is not None:
        _plot(whole, options.plot)
    short = options.gate and _short(run.gates)
    return _FAILED if run.failed else _SHORT if short else 0


def _short(gates: list[Judged]) -> bool:
    """Show all gates together; tell whether one surely falls short."""
    print("Gates:")
    for judged in gates:
        suite, workload = judged.gate.suite, judged.gate.workload
        print(f"  {suite}, {workload}: {report.gate_text(judged)}")
    missed = sum(judged.verdict is Verdict.MISSED for judged in gates)
    print(f"{missed} of {len(gates)} surely fall short.")
    return missed > 0


def _compare(whole: dict[str, Any], earlier: dict[str, Any]) -> None:
    found = list(compare.changes(whole, earlier))
    if not found:
        print("The earlier run has nothing that this one has.")
        return
    report.print_table("Against the earlier run", compare.table(found))


def _plot(whole: dict[str, Any], folder: Path) -> None:
    try:
        from benchmarks.plots import plot  # of the extra  # noqa: PLC0415
    except ModuleNotFoundError as error:
        print(f"No plots: the package {error.name} is not installed.", file=sys.stderr)
        return
    folder.mkdir(parents=True, exist_ok=True)
    for path in plot(whole, folder):
        print(f"Drawn: {path}")


def _list() -> None:
    print("Suites and their workloads (choose one as SUITE:WORKLOAD):")
    for suite in SUITES.values():
        print(f"  {suite.name:<10}{suite.question}")
        for workload in suite.workloads(False):
            peers = ", ".join(contestants_of(workload, tuple(ENTRIES)))
            print(f"    {workload.name:<12}{workload.title} [{peers}]")
    print("Contestants:")
    for name, entry in ENTRIES.items():
        lacks = missing(name)
        print(f"  {name:<22}{entry.title}" + (f" - left out: {lacks}" if lacks else ""))


def _chosen(texts: Sequence[str]) -> list[_Chosen]:
    """Give the suites in the order of the command line, each once."""
    wanted: dict[str, set[str]] = {}
    for text in texts or ("request",):
        name, _, workload = text.partition(":")
        for each in SUITES if name == _EVERYTHING else (name,):
            wanted.setdefault(each, set()).add(workload)
    return [
        _Chosen(SUITES[name], frozenset() if "" in names else frozenset(names))
        for name, names in wanted.items()
    ]


def _parser() -> argparse.ArgumentParser:
    names = ", ".join(ENTRIES)
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure ums_actors beside its peers. Only ratios within one run "
        "mean anything.",
    )
    add = parser.add_argument
    add(
        "suites",
        nargs="*",
        metavar="SUITE",
        type=_suite,
        help=f"of {', '.join(SUITES)}, or all; SUITE:WORKLOAD is one workload alone "
        "(default: request)",
    )
    add("--peers", type=_peers, metavar="NAMES", help=f"of {names}; with commas")
    add(
        "--rounds",
        type=_positive,
        metavar="N",
        help=f"fresh processes of each contestant (default: {_ROUNDS})",
    )
    add("--quick", action="store_true", help="only show that all runs; means nothing")
    add("--json", type=_writable, metavar="FILE", help="write everything there, too")
    add("--plot", type=_folder, metavar="DIR", help="draw PNGs there")
    add("--compare", type=_record, metavar="FILE", help="an earlier run's --json")
    add("--gate", action="store_true", help="exit with 3 where a gate falls short")
    add("--list", action="store_true", help="name suites and contestants, and end")
    return parser


def _suite(text: str) -> str:
    name, colon, workload = text.partition(":")
    if name not in (*SUITES, _EVERYTHING):
        raise argparse.ArgumentTypeError(
            f"{name!r} is no suite; choose of {', '.join((*SUITES, _EVERYTHING))}"
        )
    if colon:
        known = SUITES[name].workloads(False) if name in SUITES else ()
        names = [each.name for each in known]
        if workload not in names:
            raise argparse.ArgumentTypeError(
                f"{name} has no workload {workload!r}; it has {', '.join(names)}"
            )
    return text


def _peers(text: str) -> list[str]:
    names = list(dict.fromkeys(name.strip() for name in text.split(",")))
    for name in names:
        if name not in ENTRIES:
            raise argparse.ArgumentTypeError(
                f"{name!r} is no contestant; choose of {', '.join(ENTRIES)}"
            )
    return names


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} must be a whole number above 0")
    return int(text)


def _writable(text: str) -> Path:
    path = Path(text)
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} cannot be written: not a file")
    return path


def _folder(text: str) -> Path:
    path = Path(text)
    if path.exists() and not path.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} is no folder")
    return path


def _record(text: str) -> dict[str, Any]:
    try:
        found = json.loads(Path(text).read_text())
    except (OSError, ValueError) as error:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no record of an earlier run: {error}"
        ) from None
    if not isinstance(found, dict) or "suites" not in found:
        raise argparse.ArgumentTypeError(f"{text!r} is no record of an earlier run")
    return found


if __name__ == "__main__":
    sys.exit(main())
