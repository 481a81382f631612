"""``python -m ums_actors.examples`` says which examples there are."""

from __future__ import annotations

import ast
import pkgutil
import sys
from importlib.util import find_spec
from pathlib import Path

import ums_actors.examples as package

__all__ = ["descriptions", "main"]

_NO_EXAMPLES = frozenset({"__main__", "account", "staff", "visitors"})


def descriptions() -> dict[str, str]:
    """Give what each example says of itself in its first line; imports none."""
    found: dict[str, str] = {}
    for module in pkgutil.iter_modules(package.__path__):
        if module.name in _NO_EXAMPLES:
            continue
        spec = find_spec(f"{package.__name__}.{module.name}")
        if spec is not None and spec.origin is not None:
            text = Path(spec.origin).read_text("utf-8")
            found[module.name] = (ast.get_docstring(ast.parse(text)) or "").partition(
                "\n"
            )[0]
    return found


def main() -> int:
    """Print a line for each example."""
    listed = descriptions()
    width = max(map(len, listed))
    for name, text in listed.items():
        print(f"{name:<{width}}  {text}")
    print(f"\nRun one: python -m {package.__name__}.{next(iter(listed))} --emulator")
    return 0


if __name__ == "__main__":
    sys.exit(main())
