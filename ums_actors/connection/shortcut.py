"""``proxy.send`` on a READY line: from the caller straight to the correlator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ums_actors.actors.messages import SubmitRequest
from ums_actors.arguments import seconds
from ums_actors.core.course import State
from ums_actors.protocol.beside import checked_encoded_metadata, checked_metadata
from ums_actors.protocol.requests import Request, user_request, usual_parts
from ums_actors.runtime import LoopFuture

if TYPE_CHECKING:
    from collections.abc import Callable

    from pykka._proxy import CallableProxy

    from ums_actors.runtime import LoopRef

__all__ = ["SendShortcut", "seconds", "submission"]

_READY: Final = State.READY  # an attribute of an Enum takes as long as five calls


def submission(
    request: Any,
    timeout: float | None,
    resend: bool,
    encoded_metadata: str | None,
    reply: LoopFuture[Any],
    *,
    wire_name: Callable[[str], str] | None = None,
) -> SubmitRequest:
    """Make the message that sends a user's request.

    With ``wire_name`` its type is a canonical name, and its answer is left undecoded.

    Raises:
        LocalProtocolError: the request, its metadata or the timeout breaks a rule.
    """
    parts = user_request(request)
    metadata, encoded = parts.metadata, parts.encoded_metadata
    if metadata is not None:
        metadata = checked_metadata(metadata)
    if encoded_metadata is not None or encoded is not None:
        encoded = checked_encoded_metadata(
            encoded if encoded_metadata is None else encoded_metadata
        )
    return SubmitRequest(
        parts.type if wire_name is None else wire_name(parts.type),
        parts.body,
        reply,
        parts.headers,
        metadata,
        timeout if timeout is None else seconds(timeout),
        bool(resend),
        raw=wire_name is not None,
        encoded_metadata=encoded,
    )


class SendShortcut:
    """Saves the hop through the root actor while nothing else waits for it.

    Whenever the line is not READY, or the root has messages in line (an ``open()``,
    a ``close()``), the call goes the long way, so that calls keep their order; and if
    its answer is a typed one, which the root actor reads.
    """

    __slots__ = ("_cell", "_long_way")

    def __init__(self, ref: LoopRef[Any], long_way: CallableProxy[Any]) -> None:
        self._cell = ref.actor_inbox
        self._long_way = long_way

    def __call__(
        self,
        request: Any,
        timeout: float | None = None,
        resend: bool = False,
        encoded_metadata: str | None = None,
    ) -> LoopFuture[Any]:
        """Send a request; any thread."""
        cell = self._cell
        kernel = cell.keep
        if (
            kernel.session.state is not _READY
            or cell.dead
            or cell._taken  # spares a call
            or cell._arrived
        ):
            return self._long_way(  # type: ignore[return-value]
                request, timeout, resend, encoded_metadata
            )
        if isinstance(request, Request):
            return self._long_way(  # type: ignore[return-value]
                request, timeout, resend, encoded_metadata
            )
        reply: LoopFuture[Any] = LoopFuture(cell.loop.lending)
        try:
            usual = usual_parts(request)
            if (
                usual is None
                or timeout is not None
                or resend
                or encoded_metadata is not None
            ):
                command = submission(request, timeout, resend, encoded_metadata, reply)
            else:
                command = SubmitRequest(usual[0], usual[1], reply)
            kernel.refs["correlator"].tell(command)
        except Exception as error:  # noqa: BLE001  (a future's caller gets it there)
            reply.try_fail(error)
        return reply

    def defer(self, *args: Any, **kwargs: Any) -> None:
        """Send and expect nothing; any thread."""
        self._long_way.defer(*args, **kwargs)
