"""A program whose connections are in some state when it ends; see test_exit."""

from __future__ import annotations

import sys
import threading

import pykka

import ums_actors as ums

GENEROUS = 20.0


def opened(csds, account, password, socket=None, **options):
    ref = ums.BrandWebsocketConnection.start(
        account,
        auth=ums.PasswordLogin("bot1", password),
        csds=f"http://{csds}",
        domains=None if socket is None else {"facadeMsg": socket},
        options=ums.Options(**options),
    )
    return ref, ref.proxy().open()


def wait_for(ref, state):
    for _ in range(int(GENEROUS / 0.02)):
        if ref.proxy().status().get(timeout=GENEROUS).state == state:
            return
        threading.Event().wait(0.02)
    raise AssertionError(f"never {state}")


def say(line):
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def load(connections, answered, over):
    """Ask on and on, until refused; count how each was answered."""
    futures = []
    try:
        while not over.is_set():
            for connection in connections:
                futures.append(connection.get_clock())
                if len(futures) % 50 == 0:
                    futures[-1].get(timeout=GENEROUS)
    except (ums.UMSError, pykka.ActorDeadError):
        pass
    for future in futures:
        try:
            future.get(timeout=GENEROUS)
        except ums.UMSError as error:
            answered.append(str(getattr(error, "delivery", error)))
        except pykka.ActorDeadError:  # asked when its actor had stopped already
            answered.append("dead")
        else:
            answered.append("answer")


def main(scene, *where):
    if scene == "ready":
        ref, opening = opened(*where)
        opening.get(timeout=GENEROUS)
        ref.proxy().subscribe(lambda event: None).get(timeout=GENEROUS)
        for _ in range(200):  # the answers come while the interpreter ends
            ref.proxy().get_clock()
    elif scene == "connecting":
        ref, _ = opened(*where)
        wait_for(ref, "CONNECTING")
    elif scene == "authenticating":
        ref, _ = opened(*where)
        wait_for(ref, "AUTHENTICATING")
    elif scene == "backing-off":
        ref, _ = opened(*where, backoff_base=1_000.0)
        wait_for(ref, "BACKING_OFF")
    elif scene == "raises":
        ref, opening = opened(*where)
        opening.get(timeout=GENEROUS)
        sys.exit(3)
    elif scene == "signal":
        signalled(*where)


def signalled(*where):
    ref, opening = opened(*where)
    opening.get(timeout=GENEROUS)
    ended = ums.stop_on_signal(ref)
    answered, over = [], threading.Event()
    threads = [
        threading.Thread(target=load, args=([ref.proxy()], answered, over))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    say("loaded")
    ended.wait()
    over.set()
    for thread in threads:
        thread.join(GENEROUS)
    kinds = {kind: answered.count(kind) for kind in set(answered)}
    say(f"{sorted(kinds.items())} {ref.is_alive()}")


if __name__ == "__main__":
    main(*sys.argv[1:])
