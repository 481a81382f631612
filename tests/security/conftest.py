from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import ums_actors as ums
from ums_actors.emulator import EmulatorThread, password_of, running_emulator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Heard:
    """An observer that keeps what it hears."""

    def __init__(self) -> None:
        self.events: list[tuple[str, int, dict[str, Any]]] = []

    def observe(self, event: str, level: int, fields: dict[str, Any]) -> None:
        self.events.append((event, level, fields))

    def of(self, name: str) -> list[tuple[int, dict[str, Any]]]:
        return [
            (level, fields) for event, level, fields in self.events if event == name
        ]


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def observed(heard: Heard) -> Iterator[ums.Runtime]:
    """A runtime whose observer is ``heard``."""
    made = ums.Runtime(observer=heard)
    yield made
    assert made.close(5.0)


@pytest.fixture
def emulator() -> Iterator[EmulatorThread]:
    with running_emulator(users=3, tls=True) as emulator:
        yield emulator


@pytest.fixture
def start(observed: ums.Runtime) -> Iterator[Callable[..., Any]]:
    """Start a brand's connection; give its proxy."""
    refs: list[Any] = []

    def begin(emulator: Any, user: str = "bot1", **more: Any) -> Any:
        options = {"backoff_base": 0.02, "close_timeout": 3.0}
        given = {
            "auth": ums.PasswordLogin(user, password_of(user)),
            "csds": emulator.csds if emulator.tls else f"http://{emulator.csds}",
            "ca_file": emulator.ca,
            "options": ums.Options(**{**options, **more.pop("options", {})}),
        }
        ref = ums.BrandWebsocketConnection.start(
            emulator.account, runtime=observed, **{**given, **more}
        )
        refs.append(ref)
        return ref.proxy()

    yield begin
    for ref in refs:
        ref.stop(timeout=10)
