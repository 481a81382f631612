"""The TLS context of calls to the domain and login services."""

from __future__ import annotations

import os
import ssl

from ums_actors.errors import LocalProtocolError

__all__ = ["trusting"]


def trusting(
    ca_file: str | os.PathLike[str] | None,
    extra_ca_file: str | os.PathLike[str] | None = None,
) -> ssl.SSLContext:
    """Give a context that trusts the system's certificates, or those of ``ca_file``.

    Args:
        ca_file: PEM file to trust in place of the system's certificates.
        extra_ca_file: PEM file to trust as well.

    Raises:
        LocalProtocolError: a file cannot be read.
    """
    # not create_default_context(), which would write keys to SSLKEYLOGFILE
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file is None:
        context.load_default_certs()
    for name, path in (("ca_file", ca_file), ("extra_ca_file", extra_ca_file)):
        if path is not None:
            _load(context, name, path)
    return context


def _load(context: ssl.SSLContext, name: str, path: str | os.PathLike[str]) -> None:
    try:
        context.load_verify_locations(cafile=path)
    except OSError as error:  # ssl.SSLError is one
        raise LocalProtocolError(
            f"the certificates in {os.fspath(path)!r} cannot be read; "
            f"{name} wants the path of a PEM file"
        ) from error
