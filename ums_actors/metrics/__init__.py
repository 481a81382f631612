"""Metrics and traces: instruments for ``Runtime(instruments=[…])``.

* :class:`ums_actors.metrics.prometheus.PrometheusMetrics`, extra ``prometheus``;
* :class:`ums_actors.metrics.opentelemetry.OpenTelemetryMetrics` and
  :class:`ums_actors.metrics.opentelemetry.OpenTelemetryTraces`, extra
  ``opentelemetry``.

What there is to measure is in :mod:`ums_actors.metrics.table`. Nothing else imports
these modules.
"""
