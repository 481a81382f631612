"""What is published, as it is described; .ci/wheel builds it and tries it."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = {"bench", "dev", "test"}
"""Extras for those who work on the library itself."""


@pytest.fixture(scope="module")
def extras():
    """Give the requirements of each extra."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", "utf-8")
    section = config["options.extras_require"]
    return {name: section[name].split("\n")[1:] for name in section}


def test_all_is_every_extra_for_users(extras):
    named = {re.fullmatch(r"ums_actors\[(\w+)\]", each)[1] for each in extras["all"]}
    assert named == set(extras) - OURS - {"all"}
    assert extras["all"] == sorted(extras["all"])


def test_the_readme_names_each_extra(extras):
    readme = (ROOT / "README.md").read_text("utf-8")
    told = re.search(r"^The extras are (.*?)\n\n", readme, re.DOTALL | re.MULTILINE)
    assert set(extras) - set(re.findall(r"`(\w+)`", told[1])) == set()


def test_versions_of_python_are_the_same_everywhere():
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", "utf-8")
    assert config["options"]["python_requires"] == ">=3.11"
    classified = re.findall(r"Python :: 3\.(\d+)", config["metadata"]["classifiers"])
    assert [int(minor) for minor in classified] == [11, 12, 13]
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert "Python 3.11 to 3.13" in changelog
