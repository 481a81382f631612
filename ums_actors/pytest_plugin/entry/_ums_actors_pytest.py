"""The fixtures that pytest finds; see :mod:`ums_actors.pytest_plugin`.

This file is installed beside the package: to import anything in that is to import the
library, and pytest imports this in every run, whoever's tests they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

    from ums_actors import BrandConnectionProxy
    from ums_actors.emulator import EmulatorThread
    from ums_actors.pytest_plugin import UmsClock, UmsConnect, UmsServer
    from ums_actors.pytest_plugin.stage import Stage

__all__ = ["ums_clock", "ums_connect", "ums_connection", "ums_emulator", "ums_server"]

_EXTRA = "the fixture ums_emulator needs an extra: pip install 'ums_actors[pytest]'"


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known."""
    config.addinivalue_line(
        "markers",
        "ums_emulator(**settings): of the emulator that the fixture ums_emulator runs",
    )


@pytest.fixture
def _ums_stage() -> Generator[Stage]:
    """Make the world that the fixtures of one test share."""
    from ums_actors.pytest_plugin.stage import Stage  # noqa: PLC0415  (see above)

    stage = Stage()
    try:
        yield stage
    finally:
        stage.close()


@pytest.fixture
def ums_clock(_ums_stage: Stage) -> UmsClock:
    """Virtual time, moved by hand: ``ums_clock.advance(60)``."""
    return _ums_stage.clock


@pytest.fixture
def ums_server(_ums_stage: Stage) -> UmsServer:
    """The far end of all lines, played by the test: ``expect``, ``notify``, ``cut``."""
    return _ums_stage.server


@pytest.fixture
def ums_connect(_ums_stage: Stage) -> UmsConnect:
    """Make connections to ``ums_server``; they are closed after the test."""
    return _ums_stage.connect


@pytest.fixture
def ums_connection(ums_connect: UmsConnect) -> BrandConnectionProxy:
    """Give a READY connection of a brand's user to ``ums_server``."""
    return ums_connect()


@pytest.fixture
def ums_emulator(request: pytest.FixtureRequest) -> Generator[EmulatorThread]:
    """Run a UMS on real sockets, of loopback, for the length of the test.

    ``@pytest.mark.ums_emulator(users=3, tls=True)`` gives it settings.
    """
    try:
        from ums_actors.emulator import running_emulator  # noqa: PLC0415  (see above)
    except ModuleNotFoundError as error:
        pytest.fail(f"{_EXTRA} ({error})", pytrace=False)
    settings = {"users": 1}
    for mark in reversed(list(request.node.iter_markers("ums_emulator"))):
        settings |= mark.kwargs
    with running_emulator(**settings) as emulator:
        yield emulator
