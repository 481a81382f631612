"""Text of strangers, made fit for a terminal."""

from __future__ import annotations

import json

__all__ = ["visible"]


def visible(text: str, *, keep: str = "") -> str:
    """Escape, as JSON does, what a terminal would obey instead of showing it.

    Args:
        text: anything.
        keep: characters that are let through all the same, such as line ends.
    """
    return "".join(
        each if each.isprintable() or each in keep else json.dumps(each)[1:-1]
        for each in text
    )
