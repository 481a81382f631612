"""The TLS contexts of all that a connection speaks: HTTP calls and websocket alike."""

from __future__ import annotations

import os
import ssl
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Final, TypeAlias

from ums_actors.errors import LocalProtocolError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

__all__ = ["Contexts", "TlsSource", "client_context"]

PathLike: TypeAlias = "str | os.PathLike[str]"
TlsSource: TypeAlias = "Callable[[], ssl.SSLContext]"
"""Gives the context when it is needed first: reading certificates takes long."""

_LIMIT: Final = 64


def client_context(
    ca_file: PathLike | None = None,
    extra_ca_file: PathLike | None = None,
    *,
    verify: bool = True,
) -> ssl.SSLContext:
    """Make a client's context: TLS 1.2 or later, no key log, nobody believed unseen.

    Loading the system's certificates takes milliseconds: share one (:class:`Contexts`);
    threads may.

    Args:
        ca_file: PEM file to trust in place of the system's certificates.
        extra_ca_file: PEM file to trust as well.
        verify: whether the certificate is checked, and that it is for that host.

    Raises:
        LocalProtocolError: a file cannot be read.
    """
    # Not create_default_context: it obeys SSLKEYLOGFILE, and an environment variable
    # would then be enough to make every token readable on the wire.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    if ca_file is None:
        context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    for name, path in (("ca_file", ca_file), ("extra_ca_file", extra_ca_file)):
        if path is not None:
            _load(context, name, path)
    return context


class Contexts:
    """Contexts that many connections share; any thread.

    Those with the same files and the same strictness get the same one, as long as the
    files are as they were: a bundle that was exchanged is read anew, for connections
    that are made from then on.

    Args:
        limit: contexts that are kept; the least recently used is let go.
    """

    def __init__(self, limit: int = _LIMIT) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, ssl.SSLContext] = OrderedDict()

    def give(
        self,
        ca_file: PathLike | None = None,
        extra_ca_file: PathLike | None = None,
        *,
        verify: bool = True,
    ) -> ssl.SSLContext:
        """Give the context for this; see :func:`client_context`."""
        key = _stamp(ca_file), _stamp(extra_ca_file), ca_file is None, verify
        with self._lock:  # also while it is made: many begin at the same moment
            context = self._kept.get(key)
            if context is None:
                context = client_context(ca_file, extra_ca_file, verify=verify)
                self._kept[key] = context
                while len(self._kept) > self._limit:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return context


def _stamp(path: PathLike | None) -> Hashable:
    """Give what changes when the file does; None stands for the system's own."""
    where = path or ssl.get_default_verify_paths().cafile or ""
    if not where:
        return None
    try:
        found = os.stat(where)  # noqa: PTH116  (a path may be of any kind)
    except OSError:
        return os.fspath(where)  # reading it will say why
    return os.fspath(where), found.st_ino, found.st_size, found.st_mtime_ns


def _load(context: ssl.SSLContext, name: str, path: PathLike) -> None:
    try:
        context.load_verify_locations(cafile=path)
    except OSError:  # ssl.SSLError is one
        raise LocalProtocolError(
            f"the certificates in {os.fspath(path)!r} cannot be read; "
            f"{name} wants the path of a PEM file"
        ) from None
