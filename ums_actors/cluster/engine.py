"""The one place where Ray is imported, by who first needs it."""

from __future__ import annotations

import importlib
from typing import Any

from ums_actors.errors import ClusterError

__all__ = ["NAMESPACE", "engine", "require_started"]

NAMESPACE = "ums_actors"
"""Of all actors of all clusters of one Ray."""


def engine(module: str = "") -> Any:
    """Give the package ``ray``, or a module of it.

    Raises:
        ClusterError: it is not installed.
    """
    try:
        return importlib.import_module(f"ray.{module}" if module else "ray")
    except ModuleNotFoundError:
        raise ClusterError(
            "a cluster needs the package 'ray', which is not installed: run: pip "
            "install 'ums_actors[ray]' (there are no wheels of it for each Python)"
        ) from None


def require_started(cluster: str) -> Any:
    """Give ``ray``, which this process has joined.

    Raises:
        ClusterError: it is not installed, or ``ray.init()`` was not called.
    """
    ray = engine()
    if not ray.is_initialized():
        raise ClusterError(
            f"this process has not joined a Ray cluster, where {cluster!r} would be: "
            "call ray.init(address='auto') before",
            cluster=cluster,
        )
    return ray
