from __future__ import annotations

from typing import Any

import pytest

from ums_actors.runtime import LoopFuture
from ums_actors.runtime.steps import run_steps


@pytest.fixture
def futures():
    return [LoopFuture(), LoopFuture()]


def test_steps_are_sent_what_they_wait_for(futures):
    def steps():
        first = yield futures[0]
        second = yield futures[1]
        return first + second

    result = run_steps(steps())
    futures[0].set(1)
    assert not result.done()
    futures[1].set(2)
    assert result.get(timeout=0) == 3


def test_steps_without_a_wait_are_done_at_once(futures):
    def steps():
        return "done"
        yield futures[0]

    assert run_steps(steps()).get(timeout=0) == "done"


def test_a_failure_is_thrown_into_the_steps(futures):
    def steps():
        try:
            yield futures[0]
        except KeyError:
            return "caught"

    result = run_steps(steps())
    futures[0].try_fail(KeyError())
    assert result.get(timeout=0) == "caught"


@pytest.mark.parametrize("error", [KeyError, SystemExit])
def test_what_the_steps_raise_goes_to_who_waits(futures, error):
    def steps():
        yield futures[0]
        raise error

    result = run_steps(steps())
    futures[0].set(1)
    assert isinstance(result.exception(), error)


def test_steps_that_wait_for_no_future_fail(futures):
    def steps() -> Any:
        yield "nonsense"

    assert isinstance(run_steps(steps()).exception(), TypeError)


def test_thousands_of_steps_do_not_run_out_of_stack(futures):
    futures[0].set(1)

    def steps():
        total = 0
        for _ in range(5000):
            total += yield futures[0]
        return total

    assert run_steps(steps()).get(timeout=0) == 5000


def test_a_fence_that_drops_a_step_leaves_it_undone(futures):
    def steps():
        yield futures[0]

    result = run_steps(steps(), lambda _: lambda *_: None)
    futures[0].set(1)
    assert not result.done()
