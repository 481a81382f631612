from __future__ import annotations

import json

import click
import pytest

import ums_actors as ums
from ums_actors.cli.main import main
from ums_actors.cli.settings.fields import FIELDS
from ums_actors.cli.settings.settings import Found, Settings


@pytest.fixture
def file(tmp_path):
    def write(text, mode=0o600, name="some.toml"):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        path.chmod(mode)
        return path

    return write


def read(options=None, *, environment=None, **more):
    return Settings.read(options or {}, environment=environment or {}, **more)


@pytest.fixture(autouse=True)
def _nothing_of_this_machine(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "nowhere"))
    for each in FIELDS:
        monkeypatch.delenv(each.variable, raising=False)


# -- who goes before whom


def test_an_option_goes_before_the_environment_and_that_before_the_file(file):
    path = file('account = "1"\nusername = "a"\ncsds = "host"\n')
    environment = {"UMS_ACCOUNT": "2", "UMS_USERNAME": "b"}
    settings = read({"account": "3"}, environment=environment, config=str(path))
    assert settings.get("account") == Found("3", "--account")
    assert settings.get("username") == Found("b", "UMS_USERNAME")
    assert settings.get("csds") == Found("host", str(path))
    assert settings.get("ca") is None
    assert settings.path == path


def test_a_profile_goes_before_the_rest_of_its_file(file):
    path = file('account = "1"\ncsds = "h"\n[profiles.test]\naccount = "2"\n')
    settings = read(config=str(path), profile="test")
    assert settings.get("account") == Found("2", f"{path} [profiles.test]")
    assert settings.get("csds") == Found("h", str(path))
    assert read(config=str(path)).get("account") == Found("1", str(path))


def test_the_file_and_the_profile_may_be_named_by_the_environment(file):
    path = file('[profiles.x]\naccount = "9"\n')
    environment = {"UMS_CONFIG": str(path), "UMS_PROFILE": "x"}
    assert read(environment=environment).value("account") == "9"


def test_a_file_at_its_usual_place_is_read_and_may_be_missing(file, tmp_path):
    environment = {"XDG_CONFIG_HOME": str(tmp_path)}
    assert read(environment=environment).path is None
    path = file("account = 5", name="ums-actors.toml")
    settings = read(environment=environment)
    assert (settings.path, settings.value("account")) == (path, "5")


def test_an_empty_variable_sets_nothing():
    assert read(environment={"UMS_ACCOUNT": ""}).get("account") is None


# -- what is of no use


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("account = ", "is not TOML"),
        ('colour = "red"', "unknown key 'colour': it takes account"),
        ("account = [1]", "account must be a text: put it in quotes"),
        ("account = true", "account must be a text"),
        ("profiles = 3", "profiles must be tables"),
        ("[profiles.a]", "has no profile 'test': it has a; write a table"),
        ("", "has no profile 'test': it has none"),
        ('[profiles.test]\ncolour = ""', "[profiles.test] has an unknown key"),
    ],
)
def test_a_file_of_no_use_is_said_with_the_way_out(file, text, said):
    with pytest.raises(click.UsageError) as refused:
        read(config=str(file(text)), profile="test")
    assert said in refused.value.message


@pytest.mark.parametrize(
    ("name", "said"), [("none.toml", "No such file"), (".", "Is a directory")]
)
def test_a_file_that_cannot_be_read_is_said(tmp_path, name, said):
    with pytest.raises(click.UsageError, match=said):
        read(config=str(tmp_path / name))


def test_a_file_that_is_not_utf_8_is_said(tmp_path):
    path = tmp_path / "latin.toml"
    path.write_bytes(b'account = "\xe9"')
    with pytest.raises(click.UsageError, match="is not UTF-8"):
        read(config=str(path))


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_secret_that_others_may_read_is_refused_and_not_shown(file, mode):
    path = file('password = "hunter2"', mode)
    with pytest.raises(click.UsageError) as refused:
        read(config=str(path))
    assert f"run 'chmod 600 {path}'" in refused.value.message
    assert "hunter2" not in refused.value.message


