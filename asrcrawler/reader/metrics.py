"""Serve ``/healthz``, ``/metrics`` and ``/robots.txt`` to the programs that ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from starlette.responses import PlainTextResponse

from asrcrawler.reader.again import ReadAgain
from asrcrawler.reader.rendering import library_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from prometheus_client.metrics_core import Metric

    from asrcrawler.reader.health import Standing

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
    library = library_of(request)
    registry = CollectorRegistry()
    registry.register(_Figures(library.site, library.standing()))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


class _Figures(Collector):
    """The archive's figures as gauges, each labelled with the site."""

    def __init__(self, site: str, standing: Standing) -> None:
        self._site, self._standing = site, standing

    def collect(self) -> Iterator[Metric]:
        """Give the samples; what is not known (no good run yet, no lag) has none."""
        standing, figures = self._standing, self._standing.figures
        last_good, last = standing.last_good, standing.runs[0] if standing.runs else None
        yield self._gauge("articles", "Articles stored", figures.articles)
        yield self._gauge("duplicates", "Articles with the text of another one", figures.duplicates)
        yield self._gauge("newest_code", "The newest known news code", figures.newest)
        yield self._family("codes", "Codes from the first of the archive to the newest, by outcome", standing.outcomes)
        yield self._gauge("failures", "Codes whose last visit failed", figures.outcomes["failed"])
        yield self._gauge("check_ok", "Whether scrapy status --check finds nothing wrong", int(not standing.problems))
        yield self._gauge("database_bytes", "Size of the database on disk", standing.space.taken)
        yield self._gauge("gone", "Articles that the site no longer has", standing.gone)
        yield self._gauge("revisions", "Earlier texts of articles stored", standing.revisions)
        yield self._gauge("due", "Codes that wait for a visit", sum(standing.due.values()))
        yield self._gauge("run_working", "Whether a crawl is at work", int(standing.is_working))
        yield self._gauge(
            "last_successful_run_timestamp_seconds",
            "When the last run with exit status 0 ended",
            last_good.ended_at.timestamp() if last_good and last_good.ended_at else None,
        )
        yield self._gauge(
            "last_run_exit_status", "Of the latest run, once it has ended", last.exit_status if last else None
        )
        yield self._gauge(
            "lag_seconds", "From publication to storage, median of the newest articles", figures.lag_median
        )
        yield self._gauge("lag_p95_seconds", "The same, 95th percentile", figures.lag_p95)
        yield self._shares()
        yield self._gauge(
            "field_falls", "Fields that are found in their main place far less often", len(standing.sources.falls)
        )

    def _shares(self) -> GaugeMetricFamily:
        about = "Share of the last articles whose value of a field came from a place, 0 to 1"
        family = GaugeMetricFamily("asrcrawler_field_source_share", about, labels=["site", "field", "source"])
        for name, places in self._standing.sources.shares.items():
            for place, share in places.items():
                family.add_metric([self._site, name, place], share)
        return family

    def _gauge(self, name: str, help_: str, value: float | None) -> GaugeMetricFamily:
        family = GaugeMetricFamily(f"asrcrawler_{name}", help_, labels=["site"])
        if value is not None:
            family.add_metric([self._site], value)
        return family

    def _family(self, name: str, help_: str, values: Mapping[str, int]) -> GaugeMetricFamily:
        family = GaugeMetricFamily(f"asrcrawler_{name}", help_, labels=["site", "outcome"])
        for outcome, value in values.items():
            family.add_metric([self._site, outcome], value)
        return family
