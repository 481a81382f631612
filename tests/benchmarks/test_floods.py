from __future__ import annotations

import json

import pytest

from benchmarks.floods import Flood, notification
from benchmarks.frames import server_frame


@pytest.mark.parametrize("size", [158, 159, 1_188, 5_000])
def test_a_notification_has_the_size_it_is_said_to_have(size):
    data = notification(size)
    assert len(data) == size
    assert json.loads(data)["kind"] == "notification"


@pytest.mark.parametrize("step", [1_000, 77_777, 10**9])
@pytest.mark.parametrize("frames", [1, 3, 4_000])
def test_however_it_is_taken_it_is_whole_frames(frames, step):
    flood, taken = Flood(frames, 158), b""
    while not flood.over:
        some = flood.chunk()[:step]
        taken += some
        flood.sent(len(some))
    assert taken == server_frame(notification(158)) * frames
