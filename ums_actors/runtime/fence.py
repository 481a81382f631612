"""A callback that dies with the object it was made for."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from ums_actors.runtime.future import LoopFuture

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.runtime.cell import Cell

__all__ = ["Fenced"]


class Fenced:
    """Calls ``function`` for one generation of an actor, on its loop; any thread.

    A raise of the function is a crash of the actor. A future that it is called with
    counts as read, also where the callback is dead. A class, since each timer of each
    connection has one: a closure takes four times its memory.
    """

    __slots__ = ("_cell", "_function", "_generation")

    def __init__(self, cell: Cell, function: Callable[..., object]) -> None:
        self._cell = cell
        self._function = function
        self._generation = cell.generation

    def __call__(self, *args: Any) -> None:
        """Call the function, or let it be."""
        cell = self._cell
        if not cell.loop.owned():
            _read(args)  # the loop may end before
            cell.loop.call_soon(lambda: self(*args))
        elif cell.dead or cell.suspended or cell.generation != self._generation:
            _read(args)
            cell._observe("actor.stale_callback", logging.DEBUG)
        else:
            try:
                self._function(*args)
            except BaseException as error:  # noqa: BLE001  (see `Cell.crash`)
                cell.crash(error)
            if not cell._scheduled:
                cell.schedule()  # for `_on_drained`


def _read(args: tuple[Any, ...]) -> None:
    for each in args:
        if isinstance(each, LoopFuture):
            each.exception()
