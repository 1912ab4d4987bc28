"""Run ``scrapy schedule``: print what makes cron or systemd run the crawler."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from asrcrawler.cli.command import AsrCommand, warn
from asrcrawler.cli.options import whole_number
from asrcrawler.cli.schedule import DAY
from asrcrawler.exceptions import UsageError
from asrcrawler.settings_file import NAME, OWN

if TYPE_CHECKING:
    import argparse

UNIT_FOLDER = "/etc/systemd/system"


class Command(AsrCommand):
    """A command that prints the crontab line or the units; it installs nothing."""

    summary = "Print the crontab line, or the systemd units, that run the crawler by themselves."
    example = "scrapy schedule --every 10"
    arguments = "[outlet]"
    most_arguments = 1

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--every",
            metavar="MINUTES",
            type=whole_number(1, DAY),
            help="minutes from one run to the next; unless given, as the outlet says, or the most frequent of several",
        )
        parser.add_argument(
            "--systemd", action="store_true", help="print a service and a timer instead of a crontab line"
        )

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        from asrcrawler.cli.outlets import OVERRIDES, chosen, refuse_overrides
        from asrcrawler.cli.schedule import Install, crontab_line, service_unit, this_user, timer_unit
        from asrcrawler.settings_file import project_root
        from asrcrawler.spiders.loader import stored_outlets

        assert self.config  # read here, as a wrong setting would otherwise show only in cron's run
        assert self.settings is not None
        there = list(stored_outlets(self.settings).values())
        outlets = chosen(there, args)
        if not outlets:
            raise UsageError("no outlet is followed; scrapy outlet add NAME follows one")
        settings = self._given(opts)
        command = ("crawl", outlets[0].name) if len(outlets) == 1 else ("work", "--once")
        refuse_overrides(outlets)
        if len(outlets) > 1 and (given := [name for name in OVERRIDES if name in settings]):
            raise UsageError(f"{', '.join(given)} would count for every outlet; scrapy outlet set says it of one")
        run = [outlet for outlet in outlets if outlet.enabled] or outlets
        every = opts.every or min(outlet.every for outlet in run)
        install = Install.here(project_root(), settings, command)
        if not opts.systemd:
            print(crontab_line(install, every))
            return
        unit = f"asrcrawler-{outlets[0].name}" if args and len(chosen(there)) > 1 else "asrcrawler"
        for name, text in (
            (f"{unit}.service", service_unit(install, this_user())),
            (f"{unit}.timer", timer_unit(every)),
        ):
            print(f"# {UNIT_FOLDER}/{name}\n{text}")

    def _given(self, opts: argparse.Namespace) -> dict[str, str]:
        """Collect the settings of this shell and this command line, as a scheduled run has neither."""
        shell = {name: value for name, value in sorted(os.environ.items()) if name.startswith(OWN) and value}
        if shell:
            warn(self.title, [f"{', '.join(shell)} of the environment went into the command; {NAME} is a better place"])
        return shell | dict(setting.split("=", 1) for setting in opts.set)
