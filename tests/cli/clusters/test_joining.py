"""What the commands say where there is no Ray, or none that answers."""

from __future__ import annotations

import socket
import threading
from types import SimpleNamespace

import pytest

from ums_actors.cli.clusters.joining import _join
from ums_actors.cli.main import main
from ums_actors.errors import ClusterError


class Ray(SimpleNamespace):
    """Joins as it is told."""

    def init(self, **given):
        self.given = given
        self.how()


@pytest.fixture
def listening():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


def test_where_nothing_listens_ray_is_not_even_asked():
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = f"127.0.0.1:{server.getsockname()[1]}"
    ray = Ray(how=lambda: None)
    with pytest.raises(ClusterError, match=f"no Ray answers at '{free}'"):
        _join(ray, "bots", free, 5.0)
    assert not hasattr(ray, "given")


def test_what_listens_is_joined(listening):
    ray = Ray(how=lambda: None)
    _join(ray, "bots", listening, 5.0)
    assert ray.given["address"] == listening


def test_auto_is_rays_own_to_find():
    def fail():
        raise ConnectionError("Could not find any running Ray instance")

    with pytest.raises(ClusterError, match=r"'auto' \(ConnectionError\); run 'ray st"):
        _join(Ray(how=fail), "bots", "auto", 5.0)


def test_one_that_never_answers_is_not_waited_for(listening):
    go_on = threading.Event()
    try:
        with pytest.raises(ClusterError, match=r"not within 0\.05 s"):
            _join(Ray(how=lambda: go_on.wait(20)), "bots", listening, 0.05)
    finally:
        go_on.set()


def test_a_port_that_there_cannot_be_is_nobodys():
    with pytest.raises(ClusterError, match="nothing listens there"):
        _join(Ray(how=lambda: None), "bots", "127.0.0.1:99999999", 5.0)


def test_the_command_says_it_in_one_line(capsys):
    pytest.importorskip("ray", reason="Ray is not installed")
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = f"127.0.0.1:{server.getsockname()[1]}"
    assert main(["cluster", "status", "bots", "--address", free]) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "run 'ray start' on this machine, or give --address" in told
