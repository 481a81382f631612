"""Which kind of file some bytes are."""

from __future__ import annotations

from typing import Final

from ums_actors.errors import LocalProtocolError

__all__ = ["MEDIA_TYPES", "kind_of", "media_type_of"]

MEDIA_TYPES: Final = {
    "JPG": "image/jpeg",
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "GIF": "image/gif",
    "PDF": "application/pdf",
}
"""The kinds that the service is known to take (UMS.md 3.12)."""
_BEGINNINGS: Final = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"%PDF-", "PDF"),
)
_UNKNOWN: Final = "application/octet-stream"


def kind_of(data: bytes, name: str = "") -> str:
    """Tell the kind by how the data begins, else by the end of the file's name.

    Raises:
        LocalProtocolError: neither tells it.
    """
    for beginning, kind in _BEGINNINGS:
        if data.startswith(beginning):
            return kind
    ending = name.rpartition(".")[2].upper() if "." in name else ""
    if ending in MEDIA_TYPES:
        return ending
    known = ", ".join(MEDIA_TYPES)
    raise LocalProtocolError(
        f"the kind of the file is not known by its content: give file_type ({known}, "
        "or another that your account takes)"
    )


def media_type_of(kind: str) -> str:
    """Give the media type of a kind."""
    return MEDIA_TYPES.get(kind.upper(), _UNKNOWN)
