"""Taking URLs apart that may hold secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable
    from urllib.parse import SplitResult

__all__ = ["split_url"]

split_url: Final[Callable[[str], SplitResult]] = getattr(
    urlsplit, "__wrapped__", urlsplit
)
"""As ``urllib.parse.urlsplit``, which keeps the last hundred URLs of the process, with
the tokens and passwords in them; this keeps nothing. ValueError as there."""
