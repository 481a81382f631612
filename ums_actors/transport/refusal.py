"""What a server may not send, and the code that it is told for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from websocket import ABNF, WebSocketProtocolException

from ums_actors.errors import RemoteProtocolError

if TYPE_CHECKING:
    import codecs

__all__ = ["check_utf8", "fail", "read_close"]

_NO_STATUS = 1005


def check_utf8(
    piece: bytes, decoder: codecs.IncrementalDecoder | None = None, *, last: bool = True
) -> None:
    """Refuse a text, or a piece of one, that is not UTF-8."""
    try:
        if decoder is None:
            piece.decode()
        else:
            decoder.decode(piece, last)
    except UnicodeDecodeError:
        # Outside the handler: the original carries the payload.
        pass
    else:
        return
    fail("the server sent a message that is not UTF-8", 1007)


def read_close(payload: bytes) -> tuple[int, str]:
    """Give code and reason of a close frame; 1005 if it gives none."""
    if not payload:
        return _NO_STATUS, ""
    frame = ABNF(1, 0, 0, 0, ABNF.OPCODE_CLOSE, 0, payload)
    try:
        frame.validate(skip_utf8_validation=True)  # its own is slow, and lax at the end
        return int.from_bytes(payload[:2], "big"), payload[2:].decode()
    except (WebSocketProtocolException, UnicodeDecodeError):
        raise RemoteProtocolError(
            "the server sent an invalid close frame", close_code=1002
        ) from None


def fail(text: str, close_code: int = 1002) -> NoReturn:
    """Refuse what the server sent; the text must not repeat it."""
    raise RemoteProtocolError(text, close_code=close_code)
