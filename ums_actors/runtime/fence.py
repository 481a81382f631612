"""Callbacks that die with the object they were made for."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from ums_actors.runtime.future import LoopFuture

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.runtime.cell import Cell

__all__ = ["Fenced", "FencedAnywhere"]


class Fenced:
    """Calls ``function`` for one generation of an actor; loop thread.

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
        if cell.dead or cell.suspended or cell.generation != self._generation:
            _read(args)
            cell._observe("actor.stale_callback", logging.DEBUG)
            return
        try:
            self._function(*args)
        except BaseException as error:  # noqa: BLE001  (see `Cell.crash`)
            cell.crash(error)


class FencedAnywhere(Fenced):
    """The same for callers on any thread: the function is called on the loop."""

    __slots__ = ()

    def __call__(self, *args: Any) -> None:
        """Call the function in the loop's thread, or let it be."""
        loop = self._cell.loop
        if loop.owned():
            super().__call__(*args)
        else:
            _read(args)  # the loop may end before
            loop.call_soon(lambda: self(*args))


def _read(args: tuple[Any, ...]) -> None:
    for each in args:
        if isinstance(each, LoopFuture):
            each.exception()
