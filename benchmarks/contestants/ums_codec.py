"""The codec of ums_actors: envelopes by msgspec, bodies left as they came, frames."""

from __future__ import annotations

from benchmarks.contestants.codecs import LARGE, REQUEST, SMALL, CodecPeer
from benchmarks.frames import server_frame
from benchmarks.workload import BODY, REQUEST_TYPE
from ums_actors.protocol.envelopes import decode_message, encode_request
from ums_actors.transport.assembler import Assembler
from ums_actors.transport.frame import encode_text, mask_pool

__all__ = ["UMSCodec"]


class UMSCodec(CodecPeer):
    """The functions that a connection calls for each frame."""

    def __init__(self) -> None:
        masks = mask_pool()
        assembler = Assembler(1 << 20, 1 << 20)
        encoded = encode_request("10017", REQUEST_TYPE, BODY)

        def unframe(data: bytes) -> list[bytes]:
            out: list[bytes] = []
            assembler.feed(data, out)
            return out

        super().__init__(
            {
                "encode": (
                    lambda _: encode_request("10017", REQUEST_TYPE, BODY),
                    REQUEST,
                ),
                "decode-158": (decode_message, SMALL),
                "decode-1188": (decode_message, LARGE),
                "frame": (lambda payload: encode_text(payload, masks), encoded),
                "unframe": (unframe, server_frame(SMALL) * 64),
            }
        )
