"""A supervision tree as data: children, groups, and how they are restarted."""

from __future__ import annotations

import enum
import math
from typing import TYPE_CHECKING

import msgspec

from ums_actors.errors import LocalProtocolError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["ChildSpec", "ExitKind", "Group", "Restart", "Strategy", "flatten"]


class Restart(enum.Enum):
    """After which exits a child is started again."""

    PERMANENT = enum.auto()
    """After every exit."""
    TRANSIENT = enum.auto()
    """After an abnormal exit only."""
    TEMPORARY = enum.auto()
    """Never, not even when a sibling's restart stopped it."""


class Strategy(enum.Enum):
    """Which members of a group are restarted together with the one that ended."""

    ONE_FOR_ONE = enum.auto()
    """None."""
    REST_FOR_ONE = enum.auto()
    """Those that come after it."""
    ONE_FOR_ALL = enum.auto()
    """All others."""


class ExitKind(enum.Enum):
    """How a child ended."""

    NORMAL = enum.auto()
    """Its work is done."""
    SHUTDOWN = enum.auto()
    """It was asked to end."""
    ABNORMAL = enum.auto()
    """It failed."""


class ChildSpec(msgspec.Struct, frozen=True):
    """One child: its name in the tree, when to restart it, seconds it has to stop.

    Raises:
        LocalProtocolError: the name is empty, or ``shutdown`` is out of bounds.
    """

    name: str
    restart: Restart = Restart.PERMANENT
    shutdown: float = 5.0

    def __post_init__(self) -> None:
        if not self.name:
            raise LocalProtocolError("a child has no name: give it a unique one")
        if not 0 <= self.shutdown < math.inf:
            raise LocalProtocolError(
                f"child {self.name!r} has shutdown={self.shutdown!r}: it must be "
                "finite and 0 or more seconds"
            )


class Group(msgspec.Struct, frozen=True):
    """Children under one strategy, in the order of their start; groups may nest.

    Raises:
        LocalProtocolError: the group is empty, or a name in it is not unique.
    """

    strategy: Strategy
    children: tuple[ChildSpec | Group, ...]

    def __post_init__(self) -> None:
        if not self.children:
            raise LocalProtocolError("a group has no children: give it at least one")
        seen: set[str] = set()
        for spec in flatten(self.children):
            if spec.name in seen:
                raise LocalProtocolError(
                    f"child name {spec.name!r} is used twice: names must be unique "
                    "in the whole tree"
                )
            seen.add(spec.name)


def flatten(members: Iterable[ChildSpec | Group]) -> list[ChildSpec]:
    """Give the children of nested groups in the order of their start."""
    specs: list[ChildSpec] = []
    for member in members:
        if isinstance(member, Group):
            specs.extend(flatten(member.children))
        else:
            specs.append(member)
    return specs
