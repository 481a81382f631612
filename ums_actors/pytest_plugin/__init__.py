"""For tests of what uses this package: fixtures without network and without waiting.

pytest finds them by itself once the package is installed (``ums_actors[pytest]``):

| fixture | is |
|---|---|
| ``ums_clock`` | :class:`UmsClock`: virtual time, moved by hand |
| ``ums_server`` | :class:`UmsServer`: the far end, played by the test |
| ``ums_connect`` | :class:`UmsConnect`: makes connections to it |
| ``ums_connection`` | one READY connection of a brand's user, made by that |
| ``ums_emulator`` | a running :class:`~ums_actors.emulator.EmulatorThread` |

The first four are one world, which stands still until the test lets time pass:
:meth:`UmsClock.advance`, :meth:`UmsServer.expect` and ``get()`` of a future do. All its
code runs on the test's own thread, handlers of events too; an assertion that fails in
one of these fails the test::

    def test_it_greets(ums_connection, ums_server, ums_clock):
        said = ums_connection.send_text("conversation-1", "hello")
        request = ums_server.expect("ms.PublishEvent", {"dialogId": "conversation-1"})
        request.answer({"sequence": 7})
        assert said.get() == 7
        ums_server.close(4407)
        ums_clock.advance(60)
        assert ums_connection.status().get().generation == 2

``await`` does not let time pass: in a test of asyncio somebody else has to, by
:meth:`UmsClock.advance`. Code with threads of its own, and files, which go over HTTP,
belong before ``ums_emulator``, which is a UMS on real sockets of loopback. The mark
``@pytest.mark.ums_emulator(users=3, tls=True)`` gives it settings, those of
:class:`~ums_actors.emulator.Emulator`. It is made anew for each test; for one that all
tests share, put this into your conftest.py::

    @pytest.fixture(scope="session")
    def ums_emulator():
        with running_emulator(users=3) as emulator:
            yield emulator

While a test has a world, whatever its own thread waits for is virtual: in one that uses
both, another thread waits for the connections to the emulator.
"""

from __future__ import annotations

from ums_actors.pytest_plugin.clock import UmsClock
from ums_actors.pytest_plugin.connecting import UmsConnect
from ums_actors.pytest_plugin.request import ServerRequest
from ums_actors.pytest_plugin.server import UmsServer

__all__ = ["ServerRequest", "UmsClock", "UmsConnect", "UmsServer"]
