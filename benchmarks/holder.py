"""A process that comes to know conversations, and says what they take.

``python -m benchmarks.holder COUNT`` prints ``{"memory": …, "known": …}``: by how many
bytes its resident memory has grown, and how many conversations it knows then.
"""

from __future__ import annotations

import gc
import json
import sys
from typing import Final

from benchmarks.feeding import Feeding

__all__ = ["main"]

_FIRST: Final = 10
"""Conversations with which all is imported and made that is made once."""


def main() -> None:
    """Hold them, measure, end."""
    import psutil  # of the extra  # noqa: PLC0415

    known, process = int(sys.argv[1]), psutil.Process()
    with Feeding() as first:
        first.open(_FIRST)
    with Feeding() as feeding:
        gc.collect()
        before = process.memory_info().rss
        feeding.open(known)
        gc.collect()
        grown = process.memory_info().rss - before
        feeding.check(known, 0)
    print(json.dumps({"memory": grown, "known": known}))


if __name__ == "__main__":
    main()
