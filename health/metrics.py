"""Numbers for Prometheus. Counts and times are summed over all web processes through files in METRICS_DIR; what the
database knows (films, likes, jobs, the model's age) is asked for when somebody looks.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import Error
from django.db.models import Count
from django.utils import timezone

# The library reads this when it is loaded, and then keeps all counts in files that the processes share.
os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(settings.METRICS_DIR))
Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]).mkdir(parents=True, exist_ok=True)

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest  # noqa: E402
from prometheus_client.core import GaugeMetricFamily, Metric  # noqa: E402
from prometheus_client.multiprocess import MultiProcessCollector  # noqa: E402

from catalog.models import Like, Movie  # noqa: E402
from jobs.models import Job, Worker  # noqa: E402
from recommender.models import Embedding, ModelVersion  # noqa: E402
from recommender.signals import recommended  # noqa: E402

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_METHODS = {"GET", "HEAD", "POST", "OPTIONS"}

_REQUESTS = Counter("movierec_requests", "Requests by method and class of status", ["method", "status"])
_SECONDS = Histogram(
    "movierec_recommendation_seconds",
    "How long a ranking took",
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)


def listen() -> None:
    """Hear how long each ranking takes."""
    recommended.connect(_ranked, dispatch_uid="health.metrics")


def count_request(method: str, status: int) -> None:
    """Count a request that was answered."""
    _REQUESTS.labels(method if method in _METHODS else "other", f"{status // 100}xx").inc()


def as_text() -> bytes:
    """Everything, in Prometheus' text format."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    registry.register(_Database())
    return generate_latest(registry)


def _ranked(seconds: float, **_rest: Any) -> None:
    _SECONDS.observe(seconds)


class _Database:
    """What the database knows."""

    def collect(self) -> Iterator[Metric]:
        """Ask now; a database that is away costs these numbers and not the others."""
        try:
            yield from self._numbers()
            answers = 1
        except Error:
            answers = 0
        yield GaugeMetricFamily("movierec_database_up", "Whether the database answers", value=answers)

    def _numbers(self) -> Iterator[Metric]:
        yield GaugeMetricFamily("movierec_films", "Published films", value=Movie.objects.listed().count())
        yield GaugeMetricFamily("movierec_likes", "Likes", value=Like.objects.count())
        yield GaugeMetricFamily("movierec_workers", "Workers alive", value=Worker.objects.alive().count())
        jobs = GaugeMetricFamily("movierec_jobs", "Jobs by state", labels=["state"])
        found = dict(Job.objects.values_list("state").annotate(Count("pk")).order_by())
        for state in Job.State:
            jobs.add_metric([state.value], found.get(state.value, 0))
        yield jobs
        version = ModelVersion.objects.active()
        size = Embedding.objects.of(version).count() if version else 0
        yield GaugeMetricFamily("movierec_index_films", "Films with a vector under the active model", value=size)
        if version:
            age = (timezone.now() - version.created_at).total_seconds()
            yield GaugeMetricFamily("movierec_model_age_seconds", "Time since the active model's training", value=age)
