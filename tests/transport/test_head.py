from __future__ import annotations

import time

import pytest

from ums_actors.errors import ConnectError
from ums_actors.transport import Attempt
from ums_actors.transport.budget import Budget
from ums_actors.transport.head import read_head


class Chunks:
    """A line that gives what it was told, then its end."""

    def __init__(self, data, size):
        self.chunks = [data[i : i + size] for i in range(0, len(data), size)]

    def receive(self, size):
        return self.chunks.pop(0) if self.chunks else b""


def read(data, size=4096, limit=1000):
    budget = Budget(60, attempt=Attempt(), clock=time.monotonic, where="")
    budget.step = "upgrade"
    return read_head(Chunks(data, size), budget, "the server", limit)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 4096])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_a_head_is_understood_however_it_is_cut(size, end):
    lines = ["HTTP/1.1 401 Who?", "A: 1", "b:2 ", "A:3", " folded", "", "rest"]
    head = read(end.join(lines).encode(), size)
    assert head.status == 401
    assert head.fields == {"a": "1, 3", "b": "2"}
    assert b"rest".startswith(head.rest)
    if size == 4096:
        assert head.rest == b"rest"


def test_a_status_without_reason_is_understood():
    assert read(b"HTTP/1.0 204\r\n\r\n") == (204, {}, b"")


@pytest.mark.parametrize("status", ["1", "099", "600", "1x1", "\u0661\u0660\u0661", ""])
def test_a_status_that_is_none_is_refused(status):
    with pytest.raises(ConnectError, match="did not answer in HTTP"):
        read(f"HTTP/1.1 {status}\r\n\r\n".encode())


@pytest.mark.parametrize("size", [1, 4096])
def test_the_limit_holds_for_the_head_and_not_for_what_follows(size):
    first = b"HTTP/1.1 200 "
    fits = first + b"x" * (1000 - len(first)) + b"\r\n\r\n"
    assert read(fits + b"y" * 3000, size).status == 200
    with pytest.raises(ConnectError, match="more than 1000 header bytes"):
        read(b"x" + fits, size)


def test_an_end_before_the_empty_line_is_an_error():
    with pytest.raises(ConnectError, match="closed the line") as caught:
        read(b"HTTP/1.1 200 OK\r\n")
    assert caught.value.step == "upgrade"
