"""The certificate of a server of the benchmarks, made for one run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl

__all__ = ["own_certificate"]


def own_certificate(kind: str) -> tuple[ssl.SSLContext | None, str | None] | None:
    """Give context and CA of a server of that kind; None, and said, if it cannot be."""
    if kind == "plain":
        return None, None
    try:
        from ums_actors.emulator.tls import Certificate  # noqa: PLC0415  (of the extra)
    except ModuleNotFoundError as error:
        text = f"the package {error.name} is not installed: pip install '.[bench]'"
        print(json.dumps({"unavailable": text}), flush=True)
        return None
    own = Certificate.new()
    return own.context(), own.ca
