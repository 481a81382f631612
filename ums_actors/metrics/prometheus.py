"""Metrics for Prometheus; needs the extra ``prometheus``.

::

    metrics = PrometheusMetrics()
    runtime = ums.Runtime(instruments=[metrics])
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ums_actors.metrics.meter import Meter
from ums_actors.metrics.table import DURATION, TABLE, Kind, Metric
from ums_actors.metrics.totals import BUCKETS, Durations

try:
    from prometheus_client import REGISTRY, CollectorRegistry
    from prometheus_client.metrics_core import (
        CounterMetricFamily,
        GaugeMetricFamily,
        HistogramMetricFamily,
    )
    from prometheus_client.registry import Collector
except ImportError as _error:
    raise ImportError(
        "prometheus-client is missing: run pip install 'ums_actors[prometheus]'",
        name=_error.name,
    ) from _error

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client.metrics_core import Metric as Family

    from ums_actors.metrics.totals import Totals

__all__ = ["PrometheusMetrics"]


class PrometheusMetrics(Meter, Collector):
    """An instrument for ``Runtime(instruments=[…])`` that Prometheus can scrape.

    One may serve several runtimes. See :mod:`ums_actors.metrics.table` for what there
    is.

    Args:
        registry: where it registers; the default one of prometheus-client if None.
        namespace: what all names begin with.
        buckets: upper bounds of the histogram, in seconds, growing.
        patience: seconds for which a scrape waits for the loop threads; the numbers of
            one that is too busy are then those of the last scrape.

    Raises:
        ValueError: the registry has these names already.
    """

    def __init__(
        self,
        registry: CollectorRegistry | None = None,
        namespace: str = "ums",
        *,
        buckets: tuple[float, ...] = BUCKETS,
        patience: float = 1.0,
    ) -> None:
        super().__init__(patience)
        self._namespace = namespace
        self._buckets = buckets
        self._durations: dict[tuple[str, str], Durations] = {}
        self._registry = REGISTRY if registry is None else registry
        self._registry.register(self)

    def close(self) -> None:
        """Leave the registry."""
        self._registry.unregister(self)

    def describe(self) -> Iterator[Family]:
        """Give the names alone: nobody is asked for numbers when it registers."""
        for metric in TABLE:
            yield self._family(metric)

    def collect(self) -> Iterator[Family]:
        """Give all numbers; any thread, which waits for ``patience`` at most."""
        by_name = _by_name(self.totals())
        for metric in TABLE:
            family: Any = self._family(metric)
            if metric is DURATION:
                self._add_durations(family)
            for labels, value in by_name.get(metric.name, ()):
                family.add_metric(_shifted(labels), value)
            yield family

    def _family(self, metric: Metric) -> Family:
        name, labels = f"{self._namespace}_{metric.name}", (*metric.labels, _NAME)
        match metric.kind:
            case Kind.COUNTER:
                return CounterMetricFamily(name, metric.help, labels=labels)
            case Kind.GAUGE:
                return GaugeMetricFamily(name, metric.help, labels=labels)
            case Kind.HISTOGRAM:
                return HistogramMetricFamily(name, metric.help, labels=labels)

    def _add_durations(self, family: HistogramMetricFamily) -> None:
        with self._lock:
            found = {key: each.copy() for key, each in self._durations.items()}
        for (name, kind), durations in found.items():
            buckets = [(_bound(bound), count) for bound, count in durations.buckets()]
            family.add_metric([kind, name], buckets, durations.sum)

    def _took(self, seconds: float, name: str, kind: str) -> None:
        with self._lock:
            durations = self._durations.get((name, kind))
            if durations is None:
                durations = self._durations[name, kind] = Durations(self._buckets)
            durations.add(seconds)


_NAME = "connection"


def _by_name(totals: Totals) -> dict[str, list[tuple[tuple[str, ...], float]]]:
    found: dict[str, list[tuple[tuple[str, ...], float]]] = {}
    for (name, labels), value in totals.items():
        found.setdefault(name, []).append((labels, value))
    return found


def _shifted(labels: tuple[str, ...]) -> list[str]:
    """Put the connection's name last: an empty one is no label at all to Prometheus."""
    return [*labels[1:], labels[0]]


def _bound(bound: float) -> str:
    return "+Inf" if bound == float("inf") else repr(bound)
