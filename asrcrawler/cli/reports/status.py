"""Write the report of ``scrapy status`` for a terminal of 80 columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asrcrawler.cli.output import Style, styled
from asrcrawler.cli.reports.figures import bar, duration, moment, number, percentage, size
from asrcrawler.items import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from asrcrawler.storage.figures.sources import Sources
    from asrcrawler.storage.figures.status import Figures
    from asrcrawler.storage.visits.runs import Run

BAR_WIDTH = 76
LABEL_WIDTH = 22
COUNT_WIDTH = 12
TROUBLE = (Outcome.REFUSED, Outcome.FAILED, Outcome.UNREADABLE)
"""Outcomes that stand out where there are any."""


def report(
    site: str,
    figures: Figures,
    sources: Sources,
    runs: Sequence[Run],
    *,
    database: str,
    first_code: int,
    now: datetime,
) -> list[str]:
    """Write the whole report.

    ``runs`` come newest first; ``database`` is the address, without a password;
    ``first_code`` is where the archive begins.
    """
    if not figures.newest:
        return [
            f"Nothing of {site} has been visited yet.",
            database,
            "Start with a few codes, for example: scrapy crawl asr -a codes=32900-32920",
            *_last_runs(runs, now),
        ]
    return [
        styled(f"{site}, {moment(now)} in Tehran", Style.BOLD),
        database,
        "",
        *_articles(figures),
        "",
        *_coverage(figures, first_code),
        "",
        *_outcomes(figures),
        "",
        *_due(figures, now),
        *_places(sources),
        *_last_runs(runs, now),
    ]


def as_json(
    site: str, figures: Figures, sources: Sources, runs: Sequence[Run], *, first_code: int, now: datetime
) -> dict[str, Any]:
    """Give the same for JSON: moments in UTC, ISO 8601."""
    return {
        "site": site,
        "at": iso(now),
        "first_code": first_code,
        "newest_code": figures.newest or None,
        "articles": figures.articles,
        "duplicates": figures.duplicates,
        "visited": figures.visited,
        "settled": figures.settled,
        "listed": figures.listed,
        "outcomes": figures.outcomes,
        "covered": [list(span) for span in figures.covered],
        "due": figures.due,
        "next_due_at": iso(figures.next_due_at),
        "lag_median": figures.lag_median,
        "sources": _sources_as_json(sources),
        "runs": [_run_as_json(run) for run in runs],
    }


def visited(figures: Figures, first_code: int) -> tuple[list[tuple[int, int]], int, int]:
    """Give the visited spans of the archive from ``first_code`` to the newest code, their codes, and those of all."""
    first, last = min(first_code, figures.newest), figures.newest
    inside = [(max(a, first), min(b, last)) for a, b in figures.covered if b >= first]
    return inside, sum(b - a + 1 for a, b in inside), last - first + 1


def iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


def labelled(label: str, count: int, rest: str = "") -> str:
    """Write ``stored                        1,204  what follows``."""
    return f"  {label:<{LABEL_WIDTH}}{number(count):>{COUNT_WIDTH}}  {rest}".rstrip()


def _articles(figures: Figures) -> list[str]:
    copies = f"{number(figures.duplicates)} with the text of another one" if figures.duplicates else ""
    lines = [labelled("newest known code", figures.newest), labelled("articles", figures.articles, copies)]
    if figures.lag_median is not None:
        lag = duration(figures.lag_median)
        lines.append(f"  {'publication to storage':<{LABEL_WIDTH}}{lag:>{COUNT_WIDTH}}  median of the newest articles")
    return lines


def _coverage(figures: Figures, first_code: int) -> list[str]:
    first, last = min(first_code, figures.newest), figures.newest
    inside, done, total = visited(figures, first_code)
    left, right = number(first), number(last)
    drawn = bar(inside, first, last, BAR_WIDTH)
    return [
        f"  {number(done)} of {number(total)} codes visited, {percentage(done, total)}",
        f"  {drawn}",
        f"  {left}{right:>{max(len(drawn) - len(left), len(right) + 1)}}",
    ]


def _outcomes(figures: Figures) -> list[str]:
    lines = [styled("Codes by the outcome of their last visit", Style.BOLD)]
    for outcome, count in figures.outcomes.items():
        line = labelled(outcome, count)
        lines.append(styled(line, Style.DOUBTFUL) if outcome in TROUBLE and count else line)
    if figures.listed:
        lines.append(labelled("listed, not visited", figures.listed))
    lines.append(labelled("settled for good", figures.settled, f"of {number(figures.visited)} visited"))
    return lines


def _due(figures: Figures, now: datetime) -> list[str]:
    if figures.due:
        return [labelled("due now", figures.due)]
    if figures.next_due_at is None:
        return ["  nothing is due, now or later"]
    wait = duration((figures.next_due_at - now).total_seconds())
    return [f"  nothing is due; the next visit comes {moment(figures.next_due_at)}, in {wait}"]


def _places(sources: Sources) -> list[str]:
    """Say where the values of the last articles came from."""
    if not sources.now:
        return []
    articles = f"the last {number(sources.articles)} articles" if sources.articles > 1 else "the last article"
    lines = ["", styled(f"Where the values of {articles} came from", Style.BOLD)]
    for name, places in sources.now.items():
        total = sum(places.values())
        shares = ", ".join(f"{place} {percentage(count, total)}" for place, count in places.items())
        lines.append(f"  {name:<{LABEL_WIDTH}}{shares}")
    return lines


def _sources_as_json(sources: Sources) -> dict[str, Any]:
    return {
        "articles": sources.articles,
        "articles_before": sources.articles_before,
        "shares": sources.shares,
        "falls": [fall._asdict() for fall in sources.falls],
    }


def _last_runs(runs: Sequence[Run], now: datetime) -> list[str]:
    if not runs:
        return []
    return ["", styled("Last runs (times in Tehran)", Style.BOLD), *(line for run in runs for line in _run(run, now))]


def _run(run: Run, now: datetime) -> list[str]:
    outcomes = ", ".join(f"{number(count)} {name}" for name, count in run.outcomes.items()) or "no code visited"
    edits = f"; {number(run.articles_new)} new, {number(run.articles_changed)} changed"
    return [
        f"  {moment(run.started_at)}  {_end(run, now)}",
        f"      {outcomes}{edits}",
        f"      {number(run.requests)} requests, {size(run.bytes)}",
    ]


def _end(run: Run, now: datetime) -> str:
    if run.ended_at is None:
        since = (now - run.heartbeat_at).total_seconds()
        return f"{run.state}; last sign of life {duration(since)} {'ago' if since >= 0 else 'ahead of this clock'}"
    took = duration((run.ended_at - run.started_at).total_seconds())
    status = "" if run.exit_status is None else f", exit status {run.exit_status}"
    end = f"{took}, {run.end_reason}{status}"
    return styled(end, Style.BAD) if run.exit_status else end


def _run_as_json(run: Run) -> dict[str, Any]:
    plain = ("id", "state", "arguments", "end_reason", "exit_status", "outcomes", "requests", "bytes", "articles_new",
             "articles_changed")  # fmt: skip
    moments = ("started_at", "heartbeat_at", "ended_at")
    return {name: getattr(run, name) for name in plain} | {name: iso(getattr(run, name)) for name in moments}
