"""``scrapy schedule`` prints what cron and systemd need; how the lines look is tested with ``asrcrawler.cli.schedule``."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.commands import ROOT, invoke

SCRAPY = Path(sys.executable).with_name("scrapy")


def test_the_crontab_line_is_of_this_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASR_CONTACT", "you@example.org")
    done = invoke("schedule", "--every", "15")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        f"*/15 * * * * cd {ROOT} && ASR_CONTACT=you@example.org {SCRAPY} crawl asr >> {ROOT}/data/crawl.log 2>&1\n"
    )


def test_the_units_stand_under_their_names() -> None:
    done = invoke("schedule", "--systemd", "--every", "120")
    assert done.returncode == 0
    service, timer = done.stdout.split("# /etc/systemd/system/asrcrawler.timer\n")
    assert service.startswith("# /etc/systemd/system/asrcrawler.service\n[Unit]\n")
    assert f"\nWorkingDirectory={ROOT}\n" in service
    assert "\nOnUnitActiveSec=120min\n" in timer


@pytest.mark.parametrize(
    ("minutes", "complaint"),
    [
        ("0", "--every 0: not a whole number of minutes from 1 to 1440"),
        ("ten", "--every ten: not a whole number of minutes from 1 to 1440"),
        ("90", "--every 90: from an hour on, only whole hours (60, 120 …)"),
    ],
)
def test_other_intervals_are_one_line(minutes: str, complaint: str) -> None:
    done = invoke("schedule", "--every", minutes)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"scrapy schedule: {complaint}\n")


def test_a_wrong_setting_shows_now_and_not_when_cron_meets_it() -> None:
    done = invoke("schedule", settings={"ASR_FIRST_CODE": "x"})
    assert (done.returncode, done.stdout) == (1, "")
    assert "ASR_FIRST_CODE: 'x' is not a whole number" in done.stderr
