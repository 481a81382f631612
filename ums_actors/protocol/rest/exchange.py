"""One REST call, and the places that it can be about."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from ums_actors.protocol.paths import path_part

__all__ = [
    "Exchange",
    "brand_path",
    "conversation_path",
    "dialog_path",
    "participant_path",
    "participants_path",
]


class Exchange(Struct, frozen=True, kw_only=True):
    """A request as the HTTP call that does the same.

    Attributes:
        method: GET, POST, PATCH or DELETE.
        path: path and query, percent-encoded.
        lane: what it is about: calls about the same keep their order.
        body: what is sent as JSON; None sends nothing.
        guarded: whether the call must show the ETag of what is at its path, which is
            asked for before it.
        text: what a websocket answers to it when it has been done; None if the answer
            is what the call gives.
    """

    method: str
    path: str
    lane: str
    body: Any = None
    guarded: bool = False
    text: str | None = None

    @property
    def resource(self) -> str:
        """The path without its query: what a guarded call asks for first."""
        return self.path.partition("?")[0]

    @property
    def may_be_repeated(self) -> bool:
        """Whether doing it twice is as doing it once."""
        return self.method == "GET"


def brand_path(account_id: str) -> str:
    """Give the path of what belongs to a brand."""
    return f"/v1/brands/{path_part('account_id', account_id)}"


def conversation_path(conversation_id: str) -> str:
    """Give the path of a conversation."""
    return f"/v1/conversations/{path_part('conversation_id', conversation_id)}"


def dialog_path(conversation_id: str, dialog_id: str) -> str:
    """Give the path of a dialog; the main one has its conversation's id."""
    place = conversation_path(conversation_id)
    return f"{place}/dialogs/{path_part('dialog_id', dialog_id)}"


def participants_path(conversation_id: str, dialog_id: str) -> str:
    """Give the path of those who take part in a dialog."""
    return f"{dialog_path(conversation_id, dialog_id)}/participants"


def participant_path(conversation_id: str, dialog_id: str, user_id: str) -> str:
    """Give the path of one of them."""
    place = participants_path(conversation_id, dialog_id)
    return f"{place}/{path_part('participant_id', user_id)}"
