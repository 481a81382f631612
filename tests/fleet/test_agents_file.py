from __future__ import annotations

import pytest

import ums_actors as ums
from ums_actors.fleet.agents_file import read_agents

WHOLE = """
account = "123"
csds = "http://127.0.0.1:1"
online = true
domains = {agentVep = "a.example"}

[options]
request_timeout = 15

[[agents]]
user = "bot1"
password_env = "BOT1"

[[agents]]
user = "bot2"
username = "bot2@example"
account = "456"
online = false
app_key_file = "keys/app"
secret_file = "{folder}/secret"
access_token_env = "TOKEN"
access_token_secret_env = "TOKEN_SECRET"

[[agents]]
user = "bot3"
app_key_env = "TOKEN"
secret_env = "TOKEN_SECRET"
options = {request_timeout = 5}

[[agents]]
user = "visitor"
kind = "consumer"
connector_id = "4711"
"""
VARIABLES = {"BOT1": "pass1", "TOKEN": "token", "TOKEN_SECRET": "token-secret", "E": ""}


@pytest.fixture
def written(tmp_path):
    def write(text: str, name: str = "agents.toml", mode: int = 0o600):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
        path.chmod(mode)
        return path

    return write


def refusal(path, environment=None):
    with pytest.raises(ums.LocalProtocolError) as caught:
        read_agents(path, environment or VARIABLES)
    return str(caught.value)


def agent(rest: str) -> str:
    return f'[[agents]]\nuser = "bot"\naccount = "1"\n{rest}'


def test_agents_are_read_with_what_holds_for_all_of_them(written, tmp_path):
    written("app-key\n", "keys/app")
    written("  the secret \n", "secret")
    path = written(WHOLE.replace("{folder}", str(tmp_path)), mode=0o644)
    bot1, bot2, bot3, visitor = read_agents(path, VARIABLES)
    assert [each.key for each in (bot1, bot2, bot3, visitor)] == [
        *(("123", "bot1"), ("456", "bot2")),
        *(("123", "bot3"), ("123", "visitor")),
    ]
    assert bot1.auth == ums.PasswordLogin("bot1", "pass1")
    assert bot2.auth == ums.OAuth1Login(
        "bot2@example", "app-key", "the secret", "token", "token-secret"
    )
    assert bot3.auth == ums.OAuth1Login("bot3", "token", "token-secret")
    assert visitor.auth == ums.Anonymous("4711")
    assert visitor.kind is ums.ConsumerWebsocketConnection
    assert [each.online for each in (bot1, bot2, bot3, visitor)] == [
        *(True, False, True, False)
    ]
    assert bot1.settings["options"] is bot2.settings["options"]
    assert bot1.settings["options"].request_timeout == 15
    assert bot3.settings["options"].request_timeout == 5
    assert bot1.settings["domains"] == {"agentVep": "a.example"}
    assert bot1.settings["csds"] == "http://127.0.0.1:1"


