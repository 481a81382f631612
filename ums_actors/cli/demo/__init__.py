"""The demo: bots and consumers that lose nothing while lines, tokens and actors die."""

from __future__ import annotations

__all__: list[str] = []
