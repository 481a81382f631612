"""Fleets over many machines: each shard of agents has one owner at a time.

Who owns a shard is written in a lease book (:mod:`~ums_actors.core.leasebook`), which
lives behind a :class:`~ums_actors.cluster.store.LeaseStore`. An owner has a
:class:`~ums_actors.cluster.keeper.Keeper`, which renews its lease and whose ``tenure``
its runtime is given: nothing is sent when the lease has ended, whoever is slow, hangs,
or was frozen.
"""

from __future__ import annotations
