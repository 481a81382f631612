"""A connection's part in the ownership that its runtime's tenure speaks of."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from ums_actors.actors.messages import TenureEnded
from ums_actors.errors import LeaseLost

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.actors.kernel import Kernel
    from ums_actors.runtime.ports import Tenure

__all__ = ["Tenancy", "permits_of"]


def permits_of(tenure: Tenure | None) -> Callable[[], Callable[[], bool]] | None:
    """Give what makes permits for calls, each under the epoch in which it begins."""
    if tenure is None:
        return None
    return lambda: functools.partial(tenure.may_send, tenure.epoch)


class Tenancy:
    """Under which epoch the present attempt, or line, was begun; loop thread.

    What was begun under one is not gone on with under the next: the line in between
    may have been another process's.

    Args:
        kernel: of the connection.
        tenure: of the runtime.

    Attributes:
        epoch: 0 before the first attempt.
    """

    __slots__ = ("_kernel", "_tenure", "epoch")

    def __init__(self, kernel: Kernel, tenure: Tenure) -> None:
        self._kernel = kernel
        self._tenure = tenure
        self.epoch: int = 0

    def begin(self) -> bool:
        """Begin an attempt under the epoch that runs; False if none does."""
        epoch = self.epoch = self._tenure.epoch
        if not epoch:
            return False
        self._tenure.at_end(epoch, self._kernel, lambda: self._ended(epoch))
        return True

    def holds(self) -> bool:
        """Tell whether what was begun may go on."""
        return self._tenure.may_send(self.epoch)

    def is_ours(self) -> bool:
        """Tell whether the agent is this process's, in whatever epoch; any thread."""
        return bool(self._tenure.epoch)

    def permit(self) -> Callable[[], bool]:
        """Give what tells, on any thread, whether this attempt's line may be used."""
        return functools.partial(self._tenure.may_send, self.epoch)

    def lost(self) -> LeaseLost:
        """Give the error of those who wanted something of the connection."""
        return LeaseLost(
            "another process may own this agent by now: nothing is sent; ask the "
            "cluster where it is, or open() again when it is ours",
            epoch=self.epoch,
        )

    def leave(self) -> None:
        """The connection has stopped: it need not be told."""
        self._tenure.not_at_end(self._kernel)

    def _ended(self, epoch: int) -> None:
        """Take note that the epoch is over; any thread."""
        self._kernel.loop.call_soon(lambda: self._tell(epoch))

    def _tell(self, epoch: int) -> None:
        supervisor = self._kernel.refs.get("supervisor")
        if supervisor is not None and supervisor.is_alive():
            supervisor.tell(TenureEnded(epoch))
