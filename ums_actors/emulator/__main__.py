"""``python -m ums_actors.emulator``: the command line without click."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, NoReturn

from ums_actors.emulator.choices import DEFAULT_RING_TIMEOUT
from ums_actors.emulator.command import Command, run_command
from ums_actors.emulator.emulator import DEFAULT_ACCOUNT
from ums_actors.emulator.failures import EmulatorError

if TYPE_CHECKING:
    from collections.abc import Sequence


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"error: {message}; see --help for what it takes\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m ums_actors.emulator",
        description="A local UMS on loopback. Prints one line of JSON when it is "
        "ready and runs until SIGINT or SIGTERM.",
        allow_abbrev=False,
    )
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address")
    parser.add_argument(
        "--i-know",
        action="store_true",
        help="let --host be an address that other machines reach",
    )
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--tls", action="store_true", help="serve TLS by an own CA")
    parser.add_argument("--ca-out", metavar="FILE", help="where to write the CA")
    parser.add_argument("--account", default=DEFAULT_ACCOUNT)
    parser.add_argument("--user", action="append", default=[], metavar="NAME:PASSWORD")
    parser.add_argument(
        "--users", type=int, metavar="N", help="bot1..botN, passwords bot1-password…"
    )
    parser.add_argument("--no-log", dest="log", action="store_false")
    parser.add_argument(
        "--ring-timeout",
        type=float,
        default=DEFAULT_RING_TIMEOUT,
        metavar="SECONDS",
        help="how long a ring waits for its agent",
    )
    parser.add_argument(
        "--skills",
        action="append",
        default=[],
        metavar="NAME=SKILL,SKILL",
        help="skills of a user; who is not named has all",
    )
    parser.add_argument(
        "--survey",
        action="store_true",
        help="a survey follows every MAIN dialog that is closed",
    )
    parser.add_argument(
        "--state", metavar="DIR", help="where conversations and tokens outlive a stop"
    )
    parser.add_argument(
        "--exit-with-parent",
        action="store_true",
        help="end when standard input is closed",
    )
    return parser


def main(words: Sequence[str] | None = None) -> int:
    """Run it; 0 after a signal, 2 with one line on standard error if it cannot."""
    arguments = _parser().parse_args(words)
    try:
        run_command(Command(**vars(arguments)))
    except EmulatorError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
