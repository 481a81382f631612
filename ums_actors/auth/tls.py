"""The TLS context of calls to the domain and login services."""

from __future__ import annotations

import os
import ssl

from ums_actors.errors import LocalProtocolError

__all__ = ["trusting"]


def trusting(ca_file: str | os.PathLike[str] | None) -> ssl.SSLContext:
    """Give a context that trusts the system's certificates, or those of ``ca_file``.

    Raises:
        LocalProtocolError: ``ca_file`` cannot be read.
    """
    # not create_default_context(), which would write keys to SSLKEYLOGFILE
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file is None:
        context.load_default_certs()
        return context
    try:
        context.load_verify_locations(cafile=ca_file)
    except OSError as error:  # ssl.SSLError is one
        raise LocalProtocolError(
            f"the certificates in {os.fspath(ca_file)!r} cannot be read; "
            "ca_file wants the path of a PEM file"
        ) from error
    return context
