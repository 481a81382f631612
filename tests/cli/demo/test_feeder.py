from __future__ import annotations

import time

from ums_actors.cli.demo.feeder import Feeder
from ums_actors.cli.demo.plan import Say


def test_it_says_everything_in_order_and_none_too_early():
    begin = time.monotonic()
    script = [Say(0.0, 0, "a"), Say(0.05, 1, "b"), Say(0.05, 0, "c")]
    said = []
    feeder = Feeder(
        script, begin, lambda line: said.append((line, time.monotonic() - begin))
    )
    feeder.start()
    feeder.join(10)
    assert [line for line, _ in said] == script
    assert all(at >= line.at for line, at in said)
    assert feeder.over
    assert feeder.error is None


def test_it_ends_when_it_is_told_to():
    feeder = Feeder([Say(3600.0, 0, "late")], time.monotonic(), lambda _: None)
    feeder.start()
    assert not feeder.over
    feeder.stop()
    assert feeder.over


def test_what_breaks_it_is_kept():
    def refuse(_):
        raise OSError("no emulator")

    feeder = Feeder([Say(0.0, 0, "a")], time.monotonic(), refuse)
    feeder.start()
    feeder.join(10)
    assert str(feeder.error) == "no emulator"
