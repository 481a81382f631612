"""The standard library's json."""

from __future__ import annotations

import json

from benchmarks.contestants.codecs import LARGE, REQUEST, SMALL, CodecPeer

__all__ = ["JSONCodec"]


class JSONCodec(CodecPeer):
    """Everything is decoded, as it must be."""

    def __init__(self) -> None:
        encode = json.JSONEncoder(separators=(",", ":")).encode
        super().__init__(
            {
                "encode": (encode, REQUEST),
                "decode-158": (json.loads, SMALL),
                "decode-1188": (json.loads, LARGE),
            }
        )
