"""The far end of a :class:`~benchmarks.process.LineProcess`: commands, answers."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

from benchmarks.contestants import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["answer_commands"]


def answer_commands(
    obey: Callable[[dict[str, Any]], dict[str, Any]], close: Callable[[], object]
) -> None:
    """Obey one command a line until one says ``close``, or the input ends.

    What ``obey`` raises is answered: :class:`~benchmarks.contestants.Unavailable` as
    ``unavailable``, anything else as ``error``, and ends the process.

    Args:
        obey: does a command and gives the answer to it.
        close: ends all that the commands have begun.
    """
    with os.fdopen(os.dup(1), "w", buffering=1) as answers:
        os.dup2(2, 1)  # what a library prints is no answer
        try:
            for line in sys.stdin:
                command = json.loads(line)
                if command["do"] == "close":
                    close()
                    answers.write("{}\n")
                    return
                answers.write(json.dumps(obey(command)) + "\n")
            close()  # the harness has gone without a word
        except Unavailable as error:
            answers.write(json.dumps({"unavailable": str(error)}) + "\n")
        except Exception as error:  # the harness reports it  # noqa: BLE001
            text = f"{type(error).__name__}: {error}"
            answers.write(json.dumps({"error": text}) + "\n")
            os._exit(1)  # its threads may hang now
