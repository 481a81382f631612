"""A certificate for loopback and the address served, and the CA that vouches for it."""

from __future__ import annotations

import contextlib
import os
import ssl
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import trustme

from ums_actors.emulator.failures import EmulatorError

__all__ = ["Certificate", "LoopbackTLS"]


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a server shows and proves, and the CA that vouches for it; PEM."""

    ca: str
    chain: str
    key: str = field(repr=False)

    @classmethod
    def new(cls, host: str = "127.0.0.1") -> Certificate:
        """Give one for loopback, and for another ``host``, by a CA of its own."""
        ca = trustme.CA()
        names = dict.fromkeys(["127.0.0.1", "localhost", "::1", host])
        leaf = ca.issue_cert(*names)
        chain = b"".join(blob.bytes() for blob in leaf.cert_chain_pems)
        key = leaf.private_key_pem.bytes()
        return cls(ca.cert_pem.bytes().decode(), chain.decode(), key.decode())

    def context(self) -> ssl.SSLContext:
        """Give a server's context.

        Raises:
            ValueError: key and certificate are nonsense, or not of each other.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        both = trustme.Blob((self.key + self.chain).encode())
        try:
            with both.tempfile() as path:
                context.load_cert_chain(path)
        except ssl.SSLError as error:
            raise ValueError(f"the certificate does not load: {error}") from None
        return context


class LoopbackTLS:
    """A server's context; the CA's certificate lies in a file.

    Args:
        ca_out: where to write the CA; None makes a private temporary file that
            :meth:`remove` deletes.
        certificate: one that was used before; None makes a fresh one.
        host: the address that is served.

    Raises:
        EmulatorError: the file cannot be written.
        ValueError: the certificate is nonsense.
    """

    def __init__(
        self,
        ca_out: str | None,
        certificate: Certificate | None = None,
        host: str = "127.0.0.1",
    ) -> None:
        self.certificate: Certificate = certificate or Certificate.new(host)
        self.context: ssl.SSLContext = self.certificate.context()
        self._is_temporary = ca_out is None
        if ca_out is None:
            handle, ca_out = tempfile.mkstemp(prefix="ums-emulator-ca-", suffix=".pem")
            os.close(handle)
        self.ca_path: str = str(Path(ca_out).absolute())
        try:
            Path(self.ca_path).write_text(self.certificate.ca)
        except OSError as error:
            raise EmulatorError(
                f"the CA cannot be written to {ca_out} ({error.strerror}); "
                "give another file with --ca-out"
            ) from None

    def remove(self) -> None:
        """Delete the CA's file if it is temporary."""
        if self._is_temporary:
            with contextlib.suppress(FileNotFoundError):
                Path(self.ca_path).unlink()
