"""Supervised UMS websocket connections as Pykka actors."""

from __future__ import annotations

from ums_actors._version import __version__

__all__ = ["__version__"]
