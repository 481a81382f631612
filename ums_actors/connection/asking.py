"""Requests of a connection: sent, answered, forgotten."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Any, TypeVar, overload

from ums_actors.actors.messages import ForgetRequest, SubmitRequest
from ums_actors.arguments import shown
from ums_actors.connection.shortcut import SendShortcut, submission
from ums_actors.connection.tokens import Tokens
from ums_actors.errors import LocalProtocolError
from ums_actors.protocol.beside import checked_metadata
from ums_actors.protocol.requests import Request
from ums_actors.runtime import LoopFuture
from ums_actors.runtime.proxy import shortcut
from ums_actors.runtime.steps import run_steps

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.protocol.requests import Call, Plain
    from ums_actors.runtime.steps import Steps

__all__ = ["Asking"]

T = TypeVar("T")


class Asking(Tokens, abc.ABC):
    """What is asked of the service, whatever it is."""

    @overload
    def send(
        self,
        request: Request[T],
        timeout: float | None = None,
        resend: bool = False,
        encoded_metadata: str | None = None,
    ) -> LoopFuture[T]: ...
    @overload
    def send(
        self,
        request: Plain,
        timeout: float | None = None,
        resend: bool = False,
        encoded_metadata: str | None = None,
    ) -> LoopFuture[Any]: ...
    @shortcut(SendShortcut)
    def send(
        self,
        request: Request[Any] | Plain,
        timeout: float | None = None,
        resend: bool = False,
        encoded_metadata: str | None = None,
    ) -> LoopFuture[Any]:
        """Send a request; done with the body of its response.

        One of :mod:`ums_actors.requests` is done with its typed answer instead, and
        goes out under the name that it has on this side.

        Args:
            request: one of :mod:`ums_actors.requests`; or a mapping or Struct with
                ``type``, ``body``, and, if wanted, ``headers`` and ``metadata``.
            timeout: seconds for the answer once it is sent.
            resend: send it again if the line drops before the answer; only for what
                may safely be done twice.
            encoded_metadata: base64 text of at most 5 KiB that rides beside the body.

        Raises (through the future):
            RequestError: with ``delivery``; see :mod:`ums_actors.errors`.
            LocalProtocolError: the request breaks a rule.
            RemoteProtocolError: the answer to a typed request is none.
        """
        more = timeout, resend, encoded_metadata, LoopFuture[Any]()
        if not isinstance(request, Request):
            return self._pass_on(submission(request, *more))
        answer = self._pass_on(submission(request, *more, wire_name=self._wire_name))
        return run_steps(self._taken(answer, request.read))

    def forget(self, request: LoopFuture[Any]) -> None:
        """Give up on a request: it is taken out of the line, and out of the table.

        Its future fails with RequestForgotten, whose ``delivery`` says whether it may
        have been sent. A late answer is counted. One that was answered, or that is no
        single request's, is left alone.

        Args:
            request: what :meth:`send`, or a method that sends one request, gave.
        """
        if not isinstance(request, LoopFuture):
            raise LocalProtocolError(
                f"request={shown(request)} is no future of a request: give what send() "
                "gave"
            )
        self._kernel.refs["correlator"].tell(ForgetRequest(request.origin()))

    def _wire_name(self, canonical: str) -> str:
        """Give the name on this side's wire of one of ``protocol.brand``'s names."""
        return canonical

    def _ask(self, request: Request[T], **more: Any) -> LoopFuture[T]:
        """Send a request; done with its typed answer."""
        answer = self._call(request, raw=True, **more)
        return run_steps(self._taken(answer, request.read))

    @staticmethod
    def _taken(answer: LoopFuture[Any], take: Callable[[Any], T]) -> Steps[T]:
        body = yield answer
        return take(body)

    def _call(self, call: Call, **more: Any) -> LoopFuture[Any]:
        """Send a request; done with the body of its response."""
        return self._submit(self._wire_name(call.type), call.body, **more)

    def _submit(self, kind: str, body: Any, **more: Any) -> LoopFuture[Any]:
        if more.get("metadata") is not None:
            more["metadata"] = checked_metadata(more["metadata"])
        return self._pass_on(SubmitRequest(kind, body, LoopFuture(), **more))

    def _pass_on(self, command: SubmitRequest) -> LoopFuture[Any]:
        if self._kernel.at_rest():
            raise self._kernel.refusal(command.type)
        self._kernel.refs["correlator"].tell(command)
        return command.reply
