import errno
import http.client
import socket
import ssl

import pytest
import urllib3.exceptions

from ums_actors.http.failures import FOREIGN, TooLong, reason_of


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (TimeoutError("hunter2"), "deadline"),
        (urllib3.exceptions.ReadTimeoutError(None, "hunter2", "hunter2"), "deadline"),
        (socket.gaierror(-2, "hunter2"), "resolved"),
        (ssl.SSLError(1, "hunter2"), "TLS"),
        (urllib3.exceptions.SSLError("hunter2"), "TLS"),
        (TooLong("hunter2"), "too long"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "hunter2"), "Connection refused"),
        (OSError("hunter2"), "the line broke"),
        (http.client.BadStatusLine("hunter2"), "not HTTP"),
        (urllib3.exceptions.ProtocolError("hunter2"), "not HTTP"),
        (ValueError("Invalid header value b'hunter2'"), "not HTTP"),
    ],
)
def test_foreign_error_is_told_without_its_text(error, reason):
    assert isinstance(error, FOREIGN)
    found = reason_of(error)
    assert reason in found
    assert "hunter2" not in found
