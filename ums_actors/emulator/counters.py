"""What has happened since the start, in numbers."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Counters"]


@dataclass(slots=True)
class Counters:
    """Calls that succeeded and calls that were refused."""

    logins: int = 0
    refused_logins: int = 0
    refreshes: int = 0
    refused_refreshes: int = 0
    signups: int = 0
    """Anonymous identities that were made."""
    consumer_tokens: int = 0
    """Tokens that let a consumer's websocket in."""
    refused_consumer_tokens: int = 0
    shift_statuses: int = 0
    refused_shift_statuses: int = 0
    handshakes: int = 0
    refused_handshakes: int = 0
    requests: int = 0
    rest_calls: int = 0
    rest_lines: int = 0
    """TCP connections on which those came."""
    webhook_posts: int = 0
    """Bodies that were taken."""
    refused_webhook_posts: int = 0
