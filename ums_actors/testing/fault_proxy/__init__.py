"""A TCP proxy on loopback that is a bad network, for tests.

It stands between a client and a server and passes bytes on, TLS or not, until it is
told to be slow, to be silent, or to cut. The faults have the names of toxiproxy's
toxics. Everything works from ordinary blocking code::

    with FaultProxy(server_port) as proxy:
        connection = connect_to("127.0.0.1", proxy.port)
        proxy.add(Latency(0.2, jitter=0.1), direction="downstream")
        proxy.add(LimitData(4711), direction="upstream", on="present")
        proxy.clear()  # the network is well again
        proxy.down()  # who connects is refused
        proxy.up()
"""

from __future__ import annotations

from ums_actors.testing.fault_proxy.proxy import FaultProxy
from ums_actors.testing.fault_proxy.toxics import (
    Bandwidth,
    BlackHole,
    HalfClose,
    Latency,
    LimitData,
    ResetPeer,
    Slicer,
    SlowClose,
    Toxic,
)

__all__ = [
    "Bandwidth",
    "BlackHole",
    "FaultProxy",
    "HalfClose",
    "Latency",
    "LimitData",
    "ResetPeer",
    "Slicer",
    "SlowClose",
    "Toxic",
]
