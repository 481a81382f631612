"""Rings as brand sockets see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ums_actors.emulator.world.rings import Ring

__all__ = ["ring_change"]


def ring_change(account: str, ring: Ring, kind: str = "UPSERT") -> dict[str, Any]:
    """Give one change of a RoutingTaskNotification; it has exactly one ring.

    A DELETE says that the subscription tells of the ring no more.
    """
    task = ring.task
    shared = {
        "consumerId": task.conversation.consumer,
        "skillId": task.skill,
        "brandId": account,
    }
    details = {
        "ringId": ring.ring_id,
        "ringExpiration": ring.length,
        "ringExpirationTs": ring.expires,
        "ringState": ring.state,
        "weight": ring.weight,
        "convId": task.key,
        **shared,
    }
    result = {
        "routingTaskId": task.task_id,
        "taskCompleted": task.completed,
        "conversationId": task.key,
        **shared,
        "assignedAgentId": task.assigned,
        "ringsDetails": [details],
    }
    return {"type": kind, "result": result}
