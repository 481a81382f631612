"""The entry point of ``ums-actors``: exit codes, and what is missing.

Exit codes: 0 all went well; 1 it failed, and one line says why; 2 bad usage or a
missing extra; 130 interrupted (SIGINT or SIGTERM) before it was done.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]

_EXTRA_OF = {
    "aiohttp": "demo",
    "click": "cli",
    "ray": "ray",
    "rich": "cli",
    "textual": "top",
    "textual_serve": "top",
    "trustme": "demo",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program with these arguments (none: the process's own).

    Returns:
        the exit code.
    """
    try:
        from ums_actors.cli.app import run  # noqa: PLC0415  (click may be missing)

        return run(arguments)
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        extra = _EXTRA_OF.get(package)
        if extra is None:
            raise
        sys.stderr.write(
            f"ums-actors: the package {package!r} is not installed: "
            f"run: pip install 'ums_actors[{extra}]'\n"
        )
        return 2


if __name__ == "__main__":
    sys.exit(main())
