"""A certificate for loopback, and the CA that vouches for it."""

from __future__ import annotations

import contextlib
import os
import ssl
import tempfile
from pathlib import Path

import trustme

from ums_actors.emulator.failures import EmulatorError

__all__ = ["LoopbackTLS"]


class LoopbackTLS:
    """A fresh CA and a server context; the CA's certificate lies in a file.

    Args:
        ca_out: where to write the CA; None makes a private temporary file that
            :meth:`remove` deletes.

    Raises:
        EmulatorError: the file cannot be written.
    """

    def __init__(self, ca_out: str | None) -> None:
        ca = trustme.CA()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        ca.issue_cert("127.0.0.1", "localhost", "::1").configure_cert(self.context)
        self._is_temporary = ca_out is None
        if ca_out is None:
            handle, ca_out = tempfile.mkstemp(prefix="ums-emulator-ca-", suffix=".pem")
            os.close(handle)
        self.ca_path = str(Path(ca_out).absolute())
        try:
            Path(self.ca_path).write_bytes(ca.cert_pem.bytes())
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
