"""From an address to an upgraded socket, under one deadline."""

from __future__ import annotations

import os
import socket
import ssl
import time
from types import MappingProxyType
from typing import TYPE_CHECKING

from ums_actors.errors import ConnectError, LocalProtocolError
from ums_actors.http.tls import client_context
from ums_actors.transport.attempt import Attempt
from ums_actors.transport.budget import Budget
from ums_actors.transport.dial import dial
from ums_actors.transport.head import MAX_HEAD_SIZE
from ums_actors.transport.line import Line
from ums_actors.transport.opened import Opened
from ums_actors.transport.proxy import Proxy, open_tunnel
from ums_actors.transport.request_headers import header_lines
from ums_actors.transport.tls import start_tls
from ums_actors.transport.upgrade import upgrade

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ums_actors.secret import Secret
    from ums_actors.transport.dial import Resolver
    from ums_actors.transport.target import Target

__all__ = ["open_websocket"]

_NO_HEADERS: Mapping[str, str | Secret] = MappingProxyType({})


def open_websocket(
    target: Target,
    *,
    timeout: float,
    headers: Mapping[str, str | Secret] = _NO_HEADERS,
    ssl_context: ssl.SSLContext | None = None,
    ca_file: str | None = None,
    proxy: Proxy | None = None,
    attempt: Attempt | None = None,
    clock: Callable[[], float] = time.monotonic,
    resolver: Resolver = socket.getaddrinfo,
    max_head_size: int = MAX_HEAD_SIZE,
) -> Opened:
    """Connect and upgrade; blocks, so it runs on a worker thread.

    Name resolution is the one step that no deadline can interrupt: to be free of it,
    abort the attempt and abandon the thread; it ends by itself when it comes back.

    Args:
        target: where to.
        timeout: seconds for resolution, TCP to all addresses, proxy, TLS and upgrade
            together.
        headers: further headers of the upgrade request.
        ssl_context: used as it is; share one among connections (``client_context``).
        ca_file: PEM file to trust, if no context is given.
        proxy: the environment's proxies are ignored.
        attempt: lets another thread abort.
        clock: monotonic seconds.
        resolver: in place of ``socket.getaddrinfo``.
        max_head_size: most header bytes of an answer.

    Raises:
        ConnectError: no websocket came to be: step, status, timed_out.
        LocalProtocolError: an argument breaks a rule.
    """
    attempt = attempt or Attempt()
    lines = header_lines(headers)
    budget = Budget(timeout, attempt=attempt, clock=clock, where=target.safe)
    budget.left()
    context = _context(target, ssl_context, ca_file)
    try:
        host, port = (proxy.host, proxy.port) if proxy else (target.host, target.port)
        sock = dial(host, port, budget=budget, attempt=attempt, resolver=resolver)
        line = Line(sock, budget)
        if proxy is not None:
            budget.step = "proxy"
            open_tunnel(line, proxy, target, budget, max_head_size)
        if context is not None:
            budget.step = "tls"
            line = start_tls(line, target.host, context, budget, attempt)
        budget.step = "upgrade"
        leftover = upgrade(line, target, lines, budget, max_head_size)
        opened = Opened(line.sock, leftover)
        if not attempt.deliver(opened, line.sock):
            raise budget.error(f"opening {target.safe} was aborted")
    except (OSError, UnicodeError, ConnectError) as error:
        if attempt.aborted:  # a socket that was shut looks as if the peer had closed
            raise budget.error(f"opening {target.safe} was aborted") from None
        if isinstance(error, ConnectError):
            raise
        raise _translated(error, budget) from None
    finally:
        attempt.discard_all()
    return opened


def _context(
    target: Target, ssl_context: ssl.SSLContext | None, ca_file: str | None
) -> ssl.SSLContext | None:
    if ssl_context is not None and ca_file is not None:
        raise LocalProtocolError(
            f"ssl_context and ca_file={ca_file!r} are both given: load the file into "
            "the context and leave ca_file out"
        )
    if not target.secure:
        return None
    return ssl_context or client_context(ca_file)


def _translated(error: OSError | UnicodeError, budget: Budget) -> ConnectError:
    """Give ``error`` as one of ours; an abort or the deadline comes first."""
    try:
        budget.left()
    except ConnectError as over:
        return over
    reason = _reason(error)
    if budget.step == "resolve":
        return budget.error(f"the host of {budget.where} was not found: {reason}")
    return budget.error(f"opening {budget.where} failed (step {budget.step}): {reason}")


def _reason(error: OSError | UnicodeError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            "the certificate is not accepted: "
            f"{getattr(error, 'verify_message', 'unknown')}; to trust another "
            "authority give ca_file, extra_ca_file, or ssl_context=system_trust()"
        )
    if isinstance(error, ssl.SSLError):
        return f"TLS error {getattr(error, 'reason', None) or 'unknown'}"
    if isinstance(error, socket.gaierror):
        return str(error.strerror)
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno)
    return type(error).__name__
