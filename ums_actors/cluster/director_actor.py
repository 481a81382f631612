"""The director as a Ray actor, beside that of the lease book."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ums_actors.cluster.director import Director
from ums_actors.cluster.engine import engine
from ums_actors.cluster.nodes import eligible
from ums_actors.cluster.staff import Staff

if TYPE_CHECKING:
    from ums_actors.cluster.config import ClusterConfig

__all__ = ["DirectorActor"]


class DirectorActor(Director):
    """What the Ray actor is made of.

    Args:
        config: of the cluster.
        provider: gives the agents; or its name.
    """

    def __init__(self, config: ClusterConfig, provider: Any) -> None:
        staff = Staff(config, provider)
        super().__init__(config, staff, partial(eligible, config.resources))
        # also when Ray has started it again, and nobody else asks for it
        engine().get_runtime_context().current_actor.start.remote()
