"""``python -m benchmarks``: measure, show the ratios, say what they are worth.

Exit status: 0 when every contestant that can run here did, 1 when one failed or one
that ``--peers`` names is not available, 2 for wrong options, 3 when ``--gate`` was
given and a gate surely falls short.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from benchmarks import compare, report
from benchmarks.arguments import ROUNDS, chosen_suites, parser
from benchmarks.contestants import ENTRIES, missing
from benchmarks.machine import facts
from benchmarks.measure import contestants_of, measure, steps
from benchmarks.process import ChildFailed
from benchmarks.ratio import Verdict
from benchmarks.record import record, record_workload
from benchmarks.suites import SUITES
from benchmarks.summary import summarize

if TYPE_CHECKING:
    import argparse
    from collections.abc import Generator, Sequence
    from pathlib import Path

    from benchmarks.arguments import Chosen
    from benchmarks.gates import Judged
    from benchmarks.suite import Workload

__all__ = ["main"]

_FAILED, _SHORT, _INTERRUPTED = 1, 3, 130


class _Run:
    """What came of all suites."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._peers = tuple(options.peers or ENTRIES)
        self._rounds = options.rounds or (1 if options.quick else ROUNDS)
        self.records: dict[str, Any] = {}
        self.gates: list[Judged] = []
        self.failed = False

    def suite(self, chosen: Chosen) -> None:
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
    options = parser().parse_args(arguments)
    if options.list:
        try:
            _list()
            sys.stdout.flush()
        except BrokenPipeError:  # as of `--list | head`: nobody reads on
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    run, machine = _Run(options), facts()
    try:
        for chosen in chosen_suites(options.suites):
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


if __name__ == "__main__":
    sys.exit(main())
