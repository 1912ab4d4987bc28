"""What cron and systemd are told."""

from __future__ import annotations

import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest

from asrcrawler.cli.schedule import Install, cron_times, crontab_line, service_unit, this_user, timer_unit
from asrcrawler.exceptions import UsageError

PLAIN = Install(root=Path("/opt/asrcrawler"), scrapy=("/opt/asrcrawler/.venv/bin/scrapy",))
ODD = Install(
    root=Path("/srv/my news"),
    scrapy=("/srv/my news/.venv/bin/scrapy",),
    settings={"ASR_CONTACT": "50%@example.org 'x'"},
)


def test_the_crontab_line_has_absolute_paths() -> None:
    assert crontab_line(PLAIN, 10) == (
        "*/10 * * * * cd /opt/asrcrawler && /opt/asrcrawler/.venv/bin/scrapy crawl asr"
        " >> /opt/asrcrawler/data/crawl.log 2>&1"
    )


def test_odd_paths_and_settings_survive_cron_and_the_shell(tmp_path: Path) -> None:
    root = tmp_path / "my news"
    (root / "data").mkdir(parents=True)
    program = root / "scrapy"
    program.write_text('#!/bin/sh\necho "$PWD|$*"\n')
    program.chmod(0o755)
    line = crontab_line(Install(root=root, scrapy=(str(program),), settings=ODD.settings), 5)
    command = line.removeprefix("*/5 * * * * ").replace("\\%", "%")  # what cron makes of it
    subprocess.run(["/bin/sh", "-c", command], check=True)
    assert (root / "data" / "crawl.log").read_text() == f"{root}|crawl asr -s ASR_CONTACT=50%@example.org 'x'\n"


@pytest.mark.parametrize(
    ("minutes", "times"),
    [(1, "*/1 * * * *"), (30, "*/30 * * * *"), (60, "0 * * * *"), (120, "0 */2 * * *"), (1440, "0 */24 * * *")],
)
def test_times(minutes: int, times: str) -> None:
    assert cron_times(minutes) == times


def test_the_units_are_what_systemd_reads() -> None:
    units = {}
    for name, text in (("service", service_unit(ODD, "news")), ("timer", timer_unit(10))):
        units[name] = ConfigParser(interpolation=None, strict=True)
        units[name].optionxform = str  # type: ignore[assignment,method-assign]
        units[name].read_string(text)
    service = units["service"]["Service"]
    assert service["WorkingDirectory"] == "/srv/my news"
    assert service["ExecStart"] == ('"/srv/my news/.venv/bin/scrapy" crawl asr -s "ASR_CONTACT=50%%@example.org \'x\'"')
    assert (service["User"], service["SuccessExitStatus"]) == ("news", "75")
    assert units["timer"]["Timer"]["OnUnitActiveSec"] == "10min"


@pytest.mark.parametrize(
    ("minutes", "nearest"),
    [(7, "6 or 10"), (25, "20 or 30"), (45, "30 or 60"), (59, "30 or 60"), (90, "60 or 120"), (300, "240 or 360"),
     (420, "360 or 480"), (1000, "720 or 1440")],
)  # fmt: skip
def test_an_interval_that_cron_would_keep_unevenly_is_refused(minutes: int, nearest: str) -> None:
    with pytest.raises(UsageError, match=f"--every {minutes}: cron cannot say that evenly; take {nearest}, or --sys"):
        cron_times(minutes)


@pytest.mark.parametrize("value", ["a@b.ir\nc@d.ir", "a\r", "a\0b", "a\u2028b"])
def test_a_setting_that_no_line_can_hold_is_refused(value: str) -> None:
    with pytest.raises(UsageError, match="ASR_CONTACT has a line break"):
        Install.here(Path("/opt/asrcrawler"), {"ASR_CONTACT": value}, ("crawl", "asr"))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("asrcrawler.crontab", crontab_line(PLAIN, 10) + "\n"),
        ("asrcrawler.service", service_unit(PLAIN, "asrcrawler")),
        ("asrcrawler.timer", timer_unit(10)),
    ],
)
def test_the_samples_in_deploy_are_what_the_command_prints(name: str, text: str) -> None:
    assert (Path(__file__).parents[2] / "deploy" / name).read_text("utf-8") == text


def test_a_user_without_a_name_is_given_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found: 4711")

    monkeypatch.setattr("getpass.getuser", nameless)
    monkeypatch.setattr("os.getuid", lambda: 4711)
    assert this_user() == "4711"
