from __future__ import annotations

import json
import types

from ums_actors.emulator.wire.framelog import FrameLog

TOKEN = "ab" * 32


def add(log, text, user="bot1"):
    log.add(1.5, 1, types.SimpleNamespace(name=user, generation=2), "in", text)


def test_each_frame_is_one_line_of_json_however_it_was_laid_out():
    log = FrameLog(10, lambda _: False)
    add(log, '{\n "id": "1"\n}')
    (line,) = log.lines()
    assert b"\n" not in line
    assert json.loads(line) == {
        "t": 1.5,
        "conn": 1,
        "generation": 2,
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
    for text in ('no "json', "", '{"cut": '):
        add(log, text)
    assert [it["frame"] for it in log.entries()] == ['no "json', "", '{"cut": ']


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


def test_a_consumers_token_is_blotted_out_whoever_signed_it():
    log = FrameLog(10, lambda _: False)
    token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl"
    escaped = token.replace(".", "\\u002e")
    for text in (
        json.dumps({"headers": [{"jwt": token}]}),
        f'{{"headers": [{{"jwt" : "{escaped}"}}]}}',
        json.dumps({"jwt": 'a"b'}),
        json.dumps({"message": f"it is {token}, as you see"}),
        json.dumps({"message": token.rpartition(".")[0] + "."}),
        f'{{"cut": "{token}',
    ):
        add(log, text)
    text = json.dumps(log.entries(), ensure_ascii=False)
    assert all(part not in text for part in token.split("."))
    assert "it is …, as you see" in text
    assert log.entries()[2]["frame"] == {"jwt": "…"}


def test_words_that_only_look_a_bit_like_tokens_stay():
    log = FrameLog(10, lambda _: False)
    for text in ("eyes.wide.shut", "eyewitness_report.of.it", "ums_actors.core.x"):
        add(log, json.dumps({"message": text}))
    shown = [entry["frame"]["message"] for entry in log.entries()]
    assert shown == ["eyes.wide.shut", "eyewitness_report.of.it", "ums_actors.core.x"]
