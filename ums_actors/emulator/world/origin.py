"""What a conversation was asked for with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from ums_actors.emulator import choices
from ums_actors.emulator.failures import Refused
from ums_actors.emulator.values import as_object, json_length

__all__ = ["Origin"]

MAX_LENGTH: Final = 16 << 10
"""Characters of all that is kept for one conversation, as JSON."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The optional parts of a request for a conversation, shown in its records.

    Attributes:
        context: None shows the usual one of a web page.
        campaign: campaign and engagement; None shows none.
        channel: MESSAGING as a rule.
        ttr_type: the name of the time to respond.
        properties: of the client that asked.
    """

    context: dict[str, Any] | None = None
    campaign: dict[str, Any] | None = None
    channel: str = "MESSAGING"
    ttr_type: str = "NORMAL"
    properties: dict[str, Any] | None = None

    @classmethod
    def of(cls, body: dict[str, Any], properties: dict[str, Any]) -> Origin:
        """Read the body of a request; null stands for what is not given.

        Raises:
            Refused: a part has a form that nobody knows, or it is too much.
        """
        if json_length(body) > MAX_LENGTH:
            raise Refused(400, f"The request is longer than {MAX_LENGTH} characters")
        channel = str(body.get("channelType") or "MESSAGING")
        ttr_type = str(body.get("ttrDefName") or "NORMAL")
        if channel not in choices.CHANNEL_TYPES:
            raise Refused(400, "Unknown channelType")
        if ttr_type not in choices.TTR_TYPES:
            raise Refused(400, "Unknown ttrDefName")
        return cls(
            context=_object(body, "conversationContext"),
            campaign=_object(body, "campaignInfo"),
            channel=channel,
            ttr_type=ttr_type,
            properties=properties,
        )


def _object(body: dict[str, Any], name: str) -> dict[str, Any] | None:
    value = body.get(name)
    if value is not None and as_object(value) is None:
        raise Refused(400, f"The {name} is no object")
    return as_object(value)
