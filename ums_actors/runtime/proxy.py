"""Method calls as asks, on whatever object serves the actor now.

Slim beside Pykka's proxy: it looks at the class once, not at each object, and
resolves what it does not know there (instance attributes, traversable objects)
by the base class's rules when first used.
"""

from __future__ import annotations

from typing import (
    TYPE_CHECKING,
    Any,
    Concatenate,
    Generic,
    ParamSpec,
    Protocol,
    TypeVar,
    overload,
)
from typing import cast as _cast

import pykka
from pykka._proxy import CallableProxy
from pykka.messages import ProxyGetAttr, ProxySetAttr

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.runtime.actor import LoopActor
    from ums_actors.runtime.future import LoopFuture
    from ums_actors.runtime.ref import LoopRef

__all__ = ["LoopProxy", "proxy_method", "shortcut"]

A = TypeVar("A", bound="LoopActor")
T = TypeVar("T")
P = ParamSpec("P")
R_co = TypeVar("R_co", covariant=True)


class LoopProxy(pykka.ActorProxy[A]):
    """A :class:`pykka.ActorProxy` that survives restarts of its actor.

    A call gives a future of the method's answer; where the method itself returns a
    future of ours, it is flattened. Private names are hidden, but for those in the
    actor class's ``_proxied``.
    """

    def __init__(self, *, actor_ref: LoopRef[A]) -> None:  # the base class inspects
        if not actor_ref.is_alive():
            raise pykka.ActorDeadError(f"{actor_ref} not found")
        object.__setattr__(self, "actor_ref", actor_ref)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LoopProxy) and (
            other.actor_ref == self.actor_ref  # pyright: ignore[reportUnknownMemberType]
        )

    def __hash__(self) -> int:
        return hash(self.actor_ref)

    def __repr__(self) -> str:
        return f"<LoopProxy for {self.actor_ref}>"

    def __dir__(self) -> list[str]:
        names = dir(self.actor_ref.actor_class)
        hidden = self.actor_ref.actor_class._proxied
        return [name for name in names if name in hidden or not name.startswith("_")]

    def __getattr__(self, name: str) -> Any:
        if name == "actor_ref":  # a copy under construction
            raise AttributeError(name)
        ref = self.actor_ref
        self._admit(name)
        attribute = getattr(ref.actor_class, name, None)
        if callable(attribute):
            method: Any = CallableProxy(actor_ref=ref, attr_path=(name,))
            shorter = getattr(attribute, "_shortcut", None)
            if shorter is not None:
                method = shorter(ref, method)
            self.__dict__[name] = method  # the next time Python finds it there
            return method
        actor = ref._actor_weakref()
        found = actor.__dict__.get(name, attribute)
        if getattr(found, "_pykka_traversable", False) or getattr(
            found, "pykka_traversable", False
        ):
            return pykka.ActorProxy(actor_ref=ref, attr_path=(name,))
        if found is None and name not in dir(actor):
            raise AttributeError(f"{ref} has no attribute {name!r}")
        if callable(found):
            return CallableProxy(actor_ref=ref, attr_path=(name,))
        return ref.ask(ProxyGetAttr(attr_path=(name,)), block=False)

    def __setattr__(self, name: str, value: Any) -> None:
        """Set a field of the actor; waits until it is set."""
        self._admit(name)
        self.__dict__.pop(name, None)
        message = ProxySetAttr(attr_path=(name,), value=value)
        self.actor_ref.ask(message)

    def _admit(self, name: str) -> None:
        if name.startswith("_") and name not in self.actor_ref.actor_class._proxied:
            raise AttributeError(f"{self.actor_ref} has no public attribute {name!r}")


F = TypeVar("F", bound="Callable[..., Any]")


def shortcut(
    make: Callable[[LoopRef[Any], CallableProxy[Any]], Any],
) -> Callable[[F], F]:
    """Let proxies call ``make(ref, proxied method)`` instead of the proxied method.

    For a method whose whole work is to pass a message on: the caller's thread can do
    that, which saves the hop through the actor. A subclass's override has no shortcut.
    """

    def mark(method: F) -> F:
        method._shortcut = make  # type: ignore[attr-defined]
        return method

    return mark


class _Method(Protocol, Generic[P, R_co]):
    """A method of a class, as type checkers see it."""

    def __get__(
        self, instance: Any, owner: type | None = None
    ) -> Callable[P, R_co]: ...

    def __call__(self, obj: Any, *args: P.args, **kwargs: P.kwargs) -> R_co: ...


@overload
def proxy_method(
    method: Callable[Concatenate[Any, P], LoopFuture[T]],
) -> _Method[P, LoopFuture[T]]: ...
@overload
def proxy_method(
    method: Callable[Concatenate[Any, P], T],
) -> _Method[P, LoopFuture[T]]: ...
def proxy_method(method: Callable[Concatenate[Any, P], Any]) -> _Method[P, Any]:
    """Type a method on a typed proxy.

    A method that returns a future is typed as that future, since proxies flatten:
    ``pykka.typing.proxy_method`` would say a future of a future.
    """
    return _cast("_Method[P, Any]", method)
