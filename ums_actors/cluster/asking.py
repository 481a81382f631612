"""Asks the director of a cluster, and waits for the answer."""

from __future__ import annotations

from typing import Any

from ums_actors.arguments import seconds
from ums_actors.cluster.engine import require_started
from ums_actors.cluster.failures import told
from ums_actors.errors import ClusterError

__all__ = ["answer"]


def answer(name: str, method: Any, timeout: float, *arguments: Any) -> Any:
    """Call a method of the director of this cluster; blocks.

    Raises:
        ClusterError: it gave no answer within ``timeout`` seconds, or is gone.
        LocalProtocolError: the timeout is none.
    """
    ray, patience = require_started(name), seconds(timeout)
    try:
        return ray.get(method.remote(*arguments), timeout=patience)
    except ray.exceptions.GetTimeoutError:
        why = f"it did not answer within {timeout:g} s"
    except ray.exceptions.RayError as error:
        why = told(error)
    raise ClusterError(f"the director of {name!r} gave no answer: {why}", cluster=name)
