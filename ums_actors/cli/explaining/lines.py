"""Close codes: how a line ends."""

from __future__ import annotations

from typing import Final

from ums_actors.cli.explaining.answer import OPTIONS, Answer, case_of, seconds
from ums_actors.core.reason import LineBroken, LineClosed, PeerMisbehaved

__all__ = ["CLOSE_CODES", "LINE_NOTES", "close_code"]

CLOSE_CODES: Final = {
    1000: "the peer is done",
    1001: "the peer goes away, or restarts",
    1002: "the protocol was broken",
    1003: "data of a kind that is not taken",
    1005: "a close frame without a code",
    1006: "no close frame at all: the line broke",
    1007: "text that is no UTF-8",
    1008: "a policy was broken",
    1009: "a message that is too big",
    1010: "an extension was wanted",
    1011: "the peer failed over it",
    1012: "the service restarts",
    1013: "the service is too busy",
    1014: "a gateway got no good answer",
    1015: "TLS failed; never on the wire",
    4401: "UMS: the token is missing, expired or revoked",
    4407: "UMS: the anonymous identity is to be extended",
}
"""Those of RFC 6455 and its registry, and of the service (UMS.md 1.5)."""

_ABNORMAL = 1006
_TLS_FAILED = 1015
_OURS: Final = {
    1002: "a frame that breaks RFC 6455",
    1007: "text that is no UTF-8",
    1009: f"a message of more than {OPTIONS.max_message_size:,} bytes",
}
"""What makes this side close, and with which code; see ``RemoteProtocolError``."""

_REQUESTS: Final = (
    "Requests in flight fail at once with ConnectionLost, delivery UNKNOWN; those with "
    "resend=True, and those that are not written yet, wait for the next line, at most "
    f"{seconds(OPTIONS.queue_timeout)}."
)
LINE_NOTES: Final = (
    _REQUESTS,
    "Subscriptions and the agent's state are made again, and missed messages fetched.",
)
"""What becomes of what was on a line that is lost."""


def close_code(code: int) -> Answer:
    """Explain a close code, 1000 to 4999."""
    if code in (_ABNORMAL, _TLS_FAILED):
        when = "the line ends without a close frame: a reset, the end of the stream"
        reason = LineBroken(f"code {code} never comes over the wire")
        cases = [case_of(when, reason, *LINE_NOTES)]
    else:
        when = "the peer closes the line with it"
        cases = [case_of(when, LineClosed(code), *LINE_NOTES)]
    if code in _OURS:
        reason_ours = PeerMisbehaved(_OURS[code], code)
        cases.append(
            case_of(
                "this side closes with it, since the peer broke the protocol",
                reason_ours,
                *LINE_NOTES,
            )
        )
    return Answer(
        what=str(code),
        kind="close code",
        means=CLOSE_CODES.get(code, "not known; treated like any other"),
        cases=tuple(cases),
    )
