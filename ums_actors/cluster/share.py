"""Which agents a shard has, and who says what they are."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from ums_actors.arguments import shown
from ums_actors.core.placement import shard_of
from ums_actors.errors import LocalProtocolError
from ums_actors.fleet.spec import AgentSpec

if TYPE_CHECKING:
    from ums_actors.fleet.spec import Key

__all__ = ["Provider", "Share", "imported", "specs_of"]


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """A part of all agents: those whose shard this is.

    Attributes:
        shard: which one.
        shards: how many there are.
    """

    shard: int
    shards: int

    def has(self, account_id: str, user: str) -> bool:
        """Tell whether an agent belongs to it.

        Raises:
            LocalProtocolError: a name is empty, too long or cannot be seen.
        """
        return shard_of(account_id, user, self.shards) == self.shard


Provider: TypeAlias = Callable[[Share], Iterable[AgentSpec]]
"""Gives the agents of a share; it may give all, those of others are left out.

It is called in the process that will have them, on a worker thread, each time that the
shard is opened: so credentials are read there, and travel in no call.
"""


def imported(named: Any, argument: str) -> Callable[..., Any]:
    """Give what ``"module:function"`` names, or what was given itself.

    Raises:
        LocalProtocolError: there is no such module or function.
    """
    found = _found(named) if isinstance(named, str) else named
    if callable(found):
        return found  # type: ignore[no-any-return]
    raise LocalProtocolError(
        f"{argument}={shown(named)} is nothing that can be called: give a function, or "
        "'module:function' that each node can import"
    )


def _found(named: str) -> Any:
    module, _, path = named.partition(":")
    try:
        found: Any = importlib.import_module(module)
        for name in path.split("."):
            found = getattr(found, name)
    except (ImportError, AttributeError, ValueError):
        return None
    return found


def specs_of(provider: Provider, share: Share) -> dict[Key, AgentSpec]:
    """Ask the provider, and keep those that belong to the share.

    Raises:
        LocalProtocolError: it gave something else, or an agent twice.
    """
    found: dict[Key, AgentSpec] = {}
    for spec in provider(share):
        if not isinstance(spec, AgentSpec):
            raise LocalProtocolError(
                f"the provider gave {shown(spec)}: it must give AgentSpecs"
            )
        if not share.has(*spec.key):
            continue
        if spec.key in found:
            raise LocalProtocolError(
                f"the provider gave the agent {spec.user!r} of account "
                f"{spec.account_id!r} twice: each agent is one connection"
            )
        found[spec.key] = spec
    return found