def test_a_secret_that_is_the_owners_alone_is_taken(file):
    settings = read(config=str(file('password = "hunter2"')))
    assert settings.value("password") == "hunter2"


# -- credentials


def test_a_password_comes_from_the_environment_or_a_file(file):
    named = {"username": "bot1"}
    given = read(named, environment={"UMS_PASSWORD": "p w"}).credentials()
    assert given == ums.PasswordLogin("bot1", "p w")
    for text in ("p w", "p w\n", "p w\r\n"):
        path = file(text, name="secret")
        options = {**named, "password_file": str(path)}
        assert read(options).credentials() == ums.PasswordLogin("bot1", "p w")


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"", "alone"), (b"\n", "alone"), (b"x" * 5000, "alone"), (b"\xff", "UTF-8")],
)
def test_a_password_file_of_no_use_is_said(tmp_path, data, said):
    path = tmp_path / "secret"
    path.write_bytes(data)
    with pytest.raises(click.UsageError, match=said):
        read({"username": "bot1", "password_file": str(path)}).credentials()


def test_a_password_file_that_is_missing_is_said(tmp_path):
    options = {"username": "bot1", "password_file": str(tmp_path / "none")}
    with pytest.raises(click.UsageError, match="No such file"):
        read(options).credentials()


def test_the_keys_of_a_bot_are_four_or_two():
    two = {"UMS_APP_KEY": "k", "UMS_APP_SECRET": "s"}
    four = {**two, "UMS_ACCESS_TOKEN": "t", "UMS_ACCESS_TOKEN_SECRET": "u"}
    named = {"username": "bot1"}
    assert read(named, environment=two).credentials() == ums.OAuth1Login(
        "bot1", "k", "s"
    )
    assert read(named, environment=four).credentials() == ums.OAuth1Login(
        "bot1", "k", "s", "t", "u"
    )
    with pytest.raises(click.UsageError, match="app_secret is not set: give UMS_APP_S"):
        read(named, environment={"UMS_APP_KEY": "k"}).credentials()


def test_a_bearer_needs_to_be_somebodys():
    environment = {"UMS_TOKEN": "b"}
    found = read({"user_id": "7"}, environment=environment).credentials()
    assert found == ums.ReadyBearer("b", user_id="7")
    with pytest.raises(click.UsageError, match="give --user-id or UMS_USER_ID"):
        read(environment=environment).credentials()


# -- the command


def test_config_shows_what_is_set_and_by_whom_and_no_secret(file, capsys, monkeypatch):
    path = file('csds = "host"\n')
    monkeypatch.setenv("UMS_PASSWORD", "hunter2")
    assert main(["config", "--config", str(path), "--account", "12"]) == 0
    out = capsys.readouterr().out
    rows = [line.split() for line in out.splitlines() if line]
    assert ["account", "12", "--account"] in rows
    assert ["password", "(set)", "UMS_PASSWORD"] in rows
    assert ["csds", "host", str(path)] in rows
    assert ["username", "-", "-"] in rows
    assert rows[-1] == ["file:", str(path)]
    assert "hunter2" not in out


def test_config_as_json(file, capsys, monkeypatch):
    path = file('csds = "host"\n')
    monkeypatch.setenv("UMS_PASSWORD", "hunter2")
    assert main(["config", "--config", str(path), "--json"]) == 0
    out = capsys.readouterr().out
    told = json.loads(out)
    assert told["file"] == str(path)
    assert told["settings"]["csds"] == {"value": "host", "source": str(path)}
    assert told["settings"]["password"] == {"value": None, "source": "UMS_PASSWORD"}
    assert set(told["settings"]) == {each.name for each in FIELDS}
    assert "hunter2" not in out


def test_what_a_terminal_would_obey_is_shown(file, capsys):
    path = file('csds = "\\u001b]0;evil\\u0007"\n')
    assert main(["config", "--config", str(path)]) == 0
    assert capsys.readouterr().out.replace("\n", "").isprintable()


def test_no_secret_has_an_option():
    assert not any(each.option for each in FIELDS if each.secret)
    assert all(each.option for each in FIELDS if not each.secret)
