"""A faithful local UMS on real sockets: brand side, loopback only.

Needs the extra ``emulator``. It shares no code with the client, so that an error on one
side does not cancel out on the other.
"""

from __future__ import annotations

from ums_actors.emulator.control.actions import Opened
from ums_actors.emulator.control.controls import Controls
from ums_actors.emulator.emulator import DEFAULT_ACCOUNT, Emulator
from ums_actors.emulator.failures import EmulatorError, Refused
from ums_actors.emulator.http.saml import assertion_of
from ums_actors.emulator.process import EmulatorProcess
from ums_actors.emulator.remote import RemoteControls
from ums_actors.emulator.thread import EmulatorThread, running_emulator
from ums_actors.emulator.world.users import PASSWORD_PATTERN, password_of

__all__ = [
    "DEFAULT_ACCOUNT",
    "PASSWORD_PATTERN",
    "Controls",
    "Emulator",
    "EmulatorError",
    "EmulatorProcess",
    "EmulatorThread",
    "Opened",
    "Refused",
    "RemoteControls",
    "assertion_of",
    "password_of",
    "running_emulator",
]
