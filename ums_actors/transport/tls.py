"""TLS on a connected socket."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from ums_actors.errors import LocalProtocolError
from ums_actors.transport.line import Line

if TYPE_CHECKING:
    from ums_actors.transport.attempt import Attempt
    from ums_actors.transport.budget import Budget

__all__ = ["client_context", "start_tls"]


def client_context(
    ca_file: str | None = None, extra_ca_file: str | None = None
) -> ssl.SSLContext:
    """Make a verifying client context: TLS 1.2 or later, no ALPN, no key log.

    Loading the system's certificates takes milliseconds: make one for many
    connections; it may be shared by threads.

    Args:
        ca_file: PEM file to trust in place of the system's certificates.
        extra_ca_file: PEM file to trust as well.

    Raises:
        LocalProtocolError: a file cannot be loaded.
    """
    # Not create_default_context: it obeys SSLKEYLOGFILE, and an environment variable
    # would then be enough to make every token readable on the wire.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    if ca_file is None:
        context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    for name, path in (("ca_file", ca_file), ("extra_ca_file", extra_ca_file)):
        if path is not None:
            _load(context, name, path)
    return context


def _load(context: ssl.SSLContext, name: str, path: str) -> None:
    try:
        context.load_verify_locations(cafile=path)
    except OSError:
        raise LocalProtocolError(
            f"{name}={path!r} cannot be loaded: give the path of a readable file "
            "of PEM certificates"
        ) from None


def start_tls(
    line: Line,
    host: str,
    context: ssl.SSLContext,
    budget: Budget,
    attempt: Attempt,
) -> Line:
    """Do the client handshake on ``line``; gives the encrypted line.

    Raises:
        ConnectError: out of budget.
        OSError: the handshake failed or the line broke.
    """
    sock = context.wrap_socket(
        line.sock,
        do_handshake_on_connect=False,
        server_hostname=host.rstrip("."),  # SNI and certificates know no root dot
    )
    attempt.adopt(sock)
    secured = Line(sock, budget)
    secured.complete(sock.do_handshake)
    return secured
