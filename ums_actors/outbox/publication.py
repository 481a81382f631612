"""What becomes of a letter."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ums_actors.runtime import LoopFuture

__all__ = ["Publication"]


class Publication:
    """A message that is kept in the outbox.

    Attributes:
        mark: by which the event ``PublishSettled`` names it, in a later process too.
        sent: a future of its number in the dialog. It fails with a RequestError if the
            service refused it, or if nobody can tell whether it is there (UNKNOWN);
            with ConnectionLost if the connection is closed before: then it is sent
            when it is opened again.
    """

    __slots__ = ("mark", "sent")

    def __init__(self, mark: str, sent: LoopFuture[int]) -> None:
        self.mark: str = mark
        self.sent: LoopFuture[int] = sent

    def __repr__(self) -> str:
        return f"<Publication {self.mark}>"
