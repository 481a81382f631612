"""Text of strangers and of the system, made fit for a terminal."""

from __future__ import annotations

import json
import os

__all__ = ["reason", "visible"]


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


def reason(error: OSError) -> str:
    """Say in the system's words why a file cannot be read."""
    return os.strerror(error.errno) if error.errno else type(error).__name__
