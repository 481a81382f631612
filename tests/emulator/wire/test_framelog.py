from __future__ import annotations

import json

from ums_actors.emulator.wire.framelog import FrameLog

TOKEN = "ab" * 32


def add(log, text, user="bot1", **more):
    log.add(1.5, 1, user, "in", text, **more)


def test_each_frame_is_one_line_of_json_however_it_was_laid_out():
    log = FrameLog(10, lambda _: False)
    add(log, '{\n "id": "1"\n}')
    (line,) = log.lines()
    assert b"\n" not in line
    assert json.loads(line) == {
        "t": 1.5,
        "conn": 1,
        "user": "bot1",
        "dir": "in",
        "frame": {"id": "1"},
    }


def test_tokens_are_blotted_out_wherever_they_stand():
    log = FrameLog(10, lambda word: word == TOKEN)
    add(log, json.dumps({"a": TOKEN, "b": f"0{TOKEN}f", "c": "cd" * 32}))
    text = b"".join(log.lines())
    assert TOKEN.encode() not in text
    assert b"cd" * 32 in text


def test_what_is_no_json_is_kept_as_text():
    log = FrameLog(10, lambda _: False)
    add(log, 'no "json', is_json=False)
    assert log.entries()[0]["frame"] == 'no "json'


def test_the_oldest_frames_go_first_and_are_counted():
    log = FrameLog(2, lambda _: False)
    for number in range(5):
        add(log, str(number))
    assert [entry["frame"] for entry in log.entries()] == [3, 4]
    assert log.dropped == 3


def test_the_log_can_be_asked_for_one_user():
    log = FrameLog(5, lambda _: False)
    add(log, "1")
    add(log, "2", user="bot2")
    assert [entry["frame"] for entry in log.entries("bot2")] == [2]


def test_a_limit_of_nothing_keeps_nothing():
    log = FrameLog(0, lambda _: False)
    add(log, "1")
    assert len(log) == log.dropped == 0
