"""What can be said of a conversation as a whole: notes, times, satisfaction."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from ums_actors.arguments import identifier
from ums_actors.errors import NotSupported
from ums_actors.model.contents import Contents
from ums_actors.model.notes import AgentNote, NoteSaved, read_notes, with_note
from ums_actors.model.office import brand_only, nothing
from ums_actors.protocol import fields
from ums_actors.protocol.enums import CsatStatus
from ums_actors.protocol.requests import text as checked_text

if TYPE_CHECKING:
    from ums_actors.protocol.requests import Call
    from ums_actors.runtime import LoopFuture

__all__ = ["Describing"]


class Describing(Contents):
    """Each future is done when the service has taken the request."""

    __slots__ = ()

    def set_note(self, note: str) -> LoopFuture[None]:
        """Put a note in the place of the present one, 5,000 characters; brands only."""
        brand_only(self._office, "write notes")
        return self._ask(fields.set_note(self.conversation_id, note))

    @property
    def agent_notes(self) -> tuple[AgentNote, ...]:
        """The notes of agents that are in the conversation's note, oldest first.

        A note that is no list of these is one itself.
        """
        return read_notes(self.note)

    def set_agent_note(
        self,
        note_content: str,
        *,
        agent_id: str | None = None,
        name: str | None = None,
        note_id: str | None = None,
        is_auto_summary: bool = False,
        truncate_enabled: bool = False,
    ) -> LoopFuture[NoteSaved]:
        """Add a note to those of other agents, or replace that of ``note_id``.

        They share one text: of two agents who write at the same time, one wins.

        Args:
            note_content: what it says.
            agent_id: whose it is; the own user's if not given.
            name: how that agent is called.
            note_id: to replace one; a new one is made if not given.
            is_auto_summary: whether a program wrote it.
            truncate_enabled: shorten it if there is no room for all of it.

        Raises:
            LocalProtocolError: it is empty, or there is no room for it.
        """
        brand_only(self._office, "write notes")
        new = AgentNote(
            agent_id=(
                self._office.own_id()
                if agent_id is None
                else identifier("agent_id", agent_id)
            ),
            name=None if name is None else checked_text("name", name),
            note_content=checked_text("note_content", note_content),
            time=time.time_ns() // 1_000_000,
            note_id=None if note_id is None else identifier("note_id", note_id),
            is_auto_summary=bool(is_auto_summary),
        )
        note, saved = with_note(self.note, new, truncate=truncate_enabled)
        call = fields.set_note(self.conversation_id, note)
        return self._office.ask(call, lambda _: saved)

    def set_ttr(self, ttr_type: str, value: int | None = None) -> LoopFuture[None]:
        """Say how soon an answer is wanted; ``value`` is seconds, for CUSTOM."""
        return self._ask(fields.set_ttr(self.conversation_id, ttr_type, value))

    def set_manual_ettr(self, time: int | None) -> LoopFuture[None]:
        """Say until when an answer is due, milliseconds since 1970; brands only.

        None leaves that to the TTR again.
        """
        brand_only(self._office, "set when an answer is due")
        return self._ask(fields.set_manual_ettr(self.conversation_id, time))

    def set_delay(self, until: int) -> LoopFuture[None]:
        """Say until when nobody is expected to answer; brands only.

        Milliseconds since 1970; 0 ends the delay.
        """
        brand_only(self._office, "set a delay")
        return self._ask(fields.set_delay(self.conversation_id, until))

    def set_topic(self, topic: str) -> LoopFuture[None]:
        """Say what it is about; brands only."""
        brand_only(self._office, "set a topic")
        return self._ask(fields.set_topic(self.conversation_id, topic))

    def set_csat(
        self,
        rate: int | str | None,
        resolved: bool | None = None,
        status: str = CsatStatus.FILLED,
    ) -> LoopFuture[None]:
        """Answer the questions about satisfaction; consumers only.

        Args:
            rate: 1 to 5, or 0 for no rate; None with a status such as SKIPPED.
            resolved: whether the matter is settled; None if that was not asked.
            status: how much of the questions was answered; see ``CsatStatus``.
        """
        if self._office.is_brand:
            raise NotSupported(
                "only the consumer says how satisfied it is: use its connection"
            )
        return self._ask(fields.set_csat(self.conversation_id, rate, resolved, status))

    def _ask(self, call: Call, metadata: Any = None) -> LoopFuture[None]:
        return self._office.ask(call, nothing, metadata=metadata)
