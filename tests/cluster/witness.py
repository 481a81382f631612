"""What the emulator saw: who was connected when, and who sent what last."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import NamedTuple


class Overlap(NamedTuple):
    """Two sockets of one agent at a time.

    ``late`` is how long after the beginning of the newer one the older was heard last;
    less than 0: it was silent by then.
    """

    user: str
    seconds: float
    late: float


def visits(service, since=0.0):
    """Give the sockets of each user that were open at ``since`` or later."""
    found = defaultdict(list)
    for each in service.history():
        if each["closed"] is None or each["closed"] >= since:
            found[each["user"]].append(each)
    for sockets in found.values():
        sockets.sort(key=lambda each: each["opened"])
    return found


def overlaps(service, now, since=0.0):
    """Give each time that an agent had two sockets."""
    found = []
    for user, sockets in visits(service, since).items():
        for older, newer in pairwise(sockets):
            end = now if older["closed"] is None else older["closed"]
            if end > newer["opened"]:
                found.append(
                    Overlap(
                        user, end - newer["opened"], older["heard"] - newer["opened"]
                    )
                )
    return found


def back_at(service, users, since):
    """Give when the last of these users had a socket again that is open; else None."""
    seen = visits(service, since)
    times = []
    for user in users:
        fresh = [
            each["opened"]
            for each in seen[user]
            if each["opened"] > since and each["closed"] is None
        ]
        if not fresh:
            return None
        times.append(fresh[0])
    return max(times)


def longest_gap(service, users, since):
    """Give the longest time that one of them had no socket, of those that have one."""
    gaps = [0.0]
    seen = visits(service, since)
    for user in users:
        for older, newer in pairwise(seen[user]):
            gaps.append(newer["opened"] - (older["closed"] or newer["opened"]))
    return max(gaps)
