from __future__ import annotations

import os
import subprocess
import sys

import pytest

from ums_actors.cli.completion import VARIABLE
from ums_actors.cli.main import main


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_told_how_to_ask(shell, capsys):
    assert main(["completion", shell]) == 0
    out = capsys.readouterr().out
    assert VARIABLE in out
    assert "ums-actors" in out


@pytest.mark.parametrize(
    ("words", "found"),
    [("ums-actors pr", "probe"), ("ums-actors tail --con", "--conversation")],
)
def test_what_begins_like_that_is_given(words, found):
    told = subprocess.run(
        [sys.executable, "-m", "ums_actors.cli.main"],
        env={
            **os.environ,
            VARIABLE: "bash_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(len(words.split()) - 1),
        },
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert f"plain,{found}" in told.stdout.splitlines()


def test_another_shell_is_bad_usage(capsys):
    assert main(["completion", "csh"]) == 2
    assert "'csh' is not one of" in capsys.readouterr().err
