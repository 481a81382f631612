"""What is known of an emulator that is ready: the line that it prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from ums_actors.emulator.emulator import Emulator

__all__ = ["Ready"]


class Ready(msgspec.Struct, frozen=True):
    """Where it is and what it serves.

    Attributes:
        csds: bare ``host:port``.
        account: the one account that exists.
        tls: whether it serves TLS.
        ca: path of the CA's file; None without TLS.
        control: base URL of the script's calls.
        users: login names.
    """

    csds: str
    account: str
    tls: bool
    ca: str | None
    control: str
    users: tuple[str, ...]

    @classmethod
    def of(cls, emulator: Emulator) -> Ready:
        """Give it of an emulator that listens."""
        return cls(
            emulator.csds,
            emulator.account,
            emulator.tls,
            emulator.ca,
            emulator.control,
            emulator.users,
        )
