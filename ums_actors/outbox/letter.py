"""A message that waits in an outbox."""

from __future__ import annotations

from msgspec import Struct

__all__ = ["Letter"]


class Letter(Struct, frozen=True, kw_only=True):
    """One publish, as it is kept; what is said is kept as it goes to the wire.

    Attributes:
        mark: by which it is recognised, an ExternalId.
        base: the number of the dialog's last known event when it was accepted; its own
            will be higher.
        body: JSON of the request that publishes it.
        metadata: JSON of what goes beside that, the mark included.
        encoded_metadata: base64 text that goes beside it as well.
    """

    mark: str
    conversation_id: str
    dialog_id: str
    base: int
    body: bytes
    metadata: bytes
    encoded_metadata: str | None = None

    def __repr__(self) -> str:  # what is said is nobody's concern here
        return f"<Letter {self.mark} to {self.dialog_id}>"
