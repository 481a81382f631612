from __future__ import annotations

import io

import pytest
from rich.console import Console

from ums_actors.cli.demo.audit import Audit
from ums_actors.cli.demo.display import LineDisplay, LiveDisplay
from ums_actors.cli.demo.plan import STRIKES, Fault, Side, Strike
from ums_actors.cli.demo.report import summarize
from ums_actors.cli.demo.snapshot import ConnectionRow, FaultRow, Snapshot
from ums_actors.cli.demo.summary import summary
from ums_actors.cli.demo.view import picture


def row(side, number, state="READY"):
    return ConnectionRow(
        name=f"{side}{number}",
        side=side,
        state=state,
        generation=41,
        restarts=2,
        logins=3,
        in_flight=4,
        queued=5,
    )


def fault(strike, at=9.0, whom="", **more):
    return FaultRow(
        at=at,
        fault=strike.fault,
        side=strike.side,
        whom=whom,
        injected=bool(whom),
        **more,
    )


BOT_CUT, CONSUMER_CUT = Strike(Fault.CUT, Side.BOT), Strike(Fault.CUT, Side.CONSUMER)
ALL_429 = Strike(Fault.BURST_429, Side.ALL)
BOTS = [row(Side.BOT, 1), row(Side.BOT, 2, "BACKING_OFF"), row(Side.BOT, 3)]
CONSUMERS = [row(Side.CONSUMER, number) for number in range(20)]
PLANNED = [fault(strike) for strike in STRIKES]


def snapshot(rows=(*BOTS, *CONSUMERS), faults=PLANNED):
    return Snapshot(
        elapsed=3.5,
        seconds=20,
        planned=100,
        asked=60,
        answered=58,
        visits=40,
        visited=7,
        connections=tuple(rows),
        faults=tuple(faults),
    )


def drawn(thing, width=80):
    console = Console(file=io.StringIO(), width=width)
    console.print(thing)
    return console.file.getvalue()


def line_of(text, word):
    return next(line for line in text.splitlines() if word in line)


def test_the_picture_shows_progress():
    text = drawn(picture("the title", snapshot()))
    assert "the title" in text
    assert "3.5 of 20 s" in line_of(text, "time")
    assert "58 of 100, 60 asked" in line_of(text, "answered")
    assert "7 of 40 conversations" in line_of(text, "closed")


def test_few_connections_are_shown_one_by_one():
    text = drawn(picture("t", snapshot()))
    line = line_of(text, "BACKING_OFF")
    assert line.split() == ["bot2", "BACKING_OFF", "41", "2", "3", "4", "5"]


def test_many_connections_are_added_up():
    text = drawn(picture("t", snapshot()))
    line = line_of(text, "20 consumers")
    numbers = ["820", "40", "60", "80", "100"]
    assert line.split() == ["20", "consumers", "20", "of", "20", "READY", *numbers]


def test_of_many_connections_those_that_are_ready_are_counted():
    away = [row(Side.CONSUMER, 20 + number, "CONNECTING") for number in range(3)]
    text = drawn(picture("t", snapshot([*CONSUMERS, *away])))
    assert "20 of 23 READY" in line_of(text, "23 consumers")


def test_a_fault_is_planned_then_under_way_then_recovered_from():
    faults = [
        fault(BOT_CUT, at=2.0, whom="bot1"),
        fault(CONSUMER_CUT, at=1.0, whom="consumer7", took=0.25),
        *PLANNED[2:],
    ]
    line = line_of(drawn(picture("t", snapshot(faults=faults))), "cut")
    assert "… bot1 1.5 s" in line
    assert "✓ consumer7 0.25 s" in line
    assert "at 9.0 s" in line_of(drawn(picture("t", snapshot())), "4401")


def test_what_strikes_everyone_stands_on_both_sides():
    faults = [fault(ALL_429, at=1.0, whom="everyone", took=1.5)]
    line = line_of(drawn(picture("t", snapshot(faults=faults))), "429")
    assert line.count("✓ everyone 1.50 s") == 2


def test_of_several_rounds_the_last_is_told_and_a_failure_stays():
    rounds = [fault(BOT_CUT, whom="bot1", took=0.5), fault(BOT_CUT)]
    line = line_of(drawn(picture("t", snapshot(faults=rounds))), "cut")
    assert "✓ 1/2 bot1 0.50 s" in line
    rounds.insert(0, fault(BOT_CUT, whom="bot2", failure="not recovered within 30 s"))
    line = line_of(drawn(picture("t", snapshot(faults=rounds))), "cut")
    assert "✗ bot2: not recovered withi…" in line


@pytest.mark.parametrize("bots", [1, 3, 50])
def test_the_picture_fits_a_small_terminal(bots):
    rows = [row(Side.BOT, number) for number in range(bots)]
    rows += [row(Side.CONSUMER, number) for number in range(300)]
    faults = [
        fault(strike, whom=f"{strike.side}299", failure="not recovered within 30 s")
        for strike in STRIKES
    ]
    text = drawn(picture("t" * 75, snapshot(rows, faults)))
    assert len(text.splitlines()) <= 24
    assert max(map(len, text.splitlines())) <= 80


def test_lines_tell_what_happens_and_how_far_it_is():
    stream = io.StringIO()
    display = LineDisplay(stream)
    display.start("the title")
    display.update(snapshot())
    display.update(snapshot())
    display.event(3.25, "bot1: fault: cut")
    display.stop()
    before = "   3.50 s  58 answered of 60 asked, 7 conversations closed of 40"
    assert stream.getvalue().splitlines() == [
        "the title",
        f"{before}, 22 of 23 connections READY",
        "   3.25 s  bot1: fault: cut",
    ]


def test_the_live_view_leaves_its_last_picture():
    console = Console(file=io.StringIO(), force_terminal=True, width=80)
    display = LiveDisplay(console)
    display.start("the title")
    display.update(snapshot())
    display.event(1.0, "not shown")
    display.stop()
    display.stop()
    assert "58 of 100, 60 asked" in console.file.getvalue()
    assert "not shown" not in console.file.getvalue()


def test_the_summary_has_the_zeros_the_deeds_and_the_recoveries():
    audit = Audit(
        conversations=2,
        to_bots=9,
        to_consumers=8,
        handed_out=30,
        lost=1,
        duplicated=0,
        out_of_order=0,
        unanswered=2,
    )
    report = summarize(
        seed=1,
        audit=audit,
        deeds={"rings": 4, "transfers": 1},
        times={BOT_CUT: [0.5]},
    )
    text = drawn(summary(report))
    assert "lost 1, duplicated 0, out of order 0, unanswered 2" in text
    assert "2 conversations, 9 questions, 8 answers, 30 events handed out" in text
    assert "4 rings, 1 transfers" in text
    assert line_of(text, "cut").split() == [
        "cut",
        "bot",
        "1",
        "0.500",
        "s",
        "0.500",
        "s",
    ]
