"""The TLS contexts of a connection: whose certificates they trust."""

from __future__ import annotations

import os
import ssl
from typing import Any

from ums_actors.arguments import shown
from ums_actors.errors import LocalProtocolError

__all__ = ["system_trust", "trusting"]

_PATH = 200
"""Characters of a path that an error shows."""


def trusting(
    ca_file: str | os.PathLike[str] | None = None,
    extra_ca_file: str | os.PathLike[str] | None = None,
) -> ssl.SSLContext:
    """Give a context that trusts what OpenSSL finds, or the CAs of ``ca_file``.

    TLS 1.2 or later, no ALPN, no key log. Loading certificates takes milliseconds:
    make one for many connections; it may be shared by threads.

    Args:
        ca_file: PEM file to trust in place of the system's certificates.
        extra_ca_file: PEM file to trust as well.

    Raises:
        LocalProtocolError: a file cannot be read.
    """
    context = _hardened(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    if ca_file is None:
        context.load_default_certs()
    else:
        _load(context, "ca_file", ca_file)
    if extra_ca_file is not None:
        _load(context, "extra_ca_file", extra_ca_file)
    return context


def system_trust(
    extra_ca_file: str | os.PathLike[str] | None = None,
) -> ssl.SSLContext:
    """Give a context that asks the operating system whom to trust.

    For a connection's ``ssl_context``. What OpenSSL finds by itself is the system's on
    Linux distributions, for their own Python; it is not on macOS, whose keychain it
    cannot read, nor for a Python that was built elsewhere. Needs the extra
    ``truststore``.

    Args:
        extra_ca_file: PEM file to trust as well.

    Raises:
        LocalProtocolError: the extra is not installed, or the file cannot be read.
    """
    try:
        import truststore  # noqa: PLC0415  (an extra)
    except ImportError:
        raise LocalProtocolError(
            "system_trust() needs the package truststore: "
            "pip install 'ums_actors[truststore]', or give ca_file"
        ) from None
    context: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    _hardened(context)
    if extra_ca_file is not None:
        _load(context, "extra_ca_file", extra_ca_file)
    return context


def _hardened(context: ssl.SSLContext) -> ssl.SSLContext:
    # Made without create_default_context(): that obeys SSLKEYLOGFILE, and an
    # environment variable would then make every token readable on the wire.
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    return context


def _load(context: ssl.SSLContext, name: str, path: Any) -> None:
    try:
        context.load_verify_locations(cafile=path)
    except (OSError, TypeError, ValueError) as error:  # ssl.SSLError is an OSError
        where = os.fspath(path) if isinstance(path, os.PathLike) else path
        raise LocalProtocolError(
            f"the certificates in {name}={shown(where, _PATH)} cannot be read: give "
            "the path of a PEM file"
        ) from error
