"""Coming into a dialog, leaving it, and closing it."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Any

from ums_actors.errors import LocalProtocolError
from ums_actors.model.office import brand_only, nothing
from ums_actors.model.speaking import Speaking
from ums_actors.protocol import brand
from ums_actors.protocol.enums import DialogCloseReason, ParticipantRole, one_of

if TYPE_CHECKING:
    from ums_actors.model.participant import Participant
    from ums_actors.runtime import LoopFuture

__all__ = ["TakingPart"]


class TakingPart(Speaking):
    """Each future is done when the service has taken the request."""

    __slots__ = ()

    @property
    @abc.abstractmethod
    def self_participant(self) -> Participant | None:
        """The connection's own user; None if it does not take part."""

    def join(self, role: str, metadata: Any = None) -> LoopFuture[None]:
        """Take part, in a role such as MANAGER; brands only."""
        brand_only(self._office, "join a dialog")
        call = brand.join_dialog(
            self.conversation_id,
            self._elsewhere(),
            self._office.own_id(),
            one_of("role", role, ParticipantRole),
        )
        return self._office.ask(call, nothing, metadata=metadata)

    def leave(self, role: str | None = None, metadata: Any = None) -> LoopFuture[None]:
        """Take part no more; brands only.

        Args:
            role: the own one; that in which one is shown if not given.
            metadata: such as an ``ActionReason``.

        Raises:
            LocalProtocolError: one is not shown as taking part.
        """
        brand_only(self._office, "leave a dialog")
        if role is None:
            own = self.self_participant
            if own is None:
                raise LocalProtocolError(
                    f"the own user is not shown in dialog {self.dialog_id}: give the "
                    "role in which it joined"
                )
            role = own.role
        else:
            role = one_of("role", role, ParticipantRole)
        call = brand.leave_dialog(
            self.conversation_id, self._elsewhere(), self._office.own_id(), role
        )
        return self._office.ask(call, nothing, metadata=metadata)

    def close(
        self,
        reason: str | None = None,
        cause: str | None = None,
        metadata: Any = None,
    ) -> LoopFuture[None]:
        """Close it; the end of the main one may begin a survey.

        Args:
            reason: who does: AGENT, CONSUMER or SYSTEM.
            cause: why, in words.
            metadata: such as an ``ActionReason``.
        """
        if reason is not None:
            reason = one_of("reason", reason, DialogCloseReason)
        call = brand.close_dialog(self.conversation_id, self.dialog_id, reason, cause)
        return self._office.ask(call, nothing, metadata=metadata)

    def _elsewhere(self) -> str | None:
        """Give its id unless it is the main one, which needs none."""
        return self.dialog_id if self.dialog_id != self.conversation_id else None
