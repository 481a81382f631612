"""Sending a request once more, under an id of its own."""

from __future__ import annotations

__all__ = ["renumbered"]


def renumbered(payload: bytes, old_id: str, new_id: str) -> bytes:
    """Give an encoded request with another id.

    Ids are ours and need no escaping; the envelope's id is the first in the frame,
    before anything that a user gave.
    """
    old, new = f'"id":"{old_id}"'.encode(), f'"id":"{new_id}"'.encode()
    return payload.replace(old, new, 1)
