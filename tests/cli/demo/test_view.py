from __future__ import annotations

import io

from rich.console import Console

from ums_actors.cli.demo.audit import Audit
from ums_actors.cli.demo.display import LineDisplay, LiveDisplay
from ums_actors.cli.demo.plan import Fault
from ums_actors.cli.demo.report import summarize
from ums_actors.cli.demo.snapshot import ConnectionRow, FaultRow, Snapshot
from ums_actors.cli.demo.summary import summary
from ums_actors.cli.demo.view import picture


def row(number, state="READY"):
    return ConnectionRow(
        name=f"bot{number}",
        state=state,
        generation=41,
        restarts=2,
        relogins=3,
        in_flight=4,
        queued=5,
    )


ROWS = (row(1), row(2, "BACKING_OFF"))
FAULTS = (
    FaultRow(at=1.0, fault=Fault.CUT, bot="bot1", injected=True, took=0.25),
    FaultRow(at=2.0, fault=Fault.SOCKET, bot="bot1", injected=True),
    FaultRow(at=2.0, fault=Fault.TOKEN, bot="bot2", injected=True, failure="no"),
    FaultRow(at=9.0, fault=Fault.CLOSE_4401, bot="bot2"),
)


def snapshot(rows=ROWS, faults=FAULTS):
    return Snapshot(
        elapsed=3.5,
        seconds=15,
        planned=100,
        written=60,
        answered=58,
        connections=tuple(rows),
        faults=tuple(faults),
    )


def drawn(thing):
    console = Console(file=io.StringIO(), width=100)
    console.print(thing)
    return console.file.getvalue()


def test_the_picture_shows_connections_progress_and_faults():
    text = drawn(picture("the title", snapshot()))
    assert "the title" in text
    assert "3.5 of 15 s" in text
    assert "58 of 60 written" in text
    line = next(line for line in text.splitlines() if "BACKING_OFF" in line)
    assert line.split() == ["bot2", "BACKING_OFF", "41", "2", "3", "4", "5"]
    assert "✓ 0.250 s" in text
    assert "… 1.5 s" in text
    assert "✗ no" in text
    assert "planned" in text


def test_many_connections_are_counted_and_those_away_stay_visible():
    rows = [row(number) for number in range(50)] + [row(50, "BACKING_OFF")]
    text = drawn(picture("t", snapshot(rows)))
    assert "51 in all" in text
    assert "50 READY" in text
    assert "BACKING_OFF" in text
    assert len(text.splitlines()) < 40


def test_many_faults_are_counted_and_open_ones_stay_visible():
    done = [FAULTS[0]] * 40
    text = drawn(picture("t", snapshot(faults=[*done, FAULTS[1]])))
    assert "41 in all" in text
    assert "40 done" in text
    assert "… 1.5 s" in text


def test_the_picture_fits_a_small_terminal():
    text = drawn(picture("t", snapshot()))
    assert len(text.splitlines()) <= 24
    assert max(map(len, text.splitlines())) <= 100


def test_lines_tell_what_happens_and_how_far_it_is():
    stream = io.StringIO()
    display = LineDisplay(stream)
    display.start("the title")
    display.update(snapshot())
    display.update(snapshot())
    display.event(3.25, "bot1: fault: cut")
    display.stop()
    assert stream.getvalue().splitlines() == [
        "the title",
        "   3.50 s  58 answered of 60 written, 1 of 2 connections READY",
        "   3.25 s  bot1: fault: cut",
    ]


def test_the_live_view_leaves_its_last_picture():
    console = Console(file=io.StringIO(), force_terminal=True, width=100)
    display = LiveDisplay(console)
    display.start("the title")
    display.update(snapshot())
    display.event(1.0, "not shown")
    display.stop()
    display.stop()
    assert "58 of 60 written" in console.file.getvalue()
    assert "not shown" not in console.file.getvalue()


def test_the_summary_has_the_three_numbers_and_the_recoveries():
    report = summarize(
        conversations=2,
        audit=Audit(9, 8, 1, 0, 2),
        times={Fault.CUT: [0.5]},
    )
    text = drawn(summary(report))
    assert "lost 1, duplicated 0, unanswered 2" in text
    assert "2 conversations, 9 messages to bots, 8 to consumers" in text
    assert "0.500 s" in text
