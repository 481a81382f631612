"""What is done to a cluster, and what the emulator saw of it."""

from __future__ import annotations

import time
from collections import defaultdict
from itertools import pairwise
from typing import NamedTuple

from ums_actors.core.placement import shard_of

LONG = 60.0
QUIET = 0.05
"""Seconds that an end of a socket may take to be seen by the emulator."""


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


class Scene:
    """A cluster, and what is done to it."""

    def __init__(self, cluster, machines, service, users, eventually):
        self.cluster = cluster
        self.machines = machines
        self.service = service
        self.users = users
        self._eventually = eventually
        self.since = time.time()

    def shards_on(self, node):
        return [
            each for each in self.cluster.status().shards if each.node == node.node_id
        ]

    def users_of(self, shards):
        numbers = {each.shard for each in shards}
        count = len(self.cluster.status().shards)
        account = self.service.account
        return [
            user for user in self.users if shard_of(account, user, count) in numbers
        ]

    def strike(self, what):
        """Do it, with a call to each agent under way; give the calls."""
        calls = [self.cluster.agent(user).get_clock() for user in self.users]
        self.since = time.time()
        what()
        return calls

    def back(self, users, within=LONG):
        """Wait until all these have new sockets; give how long it took."""
        self._eventually(lambda: back_at(self.service, users, self.since), within)
        self.cluster.wait_ready(timeout=within)
        took = back_at(self.service, users, self.since) - self.since
        without = longest_gap(self.service, users, self.since)
        print(  # noqa: T201
            f"{len(users)} agents back after {took:.2f} s, at most {without:.2f} s "
            "without a line"
        )
        return took

    def open_of(self, user):
        sockets = visits(self.service, self.since)[user]
        return [each for each in sockets if each["closed"] is None]

    def ends_of(self, users):
        """Give when each of the sockets ended that there were before."""
        seen = visits(self.service, self.since)
        return [
            each["closed"]
            for user in users
            for each in seen[user]
            if each["opened"] < self.since
        ]

    def overlaps(self, least=QUIET):
        return [
            each
            for each in overlaps(self.service, time.time(), self.since)
            if each.seconds > least
        ]
