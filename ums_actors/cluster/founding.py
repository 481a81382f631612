"""Makes the two actors of which a cluster grows, and ends them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ums_actors.cluster.book import Book
from ums_actors.cluster.config import ClusterConfig
from ums_actors.cluster.director_actor import DirectorActor
from ums_actors.cluster.engine import NAMESPACE, require_started
from ums_actors.cluster.names import book_name, director_name
from ums_actors.errors import ClusterError, LocalProtocolError

if TYPE_CHECKING:
    from ums_actors.cluster.share import Provider

__all__ = ["director_of", "end", "found"]


def found(config: ClusterConfig, provider: Provider | str) -> Any:
    """Make the director, who has the shards made, and the lease book; give him.

    Raises:
        ClusterError: Ray is not there, or has such a cluster already.
        LocalProtocolError: an argument breaks a rule.
    """
    if not isinstance(config, ClusterConfig):
        raise LocalProtocolError(
            f"config is a {type(config).__name__}: give a ClusterConfig"
        )
    if not (callable(provider) or isinstance(provider, str)):
        raise LocalProtocolError(
            f"provider is a {type(provider).__name__}: give a function, or its name as "
            "'module:function'"
        )
    ray, name = require_started(config.name), config.name
    options: dict[str, Any] = {
        "namespace": NAMESPACE,
        "lifetime": "detached",
        "max_restarts": -1,
        "num_cpus": 0,
        "resources": config.book_resources,
    }
    director = ray.remote(DirectorActor).options(name=director_name(name), **options)
    book = ray.remote(Book).options(name=book_name(name), **options)
    try:
        made = director.remote(config, provider)
        book.remote(config.shards, config.terms)
    except ValueError:
        raise ClusterError(
            f"there is a cluster {name!r} already: use Cluster.connect({name!r}), or "
            "stop it before",
            cluster=name,
        ) from None
    return made


def director_of(name: str) -> Any:
    """Find the director of a cluster that is running.

    Raises:
        ClusterError: Ray is not there, or has no such cluster.
    """
    ray = require_started(name)
    try:
        return ray.get_actor(director_name(name), namespace=NAMESPACE)
    except ValueError:
        raise ClusterError(
            f"there is no cluster {name!r} in this Ray: start it, or join the Ray that "
            "has it",
            cluster=name,
        ) from None


def end(name: str, director: Any) -> None:
    """End both; the director last, since by him the rest is found."""
    ray = require_started(name)
    try:
        book = ray.get_actor(book_name(name), namespace=NAMESPACE)
    except ValueError:
        book = None  # it was ended before
    if book is not None:
        ray.kill(book, no_restart=True)
    ray.kill(director, no_restart=True)
