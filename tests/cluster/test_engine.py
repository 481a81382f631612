"""Where Ray is not installed, or was not joined, a cluster says so in clear words."""

from __future__ import annotations

import subprocess
import sys

import pytest

import ums_actors as ums
from ums_actors.cluster import Cluster, ClusterConfig

WITHOUT = """
import sys

class Hide:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "ray":
            raise ModuleNotFoundError("hidden", name=name)

sys.meta_path.insert(0, Hide())
import ums_actors as ums
from ums_actors.cluster import Cluster

try:
    Cluster.connect("bots")
except ums.ClusterError as error:
    print(error)
"""


def test_without_ray_it_names_the_extra():
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT],
        capture_output=True,
        text=True,
        timeout=50,
        check=True,
    )
    assert "not installed: run: pip install 'ums_actors[ray]'" in ran.stdout


def test_who_has_not_joined_ray_is_told_how():
    program = WITHOUT.replace("sys.meta_path.insert", "(lambda *_: None)")
    pytest.importorskip("ray", reason="Ray is not installed")
    ran = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=50,
        check=True,
    )
    assert "call ray.init(address='auto') before" in ran.stdout


@pytest.mark.parametrize(
    ("config", "provider", "said"),
    [
        ({"name": "bots"}, "a:b", "config is a dict: give a ClusterConfig"),
        (ClusterConfig(name="bots"), 5, "provider is a int: give a function"),
    ],
)
def test_what_is_no_cluster_is_refused_before_ray_is_looked_for(config, provider, said):
    with pytest.raises(ums.LocalProtocolError, match=said):
        Cluster.start(config, provider)


def test_a_name_that_there_cannot_be_is_refused_too():
    with pytest.raises(ums.LocalProtocolError, match="cannot name a cluster"):
        Cluster.connect("no spaces")
