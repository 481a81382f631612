"""Where a fleet's agents come from, and what has changed there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias

import msgspec

from ums_actors.arguments import shown
from ums_actors.errors import LocalProtocolError
from ums_actors.fleet.spec import AgentSpec, Key

__all__ = ["Agents", "Difference", "Reloaded", "difference", "source_of"]

Agents: TypeAlias = (
    Iterable[AgentSpec] | str | os.PathLike[str] | Callable[[], Iterable[AgentSpec]]
)
"""Agents, the path of a TOML file that has them, or what gives them when called."""

_WHAT: Final = (
    "give AgentSpecs, the path of a TOML file, or a callable that gives AgentSpecs"
)


class Difference(msgspec.Struct, frozen=True):
    """What to do so that what is there becomes what is wanted."""

    added: tuple[AgentSpec, ...]
    removed: tuple[Key, ...]
    changed: tuple[AgentSpec, ...]


class Reloaded(msgspec.Struct, frozen=True, kw_only=True):
    """What ``reload()`` has done.

    Attributes:
        added: agents that are new.
        removed: agents that were there no more.
        changed: agents that were given differently: removed and added.
        refused: agents that could not be started, and by which error.
    """

    added: tuple[Key, ...] = ()
    removed: tuple[Key, ...] = ()
    changed: tuple[Key, ...] = ()
    refused: tuple[tuple[Key, Exception], ...] = ()


def source_of(agents: Agents) -> Callable[[], dict[Key, AgentSpec]]:
    """Give what gives the agents; it may block.

    Raises:
        LocalProtocolError: they are of the wrong type, or one is there twice.
    """
    given: Any = agents
    if isinstance(given, (str, os.PathLike)):
        from ums_actors.fleet.agents_file import read_agents  # noqa: PLC0415  (TOML)

        path: Any = given
        return lambda: _by_key(read_agents(path))
    if callable(given):
        return lambda: _by_key(given())
    known = _by_key(given)
    return lambda: known


def _by_key(agents: Any) -> dict[Key, AgentSpec]:
    if not isinstance(agents, Iterable):
        raise LocalProtocolError(f"agents={shown(agents)} are no agents: {_WHAT}")
    found: dict[Key, AgentSpec] = {}
    for each in agents:
        if not isinstance(each, AgentSpec):
            raise LocalProtocolError(f"agents has a {type(each).__name__}: {_WHAT}")
        if each.key in found:
            raise LocalProtocolError(
                f"agents has user {each.user!r} of account {each.account_id} twice: "
                "two connections of one user kill each other's token; leave one out"
            )
        found[each.key] = each
    return found


def difference(
    present: Mapping[Key, AgentSpec], wanted: Mapping[Key, AgentSpec]
) -> Difference:
    """Compare agents by what they are started with."""
    return Difference(
        added=tuple(spec for key, spec in wanted.items() if key not in present),
        removed=tuple(key for key in present if key not in wanted),
        changed=tuple(
            spec
            for key, spec in wanted.items()
            if key in present and present[key] != spec
        ),
    )
