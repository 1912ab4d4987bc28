"""Run ``scrapy schedule``: print what makes cron or systemd run the crawler."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from asrcrawler.cli.command import AsrCommand, warn
from asrcrawler.cli.options import whole_number
from asrcrawler.cli.schedule import DAY
from asrcrawler.settings_file import NAME, OWN

if TYPE_CHECKING:
    import argparse

UNIT_FOLDER = "/etc/systemd/system"


class Command(AsrCommand):
    """A command that prints the crontab line or the units; it installs nothing."""

    summary = "Print the crontab line, or the systemd units, that run the crawler by themselves."
    example = "scrapy schedule --every 10"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--every",
            metavar="MINUTES",
            type=whole_number(1, DAY),
            default=10,
            help="minutes from one run to the next (default: 10)",
        )
        parser.add_argument(
            "--systemd", action="store_true", help="print a service and a timer instead of a crontab line"
        )

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        from asrcrawler.cli.schedule import Install, crontab_line, service_unit, this_user, timer_unit
        from asrcrawler.settings_file import project_root

        assert self.config  # read here, as a wrong setting would otherwise show only in cron's run
        install = Install.here(project_root(), self._given(opts))
        if not opts.systemd:
            print(crontab_line(install, opts.every))
            return
        for name, unit in (
            ("asrcrawler.service", service_unit(install, this_user())),
            ("asrcrawler.timer", timer_unit(opts.every)),
        ):
            print(f"# {UNIT_FOLDER}/{name}\n{unit}")

    def _given(self, opts: argparse.Namespace) -> dict[str, str]:
        """Collect the settings of this shell and this command line, as a scheduled run has neither."""
        shell = {name: value for name, value in sorted(os.environ.items()) if name.startswith(OWN) and value}
        if shell:
            warn(self.title, [f"{', '.join(shell)} of the environment went into the command; {NAME} is a better place"])
        return shell | dict(setting.split("=", 1) for setting in opts.set)
