from __future__ import annotations

from ums_actors.testing.clock import Agenda, VirtualClock


def test_a_call_that_lets_time_pass_goes_on_with_those_that_are_due():
    clock = VirtualClock()
    agenda = Agenda(clock)
    made = []

    def wait():
        made.append("first")
        assert len(agenda) == 2
        assert agenda.next_at() == clock.now()
        agenda.run_due()
        made.append("end of the first")

    agenda.after(1, wait)
    agenda.after(1, lambda: made.append("second"))
    agenda.after(2, lambda: made.append("third"))
    clock.move_to(clock.now() + 1)
    agenda.run_due()
    assert made == ["first", "second", "end of the first"]
    assert len(agenda) == 1
    assert agenda.next_at() == clock.now() + 1
