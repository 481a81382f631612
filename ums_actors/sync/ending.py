"""The end of a process that a signal asks for."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from typing import TYPE_CHECKING, Any, Final

import pykka

from ums_actors.errors import LocalProtocolError, UMSError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ums_actors.runtime import LoopFuture, LoopRef

__all__ = ["stop_on_signal"]

_TIMEOUT: Final = 20.0


def stop_on_signal(
    *refs: LoopRef[Any],
    signals: Iterable[signal.Signals] = (signal.SIGTERM,),
    timeout: float = _TIMEOUT,
) -> threading.Event:
    """Close and stop connections in good order when the process is told to end.

    At the signal new requests are refused, what is in flight is answered (within
    ``Options.drain_timeout``), the lines are closed, sessions logged out, the actors
    stopped. A second signal does what it did before this was called. Main thread.

    Args:
        refs: the references of the connections.
        signals: which.
        timeout: seconds for all of it; then the event is set whatever hangs.

    Returns:
        an event that is set when all is done: the program's last line may wait for it.

    Raises:
        LocalProtocolError: this is not the main thread.
    """
    if threading.current_thread() is not threading.main_thread():
        raise LocalProtocolError(
            "stop_on_signal() sets handlers of signals: call it in the main thread"
        )
    ended = threading.Event()
    before: dict[int, Any] = {}

    def begin(_number: int, _frame: object) -> None:
        for number, handler in before.items():
            signal.signal(number, handler)
        # a thread of its own: a handler runs amid whatever the main thread does
        threading.Thread(target=end, name="ums-ending").start()

    def end() -> None:
        try:
            _stop_all(refs, time.monotonic() + timeout)
        finally:
            ended.set()

    for number in signals:
        before[number] = signal.signal(number, begin) or signal.SIG_DFL
    return ended


def _stop_all(refs: Iterable[LoopRef[Any]], deadline: float) -> None:
    """Close all at once, then stop each; what has ended already does no harm."""
    closing: list[tuple[LoopRef[Any], LoopFuture[Any]]] = []
    for ref in refs:
        with contextlib.suppress(pykka.ActorDeadError):
            closing.append((ref, ref.proxy().close()))
    for ref, closed in closing:
        with contextlib.suppress(pykka.ActorDeadError, pykka.Timeout, UMSError):
            closed.get(timeout=max(0.0, deadline - time.monotonic()))
        with contextlib.suppress(pykka.Timeout):
            ref.stop(timeout=max(0.0, deadline - time.monotonic()))
