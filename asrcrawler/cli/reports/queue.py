"""Write the report of ``scrapy queue status``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asrcrawler.cli.output import Style, styled
from asrcrawler.cli.reports.figures import duration, moment, number
from asrcrawler.cli.reports.status import iso
from asrcrawler.storage.queue.standing import FAILED, RUNNING, WAITING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from asrcrawler.outlets import Outlet
    from asrcrawler.storage.queue.leases import Lease
    from asrcrawler.storage.queue.standing import JobStanding, QueueStanding, WorkerStanding

NAME_WIDTH = 24


def report(standing: QueueStanding, outlets: Iterable[Outlet], *, now: datetime) -> list[str]:
    """Write all that is known of the queue."""
    names = {outlet.site: outlet.name for outlet in outlets}
    return [
        *_at_work(standing, now),
        *_part("Waiting", [_job(job, now) for job in standing.of(WAITING)], "nothing"),
        *_failed(standing, now),
        *_part("Leases", [_lease(lease, names) for lease in standing.leases], "none; scrapy queue add makes one")[:-1],
    ]


def short_report(standing: QueueStanding, *, now: datetime) -> list[str]:
    """Write who is at work on what, how much waits, and what failed."""
    waiting = f"{number(len(standing.of(WAITING)))} waiting; scrapy queue status says more"
    return [*_at_work(standing, now), *_failed(standing, now), waiting]


def _at_work(standing: QueueStanding, now: datetime) -> list[str]:
    return [
        *_part("Workers", [_worker(worker) for worker in standing.workers], "none is at work; scrapy work begins one"),
        *_part("Running", [_job(job, now) for job in standing.of(RUNNING)], "nothing"),
    ]


def _failed(standing: QueueStanding, now: datetime) -> list[str]:
    failed = [styled(_job(job, now), Style.BAD) for job in standing.of(FAILED)]
    return _part("Failed the last time", failed, "nothing")


def as_json(standing: QueueStanding, outlets: Iterable[Outlet], *, now: datetime) -> dict[str, Any]:
    """Give the same for JSON: moments in UTC, ISO 8601."""
    names = {outlet.site: outlet.name for outlet in outlets}
    workers = [
        worker._asdict() | {"started_at": iso(worker.started_at), "heard_at": iso(worker.heard_at)}
        for worker in standing.workers
    ]
    states = {state: [_plain(job) for job in standing.of(state)] for state in (RUNNING, WAITING, FAILED)}
    leases = [
        {
            "outlet": names.get(lease.site, lease.site),
            "first": lease.first,
            "last": lease.last,
            "next": lease.next_code,
            "made_at": iso(lease.made_at),
            "not_before": iso(lease.not_before),
            "problem": lease.problem,
        }
        for lease in standing.leases
    ]
    return {"at": iso(now), "workers": workers, **states, "leases": leases}


def _plain(job: JobStanding) -> dict[str, Any]:
    told = job._asdict() | {"since": iso(job.since)}
    del told["state"]
    return told


def _part(title: str, lines: Sequence[str], otherwise: str) -> list[str]:
    return [styled(title, Style.BOLD), *(f"  {line}" for line in lines or [otherwise]), ""]


def _worker(worker: WorkerStanding) -> str:
    jobs = f"{number(worker.jobs)} {'run' if worker.jobs == 1 else 'runs'}"
    line = f"{_place(worker.host, worker.process):<{NAME_WIDTH}} since {moment(worker.started_at)}, {jobs}"
    if worker.is_silent:
        return styled(f"{line}; silent for {duration(worker.silence)}", Style.BAD)
    return line


def _job(job: JobStanding, now: datetime) -> str:
    what = job.outlet if job.task == "scheduled run" else f"{job.outlet}, {job.task}"
    where = f" on {_place(job.host, job.process)}" if job.state == RUNNING and job.host else ""
    why = f": {job.why}" if job.why else ""
    return f"{what:<{NAME_WIDTH}} for {duration(max((now - job.since).total_seconds(), 0))}{where}{why}"


def _lease(lease: Lease, names: dict[str, str]) -> str:
    span = f"{number(lease.first)}-{number(lease.last)}"
    problem = f"; the last run failed: {lease.problem}" if lease.problem else ""
    return f"{names.get(lease.site, lease.site):<{NAME_WIDTH}} {span}, {number(lease.left)} left{problem}"


def _place(host: str, process: str | None) -> str:
    return f"{host} ({(process or '').partition(' ')[0]})"
