"""A participant: somebody who takes part in a dialog, in one role."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ums_actors.core.facts import Member
    from ums_actors.core.talk import Talk
    from ums_actors.model.office import Office

__all__ = ["Participant"]


class Participant:
    """Somebody who takes part in a dialog, has been asked to, or has left; any thread.

    It says how it was when it was taken from its dialog; take it anew for the present.

    Attributes:
        user_id: the PID of an agent (``account.user`` while that is not known), or the
            consumer's id.
        agent_id: ``account.user`` of an agent, as far as it is known; None for
            consumers.
        role: see ``ParticipantRole``; others may come.
        state: ACTIVE, SUGGESTED (asked, has not accepted) or REMOVED (has left).
    """

    __slots__ = ("_office", "_talk", "agent_id", "role", "state", "user_id")

    def __init__(
        self, member: Member, talk: Talk | None, office: Office, state: str = ""
    ) -> None:
        self.user_id: str = member.user_id
        self.agent_id: str | None = member.agent_id
        self.role: str = member.role
        self.state: str = state or member.state
        self._talk = talk
        self._office = office

    def __repr__(self) -> str:
        return f"<Participant {self.agent_id or self.user_id} {self.role} {self.state}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Participant) and self._parts() == other._parts()

    def __hash__(self) -> int:
        return hash(self._parts())

    def _parts(self) -> tuple[str, str | None, str, str]:
        return self.user_id, self.agent_id, self.role, self.state

    @property
    def chat_state(self) -> str | None:
        """What they are doing now: COMPOSING, PAUSE …; None if they never said."""
        return None if self._talk is None else self._talk.chat_states.get(self.user_id)

    @property
    def is_self(self) -> bool:
        """Whether it is the connection's own user."""
        return self._office.is_own(self.user_id, self.agent_id)
