from __future__ import annotations

import pytest

import ums_actors as ums
from ums_actors.testing.server import ACCOUNT
from ums_actors.testing.world import World


def test_frames_that_come_and_come_do_not_put_off_the_end_of_anybodys_patience():
    world = World(1)
    ref = ums.BrandWebsocketConnection.start(
        ACCOUNT,
        auth=world.source,
        domains={"facadeMsg": "ums.example"},
        options=ums.Options(queue_timeout=1.0, request_timeout=20.0),
        runtime=world.runtime,
    )
    world.server.answers.append(15.0)  # so long the line is not READY
    ref.proxy().open()

    def until(enough, seconds):
        return world.advance(world.clock.now() + seconds, enough)

    session = ref.actor_inbox.keep.session
    assert until(lambda: session.state == "RESTORING", 10.0)

    def chatter():
        for line in world.server.lines:
            line.notify("some.Notification", {})
        world.agenda.after(0.02, chatter)

    chatter()
    queued = ref.proxy().get_clock()
    assert until(queued.done, 1.2)
    with pytest.raises(ums.RequestTimedOut):
        queued.get(timeout=0)
    stopped = ref.stop(block=False)
    assert until(stopped.done, 30.0)
    until(lambda: False, 3.0)
    world.close()
