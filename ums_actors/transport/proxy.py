"""An HTTP proxy and the tunnel through it."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote

from ums_actors.arguments import shown
from ums_actors.errors import LocalProtocolError
from ums_actors.secret import Secret, reveal
from ums_actors.transport.head import MAX_HEAD_SIZE, read_head
from ums_actors.transport.target import check_host
from ums_actors.transport.urls import split_url

if TYPE_CHECKING:
    from ums_actors.transport.budget import Budget
    from ums_actors.transport.line import Line
    from ums_actors.transport.target import Target

__all__ = ["Place", "Proxy", "open_tunnel"]

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_MAX_PORT = 65535


class Place(Protocol):
    """Where a tunnel shall lead: the target of a websocket, or of an HTTP call."""

    @property
    def host(self) -> str:
        """Name or IP address, IPv6 without brackets."""
        ...

    @property
    def port(self) -> int:
        """1 to 65535."""
        ...

    @property
    def secure(self) -> bool:
        """Whether TLS is spoken there."""
        ...


class Proxy:
    """An HTTP proxy that is asked to CONNECT to wherever a line leads.

    Given to a connection, it serves that one alone: its websocket and its HTTP calls
    (domains, login, identities), of which it sees host and port and no more.

    The environment's proxies are used only with ``Options.proxy_from_environment``.

    Args:
        host: name or IP address.
        port: 1 to 65535.
        username: for Basic authentication, with ``password``.
        password: never printed.
        scheme: only ``http`` is spoken to a proxy.

    Raises:
        LocalProtocolError: a value breaks a rule.
    """

    __slots__ = ("_credentials", "host", "port")

    def __init__(
        self,
        host: str,
        port: int,
        username: str | None = None,
        password: str | Secret | None = None,
        scheme: str = "http",
    ) -> None:
        if scheme != "http":
            raise LocalProtocolError(
                f"the proxy scheme {shown(scheme, 20)} is not supported: use an http "
                "proxy"
            )
        if type(port) is not int or not 1 <= port <= _MAX_PORT:
            raise LocalProtocolError(
                f"the proxy port {shown(port)} is out of bounds: use 1 to {_MAX_PORT}"
            )
        if not isinstance(host, str):
            raise LocalProtocolError(
                f"the proxy host {shown(host)} must be a name or an IP address"
            )
        self.host: str = check_host(host, "the proxy")
        self.port: int = port
        self._credentials = _credentials(username, reveal(password or ""))

    @classmethod
    def from_url(cls, url: str | Secret) -> Proxy:
        """Read ``http://[user[:password]@]host:port``; the port defaults to 80."""
        try:
            parts = split_url(reveal(url))
            port = parts.port or 80
        except ValueError:
            raise LocalProtocolError(
                "the proxy URL has a broken host or port: write http://host:port"
            ) from None
        user = None if parts.username is None else unquote(parts.username)
        password = Secret(unquote(parts.password or ""))
        return cls(parts.hostname or "", port, user, password, parts.scheme)

    @classmethod
    def from_environment(cls, place: Place) -> Proxy | None:
        """Read ``HTTPS_PROXY`` (``HTTP_PROXY`` where there is no TLS) and ``NO_PROXY``.

        Also in lower case, which then wins.

        Raises:
            LocalProtocolError: what it says is no http proxy.
        """
        # here, not above: it is slow to import, and few let the environment decide
        from urllib.request import getproxies_environment, proxy_bypass  # noqa: PLC0415

        url = getproxies_environment().get("https" if place.secure else "http")
        if not url or proxy_bypass(f"{place.host}:{place.port}"):
            return None
        return cls.from_url(url if "://" in url else f"http://{url}")

    @property
    def safe(self) -> str:
        """``host:port``, for texts."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    def request(self, place: Place) -> bytes:
        """Give the CONNECT request for ``place``."""
        host = f"[{place.host}]" if ":" in place.host else place.host
        lines = [
            f"CONNECT {host}:{place.port} HTTP/1.1",
            f"Host: {host}:{place.port}",
        ]
        if self._credentials is not None:
            lines.append(f"Proxy-Authorization: Basic {self._credentials.reveal()}")
        return "\r\n".join([*lines, "", ""]).encode("ascii")

    def __repr__(self) -> str:
        return f"Proxy({self.safe!r})"


def open_tunnel(
    line: Line,
    proxy: Proxy,
    target: Target,
    budget: Budget,
    max_head_size: int = MAX_HEAD_SIZE,
) -> None:
    """Make ``line``, connected to ``proxy``, a line to ``target``; worker thread.

    Raises:
        ConnectError: the proxy refused (status), or answered out of bounds.
        OSError: the line broke.
    """
    line.send_all(proxy.request(target))
    head = read_head(line, budget, f"the proxy {proxy.safe}", max_head_size)
    if head.status // 100 != 2:  # noqa: PLR2004
        hint = "; check its user name and password" if head.status == 407 else ""  # noqa: PLR2004
        raise budget.error(
            f"the proxy {proxy.safe} refused the tunnel to {target.safe} with HTTP "
            f"status {head.status}{hint}",
            head.status,
        )
    if head.rest:
        # Neither TLS nor HTTP lets the far side speak first.
        raise budget.error(
            f"the proxy {proxy.safe} sent bytes behind its answer", head.status
        )


def _credentials(username: str | None, password: str) -> Secret | None:
    if username is None:
        if password:
            raise LocalProtocolError(
                "the proxy has a password and no username: give both"
            )
        return None
    if not isinstance(username, str) or not isinstance(password, str):
        raise LocalProtocolError("the proxy's username and password must be strings")
    if ":" in username or _CONTROL.search(username + password):
        raise LocalProtocolError(
            "the proxy's username has a ':' or a control character, or its password a "
            "control character: Basic authentication cannot carry them; remove them"
        )
    try:
        pair = f"{username}:{password}".encode()
    except UnicodeEncodeError:
        pair = None  # not even the context keeps the error, which holds the password
    if pair is None:
        raise LocalProtocolError(
            "the proxy's username and password must be strings of valid Unicode"
        )
    return Secret(base64.b64encode(pair).decode("ascii"))
