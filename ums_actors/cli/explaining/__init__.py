"""``ums-actors explain``: what would happen, and why."""

from __future__ import annotations

__all__: list[str] = []
