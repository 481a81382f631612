"""What a cluster is like: the same in all its processes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final, TypeAlias

import msgspec

from ums_actors.actors.events import Event  # noqa: TC001  (msgspec reads it)
from ums_actors.arguments import identifier, shown, whole
from ums_actors.cluster.names import checked_name
from ums_actors.core.leasebook import MOST_SHARDS
from ums_actors.core.terms import Terms
from ums_actors.errors import LocalProtocolError
from ums_actors.fleet.limits import Limits
from ums_actors.fleet.pacing import Pacing

__all__ = ["ClusterConfig", "Description", "Handler"]

Handler: TypeAlias = str | Callable[..., object]
"""``"module:function"``, or what can be pickled; it is imported where it is called."""

HEAD: Final = {"node:__internal_head__": 0.001}
"""A resource that Ray gives to the head alone."""
_MOST_SECONDS: Final = 86_400.0


class ClusterConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of a cluster. Durations are seconds.

    Attributes:
        name: of the cluster, one of its kind in a Ray cluster.
        shards: how many there are, for good: each is a process with a fleet of its own
            (about 90 MB before its first agent), and can be on a machine of its own.
            Another number is another cluster.
        account_id: that of agents which are asked for by their user's name alone.
        terms: of the leases: a shard that is cut off closes after ``terms.ttl``, and
            is somebody else's ``terms.margin`` later.
        pacing: connects and logins a second, of each shard: the cluster's are
            ``shards`` times as many.
        limits: bounds of each shard.
        handler: called with each :class:`~ums_actors.AgentEvent` and the
            :class:`~ums_actors.Fleet` that has its agent, in the process that has both;
            a name ``"module:function"``, or what can be pickled.
        kinds: classes of the events that are wanted; none means all.
        resources: Ray's resources that a shard takes; they say which nodes may have
            shards.
        cpus: Ray's CPUs that a shard takes.
        book_resources: Ray's resources that the lease book and the director take; they
            must pin them to one node, which is the head by default.
        leave_timeout: seconds in which a shard that is moved may answer what it was
            asked, and close.
        calls: requests of others that a shard works on at a time.

    Raises:
        LocalProtocolError: a value is out of its bounds.
    """

    name: str
    shards: int = 8
    account_id: str = ""
    terms: Terms = msgspec.field(default_factory=Terms)
    pacing: Pacing = msgspec.field(default_factory=Pacing)
    limits: Limits = msgspec.field(default_factory=Limits)
    handler: Any = None
    kinds: tuple[type[Event], ...] = ()
    resources: dict[str, float] = {}
    cpus: float = 0.1
    book_resources: dict[str, float] = msgspec.field(default_factory=HEAD.copy)
    leave_timeout: float = 30.0
    calls: int = 1_000

    def __post_init__(self) -> None:
        checked_name(self.name)
        if whole("ClusterConfig.shards", self.shards, 1) > MOST_SHARDS:
            raise LocalProtocolError(
                f"ClusterConfig.shards={self.shards!r} are too many: at most "
                f"{MOST_SHARDS}"
            )
        whole("ClusterConfig.calls", self.calls, 1)
        if self.account_id:
            identifier("ClusterConfig.account_id", self.account_id)
        for name in ("cpus", "leave_timeout"):
            _check_amount(f"ClusterConfig.{name}", getattr(self, name))
        if not self.book_resources:
            raise LocalProtocolError(
                "ClusterConfig.book_resources={} would let the lease book be on any "
                "node, also on one that freezes: name a resource of one node"
            )
        for resources in (self.resources, self.book_resources):
            for name, amount in resources.items():
                _check_amount(f"ClusterConfig: resource {shown(name)}", amount)


class Description(msgspec.Struct, frozen=True, kw_only=True):
    """What those have to know of a cluster who call its agents."""

    name: str
    shards: int
    account_id: str


def _check_amount(name: str, value: Any) -> None:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number or not 0 < value <= _MOST_SECONDS or math.isnan(value):
        raise LocalProtocolError(
            f"{name}={shown(value)} is out of bounds: give a number, more than 0 and "
            f"at most {_MOST_SECONDS:g}"
        )
