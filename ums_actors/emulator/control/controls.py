"""What a script may do to the service: play consumers, break things, look inside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ums_actors.emulator.control.breaking import Breaking
from ums_actors.emulator.control.consumers import ScriptedConsumers
from ums_actors.emulator.control.faults import Knobs
from ums_actors.emulator.control.looking import Looking

if TYPE_CHECKING:
    from ums_actors.emulator.service import Service

__all__ = ["Controls"]


class Controls(ScriptedConsumers, Breaking, Looking):
    """The script's side of one service; to be called on the loop that serves it.

    A user is named by login name, a consumer by id. Unknown ones raise EmulatorError,
    what the service itself refuses (an unknown conversation, a closed one) raises
    Refused.
    """

    def __init__(self, service: Service) -> None:
        super().__init__(service)
        self._knobs = Knobs(service.faults)

    def set_faults(self, **knobs: Any) -> dict[str, Any]:
        """Set the knobs of old; goes away."""
        for call in ("csds", "login", "refresh", "handshake"):
            fault = knobs.get(call) or {}
            if fault.get("user") is not None:
                self._service.require_known(str(fault["user"]))
        return self._knobs.set(knobs)
