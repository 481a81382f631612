"""Calls of agents' methods, carried out in the process that has the agents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ums_actors.cluster.calling import Elsewhere, check_method
from ums_actors.errors import AgentUnknown, ConnectionLost

if TYPE_CHECKING:
    from collections.abc import Container

    from ums_actors.cluster.calling import Call
    from ums_actors.fleet.fleet import Fleet
    from ums_actors.fleet.spec import Key
    from ums_actors.runtime import LoopFuture

__all__ = ["called", "forgotten"]


def called(
    fleet: Fleet, call: Call, known: Container[Key]
) -> LoopFuture[Any] | Elsewhere:
    """Call a method of an agent of this fleet; any thread, it does not wait.

    Args:
        fleet: which has the agents.
        call: what is to be called.
        known: the agents that it is to have: one that it has not is on its way.

    Raises:
        AgentUnknown: the cluster has no such agent.
        NotSupported: it has no such method for others.
    """
    try:
        proxy = fleet.get(call.user, call.account_id)
    except AgentUnknown:
        if (call.account_id, call.user) in known:
            return Elsewhere("the agent is about to be started, or to leave")
        raise
    except ConnectionLost:
        return Elsewhere("it closes its agents")
    check_method(proxy.actor_ref.actor_class, call.method)
    arguments, keywords = call.arguments()
    future: LoopFuture[Any] = getattr(proxy, call.method)(*arguments, **keywords)
    return future


def forgotten(fleet: Fleet, call: Call, future: LoopFuture[Any]) -> None:
    """Let a request go whose caller has given up; any thread, it does not wait."""
    try:
        proxy: Any = fleet.get(call.user, call.account_id)
    except (AgentUnknown, ConnectionLost):
        return  # whoever closes it answers it
    proxy.forget.defer(future)
