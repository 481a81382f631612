"""The command line: what may be said, and what is wrong with the rest."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from benchmarks.contestants import ENTRIES
from benchmarks.suites import SUITES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.suite import Suite

__all__ = ["ROUNDS", "Chosen", "chosen_suites", "parser"]

ROUNDS: Final = 5
_EVERYTHING: Final = "all"


class Chosen(NamedTuple):
    """A suite, and those of its workloads that are wanted."""

    suite: Suite
    workloads: frozenset[str]


def chosen_suites(texts: Sequence[str]) -> list[Chosen]:
    """Give the suites in the order of the command line, each once."""
    wanted: dict[str, set[str]] = {}
    for text in texts or ("request",):
        name, _, workload = text.partition(":")
        for each in SUITES if name == _EVERYTHING else (name,):
            wanted.setdefault(each, set()).add(workload)
    return [
        Chosen(SUITES[name], frozenset() if "" in names else frozenset(names))
        for name, names in wanted.items()
    ]


def parser() -> argparse.ArgumentParser:
    """Give what reads the command line."""
    names = ", ".join(ENTRIES)
    made = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure ums_actors beside its peers. Only ratios within one run "
        "mean anything.",
    )
    add = made.add_argument
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
        help=f"fresh processes of each contestant (default: {ROUNDS})",
    )
    add("--quick", action="store_true", help="only show that all runs; means nothing")
    add("--json", type=_writable, metavar="FILE", help="write everything there, too")
    add("--plot", type=_folder, metavar="DIR", help="draw PNGs there")
    add("--compare", type=_record, metavar="FILE", help="an earlier run's --json")
    add("--gate", action="store_true", help="exit with 3 where a gate falls short")
    add("--list", action="store_true", help="name suites and contestants, and end")
    return made


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
    return cast("dict[str, Any]", found)
