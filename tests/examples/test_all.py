from __future__ import annotations

import ast
import importlib
import signal
from pathlib import Path

import pytest

import ums_actors as ums
import ums_actors.examples
from ums_actors.examples import __main__ as listing

HERE = Path(ums_actors.examples.__file__).parent
NAMES = (
    "agent_bot",
    "consumer_client",
    "greeting_bot",
    "listener",
    "many_bots",
    "pykka_application",
    "token_source",
    "transfer_bot",
    "webhook_receiver",
)
FOR_EVER = [name for name in NAMES if name not in ("token_source", "webhook_receiver")]


def test_all_examples_are_listed_with_what_they_show(capsys):
    assert listing.main() == 0
    printed = capsys.readouterr().out
    assert tuple(listing.descriptions()) == NAMES
    for name, text in listing.descriptions().items():
        assert f"{name:<17}  {text}\n" in printed
        assert text.endswith(".")


@pytest.mark.parametrize("name", NAMES)
def test_each_example_says_what_it_takes(name, capsys):
    example = importlib.import_module(f"ums_actors.examples.{name}")
    with pytest.raises(SystemExit) as ended:
        example.main(["--help"])
    assert ended.value.code == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert listing.descriptions()[name] in printed
    assert "--emulator" in printed
    assert "UMS_PASSWORD" in printed
    assert "--password" not in printed


@pytest.mark.parametrize("name", NAMES)
def test_each_example_does_its_thing_with_visitors_of_its_own(name, run):
    code, output, error = run(name, "--emulator").end("Hello?\n")
    assert (code, error) == (0, "")
    assert output.strip()


@pytest.fixture
def working(emulator, run_on, eventually, tmp_path):
    """Start an example that does not end by itself; wait until it is connected."""

    def begin(name):
        agents = tmp_path / "agents.toml"
        agents.touch(0o600)
        agents.write_text(
            f'account = "{emulator.account}"\ncsds = "http://{emulator.csds}"\n'
            '[[agents]]\nuser = "bot1"\npassword = "bot1-password"\n'
            '[[agents]]\nuser = "bot2"\npassword = "bot2-password"\n'
        )
        is_many = name == "many_bots"
        example = run_on(emulator, name, *(("--agents", str(agents)) * is_many))
        sockets = 1 + is_many
        eventually(lambda: emulator.state()["sockets"] == sockets, within=20)
        return example

    return begin


BOTH = (signal.SIGINT, signal.SIGTERM)
"""All examples meet them in the same place, so each is shown one, and one both."""


@pytest.mark.parametrize(
    ("name", "number"), [*zip(FOR_EVER, BOTH * 4, strict=False), (FOR_EVER[0], BOTH[1])]
)
def test_an_interrupted_example_closes_its_connections(emulator, working, name, number):
    example = working(name)
    example.interrupt(number)
    code, _, error = example.end()
    assert (code, error) == (0, "")
    assert emulator.state()["sockets"] == 0


@pytest.mark.parametrize("name", NAMES)
def test_an_example_uses_what_everybody_may_use(name):
    allowed = ("ums_actors", "ums_actors.emulator", "ums_actors.examples.")
    tree = ast.parse((HERE / f"{name}.py").read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            ours = node.module.startswith("ums_actors")
            assert (
                not ours
                or node.module.startswith(allowed[2])
                or (node.module in allowed[:2])
            ), node.module
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id == "ums":
                assert node.attr in ums.__all__, node.attr
            if node.attr.startswith("_"):
                assert node.value.id == "self", node.attr


def test_without_an_account_it_says_what_to_give(run):
    code, _, error = run("greeting_bot", UMS_ACCOUNT="").end()
    assert code == 1
    assert error == "--account is missing: give it, or --emulator for a local UMS\n"


def test_a_wrong_password_is_one_line_that_does_not_show_it(emulator, run):
    code, _, error = run(
        "agent_bot",
        *("--account", emulator.account, "--username", "bot1"),
        *("--csds", f"http://{emulator.csds}"),
        UMS_PASSWORD="tell-nobody",
    ).end()
    assert code == 1
    assert error.startswith("AuthenticationRejected: ")
    assert error.count("\n") == 1
    assert "tell-nobody" not in error
