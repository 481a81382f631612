"""One line for an error: what happened, and what to do about it."""

from __future__ import annotations

from ums_actors.errors import (
    AuthenticationRejected,
    ConnectError,
    LocalProtocolError,
    LoginError,
    RequestRejected,
    RestartBudgetExhausted,
    UMSError,
)

__all__ = ["CONNECT_HINTS", "LOGIN_HINTS", "explain"]

_WAY_OUT = "; "
"""What stands before the way out in this project's errors, where they name one."""

CONNECT_HINTS = {
    "resolve": "check the host name and this machine's DNS",
    "tcp": "check that the host is up and that no firewall is between",
    "proxy": "check the proxy's address and its credentials",
    "tls": "if the server has a CA of its own, pass its file with --ca",
    "upgrade": "check that the host is a UMS websocket endpoint",
    "queue": "too many connections are being made at once: try again",
}
LOGIN_HINTS = {
    "csds": "check --account and --csds; a server with a CA of its own needs --ca",
    "login": "try again, or check that the login service is up",
    "refresh": "try again, or check that the login service is up",
    "source": "check the token source",
}


def explain(error: BaseException) -> str:
    """Give the error's text with a way out at its end, on one line."""
    text = " ".join(str(error).split()) or type(error).__name__
    hint = _hint(error)
    if not hint or _WAY_OUT in text:
        return text
    return f"{text.rstrip('.')}{_WAY_OUT}{hint}"


def _hint(error: BaseException) -> str:
    if isinstance(error, LocalProtocolError):
        return ""  # its text names the way out
    if isinstance(error, AuthenticationRejected):
        return "check the user name and the password"
    if isinstance(error, LoginError):
        return LOGIN_HINTS.get(error.step, LOGIN_HINTS["login"])
    if isinstance(error, ConnectError):
        return CONNECT_HINTS.get(error.step, "check the address")
    if isinstance(error, RequestRejected):
        return "change the request"
    if isinstance(error, RestartBudgetExhausted):
        return "this is a bug: please report it with the history it carries"
    if isinstance(error, TimeoutError):
        return "try again, or check that the server is up"
    return "try again" if isinstance(error, UMSError) else ""
