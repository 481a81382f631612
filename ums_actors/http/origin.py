"""Scheme, host and port of a service."""

from __future__ import annotations

import ipaddress
import re
from typing import Final

from msgspec import Struct

from ums_actors.errors import LocalProtocolError

__all__ = ["Origin", "is_loopback", "parse_origin"]

_LABEL: Final = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_NAME: Final = rf"(?=[^:]{{1,254}}(?::|\Z)){_LABEL}(?:\.{_LABEL})*\.?"
_HOST_PORT: Final = re.compile(
    rf"(?P<host>{_NAME}|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{{1,5}}))?"
)
_MAX_PORT: Final = 65_535


class Origin(Struct, frozen=True):
    """Where a service is; ``secure`` means https and wss.

    One that is not secure is on this machine, unless that was allowed.
    """

    host: str
    port: int
    secure: bool

    @property
    def authority(self) -> str:
        """``host:port`` as it stands in a URL; the port only if it must be said."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (
            host if self.port == _default_port(self.secure) else f"{host}:{self.port}"
        )

    @property
    def http_url(self) -> str:
        """``https://host:port``, or ``http`` if not secure."""
        return f"{'https' if self.secure else 'http'}://{self.authority}"

    @property
    def websocket_url(self) -> str:
        """``wss://host:port``, or ``ws`` if not secure."""
        return f"{'wss' if self.secure else 'ws'}://{self.authority}"


def parse_origin(
    text: str, *, secure: bool = True, allow_plain: bool = False
) -> Origin:
    """Read ``host``, ``host:port``, ``https://host:port`` or ``http://host:port``.

    Args:
        text: what to read.
        secure: what a host without a scheme means.
        allow_plain: admit plain http to other machines.

    Raises:
        LocalProtocolError: it is none of these, or plain and not on this machine.
    """
    scheme, separator, rest = text.rpartition("://")
    if separator:
        if scheme not in ("http", "https"):
            raise LocalProtocolError(
                f"the scheme {scheme[:20]!r} is not known; use https://host, or a host"
            )
        secure = scheme == "https"
    found = _HOST_PORT.fullmatch(rest.removesuffix("/"))
    port = int(found["port"] or _default_port(secure)) if found else 0
    if found is None or not 0 < port <= _MAX_PORT:
        raise LocalProtocolError(
            f"{rest[:80]!r} is not a host; give host or host:port, without a path"
        )
    host = found["host"].strip("[]")
    if not (secure or allow_plain or is_loopback(host)):
        raise LocalProtocolError(
            f"plain http to {host} would show the login to the network; "
            f"use https://{host} (http is for 127.0.0.1 and localhost, unless "
            "Options(allow_plain=True))"
        )
    return Origin(host, port, secure)


def _default_port(secure: bool) -> int:
    return 443 if secure else 80


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine by its own word: no resolver is asked."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
