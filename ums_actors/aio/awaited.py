"""Methods of a proxy as coroutines."""

from __future__ import annotations

import asyncio
import functools
import inspect
from typing import (
    TYPE_CHECKING,
    Any,
    Concatenate,
    Generic,
    ParamSpec,
    Protocol,
    TypeVar,
    cast,
    overload,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from ums_actors.runtime import LoopFuture

__all__ = ["awaited"]

_FUTURE = "LoopFuture["
T = TypeVar("T")
P = ParamSpec("P")
R_co = TypeVar("R_co", covariant=True)


class _Method(Protocol, Generic[P, R_co]):
    """A coroutine function of a class, as type checkers see it."""

    def __get__(
        self, instance: Any, owner: type | None = None
    ) -> Callable[P, Coroutine[Any, Any, R_co]]: ...

    def __call__(
        self, obj: Any, *args: P.args, **kwargs: P.kwargs
    ) -> Coroutine[Any, Any, R_co]: ...


@overload
def awaited(
    method: Callable[Concatenate[Any, P], LoopFuture[T]],
) -> _Method[P, T]: ...
@overload
def awaited(method: Callable[Concatenate[Any, P], T]) -> _Method[P, T]: ...
def awaited(method: Callable[Concatenate[Any, P], Any]) -> _Method[P, Any]:
    """Make a coroutine function that calls the proxy's method of that name.

    One that is cancelled while it waits gives up its request, if it is one: see
    ``proxy.forget``.
    """
    name = method.__name__

    @functools.wraps(method)
    async def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        proxy = self.proxy
        future = getattr(proxy, name)(*args, **kwargs)
        try:
            return await future
        except asyncio.CancelledError:
            proxy.forget.defer(future)
            raise

    call.__signature__ = _awaited(inspect.signature(method))  # type: ignore[attr-defined]
    return cast("_Method[P, Any]", call)


def _awaited(signature: inspect.Signature) -> inspect.Signature:
    """Give the signature of what awaits the future, for ``help()``."""
    gives = signature.return_annotation
    if isinstance(gives, str) and gives.startswith(_FUTURE):
        gives = gives.removeprefix(_FUTURE).removesuffix("]")
    return signature.replace(return_annotation=gives)
