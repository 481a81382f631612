"""orjson."""

from __future__ import annotations

import orjson

from benchmarks.contestants.codecs import LARGE, REQUEST, SMALL, CodecPeer

__all__ = ["ORJSONCodec"]


class ORJSONCodec(CodecPeer):
    """Everything is decoded, as it must be."""

    def __init__(self) -> None:
        super().__init__(
            {
                "encode": (orjson.dumps, REQUEST),
                "decode-158": (orjson.loads, SMALL),
                "decode-1188": (orjson.loads, LARGE),
            }
        )
