"""An agent of a cluster, wherever it is."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ums_actors.cluster.calling import Call, check_name, packed_arguments
from ums_actors.errors import NotSupported

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.cluster.router import Router
    from ums_actors.fleet.spec import Key
    from ums_actors.runtime import LoopFuture

__all__ = ["ClusterAgent"]


class ClusterAgent:
    """Calls the methods of an agent's connection by their names; any thread.

    A call gives a :class:`~ums_actors.LoopFuture` of what the method gives there: wait
    with ``get(timeout=…)``, or ``await`` it. What the method raises arrives as it is.
    It costs nothing to make one, and it is good for as long as the cluster is.
    """

    __slots__ = ("_key", "_router", "_timeout")

    def __init__(self, router: Router, key: Key, timeout: float) -> None:
        self._router = router
        self._key = key
        self._timeout = timeout

    def __repr__(self) -> str:
        return f"<ClusterAgent {self._key[1]!r} of account {self._key[0]!r}>"

    def __getattr__(self, name: str) -> Callable[..., LoopFuture[Any]]:
        if name.startswith("__"):  # Python asks for what there may be
            raise AttributeError(name)
        try:
            check_name(name)
        except NotSupported as error:
            raise AttributeError(str(error)) from error
        return partial(self._call, name)

    def _call(self, method: str, /, *args: Any, **kwargs: Any) -> LoopFuture[Any]:
        account_id, user = self._key
        return self._router.call(
            Call(
                account_id=account_id,
                user=user,
                method=method,
                patience=self._timeout,
                payload=packed_arguments(method, args, kwargs),
            )
        )
