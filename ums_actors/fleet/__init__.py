"""Many supervised connections in one process."""

from __future__ import annotations
