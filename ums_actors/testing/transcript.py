"""A conversation as the scripted server keeps it."""

from __future__ import annotations

from typing import Any

__all__ = ["Transcript"]


class Transcript:
    """One conversation with one dialog: who takes part, and what was said when.

    Args:
        conversation_id: also the id of its dialog.
        consumer: who opened it.
        agent: ``account.user`` of the brand's user.
        now: virtual seconds.
    """

    def __init__(
        self, conversation_id: str, consumer: str, agent: str, now: float
    ) -> None:
        self.id = conversation_id
        self.consumer = consumer
        self.agent = agent
        self.records: list[dict[str, Any]] = []
        self.said_at: list[float] = []
        self.begun: int = _milliseconds(now)
        self.updated: int = self.begun

    def say(
        self,
        originator: str,
        event: dict[str, Any],
        now: float,
        metadata: list[Any] | None = None,
    ) -> dict[str, Any]:
        """Append an event; give its record."""
        role = "CONSUMER" if originator == self.consumer else "ASSIGNED_AGENT"
        record = {
            "sequence": len(self.records),
            "originatorId": originator,
            "originatorPId": originator,
            "originatorMetadata": {"id": originator, "role": role},
            "serverTimestamp": _milliseconds(now),
            "event": event,
            "conversationId": self.id,
            "dialogId": self.id,
            "messageAudience": "ALL",
            "metadata": metadata,
        }
        self.records.append(record)
        self.said_at.append(now)
        self.updated = max(self.updated + 1, _milliseconds(now))
        return record

    def newer_than(self, sequence: int) -> list[dict[str, Any]]:
        """Give what was said after that number."""
        return self.records[sequence + 1 :]

    def first_since(self, when: float) -> int:
        """Give the number of the first event said at ``when`` or later."""
        return sum(1 for at in self.said_at if at < when)

    def change(self, *, with_last: bool, is_brand: bool = True) -> dict[str, Any]:
        """Give the UPSERT that tells of it, with or without its last content."""
        members = [(self.consumer, "CONSUMER"), (self.agent, "ASSIGNED_AGENT")]
        dialog = {
            "dialogId": self.id,
            "dialogType": "MAIN",
            "state": "OPEN",
            "creationTs": self.begun,
            "metaDataLastUpdateTs": self.updated,
            "participantsDetails": [
                {"id": who, "role": role, "state": "ACTIVE"} for who, role in members
            ],
        }
        result: dict[str, Any] = {
            "convId": self.id,
            "conversationDetails": {
                "convId": self.id,
                "state": "OPEN",
                "stage": "OPEN",
                "metaDataLastUpdateTs": self.updated,
                "participants": {role: [who] for who, role in members}
                if is_brand
                else [{"id": who, "role": role} for who, role in members],
                "dialogs": [dialog],
            },
        }
        if with_last and self.records:
            result["lastContentEventNotification"] = self.records[-1]
        return {"type": "UPSERT", "result": result}


def _milliseconds(now: float) -> int:
    return int(now * 1000)
