"""From an empty folder to cron and reading room with nothing but ``asr.toml``: no variable, no option."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

from asrcrawler.items import Outcome
from asrcrawler.replica import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.replica_fixture import ServeReplica

PROGRAMS = Path(sys.executable).parent
BARE = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8"}  # what cron gives, or less


def done(command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["/bin/sh", "-c", command], cwd=cwd, env=BARE, capture_output=True, text=True, check=False)


@contextmanager
def reading_room(folder: Path) -> Iterator[str]:
    """The address of a reading room that was started without any word on where the archive is."""
    command = [str(PROGRAMS / "scrapy"), "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=folder, env=BARE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().removeprefix("Reading room on ").partition(";")[0]
        finally:
            process.terminate()
    assert process.returncode == 0


def test_from_an_empty_folder_to_cron_and_reading_room(tmp_path: Path, serve_replica: ServeReplica) -> None:
    world = World(first=1, last=60)
    replica = serve_replica(world)
    stored = sum(replica.truth(code).outcome is Outcome.STORED for code in range(1, 61))
    folder = tmp_path / "my archive"
    assert done(f"'{PROGRAMS / 'asrcrawler'}' init '{folder}'", tmp_path).returncode == 0
    with (folder / "asr.toml").open("a", encoding="utf-8") as file:
        file.write(
            f'ASR_DATABASE_URL = "sqlite:///data/own.db"\nASR_BASE_URL = "{replica.base_url}"\n'
            'ASR_CONTACT = "you@example.org"\nDOWNLOAD_DELAY = 0\nHTTPPROXY_ENABLED = false\n'
        )
    scheduled = done(f"{PROGRAMS / 'scrapy'} schedule --every 10", folder)
    assert (scheduled.returncode, scheduled.stderr) == (0, "")
    line = scheduled.stdout.strip().removeprefix("*/10 * * * * ")
    assert "ASR_" not in line

    run = done(line, Path("/"))
    assert run.returncode == 0, (folder / "data" / "crawl.log").read_text()
    inside = folder / "data"
    status = json.loads(done(f"{PROGRAMS / 'scrapy'} status --json", inside).stdout)
    assert status["database"] == f"sqlite:///{folder}/data/own.db"
    assert (status["articles"], status["outcomes"]["stored"]) == (stored, stored)
    assert all("you@example.org" in request.user_agent for request in replica.requests.entries)

    units = done(f"{PROGRAMS / 'scrapy'} schedule --systemd", inside)
    assert units.returncode == 0
    assert f"WorkingDirectory={folder}\n" in units.stdout
    assert "ASR_" not in units.stdout
    with reading_room(inside) as address, urlopen(f"{address}/api/status", timeout=20) as answer:
        assert json.load(answer)["articles"] == stored


def test_a_settings_file_that_others_can_read_is_warned_of(tmp_path: Path) -> None:
    done(f"{PROGRAMS / 'asrcrawler'} init", tmp_path)
    assert oct((tmp_path / "asr.toml").stat().st_mode & 0o777) == "0o600"
    (tmp_path / "asr.toml").chmod(0o644)
    told = done(f"{PROGRAMS / 'scrapy'} schedule", tmp_path).stderr
    assert told == (
        f"scrapy schedule: warning: {tmp_path}/asr.toml is open to other users of this machine; chmod 600 keeps its"
        " passwords from them\n"
    )
