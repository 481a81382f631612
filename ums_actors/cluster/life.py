"""The name of one life of a shard's process, and whether that is over for certain."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from ums_actors.runtime.ports import ids

__all__ = ["Life"]

_STATE, _STARTED = 0, 19
"""Positions in what /proc/PID/stat has behind the command's name; see proc(5)."""


class Life(msgspec.Struct, frozen=True, kw_only=True):
    """Who holds a lease: a process, not the actor that it is for a while.

    Attributes:
        place: where its number means something: a node, and a namespace of processes.
        pid: its number there.
        started: when it was, in the kernel's count; empty if that is not known.
        token: makes the name unlike any other.
    """

    place: str
    pid: int
    started: str
    token: str

    @classmethod
    def of_this_process(cls, node: str) -> Life:
        """Give the life of this process, on the node of this id."""
        pid = os.getpid()
        namespace = _namespace()
        return cls(
            place=f"{node}@{namespace}",
            pid=pid,
            started=_started(pid) if namespace else "",
            token=ids(),
        )

    @classmethod
    def of(cls, owner: str) -> Life | None:
        """Give the life that has this name; None if it is the name of none."""
        parts = owner.split("/")
        if len(parts) != len(cls.__struct_fields__) or not parts[1].isdecimal():
            return None
        return cls(place=parts[0], pid=int(parts[1]), started=parts[2], token=parts[3])

    @property
    def owner(self) -> str:
        """Its name in the lease book."""
        return f"{self.place}/{self.pid}/{self.started}/{self.token}"

    def is_over(self, here: Life) -> bool:
        """Tell whether the process is gone for certain, seen from another's place.

        A process of another node may be alive whatever Ray says of it: that node may
        be frozen, or cut off. What was started later with the same number is another.
        """
        return (
            self.place == here.place
            and bool(self.started)
            and _started(self.pid) != self.started
        )


def _namespace() -> str:
    """Give what tells the numbers of this container's processes from others'."""
    try:
        return "".join(filter(str.isdecimal, os.readlink("/proc/self/ns/pid")))  # noqa: PTH115
    except OSError:
        return ""


def _started(pid: int) -> str:
    """Give when a process was started; empty if it is not, or is not any more."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return ""
    fields = stat.rpartition(b")")[2].split()  # the name may have any character
    if len(fields) <= _STARTED or fields[_STATE] == b"Z":  # which has closed its files
        return ""
    return fields[_STARTED].decode("ascii")
