"""A message that waits in an outbox."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

__all__ = ["Letter"]


class Letter(Struct, frozen=True, kw_only=True):
    """One publish, as it is kept.

    Attributes:
        mark: by which it is recognised, an ExternalId.
        base: the number of the dialog's last known event when it was accepted; its own
            will be higher.
        body: of the request that publishes it.
        metadata: what goes beside that, the mark included.
    """

    mark: str
    conversation_id: str
    dialog_id: str
    base: int
    body: Any
    metadata: Any

    def __repr__(self) -> str:  # what is said is nobody's concern here
        return f"<Letter {self.mark} to {self.dialog_id}>"
