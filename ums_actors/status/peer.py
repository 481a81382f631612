"""Who is at the other end of a Unix socket."""

from __future__ import annotations

import os
import socket
import struct
from typing import Final

__all__ = ["is_ours"]

_UCRED: Final = struct.Struct("3i")


def is_ours(connected: socket.socket) -> bool:
    """Tell whether the peer's process runs as the user that this one runs as.

    Where the system does not say who a peer is, the mode of the socket's directory has
    let nobody else in.
    """
    option = getattr(socket, "SO_PEERCRED", None)
    if option is None:
        return True
    told = connected.getsockopt(socket.SOL_SOCKET, option, _UCRED.size)
    _, uid, _ = _UCRED.unpack(told)
    return bool(uid == os.geteuid())