def test_a_secret_may_stand_in_a_file_that_is_its_owners_alone(written):
    (bot,) = read_agents(written(agent('password = "hunter2"')), {})
    assert bot.auth == ums.PasswordLogin("bot", "hunter2")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_secret_that_others_may_read_is_refused(written, mode):
    path = written(agent('password = "hunter2"'), mode=mode)
    assert refusal(path) == (
        f"{path} holds a secret and other users may read it: run 'chmod 600 {path}'"
    )
    secret = written("hunter2", "secret", mode)
    path = written(agent('password_file = "secret"'))
    assert refusal(path) == (
        f"{path}: [[agents]] 1: {secret} holds a secret and other users may read it: "
        f"run 'chmod 600 {secret}'"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has no agents: write a table [[agents]] for each"),
        ("agents = 7", "has no agents: write a table [[agents]] for each"),
        ("agents = [7]", "has no agents: write a table [[agents]] for each"),
        ("agents = [", "is not TOML: "),
        ("\udcff", "is not UTF-8: write it as UTF-8"),
        (
            'user = "x"\n' + agent(""),
            "outside of tables has an unknown key 'user': it takes account, app_id, ",
        ),
        (
            agent('pasword = "hunter2"'),
            "[[agents]] 1 has an unknown key 'pasword': it takes access_token, ",
        ),
        ('[[agents]]\naccount = "1"', '[[agents]] 1 has no user: write user = "…"'),
        ('[[agents]]\nuser = "b"', '[[agents]] 1 has no account: write account = "…"'),
        (
            agent('password_env = "BOT1"') + "\n" + agent('kind = "admin"'),
            "[[agents]] 2: kind='admin' must be 'brand' or 'consumer'",
        ),
        (agent("kind = ['brand']"), "[[agents]] 1: kind=['brand'] must be 'brand' or"),
        (agent(""), "[[agents]] 1: it needs one login: give password, or app_key and"),
        (
            agent('password_env = "BOT1"\nsecret_env = "TOKEN"'),
            "[[agents]] 1: it needs one login: give password, or app_key and secret,",
        ),
        (agent('app_key_env = "TOKEN"'), "[[agents]] 1: it needs one login: give"),
        (
            agent('password = "hunter2"\npassword_env = "BOT1"'),
            "[[agents]] 1: password and password_env are given: leave all but one out",
        ),
        (agent("password = 7"), "[[agents]] 1: password must be a text: put it in"),
        (agent('password_env = ""'), "[[agents]] 1: password_env must be a text"),
        (
            agent('password_env = "NONE"'),
            "[[agents]] 1: password_env='NONE': there is no such variable, or it is",
        ),
        (agent('password_env = "E"'), "or it is empty; set it"),
        (
            agent('password_file = "nowhere"'),
            "nowhere cannot be read: No such file or directory; give another path",
        ),
        (agent("options = 7"), "[[agents]] 1 options must be a table: see ums_actors"),
        ("options = 7\n" + agent(""), "[options] must be a table: see ums_actors"),
        (
            "[options]\nspeed = 1\n" + agent(""),
            "[options] has an unknown key 'speed': it takes allow_plain, ",
        ),
        (
            agent("[agents.options]\nping_interval = -1"),
            "[[agents]] 1 options: Options.ping_interval=-1 is out of bounds: it must",
        ),
        (
            agent('password_env = "BOT1"\nonline = "yes"'),
            "[[agents]] 1: AgentSpec.online='yes' must be True or False",
        ),
        (
            agent('kind = "consumer"\nonline = true'),
            "[[agents]] 1: AgentSpec.online=True is for brands",
        ),
        (
            agent('kind = "consumer"\nconnector_id = 7'),
            "[[agents]] 1: Anonymous.connector_id=7 must be a non-empty string",
        ),
        (
            '[[agents]]\nuser = 7\naccount = "1"\npassword_env = "BOT1"',
            "[[agents]] 1: PasswordLogin.username must be a non-empty string",
        ),
    ],
)
def test_what_is_wrong_is_said_with_path_and_key_and_no_secret(written, text, said):
    path = written(text)
    found = refusal(path)
    assert found.startswith(str(path))
    assert said in found
    assert "hunter2" not in found
    assert "pass1" not in found


def test_secrets_files_that_are_of_no_use_are_named(written):
    path = written(agent('password_file = "secret"'))
    secret = written(" \n", "secret")
    assert f"password_file: {secret} is empty: write the secret there" in refusal(path)
    written("\udcff", "secret")
    assert f"password_file: {secret} is not UTF-8" in refusal(path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    path = tmp_path / "none.toml"
    assert refusal(path) == (
        f"{path}: cannot be read: No such file or directory; give another path"
    )


def test_variables_are_those_of_the_process_if_none_are_given(written, monkeypatch):
    monkeypatch.setenv("FLEET_BOT", "hunter2")
    (bot,) = read_agents(str(written(agent('password_env = "FLEET_BOT"'))))
    assert bot.auth == ums.PasswordLogin("bot", "hunter2")
