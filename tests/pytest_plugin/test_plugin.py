"""The plugin in runs of pytest: what it costs, what it says, what it leaves."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys

pytest_plugins = ["pytester"]

WATCH = """
import atexit, gc, os, threading
import pykka, pytest

calls = []
real = atexit.register
atexit.register = lambda *given, **more: (calls.append(given), real(*given, **more))[1]

FILES = "/proc/self/fd"

def there():
    return (
        {each.ident for each in threading.enumerate()},
        {
            os.readlink(f"{FILES}/{each}")
            for each in (os.listdir(FILES) if os.path.isdir(FILES) else ())
            if os.path.exists(f"{FILES}/{each}")
        },
        set(pykka.ActorRegistry.get_all()),
        len(calls),
    )

@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item):
    import ums_actors.pytest_plugin  # which may register what it likes, once
    before = there()
    result = yield
    gc.collect()
    assert there() == before
    return result
"""


ALONE = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest")
"""Without what takes seconds to import, and is taken out again after each run."""


def run(pytester, test, *options):
    pytester.makepyfile(test)
    return pytester.runpytest_inprocess(*ALONE, *options)


def test_pytest_finds_it():
    (found,) = (
        each
        for each in importlib.metadata.distribution("ums_actors").entry_points
        if each.group == "pytest11"
    )
    assert (found.name, found.value) == ("ums_actors", "_ums_actors_pytest")


def test_it_imports_nothing_of_the_library():
    code = (
        "import sys, pytest; before = set(sys.modules);"
        "import _ums_actors_pytest as found;"
        "more = set(sys.modules) - before;"
        "assert more == {'_ums_actors_pytest'}, more;"
        "import ums_actors; assert set(found.__all__) <= set(dir(found))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_a_run_that_does_not_use_it_does_not_import_the_library(pytester):
    pytester.makepyfile(
        """
        import sys

        def test_it(request):
            assert request.config.pluginmanager.has_plugin("ums_actors")
            assert "ums_actors" not in sys.modules
        """
    )
    result = pytester.runpytest_subprocess(*ALONE)
    result.assert_outcomes(passed=1)


def test_it_can_be_switched_off(pytester):
    result = run(pytester, "def test_it(ums_clock): ...", "-p", "no:ums_actors")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*fixture 'ums_clock' not found"])


def test_its_fixtures_say_what_they_are(pytester):
    result = pytester.runpytest_inprocess("--fixtures", *ALONE)
    lines = [line for line in result.outlines if line.startswith("ums_")]
    assert [line.split()[0] for line in lines] == [
        "ums_clock",
        "ums_server",
        "ums_connect",
        "ums_connection",
        "ums_emulator",
    ]
    assert "no docstring available" not in result.stdout.str().partition("ums_clock")[2]


def test_nothing_of_a_test_is_left(pytester):
    """Whatever it leaves open, unanswered or broken."""
    pytester.makeconftest(WATCH)
    result = run(
        pytester,
        """
        import pytest
        import ums_actors as ums

        def test_open(ums_connection, ums_connect):
            ums_connect("bot2")
            ums_connect.consumer()

        def test_unanswered(ums_connection, ums_server):
            ums_connection.send_text("c", "hello")
            ums_server.expect("PublishEvent")

        def test_half_way(ums_connect):
            ums_connect(open=False).open()

        def test_cut(ums_connection, ums_server):
            ums_server.refuse_upgrade(503, times=1000)
            ums_server.cut()

        def test_frozen(ums_connection, ums_server):
            ums_server.freeze()

        def test_started_elsewhere(ums_connect):
            ums.BrandWebsocketConnection.start(**ums_connect.arguments())

        def test_stopped(ums_connection):
            ums_connection.actor_ref.stop()

        def test_iterating(ums_connection):
            ums_connection.events(ums.MessageReceived)

        @pytest.mark.xfail(strict=True)
        def test_failing(ums_connection):
            assert ums_connection.get_clock().get() < 0

        def test_crashing(ums_connect):
            class Crashes(ums.BrandWebsocketConnection):
                def on_stop(self):
                    raise SystemExit

            ums_connect(kind=Crashes)

        def test_emulator(ums_emulator):
            pass
        """,
        "--strict-markers",
    )
    result.assert_outcomes(passed=10, xfailed=1)


def test_futures_wait_for_real_when_it_is_over(pytester):
    result = run(
        pytester,
        """
        import pykka, pytest
        from ums_actors import LoopFuture

        def test_virtual(ums_clock):
            began = ums_clock.now()
            with pytest.raises(pykka.Timeout, match="virtual"):
                LoopFuture().get(timeout=1000)
            assert ums_clock.now() == began + 1000

        def test_real():
            with pytest.raises(pykka.Timeout) as caught:
                LoopFuture().get(timeout=0.01)
            assert "virtual" not in str(caught.value)
        """,
    )
    result.assert_outcomes(passed=2)


def test_a_failure_points_at_the_test_and_not_into_the_plugin(pytester):
    result = run(
        pytester,
        """
        def test_it(ums_connection, ums_server):
            ums_server.expect("PublishEvent")
        """,
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            ">*ums_server.expect(*",
            "E*AssertionError: no PublishEvent came within 30 virtual seconds*",
            "E*SubscribeExConversations*answered with 200",
            "test_a_failure_points_*py:*: AssertionError",
        ]
    )
    result.stdout.no_fnmatch_line("*_contains*")


def test_an_assertion_that_fails_in_a_handler_fails_the_test(pytester):
    result = run(
        pytester,
        """
        import pytest
        import ums_actors as ums

        def hear(connection, server, handler):
            connection.subscribe(handler, ums.MessageReceived).get()
            server.open_conversation("hello")

        def test_assert(ums_connection, ums_server, ums_clock):
            def handler(message):
                assert message.text == "goodbye"

            hear(ums_connection, ums_server, handler)
            ums_clock.advance(1)

        def test_fail(ums_connection, ums_server):
            hear(ums_connection, ums_server, lambda _: pytest.fail("no message wanted"))
            ums_server.expect("PublishEvent")

        def test_at_its_end(ums_connection, ums_server):
            hear(ums_connection, ums_server, lambda _: pytest.fail("too late"))

        def test_skip(ums_connection, ums_server, ums_clock):
            hear(ums_connection, ums_server, lambda _: pytest.skip("not today"))
            ums_clock.advance(1)

        def test_of_another_handler(ums_connection, ums_server, ums_clock):
            heard = []

            def wait(message):
                ums_connection.get_clock().get()
                heard.append(message)

            ums_connection.subscribe(wait, ums.MessageReceived).get()
            hear(ums_connection, ums_server, lambda _: pytest.fail("no message wanted"))
            with pytest.raises(pytest.fail.Exception, match="no message wanted"):
                ums_clock.advance(1)
            assert len(heard) == 1

        def test_what_is_the_librarys(ums_connection, ums_server, ums_clock):
            errors = []
            ums_connection.subscribe(errors.append, ums.ErrorOccurred).get()
            hear(ums_connection, ums_server, lambda _: 1 / 0)
            ums_clock.advance(1)
            assert [type(each.error) for each in errors] == [ZeroDivisionError]
        """,
    )
    result.assert_outcomes(passed=3, failed=2, skipped=1, errors=1)
    result.stdout.fnmatch_lines(
        ["E*AssertionError: assert 'hello' == 'goodbye'", "E*Failed: no message wanted"]
    )


def test_an_actor_that_does_not_stop_is_told(pytester):
    result = run(
        pytester,
        """
        import pykka
        from ums_actors.runtime import LoopActor

        STARTED = []

        def test_it(monkeypatch, ums_connect):
            ref = LoopActor.start(runtime=ums_connect.arguments()["runtime"])
            STARTED.append(ref)
            monkeypatch.setattr(type(ref), "stop", lambda self, block: None)

        def test_next():
            (ref,) = STARTED  # others of this process may have actors of their own
            assert ref not in pykka.ActorRegistry.get_all()
        """,
    )
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["E*RuntimeError: these did not stop after the test:*"])


def test_the_logs_of_the_library_are_heard(pytester):
    result = run(
        pytester,
        """
        def test_it(ums_connection, ums_server, ums_clock, caplog):
            caplog.set_level("INFO")
            ums_server.cut()
            ums_clock.advance(30)
            assert "connection.exit" in caplog.messages
        """,
    )
    result.assert_outcomes(passed=1)


def test_the_emulator_takes_settings_from_marks(pytester):
    result = run(
        pytester,
        """
        import pytest

        pytestmark = pytest.mark.ums_emulator(users=3, account="87654321")

        def test_module(ums_emulator):
            assert (len(ums_emulator.users), ums_emulator.account) == (3, "87654321")

        @pytest.mark.ums_emulator(users=2)
        def test_nearer(ums_emulator):
            assert (len(ums_emulator.users), ums_emulator.account) == (2, "87654321")
        """,
        "--strict-markers",
    )
    result.assert_outcomes(passed=2)


def test_an_emulator_that_cannot_be_had_is_told(pytester, monkeypatch):
    monkeypatch.setitem(sys.modules, "ums_actors.emulator", None)
    result = run(pytester, "def test_it(ums_emulator): ...")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["*needs an extra: pip install 'ums_actors[[]pytest]'*"]
    )


def test_an_emulator_for_all_tests_can_be_made(pytester):
    """As the plugin's docstring shows."""
    result = run(
        pytester,
        """
        import pytest
        from ums_actors.emulator import running_emulator

        seen = set()

        @pytest.fixture(scope="session")
        def ums_emulator():
            with running_emulator(users=3) as emulator:
                yield emulator

        def test_one(ums_emulator):
            seen.add(ums_emulator.csds)

        def test_two(ums_emulator):
            assert seen == {ums_emulator.csds}
        """,
    )
    result.assert_outcomes(passed=2)


def test_each_test_has_a_world_of_its_own_and_the_same_course(pytester):
    result = run(
        pytester,
        """
        import pytest

        courses = []

        @pytest.mark.parametrize("number", range(3))
        def test_it(ums_connection, ums_server, ums_clock, number):
            ums_server.cut()
            ums_clock.advance(20)
            courses.append([(each.at, each.id) for each in ums_server.requests])
            assert courses == courses[:1] * (number + 1)
            assert len(courses[0]) == 2
        """,
    )
    result.assert_outcomes(passed=3)
