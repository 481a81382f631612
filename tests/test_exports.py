from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys

import pytest

import ums_actors


def modules() -> list[str]:
    return [
        found.name
        for found in pkgutil.walk_packages(ums_actors.__path__, "ums_actors.")
        if not found.name.endswith("__main__")
    ]


def test_the_top_level_names_exist_and_are_sorted():
    assert all(hasattr(ums_actors, name) for name in ums_actors.__all__)
    assert sorted(ums_actors.__all__) == sorted(set(ums_actors.__all__))


@pytest.mark.parametrize("name", modules())
def test_every_module_says_what_it_gives_and_what_it_is(name):
    module = importlib.import_module(name)
    assert (module.__doc__ or "").strip()
    for public in getattr(module, "__all__", ()):
        assert hasattr(module, public)


def test_importing_the_library_starts_nothing_and_needs_no_extra():
    code = (
        "import sys, threading, ums_actors;"
        "extras = {'aiohttp', 'click', 'rich', 'trustme'} & set(sys.modules);"
        "assert threading.active_count() == 1 and not extras, extras"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)
