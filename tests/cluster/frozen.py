"""A program that is stopped by a signal while it owns an agent; see test_freeze."""

from __future__ import annotations

import json
import sys
import threading
from collections import Counter

import ums_actors as ums
from ums_actors.cluster.keeper import Keeper
from ums_actors.cluster.memory import MemoryStore
from ums_actors.core.terms import Terms

GENEROUS = 40.0
CLOCK = {"type": ".GetClock", "body": {}}
LOCK = threading.Lock()


def say(**told):
    with LOCK:
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


def load(connection):
    """Ask on and on, until refused; give how each was answered."""
    futures = []
    try:
        while connection.status().get(timeout=GENEROUS).state == "READY":
            futures += [connection.get_clock() for _ in range(20)]
            futures[-1].get(timeout=GENEROUS)
    except ums.UMSError:
        pass
    told = Counter()
    for future in futures:
        try:
            future.get(timeout=GENEROUS)
        except ums.UMSError as error:
            told[str(getattr(error, "delivery", error))] += 1
        else:
            told["answered"] += 1
    return told


def main(settings):
    terms = Terms(ttl=settings["ttl"], margin=0.2, safety=0.2)
    granted = threading.Event()
    keeper = Keeper(
        MemoryStore(1, terms),
        0,
        granted=lambda _: granted.set(),
        lost=lambda epoch, _: say(lost=epoch),
        terms=terms,
    )
    runtime = ums.Runtime(tenure=keeper.tenure)
    keeper.start()
    if not granted.wait(GENEROUS):
        raise AssertionError("no lease")
    ref = ums.BrandWebsocketConnection.start(
        settings["account"],
        auth=ums.PasswordLogin("bot1", settings["password"]),
        csds=settings["csds"],
        ca_file=settings["ca"],
        domains=settings["domains"],
        runtime=runtime,
    )
    connection = ref.proxy()
    connection.open().get(timeout=GENEROUS)
    if not settings["busy"]:
        connection.get_clock().get(timeout=GENEROUS)
    say(ready=True)
    told = load(connection) if settings["busy"] else Counter()
    connection.wait_closed().get(timeout=GENEROUS)
    status = connection.status().get(timeout=GENEROUS)
    say(state=status.state, reason=status.last_reason, told=told)
    ref.stop(timeout=GENEROUS)
    keeper.close(GENEROUS)
    runtime.close(GENEROUS)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
