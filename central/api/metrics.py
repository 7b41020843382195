"""Figures of the process, collected when somebody asks and nowhere counted twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from central.api.services import Services

HIGH_WATER_MARKS = frozenset({"largest_group"})
"""Storage figures that are no counters."""


class _CentralCollector(Collector):
    def __init__(self, services: Services) -> None:
        self._services = services

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily(
            "evseloop_chargers_connected",
            "Chargers connected to this process",
            value=len(self._services.links.connected()),
        )
        yield CounterMetricFamily(
            "evseloop_message_log_dropped",
            "Frames that were not recorded because the message log was behind",
            value=self._services.message_log.dropped,
        )
        yield GaugeMetricFamily(
            "evseloop_storage_waiting",
            "Writes that wait for their commit",
            value=self._services.storage.waiting,
        )
        figures = self._services.storage.figures
        for figure in fields(figures):
            name = f"evseloop_storage_{figure.name}"
            told = f"Storage: {figure.name.replace('_', ' ')}"
            family = GaugeMetricFamily if figure.name in HIGH_WATER_MARKS else CounterMetricFamily
            yield family(name, told, value=getattr(figures, figure.name))


def registry_of(services: Services) -> CollectorRegistry:
    """Return the figures of these services and of the process they run in."""
    registry = CollectorRegistry()
    registry.register(_CentralCollector(services))
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    return registry
