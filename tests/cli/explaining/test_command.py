from __future__ import annotations

import json

import pytest

from ums_actors.cli.explaining.knowledge import everything
from ums_actors.cli.main import main


@pytest.fixture
def explain(capsys):
    def run(*arguments):
        code = main(["explain", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_it_says_what_would_happen_and_why_with_the_numbers(explain):
    code, out, err = explain("4407")
    assert (code, err) == (0, "")
    assert out.startswith("4407 (close code): UMS: the anonymous identity")
    flat = " ".join(out.split())
    assert "RENEW_TOKEN: The peer closed the line with code 4407" in flat
    assert "Pauses: 0 to 1, 0 to 2, 0 to 4, 0 to 8, 0 to 16 ... at most 600 s" in flat
    assert "READY for 10 s, and it never gives up" in flat
    assert "at most 60 s" in flat


def test_it_says_what_to_do(explain):
    _, out, _ = explain("tls")
    assert out.splitlines()[-1].startswith("What to do: if the server has a CA of its")


def test_lines_are_short_enough_for_a_terminal(explain):
    for each in everything():
        _, out, _ = explain(each.what)
        assert all(len(line) <= 120 for line in out.splitlines()), out


def test_words_need_no_quotes(explain):
    assert explain("http", "502") == explain("http 502") == explain("502")


def test_with_json_it_is_one_object(explain):
    code, out, _ = explain("--json", "502")
    found = json.loads(out)
    assert code == 0
    assert (found["what"], found["kind"]) == ("502", "HTTP status")
    login = found["cases"][1]
    assert (login["verdict"], login["pauses"][0]) == ("RETRY", [5.0, 6.0])


def test_without_anything_it_lists_all_that_it_knows(explain):
    code, out, _ = explain()
    assert code == 0
    words = {line.split()[0] for line in out.splitlines() if line.startswith("  ")}
    assert words == {each.what for each in everything()}
    _, listed, _ = explain("--json")
    assert len(json.loads(listed)) == len(everything())


def test_what_it_does_not_know_is_bad_usage_and_one_line_says_what_it_knows(explain):
    code, out, err = explain("bogus")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert "'bogus' is not known" in err
    for word in ("close code", "HTTP status", "RequestTimedOut", "tls", "LineBroken"):
        assert word in err
