from __future__ import annotations

import ums_actors as ums
from ums_actors.actors.trouble import report
from ums_actors.core.throttle import BURST


def test_a_flood_of_bad_frames_does_not_flood_the_log(emulator, start, events, caplog):
    """All are told to who hears errors; the log says how many it left out."""
    proxy = start(emulator)
    errors = events(proxy, ums.ErrorOccurred)
    proxy.open().get(timeout=10)
    kernel = proxy.actor_ref._cell.keep
    for number in range(5 * BURST):
        kernel.loop.call_soon(
            lambda number=number: report(
                kernel, "frame.undecodable", ums.RemoteProtocolError(str(number))
            )
        )
    for _ in range(5 * BURST):
        errors.wait(lambda event: event.context == "frame.undecodable")
    logged = [each for each in caplog.records if each.message == "frame.undecodable"]
    assert BURST <= len(logged) < 5 * BURST
