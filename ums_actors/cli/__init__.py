"""The command line: ``ums-actors emulator``, ``demo``, ``connect``, ``top`` and others.

Nothing is imported here, so that the program can say which extra is missing.
"""

from __future__ import annotations

__all__: list[str] = []
