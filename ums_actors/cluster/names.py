"""What the actors of a cluster are called in Ray."""

from __future__ import annotations

import re

from ums_actors.arguments import shown
from ums_actors.errors import LocalProtocolError

__all__ = ["book_name", "checked_name", "director_name", "shard_name"]

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def checked_name(name: object) -> str:
    """Check the name of a cluster.

    Raises:
        LocalProtocolError: it has other characters, or none, or too many.
    """
    if isinstance(name, str) and _NAME.fullmatch(name):
        return name
    raise LocalProtocolError(
        f"name={shown(name)} cannot name a cluster: use 1 to 64 letters, digits, "
        "hyphens and underscores"
    )


def book_name(cluster: str) -> str:
    """Give the name of the actor that keeps the lease book."""
    return f"{cluster}.book"


def director_name(cluster: str) -> str:
    """Give the name of the actor that starts and moves the shards."""
    return f"{cluster}.director"


def shard_name(cluster: str, shard: int) -> str:
    """Give the name of the actor of a shard."""
    return f"{cluster}.shard.{shard}"
