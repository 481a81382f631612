"""TLS on a connected socket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ums_actors.transport.line import Line

if TYPE_CHECKING:
    import ssl

    from ums_actors.transport.attempt import Attempt
    from ums_actors.transport.budget import Budget

__all__ = ["start_tls"]


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
