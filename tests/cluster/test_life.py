from __future__ import annotations

import os
import subprocess
import sys

import msgspec
import pytest

from ums_actors.cluster.life import Life

linux = pytest.mark.skipif(
    not os.path.isdir("/proc/self/ns"),  # noqa: PTH112
    reason="processes show when they were started in /proc, which is not here",
)


@pytest.fixture
def here():
    return Life.of_this_process("node1")


def test_a_name_is_read_again(here):
    assert Life.of(here.owner) == here
    assert here.owner.startswith("node1@")


def test_two_lives_of_one_process_have_two_names(here):
    assert Life.of_this_process("node1").owner != here.owner


@pytest.mark.parametrize("name", ["", "somebody", "a/b/c/d", "a/1/c", "a/1/b/c/d"])
def test_the_name_of_something_else_is_no_life(name):
    assert Life.of(name) is None


def test_who_lives_is_not_over(here):
    assert not here.is_over(here)


@pytest.fixture
def ended():
    """The number of a process that has been, and is no more."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait(20)
    return child.pid


@linux
def test_a_process_that_has_ended_here_is_over(here, ended):
    assert msgspec.structs.replace(here, pid=ended).is_over(here)


@linux
def test_a_process_that_is_a_zombie_is_over(here, eventually):
    child = subprocess.Popen([sys.executable, "-c", ""])
    eventually(lambda: msgspec.structs.replace(here, pid=child.pid).is_over(here))
    child.wait(20)


@linux
def test_another_process_with_the_same_number_does_not_make_it_live(here):
    assert msgspec.structs.replace(here, started="1").is_over(here)


def test_of_a_process_elsewhere_nothing_is_certain(here, ended):
    there = msgspec.structs.replace(here, place="node2@1", pid=ended)
    assert not there.is_over(here)


def test_of_a_process_whose_start_is_not_known_nothing_is_certain(here, ended):
    assert not msgspec.structs.replace(here, started="", pid=ended).is_over(here)
