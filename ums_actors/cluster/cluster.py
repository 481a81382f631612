"""A cluster of fleets, from any process that has joined Ray."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final, Self, cast

from ums_actors.arguments import identifier, seconds, whole
from ums_actors.cluster.agent import ClusterAgent
from ums_actors.cluster.asking import answer
from ums_actors.cluster.founding import director_of, end, found
from ums_actors.cluster.names import checked_name
from ums_actors.cluster.router import Router
from ums_actors.errors import ClusterError, LocalProtocolError

if TYPE_CHECKING:
    from types import TracebackType

    from ums_actors.cluster.config import ClusterConfig, Description
    from ums_actors.cluster.share import Provider
    from ums_actors.cluster.status import ClusterStatus
    from ums_actors.connection import BrandConnectionProxy, ConsumerConnectionProxy

__all__ = ["Cluster"]

CALL_TIMEOUT: Final = 30.0
"""Seconds of a call of an agent, if nothing else is asked for."""
TIMEOUT: Final = 60.0
"""Seconds in which a cluster has to be started, or found."""
MOVES_TIMEOUT: Final = 3_600.0
_LOOK: Final = 0.1


class Cluster:
    """Agents on all machines of a Ray cluster, each owned by one process at a time.

    ::

        ray.init(address="auto")
        config = ClusterConfig(name="bots", shards=16, account_id="12345678")
        cluster = Cluster.start(config, "our_bots:agents")
        cluster.wait_ready(timeout=300)
        clock = cluster.agent("bot-7").get_clock().get(timeout=10)

    Any process of the same Ray reaches its agents by ``Cluster.connect("bots")``. The
    cluster goes on when this process ends, until :meth:`stop`.

    The constructor is not for users: see :meth:`start` and :meth:`connect`. Methods
    block, but those of :meth:`agent`; any thread may call them.
    """

    def __init__(self, description: Description, director: Any) -> None:
        self._description = description
        self._director = director
        self._router = Router(description)

    # -- its beginning

    @classmethod
    def start(
        cls,
        config: ClusterConfig,
        provider: Provider | str,
        *,
        timeout: float = TIMEOUT,
    ) -> Self:
        """Start a cluster: the lease book, the director, and an actor a shard.

        Args:
            config: its settings.
            provider: gives the agents of a share (see
                :class:`~ums_actors.cluster.Share`), where they are used: a function
                that can be pickled, or a name ``"module:function"`` that each node can
                import. Give names of secrets, or where they are, not secrets.
            timeout: seconds.

        Raises:
            ClusterError: Ray is not there, has such a cluster already, or gave no
                answer in time.
            LocalProtocolError: an argument breaks a rule.
        """
        director = found(config, provider)
        name = config.name
        description = answer(name, director.describe, timeout)
        answer(name, director.start, timeout)
        return cls(description, director)

    @classmethod
    def connect(cls, name: str, *, timeout: float = TIMEOUT) -> Self:
        """Find a cluster that is running.

        Raises:
            ClusterError: there is none of this name, or it gave no answer in time.
            LocalProtocolError: an argument breaks a rule.
        """
        director = director_of(checked_name(name))
        return cls(answer(name, director.describe, timeout), director)

    # -- its agents

    def agent(
        self, user: str, account_id: str = "", *, timeout: float = CALL_TIMEOUT
    ) -> BrandConnectionProxy:
        """Give an agent of a brand, to call its connection's methods by name.

        Nothing is sent by that. A call gives a future; the error that it raises is the
        library's own, with its verdict of ``delivery``. A call is carried out once, or
        not at all: while its agent moves, or is not there, it waits, up to ``timeout``
        seconds; then it fails with RequestTimedOut and NOT_SENT. If its agent's process
        ends while the call is there, it fails with ConnectionLost and UNKNOWN.

        Raises:
            LocalProtocolError: a name breaks a rule, or no account is known.
        """
        return cast("BrandConnectionProxy", self._agent(user, account_id, timeout))

    def consumer(
        self, user: str, account_id: str = "", *, timeout: float = CALL_TIMEOUT
    ) -> ConsumerConnectionProxy:
        """Give an agent that is a consumer; see :meth:`agent`."""
        return cast("ConsumerConnectionProxy", self._agent(user, account_id, timeout))

    def _agent(self, user: str, account_id: str, timeout: float) -> ClusterAgent:
        patience = seconds(timeout)
        if patience is None:
            raise LocalProtocolError(
                "timeout=None would let a call wait for ever: give seconds"
            )
        identifier("user", user)
        account_id = account_id or self._description.account_id
        if not account_id:
            raise LocalProtocolError(
                f"the account of user {user!r} is not known: give account_id, or set "
                "ClusterConfig.account_id"
            )
        return ClusterAgent(self._router, (account_id, user), patience)

    # -- the whole

    def status(self, *, timeout: float = TIMEOUT) -> ClusterStatus:
        """Ask all shards how they are.

        Raises:
            ClusterError: the cluster gave no answer in time.
        """
        status: ClusterStatus = self._ask(self._director.status, timeout)
        return status

    def wait_ready(self, *, timeout: float) -> ClusterStatus:
        """Wait until each agent is READY or has failed for good.

        Raises:
            ClusterError: they were not in time; the text says what is missing.
        """
        deadline = time.monotonic() + timeout
        while True:
            left = max(_LOOK, deadline - time.monotonic())
            status = self.status(timeout=left)
            if status.is_ready:
                return status
            if time.monotonic() >= deadline:
                raise ClusterError(
                    f"{self._description.name!r} was not ready within {timeout:g} s: "
                    f"{_missing(status)}",
                    cluster=self._description.name,
                )
            time.sleep(_LOOK)

    def rebalance(self, *, timeout: float = MOVES_TIMEOUT) -> int:
        """Spread the shards evenly over all nodes, one move at a time.

        A shard that moves closes its agents in order, and they are opened elsewhere:
        see ``ClusterConfig.leave_timeout``. Shards do not move to a new node by
        themselves.

        Returns:
            how many shards were moved.

        Raises:
            ClusterError: it was not done in time; the moves go on.
        """
        return int(self._ask(self._director.rebalance, timeout))

    def scale(self, nodes: int, *, timeout: float = MOVES_TIMEOUT) -> int:
        """Use so many nodes, one move at a time; those that have shards are kept first.

        Scaling down empties nodes, which can be ended then. If there are fewer nodes,
        all are used.

        Returns:
            how many shards were moved.

        Raises:
            ClusterError: it was not done in time; the moves go on.
        """
        return int(
            self._ask(self._director.rebalance, timeout, whole("nodes", nodes, 1))
        )

    def reload(self, *, timeout: float = TIMEOUT) -> int:
        """Have each shard ask the provider again; give how many did.

        Who is new is added, who is there no more is closed.
        """
        return int(self._ask(self._director.reload, timeout))

    def stop(self, *, timeout: float = TIMEOUT) -> bool:
        """Close all agents in order, and end the cluster; tell whether all had left.

        Raises:
            ClusterError: it gave no answer in time.
        """
        left = bool(self._ask(self._director.stop, timeout))
        end(self._description.name, self._director)
        return left

    # -- this object

    def close(self) -> None:
        """End this object's threads; calls under way fail. The cluster goes on."""
        self._router.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _ask(self, method: Any, timeout: float, *arguments: Any) -> Any:
        return answer(self._description.name, method, timeout, *arguments)


def _missing(status: ClusterStatus) -> str:
    for each in status.shards:
        if each.stage != "OPEN":
            return f"shard {each.shard} is {each.stage}{': ' * bool(each.trouble)}" + (
                each.trouble
            )
    return f"{status.ready} of {status.agents} agents are READY"
