"""``python -m benchmarks``: measure, show the ratios, say what they are worth.

Exit status: 0 when every contestant that can run here did, 1 when one failed or one
that ``--peers`` names is not available, 2 for wrong options.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks import model, report
from benchmarks.contestants import ENTRIES
from benchmarks.measure import SLICES, Result, Settings, measure
from benchmarks.process import ChildFailed
from benchmarks.record import record
from benchmarks.summary import Summary, summarize

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]

_SUITES_HELP: Final = (
    "request (the default): requests beside peers; model: what notifications of "
    "conversations cost"
)
_DEFAULTS: Final = Settings(tuple(ENTRIES))
_REQUEST: Final = "request"
_MODEL: Final = "model"
_SUITES: Final = (_REQUEST, _MODEL)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the suites of the command line; gives the exit status."""
    options = _parser().parse_args(arguments)
    settings = Settings(
        peers=tuple(options.peers or ENTRIES),
        rounds=options.rounds,
        requests=options.requests,
        in_flight=options.in_flight,
    )
    runs: dict[str, tuple[Result, Summary]] = {}
    others: dict[str, dict[str, Any]] = {}
    try:
        for suite in dict.fromkeys(options.suites or (_REQUEST,)):
            if suite == _MODEL:
                steps = len(model.PARTS)
                with report.progress(suite, settings.rounds, steps) as progress:
                    found = model.measure_model(settings.rounds, progress)
                model.show(found)
                others[suite] = model.record(found)
                continue
            steps = SLICES * len(settings.peers)
            with report.progress(suite, settings.rounds, steps) as progress:
                result = measure(settings, progress)
            runs[suite] = result, summarize(result)
            report.show(suite, *runs[suite])
    except ChildFailed as error:
        print(f"A process of the benchmark failed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted: nothing is reported.", file=sys.stderr)
        return 130
    if options.json is not None:
        whole = record(runs)
        whole["suites"] |= others
        text = json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
        options.json.write_text(text)
    return _status([result for result, _ in runs.values()], named=bool(options.peers))


def _status(results: list[Result], *, named: bool) -> int:
    failed = any(
        result.failed or (named and result.unavailable) or not result.samples
        for result in results
    )
    return int(failed)


def _parser() -> argparse.ArgumentParser:
    names = ", ".join(ENTRIES)
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure ums_actors beside its peers. Only ratios within one run "
        "mean anything.",
    )
    add = parser.add_argument
    add("suites", nargs="*", metavar="SUITE", type=_suite, help=_SUITES_HELP)
    add("--peers", type=_peers, metavar="NAMES", help=f"of {names}; with commas")
    add("--rounds", type=_positive, default=_DEFAULTS.rounds, metavar="N")
    add(
        "--requests",
        type=_positive,
        default=_DEFAULTS.requests,
        metavar="N",
        help="of each contestant in a round (default: %(default)s)",
    )
    add(
        "--in-flight",
        type=_positive,
        default=_DEFAULTS.in_flight,
        metavar="K",
        help="requests open at any time (default: %(default)s)",
    )
    add("--json", type=_writable, metavar="FILE", help="write everything there, too")
    return parser


def _suite(text: str) -> str:
    if text not in _SUITES:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no suite; choose of {', '.join(_SUITES)}"
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


if __name__ == "__main__":
    sys.exit(main())
