"""The way of a call through an HTTP proxy."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Protocol

from ums_actors.http.failures import TunnelRefused

if TYPE_CHECKING:
    from ums_actors.http.line import Line
    from ums_actors.http.origin import Origin

__all__ = ["HttpProxy", "open_tunnel"]

_HEAD_LIMIT: Final = 16 << 10
_CHUNK: Final = 4 << 10
_END: Final = b"\r\n\r\n"
_STATUS: Final = re.compile(rb"HTTP/1\.[0-9] ([0-9]{3})(?: [^\r\n]*)?\r\n")
_CREATED: Final = range(200, 300)
_WANTS_CREDENTIALS: Final = 407


class HttpProxy(Protocol):
    """What is asked to CONNECT; :class:`~ums_actors.transport.proxy.Proxy` is one."""

    host: str
    port: int

    @property
    def safe(self) -> str:
        """``host:port``, for texts."""
        ...

    def request(self, place: Origin) -> bytes:
        """Give the CONNECT request for a place, credentials included."""
        ...


def open_tunnel(line: Line, proxy: HttpProxy) -> None:
    """Make a line that is connected to a proxy one to its origin; worker thread.

    Raises:
        TunnelRefused: the proxy says no, or something that is no answer.
        OSError: the line broke, or its deadline is over.
    """
    line.sendall(proxy.request(line.origin))
    head = b""
    while _END not in head:
        buffer = bytearray(_CHUNK)
        size = line.receive_into(buffer)
        head += buffer[:size]
        if not size or len(head) > _HEAD_LIMIT:
            raise TunnelRefused(f"the proxy {proxy.safe} gave no answer of HTTP")
    found = _STATUS.match(head)
    if found is None:
        raise TunnelRefused(f"the proxy {proxy.safe} gave no answer of HTTP")
    status = int(found[1])
    if status not in _CREATED:
        hint = "; check its user name and password" * (status == _WANTS_CREDENTIALS)
        raise TunnelRefused(
            f"the proxy {proxy.safe} refused the tunnel with HTTP status {status}{hint}"
        )
    if head.partition(_END)[2]:
        # neither TLS nor HTTP lets the far side speak first
        raise TunnelRefused(f"the proxy {proxy.safe} sent bytes behind its answer")
