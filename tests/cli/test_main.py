from __future__ import annotations

import subprocess
import sys

import pytest

import ums_actors
from ums_actors.cli.main import main

HIDE = """
import sys
class Hide:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {packages!r}:
            raise ModuleNotFoundError("hidden", name=name)
sys.meta_path.insert(0, Hide())
from ums_actors.cli.main import main
sys.exit(main({arguments!r}))
"""


def run_without(packages, *arguments):
    script = HIDE.format(packages=packages.split(), arguments=arguments)
    return subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.mark.parametrize(
    ("package", "arguments", "extra"),
    [
        ("click", ["--version"], "cli"),
        ("click", ["demo"], "cli"),
        ("rich", ["demo"], "cli"),
        ("aiohttp", ["demo"], "demo"),
        ("ray", ["cluster", "status", "bots"], "ray"),
    ],
)
def test_a_missing_extra_gives_one_line_with_the_command(package, arguments, extra):
    ran = run_without(package, *arguments)
    assert ran.returncode == 2
    assert ran.stdout == ""
    assert ran.stderr == (
        f"ums-actors: the package {package!r} is not installed: "
        f"run: pip install 'ums_actors[{extra}]'\n"
    )


def test_the_emulator_says_what_it_needs_as_well():
    ran = run_without("aiohttp", "emulator")
    assert ran.returncode == 2
    assert ran.stdout == ""
    assert ran.stderr.count("\n") == 1
    assert ran.stderr.endswith("pip install 'ums_actors[emulator]'\n")


def test_a_missing_package_of_nobody_is_a_bug_and_shows_its_traceback():
    ran = run_without("ums_actors.cli.app".partition(".")[0] + "_none", "--version")
    assert ran.returncode == 0
    ran = run_without("json", "demo", "--help")
    assert ran.returncode == 1
    assert "ModuleNotFoundError" in ran.stderr


def test_help_needs_no_extra_but_click():
    ran = run_without("rich aiohttp trustme", "--help")
    assert ran.returncode == 0, ran.stderr
    assert "demo" in ran.stdout


def test_explanations_need_no_extra_but_click():
    ran = run_without("rich aiohttp trustme", "explain", "4407")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("4407")


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"ums-actors, version {ums_actors.__version__}\n"


def test_help_names_all_commands_and_the_exit_codes(capsys):
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    for word in ("emulator", "demo", "connect", "explain", "Exit codes", "130"):
        assert word in out


def test_no_command_shows_the_help_and_is_bad_usage(capsys):
    assert main([]) == 2
    assert "demo" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["dmeo"], "No such command 'dmeo'"),
        (["demo", "--bogus"], "No such option"),
        (["demo", "--bots", "0"], "'--bots': 0 is not in the range 1<=x<=50"),
        (["demo", "--bots", "many"], "'many' is not a valid integer range"),
        (["demo", "--consumers", "501"], "1<=x<=300"),
        (["demo", "--seconds", "4"], "5.0<=x<=3600.0"),
        (["demo", "--seconds", "nan"], "--seconds"),
        (["demo", "--seed", "-1"], "x>=0"),
        (["demo", "extra"], "unexpected extra argument"),
        (["cluster", "status"], "Missing argument 'NAME'"),
        (["cluster", "scale", "bots", "0"], "0 is not in the range x>=1"),
        (["connect", "--username", "bot1"], "give --account or UMS_ACCOUNT, or"),
        (["connect", "--account", "1", "--username", "b", "--ca", "/no/file"], "--ca"),
    ],
)
def test_bad_usage_gives_one_line_that_says_where_to_look(capsys, arguments, said):
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert said in captured.err
    assert captured.err.rstrip().endswith("--help' for what it takes")
