"""What a script may do: play people, break things, be told, look inside."""

from __future__ import annotations

from ums_actors.emulator.control.breaking import Breaking
from ums_actors.emulator.control.consumers import ScriptedConsumers
from ums_actors.emulator.control.hooking import Hooking
from ums_actors.emulator.control.looking import Looking
from ums_actors.emulator.control.schedule import Schedule

__all__ = ["Controls"]


class Controls(ScriptedConsumers, Schedule, Breaking, Hooking, Looking):
    """The script's side of one service; to be called on the loop that serves it.

    A user is named by login name, a consumer by id. Unknown ones raise EmulatorError,
    what the service itself refuses (an unknown conversation, a closed one) raises
    Refused.
    """
