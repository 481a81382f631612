"""The caller's headers for the upgrade request, checked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ums_actors.errors import LocalProtocolError
from ums_actors.secret import Secret, reveal

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["header_lines"]

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_BAD_VALUE = re.compile(r"[^\t\x20-\x7e]")
_MAX_TOTAL = 64 << 10  # servers refuse far less
_MAX_SHOWN = 64
_OURS = frozenset(
    {
        "connection",
        "content-length",
        "host",
        "sec-websocket-extensions",
        "sec-websocket-key",
        "sec-websocket-protocol",
        "sec-websocket-version",
        "transfer-encoding",
        "upgrade",
    }
)


def header_lines(headers: Mapping[str, str | Secret]) -> Secret:
    """Give ``headers`` as they go onto the wire, each line ended by CR LF.

    Raises:
        LocalProtocolError: a name or value breaks HTTP's rules, or a header belongs
            to the handshake itself. The text names the header, never its value.
    """
    lines: list[str] = []
    for name, value in headers.items():
        text = reveal(value)
        _check(name, text)
        lines.append(f"{name}: {text}\r\n")
    joined = "".join(lines)
    if len(joined) > _MAX_TOTAL:
        raise LocalProtocolError(
            f"the headers of the upgrade have {len(joined)} bytes: send at most "
            f"{_MAX_TOTAL}"
        )
    return Secret(joined)


def _check(name: str, value: str) -> None:
    if not _NAME.fullmatch(name):
        raise LocalProtocolError(
            f"the header name {name[:_MAX_SHOWN]!r} has a character that HTTP forbids: "
            "use letters, digits and '-'"
        )
    if name.lower() in _OURS:
        raise LocalProtocolError(
            f"the header {name} is set by the websocket handshake: leave it out"
        )
    if bad := _BAD_VALUE.search(value):
        raise LocalProtocolError(
            f"the value of the header {name} has U+{ord(bad.group()):04X} at position "
            f"{bad.start()}: line breaks, control and non-ASCII characters are "
            "refused; escape or remove them"
        )
