"""A shard in this process, and the lease book that it asks."""

from __future__ import annotations

import ums_actors as ums
from ums_actors.cluster import ClusterConfig, MemoryStore, Terms
from ums_actors.cluster.host import ShardHost
from ums_actors.cluster.life import Life
from ums_actors.core.grant import Refusal, Refused
from ums_actors.emulator import password_of
from ums_actors.errors import LeaseStoreError
from ums_actors.runtime.ports import BootClock

LONG = 20.0
TERMS = Terms(ttl=3.0, margin=0.5, safety=0.5)
USERS = ["bot1", "bot2"]


class Older(BootClock):
    """Tells at first a time long ago: what is made then is not new any more."""

    first = True

    def now(self):
        first, self.first = self.first, False
        return super().now() - (TERMS.kept if first else 0.0)


class Store(MemoryStore):
    """One that refuses renewals, or says nothing, when it is told to."""

    heir = ""
    silent = False

    def _said(self):
        if self.silent:
            raise LeaseStoreError("nobody is there")

    def renew(self, lease, timeout):
        self._said()
        if self.heir:
            return Refused(
                shard=lease.shard, why=Refusal.NOT_HELD, book=1, owner=self.heir
            )
        return super().renew(lease, timeout)

    def acquire(self, shard, owner, timeout):
        self._said()
        return super().acquire(shard, owner, timeout)

    def who(self, shard, timeout):
        self._said()
        return super().who(shard, timeout)


def store():
    """Make a book that grants at once."""
    return Store(1, TERMS, clock=Older())


class Stagehand:
    """Makes the host of the one shard, and notes how it ended."""

    def __init__(self, emulator, store):
        self._emulator = emulator
        self.store = store
        self.ended = []
        self.hosts = []
        self.asked = 0

    def provider(self, share):
        self.asked += 1
        here = f"http://{self._emulator.csds}"
        return [
            ums.AgentSpec(
                user=user,
                account_id=self._emulator.account,
                auth=ums.PasswordLogin(user, password_of(user)),
                settings={
                    "csds": here,
                    "domains": {"agentVep": here, "facadeMsg": here},
                },
            )
            for user in USERS
        ]

    def start(self, provider=None, **more):
        life = Life.of_this_process("here")
        host = ShardHost(
            ClusterConfig(name="b", shards=1, terms=TERMS, **more),
            0,
            provider or self.provider,
            store=self.store,
            life=life,
            ended=self.ended.append,
        )
        self.hosts.append(host)
        host.start()
        return host

    def clear(self):
        """End all that is left."""
        for host in self.hosts:
            host.leave(5.0)
            if host._runtime is not None:
                assert host._runtime.close(LONG)
            host._keeper.close()
