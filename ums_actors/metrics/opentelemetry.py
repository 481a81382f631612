"""Metrics and traces for OpenTelemetry; needs the extra ``opentelemetry``.

Its API only: which SDK takes them, and where they go, is the application's choice.

::

    runtime = ums.Runtime(instruments=[OpenTelemetryMetrics(), OpenTelemetryTraces()])
"""

from __future__ import annotations

import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Final

from ums_actors.metrics.meter import Meter
from ums_actors.metrics.table import DURATION, TABLE, Kind, Metric
from ums_actors.metrics.totals import BUCKETS, Totals

try:
    from opentelemetry import metrics

    from ums_actors.metrics.spans import OpenTelemetryTraces
except ImportError as _error:
    raise ImportError(
        "opentelemetry-api is missing: run pip install 'ums_actors[opentelemetry]'",
        name=_error.name,
    ) from _error

if TYPE_CHECKING:
    from collections.abc import Iterable

    from opentelemetry.metrics import (
        CallbackOptions,
        Histogram,
        MeterProvider,
        Observation,
    )
    from opentelemetry.metrics import Meter as OtherMeter

__all__ = ["OpenTelemetryMetrics", "OpenTelemetryTraces"]

_FRESH: Final = 0.5
"""Seconds for which numbers serve: a collection asks for each metric by itself."""


class OpenTelemetryMetrics(Meter):
    """An instrument for ``Runtime(instruments=[…])`` that counts in OpenTelemetry.

    One may serve several runtimes. The metrics are those of
    :mod:`ums_actors.metrics.table`, named as is usual there: ``ums.requests`` for
    ``ums_requests_total``, ``ums.request_duration`` (in ``s``) for
    ``ums_request_duration_seconds``.

    Args:
        provider: what makes the meter; the global one if None.
        namespace: what all names begin with.
        patience: seconds for which a collection waits for the loop threads.
    """

    def __init__(
        self,
        provider: MeterProvider | None = None,
        namespace: str = "ums",
        *,
        patience: float = 1.0,
    ) -> None:
        super().__init__(patience)
        self._fresh = Totals()
        self._until = 0.0
        self._refreshing = threading.Lock()
        meter = metrics.get_meter("ums_actors", meter_provider=provider)
        for metric in TABLE:
            name = f"{namespace}.{_bare(metric.name)}"
            watched = [partial(self._observed, metric)]
            match metric.kind:
                case Kind.COUNTER:
                    meter.create_observable_counter(name, watched, "1", metric.help)
                case Kind.GAUGE:
                    meter.create_observable_gauge(name, watched, "1", metric.help)
                case Kind.HISTOGRAM:
                    self._histogram = _histogram(meter, name, metric.help)

    def _observed(
        self, metric: Metric, options: CallbackOptions
    ) -> Iterable[Observation]:
        del options
        return [
            metrics.Observation(value, _attributes(metric, labels))
            for (name, labels), value in self._numbers().items()
            if name == metric.name
        ]

    def _numbers(self) -> Totals:
        with self._refreshing:
            if time.monotonic() >= self._until:
                self._fresh = self.totals()
                self._until = time.monotonic() + _FRESH
            return self._fresh

    def _took(self, seconds: float, name: str, kind: str) -> None:
        self._histogram.record(seconds, _attributes(DURATION, (name, kind)))


def _histogram(meter: OtherMeter, name: str, text: str) -> Histogram:
    try:
        return meter.create_histogram(
            name, "s", text, explicit_bucket_boundaries_advisory=BUCKETS
        )
    except TypeError:  # an API before 1.30: a view of the SDK's may give the bounds
        return meter.create_histogram(name, "s", text)


def _bare(name: str) -> str:
    """Leave out what Prometheus has in a name: there it is kind and unit."""
    return name.removesuffix("_total").removesuffix("_seconds")


def _attributes(metric: Metric, labels: tuple[str, ...]) -> dict[str, str]:
    found = dict(zip(metric.labels, labels[1:], strict=True))
    return found | {"connection": labels[0]} if labels[0] else found
