"""A request of a connection, as the test sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ums_actors.protocol.names import canonical, spellings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ums_actors.pytest_plugin.service import ScriptedService
    from ums_actors.testing.farend import FarEnd

__all__ = ["USUAL", "ServerRequest", "is_called"]

USUAL: Final[Any] = object()
"""Stands for the body that the service would give."""
_REFUSED: Final = 400
_LONGEST: Final = 200


class ServerRequest:
    """What a connection has asked, until it is answered and after that.

    Attributes:
        id: by which the connection knows the answer.
        type: as it is on the wire: ``.ams.ms.PublishEvent`` of a brand's user,
            ``ms.PublishEvent`` of a consumer.
        body: as it was sent.
        metadata: what was sent beside the body, as a list; None if nothing.
        headers: the frame's own, as a list; None if there are none.
        user: who asks: ``account.user``, or a consumer's id.
        at: virtual seconds at which it came.
        code: with which it was answered; None while it is not.
        expected: whether the test has got it from ``expect()``.
    """

    def __init__(
        self, service: ScriptedService, line: FarEnd, frame: Mapping[str, Any]
    ) -> None:
        self.id: str = frame["id"]
        self.type: str = frame["type"]
        self.body: Any = frame.get("body")
        self.metadata: list[Any] | None = frame.get("metadata")
        self.headers: list[Any] | None = frame.get("headers")
        self.user: str = line.user
        self.at: float = service.agenda.now()
        self.code: int | None = None
        self.expected: bool = False
        self._service = service
        self._line = line

    def __repr__(self) -> str:
        return f"<{self}>"

    def __str__(self) -> str:
        body = repr(self.body)
        if len(body) > _LONGEST:
            body = f"{body[:_LONGEST]}…"
        how = "not answered" if self.code is None else f"answered with {self.code}"
        return f"{self.type} {body} of {self.user or 'nobody yet'}, {how}"

    @property
    def answered(self) -> bool:
        """Whether it was."""
        return self.code is not None

    def answer(self, body: Any = USUAL, code: int = 200) -> None:
        """Answer it; what the connection makes of that happens when time passes.

        Args:
            body: of the response. If it is left out, what the service would say: in
                conversations of ``ums_server.open_conversation()`` the request is
                carried out.
            code: 400 or more fails the request with RequestRejected, but for 429,
                after which it is sent again.

        Raises:
            RuntimeError: it was answered before, or its line is gone.

        Example::

            ums_server.expect("ms.PublishEvent").answer(code=403)
        """
        __tracebackhide__ = True
        if self.code is not None:
            raise RuntimeError(
                f"{self.type} was answered with {self.code} before: if the server did "
                f'that by itself, call ums_server.hold("{self.type}") beforehand'
            )
        if not self._line.open:
            raise RuntimeError(
                f"the line on which {self.type} came is gone, and nobody would hear "
                "the answer: expect() what is asked on the next line"
            )
        self.code = code
        if body is USUAL:
            body = (
                self._service.usual(self._line, self)
                if code < _REFUSED
                else f"{self.type} is refused"
            )
        response = {"kind": "resp", "reqId": self.id, "code": code, "body": body}
        self._line.send(response)


def is_called(kind: str, wanted: str) -> bool:
    """Tell whether a name on the wire is meant: ``PublishEvent`` is enough."""
    end = "." + wanted.lstrip(".")
    return any(
        each == wanted or f".{each}".endswith(end)
        for each in spellings(canonical(kind)) | {kind}
    )
