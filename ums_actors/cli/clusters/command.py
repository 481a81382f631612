"""``ums-actors cluster``: the commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
import msgspec
from rich.console import Console

from ums_actors.cli.clusters.joining import in_ray, joined
from ums_actors.cli.clusters.view import shown
from ums_actors.cluster import Cluster, ClusterConfig
from ums_actors.errors import LocalProtocolError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.cluster import ClusterStatus

__all__ = ["command"]


@click.group("cluster")
def command() -> None:
    """Start a cluster of fleets on Ray, look at it, move its shards, or stop it.

    Run it on a machine that has joined Ray (ray start), or name another's --address.
    """


def _on_ray(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add what each of the commands takes."""
    for option in (
        click.option(
            "--timeout",
            type=click.FloatRange(0, min_open=True),
            default=60.0,
            show_default=True,
            help="Seconds to wait for the cluster's answer.",
        ),
        click.option(
            "--address",
            default="auto",
            show_default=True,
            envvar="RAY_ADDRESS",
            show_envvar=True,
            help="Of Ray's head, HOST:PORT; auto finds the one of this machine.",
        ),
        click.argument("name"),
    ):
        function = option(function)
    return function


@command.command("start")
@_on_ray
@click.argument("provider")
@click.option(
    "--shards",
    type=click.IntRange(1),
    default=8,
    show_default=True,
    help="How many there are, for good: each is a process.",
)
@click.option("--handler", help="MODULE:FUNCTION that is called with each event.")
@click.option(
    "--account", default="", help="Of agents that are asked for by their user alone."
)
def start(
    *,
    name: str,
    address: str,
    timeout: float,
    provider: str,
    shards: int,
    handler: str | None,
    account: str,
) -> None:
    """Start cluster NAME, whose agents PROVIDER gives: MODULE:FUNCTION.

    Each node of Ray must be able to import both functions. The agents connect and log
    in at a pace; 'ums-actors cluster status NAME' shows how far they have come.
    """
    try:
        config = ClusterConfig(
            name=name, shards=shards, handler=handler, account_id=account
        )
    except LocalProtocolError as error:
        raise click.UsageError(str(error)) from None
    with in_ray(name, address, timeout):
        Cluster.start(config, provider, timeout=timeout).close()
    click.echo(f"{name} is started: {shards} shards, each with its part of the agents")


@command.command("status")
@_on_ray
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def status(name: str, address: str, timeout: float, as_json: bool) -> int:
    """Show where the shards of cluster NAME are, and how many agents are READY.

    Exit code 0: each shard is open, and each agent READY; 1: not so, or there is no
    such cluster.
    """
    with joined(name, address, timeout) as cluster:
        found = cluster.status(timeout=timeout)
    if as_json:
        click.echo(msgspec.json.encode(_plain(found)).decode())
    else:
        Console(highlight=False).print(shown(found))
    return 0 if found.is_ready and not found.failed else 1


@command.command("rebalance")
@_on_ray
def rebalance(name: str, address: str, timeout: float) -> None:
    """Spread the shards of cluster NAME evenly over all nodes, one at a time."""
    with joined(name, address, timeout) as cluster:
        moved = cluster.rebalance(timeout=timeout)
    click.echo(f"{moved} shards were moved")


@command.command("scale")
@_on_ray
@click.argument("nodes", type=click.IntRange(1))
def scale(name: str, address: str, timeout: float, nodes: int) -> None:
    """Have the shards of cluster NAME on so many NODES, moved one at a time."""
    with joined(name, address, timeout) as cluster:
        moved = cluster.scale(nodes, timeout=timeout)
    click.echo(f"{moved} shards were moved")


@command.command("stop")
@_on_ray
def stop(name: str, address: str, timeout: float) -> int:
    """Close all agents of cluster NAME, and end it.

    Exit code 1: some had to be ended without; their leases end by themselves.
    """
    with joined(name, address, timeout) as cluster:
        left = cluster.stop(timeout=timeout)
    click.echo("stopped" if left else "stopped; some shards did not close in time")
    return 0 if left else 1


def _plain(found: ClusterStatus) -> dict[str, Any]:
    """Give what --json shows: the record, and what is counted from it."""
    return {
        "name": found.name,
        "ready": found.is_ready,
        "agents": {
            "all": found.agents,
            "ready": found.ready,
            "failed": found.failed,
        },
        "nodes": found.nodes,
        "shards": found.shards,
    }
