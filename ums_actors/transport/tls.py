"""TLS on a connected socket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ums_actors.http.tls import trusting
from ums_actors.transport.line import Line

if TYPE_CHECKING:
    import ssl

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
    return trusting(ca_file, extra_ca_file)


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
