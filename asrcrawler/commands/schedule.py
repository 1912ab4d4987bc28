"""``scrapy schedule``: what makes cron or systemd run the crawler."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from asrcrawler.cli.command import AsrCommand
from asrcrawler.exceptions import UsageError

if TYPE_CHECKING:
    import argparse

MINUTES = range(1, 24 * 60 + 1)
UNIT_FOLDER = "/etc/systemd/system"


class Command(AsrCommand):
    """Prints; installs nothing."""

    summary = "Print the crontab line, or the systemd units, that run the crawler by themselves."
    example = "scrapy schedule --every 10"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--every", metavar="MINUTES", default="10", help="minutes from one run to the next (default: 10)"
        )
        parser.add_argument(
            "--systemd", action="store_true", help="print a service and a timer instead of a crontab line"
        )

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        from asrcrawler.cli.schedule import Install, crontab_line, service_unit, this_user, timer_unit
        from asrcrawler.config import project_root

        minutes = _minutes(opts.every)
        assert self.config  # a wrong setting would only show when cron meets it
        install = Install.here(project_root(), os.environ)
        if not opts.systemd:
            print(crontab_line(install, minutes))
            return
        for name, unit in (
            ("asrcrawler.service", service_unit(install, this_user())),
            ("asrcrawler.timer", timer_unit(minutes)),
        ):
            print(f"# {UNIT_FOLDER}/{name}\n{unit}")


def _minutes(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text[:6]) not in MINUTES:
        raise UsageError(f"--every {text}: not a whole number of minutes from 1 to {MINUTES[-1]}")
    minutes = int(text)
    if minutes > 59 and minutes % 60:
        raise UsageError(f"--every {text}: from an hour on, only whole hours (60, 120 …)")
    return minutes
