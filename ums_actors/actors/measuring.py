"""Requests told to instruments: when they are handed over, and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ums_actors.core.outcome import outcome_of
from ums_actors.errors import Delivery, RequestError, RequestRejected
from ums_actors.runtime.instrument import RequestBegan, RequestEnded

if TYPE_CHECKING:
    from ums_actors.actors.kernel import Kernel
    from ums_actors.actors.messages import SubmitRequest
    from ums_actors.runtime import LoopFuture
    from ums_actors.runtime.instrument import Instruments

__all__ = ["measure"]


def measure(kernel: Kernel, instruments: Instruments, command: SubmitRequest) -> None:
    """Follow a request to its end, which is its future's, wherever that comes from.

    Loop thread. To be called before the future can end.
    """
    kind, connection_id, session = command.type, kernel.connection_id, kernel.session
    began = RequestBegan(connection_id, session.generation, kind)
    endings = instruments.request_began(began)
    if not endings:
        return
    now = kernel.loop.clock.now
    start = now()

    def ended(reply: LoopFuture[Any]) -> None:
        error = reply.peek()
        told = RequestEnded(
            connection_id,
            session.generation,
            kind,
            outcome_of(error),
            _delivery(error),
            error.code if isinstance(error, RequestRejected) else None,
            "" if error is None else type(error).__name__,
            now() - start,
        )
        instruments.request_ended(endings, told)

    command.reply.add_done_callback(ended)


def _delivery(error: BaseException | None) -> str:
    if error is None:
        return Delivery.ANSWERED.value
    return error.delivery.value if isinstance(error, RequestError) else ""
