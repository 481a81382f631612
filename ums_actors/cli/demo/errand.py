"""A request, and what to do with each of its outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.runtime import LoopFuture

__all__ = ["Errand"]


class Errand(NamedTuple):
    """A request that is to be made until what came of it is certain.

    Attributes:
        what: it is, for notes.
        request: makes it.
        done: takes its result.
        look: finds out whether it took effect although no answer came, and goes on.
        refused: goes on after somebody said no: the server, or the library.
    """

    what: str
    request: Callable[[], LoopFuture[Any]]
    done: Callable[[Any], None]
    look: Callable[[], None]
    refused: Callable[[BaseException], None]
