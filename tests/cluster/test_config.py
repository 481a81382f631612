from __future__ import annotations

import pytest

from ums_actors.cluster import ClusterConfig
from ums_actors.cluster.names import (
    book_name,
    checked_name,
    director_name,
    shard_name,
)
from ums_actors.cluster.nodes import chosen
from ums_actors.core.leasebook import MOST_SHARDS
from ums_actors.errors import LocalProtocolError


def test_a_name_is_enough():
    config = ClusterConfig(name="bots")
    assert (config.shards, config.handler, config.resources) == (8, None, {})
    assert config.book_resources == {"node:__internal_head__": 0.001}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"shards": 0}, "ClusterConfig.shards=0 must be a whole number, 1 or more"),
        ({"shards": MOST_SHARDS + 1}, "are too many: at most 65536"),
        ({"calls": 0}, "ClusterConfig.calls=0 must be"),
        ({"account_id": "a\nb"}, "ClusterConfig.account_id="),
        ({"cpus": 0.0}, "ClusterConfig.cpus=0.0 is out of bounds"),
        ({"cpus": True}, "ClusterConfig.cpus=True is out of bounds"),
        ({"leave_timeout": float("nan")}, "ClusterConfig.leave_timeout=nan is out"),
        ({"leave_timeout": 1e9}, "at most 86400"),
        ({"resources": {"gpu": -1.0}}, "resource 'gpu'=-1.0 is out of bounds"),
        ({"book_resources": {}}, "on any node, also on one that freezes"),
        ({"name": "no spaces"}, "name='no spaces' cannot name a cluster"),
    ],
)
def test_a_wrong_value_is_refused_with_the_way_out(wrong, said):
    with pytest.raises(LocalProtocolError) as caught:
        ClusterConfig(**{"name": "bots", **wrong})
    assert said in str(caught.value)


@pytest.mark.parametrize("name", ["", "a.b", "x" * 65, "a/b", None, 5, "bots\n"])
def test_a_name_that_ray_or_people_would_misread_is_refused(name):
    with pytest.raises(LocalProtocolError, match="cannot name a cluster"):
        checked_name(name)


def test_actors_have_names_that_tell_whose_they_are():
    assert checked_name("our-bots_2") == "our-bots_2"
    assert book_name("b") == "b.book"
    assert director_name("b") == "b.director"
    assert shard_name("b", 7) == "b.shard.7"


@pytest.mark.parametrize(
    ("count", "nodes"),
    [(None, ("b", "a", "c")), (1, ("b",)), (2, ("b", "a")), (9, ("b", "a", "c"))],
)
def test_nodes_with_the_most_shards_are_kept(count, nodes):
    assert chosen({"a": 1, "b": 3, "c": 1}, count) == nodes
