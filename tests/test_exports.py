from __future__ import annotations

import importlib
import inspect
import pkgutil
import subprocess
import sys
from importlib.resources import files

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


def functions() -> list[tuple[str, object]]:
    """Give all functions and public methods of what the top level has."""
    found: list[tuple[str, object]] = []
    for name in ums_actors.__all__:
        value = getattr(ums_actors, name)
        if inspect.isfunction(value):
            found.append((name, value))
        elif inspect.isclass(value):
            found += [
                (f"{name}.{attribute}", method)
                for attribute, method in inspect.getmembers(value, inspect.isfunction)
                if not attribute.startswith("_")
                and method.__module__.startswith("ums_actors")
            ]
    return found


def test_all_that_is_public_is_typed_and_says_so():
    assert files(ums_actors).joinpath("py.typed").is_file()
    bare = []
    for name, function in functions():
        signature = inspect.signature(function)
        told = [signature.return_annotation] + [
            each.annotation
            for each in signature.parameters.values()
            if each.name not in ("self", "cls")
        ]
        if inspect.Signature.empty in told:
            bare.append(name)
    assert bare == []
    assert len(functions()) > 200
