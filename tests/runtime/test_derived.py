from __future__ import annotations

import operator
import threading
from typing import Any

import pykka
import pytest

from ums_actors.runtime import LoopFuture

WAIT = 5.0


@pytest.fixture(params=[pykka.ThreadingFuture, LoopFuture])
def made(request):
    """Make a future: the same tests hold for Pykka's and for ours."""

    def made(value: Any = None, error: BaseException | None = None):
        future = request.param()
        if error is None:
            future.set(value)
        else:
            future.set_exception((type(error), error, None))
        return future

    return made


# -- as Pykka's own


def test_map_applies_a_function_to_the_value(made):
    assert made(30).map(lambda x: x + 10).get(timeout=0) == 40
    assert made({"a": 1}).map(operator.itemgetter("a")).get(timeout=0) == 1


def test_filter_keeps_the_items_that_pass(made):
    assert made(range(5, 15)).filter(lambda x: x > 10).get(timeout=0) == [
        11,
        12,
        13,
        14,
    ]


def test_reduce_folds_the_items(made):
    assert made(["a", "b", "c"]).reduce(operator.add).get(timeout=0) == "abc"
    assert made([1, 2]).reduce(operator.add, 5).get(timeout=0) == 8
    assert made([]).reduce(operator.add, 5).get(timeout=0) == 5


def test_filter_and_reduce_need_an_iterable(made):
    with pytest.raises(TypeError):
        made(1).filter(bool).get(timeout=0)
    with pytest.raises(TypeError):
        made(1).reduce(operator.add).get(timeout=0)


def test_join_gives_all_values(made):
    joined = made("abc").join(made(123), made(value=False))
    assert joined.get(timeout=0) == ["abc", 123, False]


def test_derived_futures_can_be_derived_from(made):
    future = made([1, 2, 3]).map(reversed).map(list).filter(lambda x: x != 2)
    assert future.join(made("x")).get(timeout=0) == [[3, 1], "x"]


def test_a_failing_source_fails_what_is_derived(made):
    for future in (
        made(error=KeyError()).map(str),
        made(error=KeyError()).filter(bool),
        made(error=KeyError()).reduce(operator.add),
        made(1).join(made(error=KeyError())),
    ):
        with pytest.raises(KeyError):
            future.get(timeout=0)


def test_the_function_is_called_once(made):
    calls: list[int] = []
    future = made(1).map(calls.append)
    assert calls == []
    future.get(timeout=0)
    future.get(timeout=0)
    assert calls == [1]


def test_a_derived_future_cannot_be_set(made):
    future = made(1).map(str)
    with pytest.raises(Exception, match=r".*"):
        future.set(2)
    assert future.get(timeout=0) == "1"


def test_a_timeout_of_a_source_times_out_what_is_derived(made):
    source = type(made(1))()
    future = source.map(str)
    with pytest.raises(pykka.Timeout):
        future.get(timeout=0.01)
    source.set(1)
    assert future.get(timeout=0) == "1"


# -- as ours


def test_a_failing_function_fails_once_and_for_all():
    calls: list[int] = []

    def fail(value):
        calls.append(value)
        raise SystemExit

    source: LoopFuture[int] = LoopFuture()
    source.set(1)
    future = source.map(fail)
    for _ in range(2):
        with pytest.raises(SystemExit):
            future.get(timeout=0)
    assert calls == [1]
    assert isinstance(future.exception(), SystemExit)


def test_its_callbacks_are_called_when_all_sources_are_done():
    one, two = LoopFuture(), LoopFuture()
    joined = one.join(two)
    got: list[Any] = []
    joined.add_done_callback(lambda done: got.append(done.get(timeout=0)))
    two.set(2)
    assert not joined.done()
    assert got == []
    one.set(1)
    assert joined.done()
    assert got == [[1, 2]]
    joined.add_done_callback(lambda _: got.append("late"))
    assert got[-1] == "late"


def test_its_callbacks_hear_of_a_failure():
    source: LoopFuture[int] = LoopFuture()
    errors: list[BaseException | None] = []
    source.map(lambda _: 1 // 0).add_done_callback(
        lambda done: errors.append(done.exception())
    )
    source.set(1)
    assert isinstance(errors[0], ZeroDivisionError)


def test_its_exception_is_known_without_getting_it():
    source: LoopFuture[int] = LoopFuture()
    mapped = source.map(lambda _: 1 // 0)
    assert mapped.exception() is None
    source.set(1)
    assert isinstance(mapped.exception(), ZeroDivisionError)


def test_a_join_of_thousands_does_not_run_out_of_stack():
    futures = [LoopFuture() for _ in range(5000)]
    joined = futures[0].join(*futures[1:])
    done: list[Any] = []
    joined.add_done_callback(done.append)
    for future in reversed(futures):
        future.set(1)
    assert sum(joined.get(timeout=0)) == 5000
    assert done == [joined]


def test_one_timeout_covers_all_sources():
    ready, never = LoopFuture(), LoopFuture()
    ready.set(1)
    with pytest.raises(pykka.Timeout):
        ready.join(never, never).get(timeout=0.01)
    assert never._waiters == []


def test_callbacks_need_sources_that_have_them():
    ours: LoopFuture[int] = LoopFuture()
    joined = ours.join(pykka.ThreadingFuture())
    with pytest.raises(TypeError, match="done-callbacks"):
        joined.add_done_callback(print)
    assert not joined.done()


def test_two_who_get_it_at_once_compute_it_once():
    source: LoopFuture[int] = LoopFuture()
    calls: list[int] = []
    entered, go = threading.Event(), threading.Event()

    def slow(value):
        calls.append(value)
        entered.set()
        go.wait(WAIT)
        return value

    mapped = source.map(slow)
    source.set(1)
    got: list[int] = []
    threads = [
        threading.Thread(target=lambda: got.append(mapped.get(timeout=WAIT)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    assert entered.wait(WAIT)
    go.set()
    for thread in threads:
        thread.join(WAIT)
    assert (got, calls) == ([1, 1], [1])
