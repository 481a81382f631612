"""The demo: bots that lose nothing while their lines, tokens and actors die."""

from __future__ import annotations

__all__: list[str] = []
