"""What became of a request: the few ways in which one ends, to be counted by."""

from __future__ import annotations

import enum

from ums_actors.errors import Delivery, RequestError, RequestRejected

__all__ = ["Outcome", "outcome_of"]

_TOO_MANY = 429
_FIRST_SERVER_ERROR = 500


class Outcome(enum.StrEnum):
    """How a request ended."""

    ANSWERED = "ANSWERED"
    """The service said yes."""
    REJECTED_429 = "REJECTED_429"
    """It was busy, too often or for too long."""
    REJECTED_4XX = "REJECTED_4XX"
    """It said no."""
    REJECTED_5XX = "REJECTED_5XX"
    """It said that it failed."""
    NOT_SENT = "NOT_SENT"
    """No byte of it was written."""
    UNKNOWN = "UNKNOWN"
    """It was written, and no answer came."""
    FAILED = "FAILED"
    """The request could not be encoded, or its answer not be read."""


def outcome_of(error: BaseException | None) -> Outcome:
    """Give the outcome of a request whose future ended with this; None: with a body."""
    if error is None:
        return Outcome.ANSWERED
    if isinstance(error, RequestRejected):
        if error.code == _TOO_MANY:
            return Outcome.REJECTED_429
        if error.code < _FIRST_SERVER_ERROR:
            return Outcome.REJECTED_4XX
        return Outcome.REJECTED_5XX
    if isinstance(error, RequestError) and error.delivery is not Delivery.ANSWERED:
        return Outcome(error.delivery)
    return Outcome.FAILED
