"""Connections under load and faults for as long as one likes.

``python -m ums_actors.testing.soak --minutes 30``; needs the extra ``emulator``.
"""

from __future__ import annotations

from ums_actors.testing.soak.run import Outcome, soak

__all__ = ["Outcome", "soak"]
