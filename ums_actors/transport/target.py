"""The address of a websocket, checked before anything is done with it."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

from ums_actors.errors import LocalProtocolError
from ums_actors.secret import Secret, reveal
from ums_actors.transport.urls import split_url

if TYPE_CHECKING:
    from urllib.parse import SplitResult

__all__ = ["Target", "check_host"]

_DEFAULT_PORTS = {"ws": 80, "wss": 443}
_NOT_PRINTABLE = re.compile(r"[^\x21-\x7e]")
_LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_MAX_HOST = 253
_MAX_SHOWN = 64


class Target:
    """A parsed websocket URL. Its path and query are never printed.

    Args:
        url: ``wss://host[:port][/path][?query]``; ``ws://`` for a loopback host.
        allow_plain: admit ``ws://`` to any host.

    Attributes:
        host: name or address, lower case, IPv6 without brackets.
        port: 1 to 65535.
        secure: whether TLS is spoken.
        resource: path and query, for the request line.

    Raises:
        LocalProtocolError: the URL breaks a rule; the text shows no path.
    """

    __slots__ = ("host", "port", "resource", "secure")

    host: str
    port: int
    secure: bool
    resource: Secret

    def __init__(self, url: str | Secret, *, allow_plain: bool = False) -> None:
        text = reveal(url)
        _check_characters(text)
        parts = _split(text)
        self.host = check_host(parts.hostname or "", "the websocket URL")
        self.port = _port(parts)
        self.secure = parts.scheme == "wss"
        if not self.secure and not (allow_plain or _is_loopback(self.host)):
            raise LocalProtocolError(
                f"{self.safe} has no TLS and is not a loopback host: tokens would "
                "travel in the clear; use wss://, or set Options(allow_plain=True)"
            )
        query = f"?{parts.query}" if parts.query else ""
        self.resource = Secret((parts.path or "/") + query)

    @property
    def scheme(self) -> str:
        """``ws`` or ``wss``."""
        return "wss" if self.secure else "ws"

    @property
    def authority(self) -> str:
        """``host[:port]`` as the Host header has it."""
        default = self.port == _DEFAULT_PORTS[self.scheme]
        return self._host_text if default else f"{self._host_text}:{self.port}"

    @property
    def safe(self) -> str:
        """The URL without what may be secret; the only form that is printed."""
        return f"{self.scheme}://{self._host_text}:{self.port}/…"

    @property
    def _host_text(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host

    def __repr__(self) -> str:
        return f"Target({self.safe!r})"


def check_host(host: str, where: str) -> str:
    """Give ``host`` if it is a host name or an IP address.

    Raises:
        LocalProtocolError: it is neither; the text names it and ``where``.
    """
    try:
        ipaddress.ip_address(host)
    except ValueError:
        labels = host.rstrip(".").split(".")
        if len(host) <= _MAX_HOST and all(map(_LABEL.fullmatch, labels)):
            return host
    else:
        if "%" not in host:
            return host
    raise LocalProtocolError(
        f"{where} names the host {host[:_MAX_SHOWN]!r}: it must be an IP address or an "
        "ASCII host name (write an international name in its xn-- form)"
    )


def _check_characters(text: str) -> None:
    if bad := _NOT_PRINTABLE.search(text):
        raise LocalProtocolError(
            f"the websocket URL has U+{ord(bad.group()):04X} at position "
            f"{bad.start()}: control characters, spaces and non-ASCII characters are "
            "refused; percent-encode them"
        )
    if "#" in text:
        raise LocalProtocolError(
            "the websocket URL has a fragment ('#'): a websocket has none; write a "
            "literal '#' as %23"
        )


def _split(text: str) -> SplitResult:
    try:
        parts = split_url(text)
    except ValueError:
        raise LocalProtocolError(
            "the websocket URL has a broken host: write an IPv6 address in brackets, "
            "as in wss://[::1]:8443/"
        ) from None
    if parts.scheme not in _DEFAULT_PORTS:
        shown = parts.scheme[:16] if parts.netloc else ""
        raise LocalProtocolError(
            f"the websocket URL has the scheme {shown!r}: it must begin with wss:// "
            "(or ws:// for a loopback host)"
        )
    if "@" in parts.netloc:
        raise LocalProtocolError(
            "the websocket URL has a user name or password before the host: remove "
            "them; credentials belong into the login or a header"
        )
    return parts


def _port(parts: SplitResult) -> int:
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port is None:
        return _DEFAULT_PORTS[parts.scheme]
    if port == 0:
        raise LocalProtocolError(
            "the websocket URL has a port that is not a number from 1 to 65535: "
            f"leave it out for {_DEFAULT_PORTS[parts.scheme]}"
        )
    return port


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
