"""T10 by the clock: from the news that a line is gone to the last of 10,000 answers.

Nothing is asserted of the time, which is the machine's; it is printed, beside what it
costs to make as many errors.
"""

from __future__ import annotations

import gc
import threading
import time

import pytest

import ums_actors as ums
from ums_actors.actors.socket import SocketActor
from ums_actors.emulator import EmulatorProcess, password_of

COUNT, ROUNDS = 10_000, 7
GENEROUS = 60.0
ROOMY = ums.Options(
    in_flight_limit=COUNT + 100,
    request_timeout=600.0,
    pong_timeout=60.0,
    restore_timeout=60.0,
    backoff_base=0.01,
)


@pytest.fixture
def process():
    with EmulatorProcess(users=1, log=False) as made:
        yield made


@pytest.fixture
def proxy(runtime, process):
    ref = ums.BrandWebsocketConnection.start(
        process.account,
        runtime=runtime,
        auth=ums.PasswordLogin("bot1", password_of("bot1")),
        csds=f"http://{process.csds}",
        options=ROOMY,
    )
    yield ref.proxy()
    ref.stop(timeout=GENEROUS)


def clocks():
    """Give seconds on the wall, and of this thread's own work."""
    return time.monotonic(), time.thread_time()


@pytest.fixture
def detected(monkeypatch):
    """When the socket actor learned that its line has ended."""
    times = []
    end = SocketActor._end

    def note(actor, reason):
        times.append(clocks())
        end(actor, reason)

    monkeypatch.setattr(SocketActor, "_end", note)
    return times


def make_errors():
    """Give the seconds to make as many errors, and futures that have them."""
    begun = clocks()
    for number in range(COUNT):
        future = ums.LoopFuture()
        future.try_fail(
            ums.ConnectionLost(
                "the line was lost before the answer: the line broke",
                delivery=ums.Delivery.UNKNOWN,
                request_id=str(number),
                request_type=".GetClock",
            )
        )
        future.exception()
    return tuple(after - before for after, before in zip(clocks(), begun, strict=True))


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_how_soon_all_are_answered(process, proxy, detected):
    proxy.open().get(timeout=GENEROUS)
    walls, works = [], []
    for _ in range(ROUNDS):
        process.add_fault("drop", value=".GetClock")
        futures = [proxy.send({"type": ".GetClock", "body": {}}) for _ in range(COUNT)]
        proxy.get_user_profile().get(timeout=GENEROUS)  # behind them on the wire
        assert proxy.status().get(timeout=GENEROUS).in_flight >= COUNT
        last, left, all_answered = [(0.0, 0.0)], iter(range(COUNT)), threading.Event()

        def answered(_, last=last, left=left, all_answered=all_answered):
            if next(left) == COUNT - 1:
                last[0] = clocks()
                all_answered.set()

        for future in futures:
            future.add_done_callback(answered)
        gc.collect()
        detected.clear()
        assert process.cut("bot1") == 1
        assert all_answered.wait(GENEROUS)  # before this thread takes its share
        for future in futures:
            with pytest.raises(ums.ConnectionLost) as caught:
                future.get(timeout=GENEROUS)
            assert caught.value.delivery is ums.Delivery.UNKNOWN
        wall, work = (b - a for a, b in zip(detected[0], last[0], strict=True))
        walls.append(wall)
        works.append(work)
        del futures, future, caught
        process.clear_faults()
        proxy.wait_ready(GENEROUS).get(timeout=GENEROUS)
        status = proxy.status().get(timeout=GENEROUS)
        assert (status.in_flight, status.queued, status.resting) == (0, 0, 0)
    bare = min(make_errors()[1] for _ in range(ROUNDS))
    print(  # noqa: T201
        f"{COUNT} in flight, from detection to the last answer: "
        f"{min(walls) * 1e3:.0f} to {max(walls) * 1e3:.0f} ms; work of the loop's "
        f"thread {min(works) * 1e3:.0f} to {max(works) * 1e3:.0f} ms, "
        f"{min(works) / bare:.1f} times that of making {COUNT} failed futures "
        f"({bare * 1e3:.0f} ms)"
    )
