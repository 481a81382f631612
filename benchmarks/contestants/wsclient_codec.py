"""The frames of websocket-client."""

from __future__ import annotations

import io
from typing import Any

from websocket import ABNF
from websocket._abnf import frame_buffer

from benchmarks.contestants.codecs import SMALL, CodecPeer
from benchmarks.frames import server_frame
from benchmarks.workload import BODY, REQUEST_TYPE
from ums_actors.protocol.envelopes import encode_request

__all__ = ["WebsocketClientCodec"]


class WebsocketClientCodec(CodecPeer):
    """Framing and unframing, UTF-8 not checked."""

    def __init__(self) -> None:
        def frame(payload: bytes) -> bytes:
            found: bytes = ABNF.create_frame(payload, ABNF.OPCODE_TEXT).format()
            return found

        def unframe(data: bytes) -> list[Any]:
            source = io.BytesIO(data)
            frames = frame_buffer(source.read, skip_utf8_validation=True)
            return [frames.recv_frame().data for _ in range(64)]

        super().__init__(
            {
                "frame": (frame, encode_request("10017", REQUEST_TYPE, BODY)),
                "unframe": (unframe, server_frame(SMALL) * 64),
            }
        )
