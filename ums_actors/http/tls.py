"""The TLS contexts of all that a connection speaks: HTTP calls and websocket alike."""

from __future__ import annotations

import os
import ssl
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ums_actors.arguments import shown
from ums_actors.errors import LocalProtocolError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

__all__ = ["Contexts", "OnceNeeded", "TlsSource", "client_context", "system_trust"]

_PATH: Final = 200
"""Characters of a path that an error shows."""

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
    context = _hardened(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
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


class OnceNeeded:
    """A :data:`TlsSource` that is given its context when first asked; any thread.

    Args:
        contexts: what gives it.
        ca_file: PEM file to trust in place of the system's certificates.
        extra_ca_file: PEM file to trust as well.
        verify: whether certificates are checked.
    """

    __slots__ = ("_ca_file", "_context", "_contexts", "_extra_ca_file", "_verify")

    def __init__(
        self,
        contexts: Contexts,
        ca_file: str | None,
        extra_ca_file: str | None,
        verify: bool,
    ) -> None:
        self._contexts = contexts
        self._ca_file = ca_file
        self._extra_ca_file = extra_ca_file
        self._verify = verify
        self._context: ssl.SSLContext | None = None

    def __call__(self) -> ssl.SSLContext:
        """Give the context.

        Raises:
            LocalProtocolError: a file cannot be read.
        """
        if self._context is None:  # twice at once gives the same one
            self._context = self._contexts.give(
                self._ca_file, self._extra_ca_file, verify=self._verify
            )
        return self._context


def _stamp(path: Any) -> Hashable:
    """Give what changes when the file does; None stands for the system's own."""
    where = path or ssl.get_default_verify_paths().cafile or ""
    if not where:
        return None
    if not isinstance(where, str | os.PathLike):
        return repr(where)  # reading it will say what is wrong
    try:
        found = os.stat(where)  # noqa: PTH116  (a path may be of any kind)
    except (OSError, TypeError, ValueError):
        return repr(path)  # reading it will say why
    return os.fspath(where), found.st_ino, found.st_size, found.st_mtime_ns


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
