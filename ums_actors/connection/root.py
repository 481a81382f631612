"""The root of the tree: its life, and the steps of an attempt that it runs.

What must survive a crash of this actor is in the kernel, which its cell keeps.
"""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Any, Self

from ums_actors.actors.crash import crashed, root_crashed
from ums_actors.actors.line import dismantle
from ums_actors.actors.messages import (
    AcquireToken,
    ConnectPrepared,
    FramesTapped,
    LineRestored,
    PrepareConnect,
    RestoreLine,
    StepFailed,
)
from ums_actors.actors.supervisor import SupervisorActor
from ums_actors.actors.timings import step_begins
from ums_actors.actors.trouble import report
from ums_actors.core.course import State
from ums_actors.errors import LocalProtocolError, UMSError
from ums_actors.runtime import LoopActor, LoopFuture, LoopRef, Runtime
from ums_actors.runtime.steps import Steps, run_steps
from ums_actors.secret import Secret

if TYPE_CHECKING:
    from types import TracebackType

    from ums_actors.actors.kernel import Kernel
    from ums_actors.runtime.cell import Cell

__all__ = ["Root"]


class Root(LoopActor, abc.ABC):
    """Owner of the tree, and servant of the supervisor in what a subclass decides."""

    @classmethod
    def start(  # pyright: ignore[reportIncompatibleMethodOverride]
        cls, *args: Any, runtime: Runtime | None = None, **kwargs: Any
    ) -> LoopRef[Self]:
        """Start a connection; see the class's own arguments.

        Raises:
            LocalProtocolError: an argument breaks a rule.
        """
        chosen = runtime or Runtime.default()
        return cls._launch(args, kwargs, chosen, chosen.next_loop(), root_crashed)

    def __init__(self) -> None:
        super().__init__()
        if self._cell.keep is None:
            kernel = self._cell.keep = self._make_kernel()
            if kernel.instruments is not None:
                kernel.instruments.connection_began(kernel)
        self._kernel: Kernel = self._cell.keep
        self._cell.owner = self._kernel
        self._stepping = 0  # the generation whose step runs

    @abc.abstractmethod
    def _make_kernel(self) -> Kernel:
        """Make the record that survives restarts of this actor; once."""

    # -- the hooks of a subclass

    @abc.abstractmethod
    def _init_token(self) -> LoopFuture[Any] | None:
        """See to it that there is a valid token before an attempt."""

    @abc.abstractmethod
    def _get_websocket_url(
        self,
    ) -> LoopFuture[str] | LoopFuture[Secret] | str | Secret:
        """Give the address of the websocket, its token included."""

    def _upgrade_headers(self) -> dict[str, Secret]:
        """Give further headers of the upgrade request."""
        return {}

    def _restore(self) -> Steps[None]:
        """Make again what lived on the old line; yields futures to wait for."""
        yield from ()

    @abc.abstractmethod
    def _on_ums_message(self, data: bytes | str) -> None:
        """Take one frame as if it had been received."""

    # -- life

    def on_start(self) -> None:
        """Start the tree, once."""
        if "supervisor" not in self._kernel.refs:
            self._kernel.refs["supervisor"] = SupervisorActor._launch(
                (self._kernel,), {}, self._runtime, self._loop, self._supervisor_crashed
            )

    def on_stop(self) -> None:
        """Stop the tree."""
        dismantle(self._kernel, self._now())

    def _stop_anyway(self) -> None:
        """Stop the tree, whatever a subclass's ``on_stop`` did of it."""
        dismantle(self._kernel, self._now())

    def on_failure(
        self,
        exception_type: type[BaseException] | None,
        exception_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Report the step that ends with this object."""
        del exception_type, traceback
        if self._stepping and exception_value is not None:
            failed = StepFailed(self._stepping, exception_value)
            self._kernel.refs["supervisor"].tell(failed)

    def _supervisor_crashed(self, cell: Cell, error: BaseException) -> None:
        crashed(self._kernel, cell, error)

    # -- the supervisor's wishes

    def on_receive(self, message: Any) -> Any:
        """Serve the supervisor and the socket."""
        match message:
            case PrepareConnect():
                if self._wanted(message.generation, State.AUTHENTICATING):
                    self._run_step(
                        message.generation, self._prepare(message.generation)
                    )
            case RestoreLine():
                if self._wanted(message.generation, State.RESTORING):
                    self._run_step(message.generation, self._restore_line(message))
            case FramesTapped():
                if self._wanted(message.generation, self._kernel.session.state):
                    for frame in message.frames:
                        self._tap(frame)
            case _:
                return super().on_receive(message)
        return None

    def _wanted(self, generation: int, state: State) -> bool:
        """Tell whether the line that a message speaks of is still in that state."""
        present = self._kernel.session
        if (generation, state) == (present.generation, present.state):
            return True
        self._kernel.counters.stale += 1
        return False

    def _prepare(self, generation: int) -> Steps[Any]:
        yield from _settled(self._init_token())
        token = self._kernel.token_generation  # before somebody renews it
        step_begins(self._kernel, "address")
        url = yield from _settled(self._get_websocket_url())
        if not isinstance(url, (str, Secret)):
            raise LocalProtocolError(
                f"_get_websocket_url gave a {type(url).__name__}: it must give a str"
            )
        return ConnectPrepared(
            generation,
            url if isinstance(url, Secret) else Secret(url),
            token,
            self._upgrade_headers(),
        )

    def _restore_line(self, command: RestoreLine) -> Steps[Any]:
        yield from self._restore()
        return LineRestored(command.generation)

    def _run_step(self, generation: int, steps: Steps[Any]) -> None:
        """Run a step of an attempt and tell the supervisor what came of it."""
        supervisor = self._kernel.refs["supervisor"]

        self._stepping = generation

        def done(future: LoopFuture[Any]) -> None:
            if self._stepping == generation:
                self._stepping = 0
            error = future.exception()
            supervisor.tell(
                future.get(timeout=0)
                if error is None
                else StepFailed(generation, error)
            )

        run_steps(steps, self._cell.fenced).add_done_callback(done)

    def _tap(self, frame: bytes) -> None:
        """Hand a frame to a subclass; what it raises concerns that frame alone."""
        try:
            self._on_ums_message(frame)
        except UMSError as error:
            self._kernel.counters.bad_frames += 1
            report(self._kernel, "frame.undecodable", error)
        except Exception as error:  # noqa: BLE001  (isolation is the point)
            self._kernel.counters.failed_notifications += 1
            report(self._kernel, "frame.tap_failed", error)

    def _acquire_token(self) -> LoopFuture[Any]:
        """Ask the token actor for the session that holds a valid token."""
        reply: LoopFuture[Any] = LoopFuture()
        self._kernel.refs["token"].tell(AcquireToken(reply))
        return reply


def _settled(value: Any) -> Steps[Any]:
    """Wait for a hook's result if it is a future."""
    if isinstance(value, LoopFuture):
        value = yield value
    return value
