from __future__ import annotations

import contextlib
import importlib
import inspect
import pkgutil
import pydoc
import subprocess
import sys
from importlib.resources import files

import pytest

import ums_actors
from ums_actors import aio
from ums_actors.aio.base import AwaitableConnection
from ums_actors.sync.base import BlockingConnection


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


EXTRAS = (
    "aiohttp click httpx jwt opentelemetry prometheus_client pytest ray rich textual "
    "textual_serve trustme truststore uvloop"
)
SLOW = "asyncio email http.client importlib.metadata subprocess urllib.request urllib3"
"""What costs more to import than it is worth before a connection is started."""


def python(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True, timeout=50)


def test_importing_the_library_starts_nothing_and_needs_no_extra():
    python(
        "import sys, threading, ums_actors, ums_actors.cluster, ums_actors.requests\n"
        f"loaded = set({EXTRAS!r}.split()) & set(sys.modules)\n"
        "assert threading.active_count() == 1 and not loaded, loaded"
    )


def test_what_is_slow_to_import_is_left_for_later():
    python(
        "import sys\n"
        "before = set(sys.modules)\n"
        "import ums_actors\n"
        f"loaded = set({SLOW!r}.split()) & set(sys.modules) - before\n"
        "assert not loaded, loaded"
    )


WATCHED = """
import sys, threading

class Watch:
    def __init__(self):
        self.seen = []

    def find_spec(self, name, path=None, target=None):
        self.seen.append((name, threading.current_thread().name))

import ums_actors as ums
from ums_actors.emulator import password_of, running_emulator

with running_emulator(users=1, tls=True) as emulator:
    for name in [name for name in sys.modules if name.startswith("urllib3")]:
        del sys.modules[name]  # the emulator's side may have needed it
    watch = Watch()
    sys.meta_path.insert(0, watch)
    ref = ums.BrandWebsocketConnection.start(
        emulator.account,
        auth=ums.PasswordLogin("bot1", password_of("bot1")),
        csds=emulator.csds,
        ca_file=emulator.ca,
    )
    began = list(watch.seen)
    connection = ums.proxy_of(ref)
    connection.open().get(timeout=20)
    assert connection.get_clock().get(timeout=10) > 0
    loop = ref._cell.loop.name
    ref.stop(timeout=20)

assert ("urllib3", "MainThread") in began, began
assert loop in [thread.name for thread in threading.enumerate()]
assert not [name for name, who in watch.seen if who == loop], watch.seen
"""


def test_it_is_imported_by_who_starts_a_connection_and_nothing_by_the_loop():
    python(WATCHED)


ROOMS = (
    "ums_actors",
    "ums_actors.aio",
    "ums_actors.cluster",
    "ums_actors.connection",
    "ums_actors.emulator",
    "ums_actors.errors",
    "ums_actors.metrics.prometheus",
    "ums_actors.metrics.opentelemetry",
    "ums_actors.options",
    "ums_actors.pytest_plugin",
    "ums_actors.requests",
    "ums_actors.runtime",
)


@pytest.mark.parametrize("room", ROOMS)
def test_pydoc_reads_each_public_name_and_none_is_without_a_word(room):
    module = importlib.import_module(room)
    told = pydoc.plain(pydoc.render_doc(module))
    for name in getattr(module, "__all__", ()):
        assert name in told or name == "__version__"
        value = getattr(module, name)
        if inspect.isclass(value) or inspect.isfunction(value):
            assert inspect.getdoc(value), name
            with contextlib.suppress(ValueError):  # an exception of C's own
                inspect.signature(value)


def public(kind: type) -> set[str]:
    found = inspect.getmembers(kind, callable)
    return {name for name, _ in found if not name.startswith("_")}


BY_PROXY_ALONE = {
    *("child", "forget", "open"),  # a façade opens, and forgets who is cancelled
    *("get_download_token", "get_download_url", "get_upload_url", "keep_alive"),
}
"""What the façades have as typed requests, by ``send``, or not at all."""
NOT_BLOCKING = {"publish_once", "reconnect_now", "wait_closed", "wait_ready"}


@pytest.mark.parametrize(
    ("actor", "proxy", "awaitable", "blocking"),
    [
        (
            ums_actors.BrandWebsocketConnection,
            ums_actors.BrandConnectionProxy,
            aio.Connection,
            ums_actors.Connection,
        ),
        (
            ums_actors.ConsumerWebsocketConnection,
            ums_actors.ConsumerConnectionProxy,
            aio.ConsumerConnection,
            ums_actors.ConsumerConnection,
        ),
        (
            ums_actors.NullConnection,
            ums_actors.NullConnectionProxy,
            AwaitableConnection,
            BlockingConnection,
        ),
    ],
)
def test_what_a_connection_can_do_each_of_its_faces_can(
    actor, proxy, awaitable, blocking
):
    own = public(actor) - public(ums_actors.LoopActor) - {"events"}
    assert public(proxy) == own
    left_out = set(BY_PROXY_ALONE)
    if actor is not ums_actors.BrandWebsocketConnection:
        # which raise NotSupported
        left_out |= {"set_agent_state", "get_shift_status", "get_message_statistics"}
    assert public(awaitable) == own - left_out | {"events"}
    assert public(blocking) == public(awaitable) - NOT_BLOCKING


def test_what_is_awaited_gives_no_future():
    given = {
        name: inspect.signature(method).return_annotation
        for name, method in inspect.getmembers(aio.Connection, inspect.isfunction)
        if not name.startswith("_")
    }
    assert given["get_clock"] == "int"
    assert given["query_messages"] == "list[MessageEvent]"
    assert [name for name, gives in given.items() if "Future" in str(gives)] == []


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
