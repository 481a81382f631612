"""Joining Ray for the time of a command, within a deadline."""

from __future__ import annotations

import contextlib
import importlib
import logging
import socket
import threading
from typing import TYPE_CHECKING, Any

from ums_actors.cluster import Cluster
from ums_actors.errors import ClusterError

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = ["in_ray", "joined"]


@contextlib.contextmanager
def joined(name: str, address: str, timeout: float) -> Generator[Cluster]:
    """Join Ray, and find the cluster.

    Args:
        name: of the cluster.
        address: of Ray's head, ``HOST:PORT``, or ``auto``.
        timeout: seconds for each of the two.

    Raises:
        ClusterError: nothing answers there, or there is no such cluster.
    """
    with (
        in_ray(name, address, timeout),
        Cluster.connect(name, timeout=timeout) as cluster,
    ):
        yield cluster


@contextlib.contextmanager
def in_ray(name: str, address: str, timeout: float) -> Generator[None]:
    """Join Ray, where cluster ``name`` may come to be.

    Raises:
        ClusterError: nothing answers there within ``timeout`` seconds.
    """
    ray: Any = importlib.import_module("ray")
    logging.getLogger("ray").setLevel(logging.ERROR)  # it chats about how it joins
    _join(ray, name, address, timeout)
    try:
        yield
    finally:
        ray.shutdown()


def _join(ray: Any, name: str, address: str, timeout: float) -> None:
    """Join Ray, which itself waits for ever for an address that does not answer."""
    if not _answers(address, timeout):
        raise _nobody(name, address, "nothing listens there")
    failed: list[Exception] = []

    def join() -> None:
        try:
            ray.init(
                address=address,
                log_to_driver=False,
                configure_logging=False,
                logging_level=logging.ERROR,
            )
        except Exception as error:  # noqa: BLE001  (it is told by who waits)
            failed.append(error)

    thread = threading.Thread(target=join, name="ums-join", daemon=True)
    thread.start()
    thread.join(timeout)
    if failed:
        raise _nobody(name, address, type(failed[0]).__name__)
    if thread.is_alive():
        raise _nobody(name, address, f"not within {timeout:g} s")


def _answers(address: str, timeout: float) -> bool:
    """Tell whether something listens at an address, if it is one of TCP."""
    host, _, port = address.rpartition(":")
    if "/" in host or not port.isdecimal():
        return True
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout).close()
    except (OSError, OverflowError):
        return False
    return True


def _nobody(name: str, address: str, why: str) -> ClusterError:
    return ClusterError(
        f"no Ray answers at {address!r} ({why}); run 'ray start' on this machine, or "
        "give --address",
        cluster=name,
    )
