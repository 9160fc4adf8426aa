"""Numbers for Prometheus: requests by view (django-prometheus) and jobs and mails by state.

Nothing is counted by person. Several web processes share their counters through the folder in
``PROMETHEUS_MULTIPROC_DIR``; jobs are asked of the database at each scrape.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY, Collector

from codi.jobs.models import ACTIVE, Job, State, WorkerSign
from codi.notices.models import Mail, MailState


class WorkCollector(Collector):
    """How much work waits, runs and failed, and how old the oldest is."""

    def collect(self) -> Iterable[Metric]:
        """Ask the database; four questions."""
        now = timezone.now()
        jobs = GaugeMetricFamily("codi_jobs", "Jobs by state", labels=["state"])
        counted = dict(Job.objects.order_by().values_list("state").annotate(Count("pk")))
        for state in State.values:
            jobs.add_metric([state], counted.get(state, 0))
        ages = GaugeMetricFamily(
            "codi_oldest_job_seconds", "Age of the oldest job by state", labels=["state"]
        )
        active = Job.objects.filter(state__in=ACTIVE).order_by()
        oldest = dict(active.values_list("state").annotate(Min("queued_at")))
        for state in ACTIVE:
            since = oldest.get(state)
            ages.add_metric([state], (now - since).total_seconds() if since else 0)
        mails = GaugeMetricFamily("codi_mails", "Mails by state", labels=["state"])
        posted = dict(Mail.objects.order_by().values_list("state").annotate(Count("pk")))
        for state in MailState.values:
            mails.add_metric([state], posted.get(state, 0))
        sign = WorkerSign.objects.order_by("-seen_at").first()
        silence = GaugeMetricFamily("codi_worker_silent_seconds", "Since a worker was last seen")
        silence.add_metric([], (now - sign.seen_at).total_seconds() if sign else -1)
        return [jobs, ages, mails, silence]


def exposition() -> bytes:
    """All numbers in the text format of Prometheus."""
    registry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    work = CollectorRegistry()
    work.register(WorkCollector())
    return generate_latest(registry) + generate_latest(work)
