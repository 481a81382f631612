"""Spans of OpenTelemetry: one a generation, one a request, linked to its generation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, SpanKind, Status, StatusCode

from ums_actors.core.course import State
from ums_actors.core.verdict import Verdict
from ums_actors.metrics.bounded import type_label

if TYPE_CHECKING:
    from opentelemetry.trace import Span, TracerProvider

    from ums_actors.runtime.instrument import (
        Ending,
        Measured,
        RequestBegan,
        RequestEnded,
    )

__all__ = ["OpenTelemetryTraces"]

_AT_REST: Final = frozenset({State.NEW, State.CLOSED, State.FAILED})
_GENERATION: Final = "ums.generation"
_CONNECTION: Final = "ums.connection.id"


class _Line(NamedTuple):
    """The span of a connection's present generation."""

    generation: int
    span: Span


class OpenTelemetryTraces:
    """An instrument for ``Runtime(instruments=[…])`` that traces.

    * ``ums.generation``: from the beginning of an attempt to the end of its line, with
      an event for each state, and the reason of its end. It is exported when it ends.
    * one for each request, named after its type (``other`` if the library does not know
      it), from its handing over to its end, with a link to its generation's. If it was
      sent again on a later line, that is linked as well.

    Spans are roots: a request crosses threads, and its caller's context does not.

    Args:
        provider: what makes the tracer; the global one if None.
    """

    def __init__(self, provider: TracerProvider | None = None) -> None:
        self._tracer = trace.get_tracer("ums_actors", tracer_provider=provider)
        self._lines: dict[str, _Line] = {}

    # -- generations

    def observe(self, event: str, level: int, fields: dict[str, Any]) -> None:
        """Begin and end the spans of generations."""
        del level
        if event == "connection.state":
            self._changed(fields)
        elif event == "connection.exit" and fields["who"] in ("line", "attempt"):
            self._exited(fields)

    def _changed(self, fields: dict[str, Any]) -> None:
        connection_id, state = fields["connection"], fields["state"]
        generation, line = fields["generation"], self._lines.get(connection_id)
        if state in _AT_REST:
            self._end(connection_id)
            return
        if line is not None and line.generation != generation:
            self._end(connection_id)
            line = None
        if line is None:
            if state == State.BACKING_OFF:
                return  # its generation has ended
            attributes = {_CONNECTION: connection_id, _GENERATION: generation}
            span = self._tracer.start_span(
                _GENERATION, Context(), SpanKind.CLIENT, attributes
            )
            line = self._lines[connection_id] = _Line(generation, span)
        line.span.add_event(state)

    def _exited(self, fields: dict[str, Any]) -> None:
        line = self._lines.get(fields["connection"])
        if line is None:
            return
        line.span.set_attribute("ums.verdict", fields["verdict"])
        line.span.set_attribute("ums.reason", fields["reason"])
        if fields["verdict"] != Verdict.STOP:
            line.span.set_attribute("error.type", fields["kind"])
            line.span.set_status(Status(StatusCode.ERROR, fields["reason"]))
        self._end(fields["connection"])

    def _end(self, connection_id: str) -> None:
        line = self._lines.pop(connection_id, None)
        if line is not None:
            line.span.end()

    def connection_began(self, connection: Measured) -> None:
        """Wait for its first attempt."""

    def connection_ended(self, connection: Measured) -> None:
        """End the span of its last generation, if it has not ended."""
        self._end(connection.connection_id)

    # -- requests

    def request_began(self, request: RequestBegan) -> Ending | None:
        """Begin the span of a request."""
        line = self._lines.get(request.connection_id)
        span = self._tracer.start_span(
            type_label(request.type),
            Context(),
            SpanKind.CLIENT,
            {
                _CONNECTION: request.connection_id,
                _GENERATION: request.generation,
                "ums.request.type": type_label(request.type),
            },
            [] if line is None else [Link(line.span.get_span_context())],
        )

        def ended(told: RequestEnded) -> None:
            later = self._lines.get(told.connection_id)
            if later is not None and later is not line:
                span.add_link(later.span.get_span_context())
            _end_request(span, told)

        return ended


def _end_request(span: Span, told: RequestEnded) -> None:
    span.set_attribute("ums.outcome", told.outcome.value)
    if told.delivery:
        span.set_attribute("ums.delivery", told.delivery)
    if told.code is not None:
        span.set_attribute("ums.code", told.code)
    if told.error:
        span.set_attribute("error.type", told.error)
        span.set_status(Status(StatusCode.ERROR, told.error))
    span.end()
