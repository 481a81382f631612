"""Calls over HTTP to an emulator that runs elsewhere: blocking, from any thread."""

from __future__ import annotations

import http.client
import ssl
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import msgspec

from ums_actors.emulator.failures import EmulatorError

__all__ = ["CALL_TIMEOUT", "Caller"]

CALL_TIMEOUT: Final = 10.0
"""Seconds that one call may take, beyond what it is asked to wait."""


class Caller:
    """Makes one connection for each call.

    Args:
        control: base URL of the script's calls, from the ready line.
        ca: path of the CA's file, for https.
    """

    def __init__(self, control: str, ca: str | None = None) -> None:
        parts = urlsplit(control)
        self._authority = parts.netloc
        self._path = parts.path
        self._tls: ssl.SSLContext | None = None
        if parts.scheme == "https":
            self._tls = ssl.create_default_context(cafile=ca)

    def call(
        self,
        method: str,
        path: str,
        query: dict[str, Any] | None = None,
        *,
        body: Any = None,
        wait: float = 0.0,
    ) -> Any:
        """Give the decoded answer; see :meth:`fetch`."""
        answer = self.fetch(method, path, query, body=body, wait=wait)
        return msgspec.json.decode(answer)

    def fetch(
        self,
        method: str,
        path: str,
        query: dict[str, Any] | None = None,
        *,
        body: Any = None,
        wait: float = 0.0,
    ) -> bytes:
        """Give the answer as it came.

        Args:
            method: of HTTP.
            path: below ``/emulator``.
            query: parameters; those that are None are left out.
            body: what is sent as JSON, unless it is None.
            wait: seconds that the call is asked to wait.

        Raises:
            EmulatorError: the emulator refuses, or does not answer in time.
        """
        asked = {name: it for name, it in (query or {}).items() if it is not None}
        target = self._path + path + (f"?{urlencode(asked)}" if asked else "")
        connection = self._connection(CALL_TIMEOUT + wait)
        try:
            data = None if body is None else msgspec.json.encode(body)
            connection.request(method, target, data, {"Connection": "close"})
            response = connection.getresponse()
            answer = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise EmulatorError(
                f"the emulator at {self._authority} does not answer "
                f"({type(error).__name__}); start it again"
            ) from None
        finally:
            connection.close()
        if response.status != http.client.OK:
            raise EmulatorError(_refusal(answer, response.status))
        return answer

    def _connection(self, timeout: float) -> http.client.HTTPConnection:
        if self._tls is None:
            return http.client.HTTPConnection(self._authority, timeout=timeout)
        return http.client.HTTPSConnection(
            self._authority, timeout=timeout, context=self._tls
        )


def _refusal(answer: bytes, status: int) -> str:
    try:
        return str(msgspec.json.decode(answer)["error"])
    except (msgspec.MsgspecError, ValueError, TypeError, KeyError):
        return f"the emulator answered with HTTP status {status}; look at its output"
