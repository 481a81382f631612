"""What a soak is made of: a server, the ways to it, and connections."""

from __future__ import annotations

import contextlib
import os
import signal
from typing import TYPE_CHECKING, Any, Self

import ums_actors as ums
from ums_actors.emulator import EmulatorProcess, password_of
from ums_actors.testing.fault_proxy import FaultProxy

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["OPTIONS", "Scene"]

OPTIONS = ums.Options(
    connect_timeout=3.0,
    login_timeout=4.0,
    restore_timeout=4.0,
    close_timeout=3.0,
    request_timeout=5.0,
    queue_timeout=30.0,
    ping_interval=1.0,
    pong_timeout=2.0,
    backoff_base=0.1,
    stable_after=2.0,
    restart_period=5.0,
    refresh_interval=20.0,
)
"""Brisk, so that many faults have their full effect in little time."""


class Scene:
    """An emulator in its own process, proxies before it, and a few bots behind them.

    A context manager; its attributes are there while it is entered.

    Attributes:
        server: the emulator.
        csds: the proxy before the domain service; ``login`` and ``socket`` likewise.
        bots: proxies of the connections, of bot1 and so on.
    """

    def __init__(self, bots: int, options: ums.Options = OPTIONS) -> None:
        self._count = bots
        self._options = options
        self._stack = contextlib.ExitStack()
        self.server: EmulatorProcess = EmulatorProcess(users=bots, tls=True, log=False)
        self.bots: list[Any] = []
        self.csds: FaultProxy
        self.login: FaultProxy
        self.socket: FaultProxy
        self.runtime: ums.Runtime

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            stack.enter_context(self.server)
            stack.callback(self.go_on)  # one that is halted does not end
            port = int(self.server.csds.rpartition(":")[2])
            self.csds, self.login, self.socket = (
                stack.enter_context(FaultProxy(port)) for _ in range(3)
            )
            self.runtime = ums.Runtime(gate=ums.PacedGate(50, burst=self._count))
            stack.callback(self.runtime.close, 10.0)
            for number in range(1, self._count + 1):
                self.bots.append(self._start(f"bot{number}", stack))
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    @property
    def proxies(self) -> tuple[FaultProxy, ...]:
        """The three ways to the server."""
        return self.csds, self.login, self.socket

    def halt(self) -> None:
        """Stop the server in its tracks."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let the server go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self.server.pid is not None:
            os.kill(self.server.pid, number)

    def _start(self, name: str, stack: contextlib.ExitStack) -> Any:
        ref = ums.BrandWebsocketConnection.start(
            self.server.account,
            runtime=self.runtime,
            auth=ums.PasswordLogin(name, password_of(name)),
            csds=self.csds.address,
            domains={"agentVep": self.login.address, "facadeMsg": self.socket.address},
            ca_file=self.server.ca,
            options=self._options,
        )
        stack.callback(ref.stop, timeout=10.0)
        return ref.proxy()
