"""Serve ``/healthz``, ``/metrics`` and ``/robots.txt`` to the programs that ask for them."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from starlette.responses import PlainTextResponse

from asrcrawler.reader.addresses import scope_of
from asrcrawler.reader.again import ReadAgain
from asrcrawler.reader.rendering import library_of
from asrcrawler.storage.queue.standing import FAILED, RUNNING, WAITING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from prometheus_client.metrics_core import Metric

    from asrcrawler.outlets import Outlet
    from asrcrawler.reader.health import Standing
    from asrcrawler.storage.queue.standing import QueueStanding

router = APIRouter(include_in_schema=False, route_class=ReadAgain)


@router.get("/healthz")
def healthz(request: Request) -> Response:
    """Answer 200 while the archive can be read; ``/metrics`` tells how well the crawler does."""
    library_of(request).database.open_existing()
    return PlainTextResponse("ok\n")


@router.get("/robots.txt")
def robots() -> Response:
    """Ask search engines to stay away: what is here is a copy, and the site itself can be found by them."""
    return PlainTextResponse("User-agent: *\nDisallow: /\n")


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """Answer with the archive's figures in Prometheus' text format."""
    scope = scope_of(request)
    registry = CollectorRegistry()
    registry.register(_Figures(scope.library.standings(scope.outlets)))
    if (queue := scope.library.queue(scope.outlets)) is not None:
        registry.register(_Workers(queue, scope.outlets))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


class _Figures(Collector):
    """The archive's figures as gauges, those of an outlet labelled with its name and its site."""

    def __init__(self, standings: Sequence[tuple[Outlet, Standing]]) -> None:
        self._standings = standings

    def collect(self) -> Iterator[Metric]:
        """Give the samples; what is not known (no good run yet, no lag) has none."""
        for name, (about, value) in _GAUGES.items():
            yield self._family(name, about, partial(_alone, value))
        about = "Codes from the first of the archive to the newest, by outcome"
        yield self._family("codes", about, lambda standing: {(o,): n for o, n in standing.outcomes.items()}, "outcome")
        about = "Share of the last articles whose value of a field came from a place, 0 to 1"
        yield self._family("field_source_share", about, _shares, "field", "source")
        taken = GaugeMetricFamily("asrcrawler_database_bytes", "Size of the database on disk")
        taken.add_metric([], self._standings[0][1].space.taken)
        yield taken

    def _family(
        self, name: str, about: str, values: Callable[[Standing], Mapping[tuple[str, ...], float | None]], *labels: str
    ) -> GaugeMetricFamily:
        family = GaugeMetricFamily(f"asrcrawler_{name}", about, labels=["outlet", "site", *labels])
        for outlet, standing in self._standings:
            for own, value in values(standing).items():
                if value is not None:
                    family.add_metric([outlet.name, outlet.site, *own], value)
        return family


class _Workers(Collector):
    """Who is at work on what, where several workers share an archive."""

    def __init__(self, queue: QueueStanding, outlets: Sequence[Outlet]) -> None:
        self._queue = queue
        self._outlets = outlets

    def collect(self) -> Iterator[Metric]:
        """Give the samples; a worker that has been silent for long has none."""
        about = "Runs that a worker has in hand"
        workers = GaugeMetricFamily("asrcrawler_worker_runs", about, labels=["host", "process"])
        for worker in self._queue.workers:
            if not worker.is_silent:
                workers.add_metric([worker.host, worker.number], worker.jobs)
        yield workers
        about = "Runs in the queue: running, waiting, or failed the last time"
        jobs = GaugeMetricFamily("asrcrawler_queued_runs", about, labels=["outlet", "site", "state"])
        counted = Counter((job.outlet, job.state) for job in self._queue.jobs)
        for outlet in self._outlets:
            for state in (RUNNING, WAITING, FAILED):
                jobs.add_metric([outlet.name, outlet.site, state], counted[outlet.name, state])
        yield jobs


def _alone(value: Callable[[Standing], float | None], standing: Standing) -> dict[tuple[str, ...], float | None]:
    return {(): value(standing)}


def _shares(standing: Standing) -> dict[tuple[str, ...], float | None]:
    shares = standing.sources.shares
    return {(name, place): share for name, places in shares.items() for place, share in places.items()}


def _last_good(standing: Standing) -> float | None:
    run = standing.last_good
    return run.ended_at.timestamp() if run and run.ended_at else None


_GAUGES: Mapping[str, tuple[str, Callable[[Standing], float | None]]] = {
    "articles": ("Articles stored", lambda standing: standing.figures.articles),
    "duplicates": ("Articles with the text of another one", lambda standing: standing.figures.duplicates),
    "newest_code": ("The newest known news code", lambda standing: standing.figures.newest),
    "failures": ("Codes whose last visit failed", lambda standing: standing.figures.outcomes["failed"]),
    "check_ok": ("Whether scrapy status --check finds nothing wrong", lambda standing: int(not standing.problems)),
    "gone": ("Articles that the site no longer has", lambda standing: standing.gone),
    "revisions": ("Earlier texts of articles stored", lambda standing: standing.figures.revisions),
    "due": ("Codes that wait for a visit", lambda standing: sum(standing.due.values())),
    "run_working": ("Whether a crawl is at work", lambda standing: int(standing.is_working)),
    "last_successful_run_timestamp_seconds": ("When the last run with exit status 0 ended", _last_good),
    "last_run_exit_status": (
        "Of the latest run, once it has ended",
        lambda standing: standing.runs[0].exit_status if standing.runs else None,
    ),
    "lag_seconds": (
        "From publication to storage, median of the newest articles",
        lambda standing: standing.figures.lag_median,
    ),
    "lag_p95_seconds": ("The same, 95th percentile", lambda standing: standing.figures.lag_p95),
    "field_falls": (
        "Fields that are found in their main place far less often",
        lambda standing: len(standing.sources.falls),
    ),
}
