"""Types that several threads read for the first time at the same moment."""

from __future__ import annotations

import subprocess
import sys

import msgspec
import pytest

from ums_actors.emulator.reading import read_as, take_as
from ums_actors.protocol.decoders import as_record, decoder

CROWD = """
import msgspec, sys, threading

sys.setswitchinterval(1e-6)
{load}

FIELDS = range(12)

def kinds(number):
    inner = msgspec.defstruct(
        f"Inner{{number}}", [(f"a{{at}}", int | None, None) for at in FIELDS]
    )
    return msgspec.defstruct(
        f"Outer{{number}}", [(f"b{{at}}", list[inner] | None, None) for at in FIELDS]
    )

text = msgspec.json.encode({{f"b{{at}}": [{{"a11": at}}] for at in FIELDS}})
plain = msgspec.json.decode(text)
for number in range(100):
    kind, start = kinds(number), threading.Barrier(4)
    found = []

    def read():
        start.wait()
        found.append({read}.b11[0].a11)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [11] * 4, found
"""

WAYS = {
    "decoder": (
        "from ums_actors.protocol.decoders import decoder",
        "decoder(kind)(text)",
    ),
    "as_record": (
        "from ums_actors.protocol.decoders import as_record",
        "as_record(plain, kind)",
    ),
    "read_as": (
        "from ums_actors.emulator.reading import read_as",
        "read_as(text, kind)",
    ),
    "take_as": (
        "from ums_actors.emulator.reading import take_as",
        "take_as(plain, kind)",
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_threads_that_read_a_type_first_at_once_do_not_end_the_process(way):
    load, read = WAYS[way]
    script = CROWD.format(load=load, read=read)
    ended = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")


class Point(msgspec.Struct):
    x: int


def test_all_ways_read_the_same():
    assert decoder(Point)(b'{"x": 1}') == Point(1) == as_record({"x": 1}, Point)
    assert read_as(b'{"x": 1}', Point) == Point(1) == take_as({"x": 1}, Point)
    assert decoder(Point) is decoder(Point)


@pytest.mark.parametrize("read", [decoder(Point), lambda text: read_as(text, Point)])
def test_what_does_not_fit_is_refused(read):
    with pytest.raises(msgspec.ValidationError):
        read(b'{"x": "one"}')
    with pytest.raises(msgspec.DecodeError):
        read(b"{")


@pytest.mark.parametrize("take", [as_record, take_as])
def test_what_does_not_fit_is_not_taken(take):
    with pytest.raises(msgspec.ValidationError):
        take({"x": "one"}, Point)
