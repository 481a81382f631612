"""The director as a Ray actor, beside that of the lease book."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

from ums_actors.cluster.director import Director
from ums_actors.cluster.nodes import eligible
from ums_actors.cluster.staff import Staff

if TYPE_CHECKING:
    from ums_actors.cluster.config import ClusterConfig

__all__ = ["DirectorActor"]


class DirectorActor(Director):
    """What the Ray actor is made of; made on the actor's asyncio loop, as it is by Ray.

    Args:
        config: of the cluster.
        provider: gives the agents; or its name.
    """

    def __init__(self, config: ClusterConfig, provider: Any) -> None:
        staff = Staff(config, provider)
        super().__init__(config, staff, partial(eligible, config.resources))
        # also when Ray has started it again, and nobody else asks for it: an actor's
        # call of itself would be lost if it is not there yet in the books of Ray
        self._begun = asyncio.get_running_loop().create_task(self.start())
