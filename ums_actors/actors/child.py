"""What the four actors have in common: the kernel, and a crash that is reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from ums_actors.errors import LocalProtocolError
from ums_actors.runtime import LoopActor

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.actors.kernel import Kernel

__all__ = ["Child"]


class Child(LoopActor):
    """An actor of one connection, driven by messages only.

    Subclasses fill :attr:`handlers`: message type → name of the method that takes
    it. A message of an unknown type is a bug of the sender's, and crashes the child.
    """

    _in_registry = False
    handlers: ClassVar[dict[type[Any], str]] = {}

    def __init__(self, kernel: Kernel) -> None:
        super().__init__()
        self._kernel = kernel
        self._table: dict[type[Any], Callable[[Any], object]] = {
            message: getattr(self, name) for message, name in self.handlers.items()
        }

    def on_receive(self, message: Any) -> Any:
        """Hand the message to its handler."""
        handler = self._table.get(type(message))
        if handler is None:
            raise LocalProtocolError(
                f"{type(self).__name__} does not know {type(message).__name__}: it "
                f"takes {', '.join(sorted(kind.__name__ for kind in self._table))}"
            )
        return handler(message)

    def _tell(self, name: str, message: Any) -> None:
        """Send to another actor of the connection."""
        self._kernel.refs[name].tell(message)
