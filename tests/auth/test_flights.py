import threading

import pytest

from ums_actors.auth.flights import Flights
from ums_actors.errors import AuthenticationRejected, LoginError
from ums_actors.http.deadline import Deadline

PATIENCE = 20.0


class Asking:
    """Some threads that ask for the same while the first call is under way."""

    def __init__(self, outcome, count=3, patience=PATIENCE):
        self.calls = 0
        self.got = []
        flights = Flights("the call", "csds")
        begun, gate = threading.Event(), threading.Event()

        def call():
            self.calls += 1
            begun.set()
            assert gate.wait(PATIENCE)
            if isinstance(outcome, BaseException):
                raise outcome
            return outcome

        def ask(deadline):
            try:
                self.got.append(flights.share("key", call, deadline))
            except Exception as error:  # noqa: BLE001 the bug must be seen too
                self.got.append(error)

        waiting = threading.Semaphore(0)

        class Noticing(Deadline):
            def left(self):
                waiting.release()
                return super().left()

        threads = [threading.Thread(target=ask, args=(Noticing(PATIENCE),))]
        threads[0].start()
        assert begun.wait(PATIENCE)
        for _ in range(count - 1):
            threads.append(threading.Thread(target=ask, args=(Noticing(patience),)))
            threads[-1].start()
            assert waiting.acquire(timeout=PATIENCE)
        if patience < PATIENCE:
            for thread in threads[1:]:
                thread.join(PATIENCE)
        gate.set()
        for thread in threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()


def test_who_asks_while_a_call_is_under_way_shares_it():
    asking = Asking({"a": 1})
    assert asking.got == [{"a": 1}] * 3
    assert asking.calls == 1


def test_a_call_that_ran_out_of_its_own_time_is_made_anew_by_who_has_more():
    clock = [0.0]
    flights = Flights("the call", "csds")
    begun, gate = threading.Event(), threading.Event()
    failures = []

    def hasty():
        begun.set()
        assert gate.wait(PATIENCE)
        clock[0] = 2.0
        raise LoginError("no answer in time", step="csds")

    def lead():
        try:
            flights.share("key", hasty, Deadline(1.0, lambda: clock[0]))
        except LoginError as error:
            failures.append(error)

    leader = threading.Thread(target=lead)
    leader.start()
    assert begun.wait(PATIENCE)

    class Opening(Deadline):
        def left(self):
            gate.set()  # it waits for the other's call now
            return super().left()

    assert flights.share("key", lambda: "found", Opening(PATIENCE)) == "found"
    leader.join(PATIENCE)
    assert [str(failure) for failure in failures] == ["no answer in time"]


def test_a_call_that_failed_in_time_has_failed_for_all():
    asking = Asking(LoginError("refused", step="csds"))
    assert [str(error) for error in asking.got] == ["refused"] * 3
    assert asking.calls == 1


def test_who_asks_later_calls_anew():
    flights = Flights("the call", "csds")
    answers = iter([1, 2])
    for expected in (1, 2):
        found = flights.share("key", lambda: next(answers), Deadline(PATIENCE))
        assert found == expected


def test_different_keys_do_not_wait_for_each_other():
    flights = Flights("the call", "csds")

    def outer():
        return flights.share("inner", lambda: 2, Deadline(PATIENCE))

    assert flights.share("outer", outer, Deadline(PATIENCE)) == 2


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (AuthenticationRejected("no", step="csds", status=404), AuthenticationRejected),
        (LoginError("ill", step="csds", status=503, retry_after=5.0), LoginError),
        (RuntimeError("secret"), LoginError),
    ],
)
def test_a_failure_is_shared_but_no_error_object_is(error, kind):
    asking = Asking(error)
    assert asking.calls == 1
    assert len({id(each) for each in asking.got}) == 3
    [own] = [each for each in asking.got if each is error]
    others = [each for each in asking.got if each is not own]
    assert all(type(each) is kind for each in others)
    for each in others:
        assert each.status == getattr(error, "status", None)
        assert "secret" not in str(each)


def test_nobody_waits_beyond_his_own_deadline():
    asking = Asking("late", count=2, patience=0.05)
    failed, late = asking.got
    assert isinstance(failed, LoginError)
    assert "deadline" in str(failed)
    assert late == "late"
