from __future__ import annotations

import pytest

import ums_actors as ums
from ums_actors.cluster.share import Share, imported, specs_of
from ums_actors.core.placement import shard_of
from ums_actors.errors import LocalProtocolError

SHARDS = 4


def spec(user):
    auth = ums.PasswordLogin(user, "x")
    return ums.AgentSpec(user=user, account_id="1", auth=auth)


@pytest.fixture
def share():
    return Share(shard=2, shards=SHARDS)


def test_each_agent_belongs_to_one_share():
    shares = [Share(shard=number, shards=SHARDS) for number in range(SHARDS)]
    for user in ("bot1", "bot2", "Ümläut"):
        assert [each.shard for each in shares if each.has("1", user)] == [
            shard_of("1", user, SHARDS)
        ]


def test_those_of_other_shares_are_left_out(share):
    all_of_them = [spec(f"bot{number}") for number in range(40)]
    found = specs_of(lambda _: all_of_them, share)
    assert 0 < len(found) < 40
    assert all(share.has(*key) for key in found)


def test_the_provider_is_told_whose_agents_are_wanted(share):
    asked = []
    assert specs_of(lambda given: asked.append(given) or (), share) == {}
    assert asked == [share]


def test_an_agent_that_comes_twice_is_refused():
    twice = [spec("bot1"), spec("bot1")]
    with pytest.raises(LocalProtocolError, match="the agent 'bot1' of account '1' tw"):
        specs_of(lambda _: twice, Share(shard=0, shards=1))


def test_something_else_than_a_spec_is_refused(share):
    with pytest.raises(LocalProtocolError, match="the provider gave 'bot1': it must"):
        specs_of(lambda _: ["bot1"], share)


def test_a_name_is_imported_and_a_function_is_taken_as_it_is():
    assert imported("ums_actors.core.placement:shard_of", "provider") is shard_of
    assert imported(shard_of, "provider") is shard_of


@pytest.mark.parametrize(
    "named",
    [
        "no_such_module:f",
        "ums_actors:no_such",
        "ums_actors",
        "ums_actors:",
        ":f",
        "",
        "ums_actors.core.route:FIRST_PAUSE",
        5,
    ],
)
def test_what_cannot_be_called_is_refused(named):
    with pytest.raises(LocalProtocolError, match="is nothing that can be called"):
        imported(named, "provider")
