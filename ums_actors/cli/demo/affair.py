"""What a bot's and a consumer's view of a conversation have in common."""

from __future__ import annotations

__all__ = ["Affair"]


class Affair:
    """One conversation, in which one thing is done at a time.

    Attributes:
        conversation_id: empty before the conversation is open.
        busy: whether something is being done.
        setbacks: refusals in a row.
    """

    def __init__(self, conversation_id: str = "") -> None:
        self.conversation_id = conversation_id
        self.busy = False
        self.setbacks = 0
