"""Many connections that lose their line at once, and a gate that paces their return."""

from __future__ import annotations

import ums_actors as ums
from ums_actors.emulator import running_emulator

COUNT, RATE = 40, 50
GENEROUS = 40.0
PATIENT = {
    "connect_timeout": 15.0,
    "login_timeout": 20.0,
    "restore_timeout": 30.0,
    "request_timeout": 20.0,
    "ping_interval": 20.0,
    "pong_timeout": 20.0,
}


class Counting(ums.PacedGate):
    """Notes when each attempt may begin."""

    def __init__(self):
        super().__init__(RATE)
        self.begins = []

    def delay(self, now):
        delay = super().delay(now)
        self.begins.append(now + delay)
        return delay


def test_all_come_back_at_the_pace_of_the_gate(runtime, start, eventually):
    runtime.gate = gate = Counting()
    with running_emulator(users=COUNT) as emulator:
        names = [f"bot{number}" for number in range(1, COUNT + 1)]
        crowd = [start(emulator, name, options=PATIENT) for name in names]
        for opened in [proxy.open() for proxy in crowd]:
            opened.get(timeout=GENEROUS)
        assert len(gate.begins) == COUNT
        assert emulator.cut() == COUNT
        eventually(lambda: len(gate.begins) == 2 * COUNT, GENEROUS)
        eventually(lambda: emulator.state()["sockets"] == COUNT, GENEROUS)
        for proxy in crowd:
            proxy.wait_ready(GENEROUS).get(timeout=GENEROUS)
            assert proxy.get_clock().get(timeout=GENEROUS) > 0
        begins = sorted(gate.begins)
        for first, last in zip(begins, begins[RATE // 2 :], strict=False):
            assert last - first >= 0.4  # half a second's worth, less two of them
        state = emulator.state()
        assert (state["logins"], state["handshakes"]) == (COUNT, 2 * COUNT)
        for proxy in crowd:
            proxy.actor_ref.stop(block=False)
