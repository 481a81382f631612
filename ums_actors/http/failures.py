"""Foreign exceptions of a call, told in words that repeat nothing of it."""

from __future__ import annotations

import http.client
import os
import socket
import ssl
from typing import Final

import urllib3.exceptions

__all__ = ["ENDED", "FOREIGN", "TooLong", "TunnelRefused", "reason_of"]

FOREIGN: Final = (
    OSError,
    ValueError,
    http.client.HTTPException,
    urllib3.exceptions.HTTPError,
)
"""All that a call may raise."""
ENDED: Final = (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError)
"""What a line raises that its far side has ended."""


class TooLong(http.client.HTTPException):
    """The body is longer than the limit."""


class TunnelRefused(http.client.HTTPException):
    """No tunnel through a proxy; the text is ours, and safe to be told."""


def reason_of(error: Exception) -> str:
    """Say what happened, in words that repeat nothing of what was sent or received."""
    if isinstance(error, (TimeoutError, urllib3.exceptions.TimeoutError)):
        return "no whole answer before the deadline"
    if isinstance(error, socket.gaierror):
        return "its name cannot be resolved"
    if isinstance(error, ssl.SSLCertVerificationError):
        why = error.verify_message
        return f"its certificate is not trusted ({why}); give ca_file if it is your own"
    if isinstance(error, (ssl.SSLError, urllib3.exceptions.SSLError)):
        return "no TLS came to be (is it a plain http port?)"
    if isinstance(error, TunnelRefused):
        return str(error)
    if isinstance(error, TooLong):
        return "its answer is too long"
    if isinstance(error, OSError):
        return os.strerror(error.errno) if error.errno else "the line broke"
    return "its answer is not HTTP, or broke off"
