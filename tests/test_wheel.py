"""The wheel: built from the checkout, installed from its file, and used away from the checkout."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import urllib.request
import venv
import zipfile
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

import asrcrawler
from tests.commands import ROOT, Done, run_anew, serving

if TYPE_CHECKING:
    from pathlib import Path

    from asrcrawler.replica import ReplicaServer

HAS_PIP = find_spec("pip") is not None
"""Whether the environment of the tests has pip, as the README makes it; one made by uv has not."""


def done(*command: str | Path, cwd: Path) -> str:
    """Run a tool that has to succeed, and give what it printed."""
    finished = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, source = tmp_path_factory.mktemp("wheel"), tmp_path_factory.mktemp("source")
    tracked = done("git", "ls-files", "-z", "asrcrawler", "pyproject.toml", "README.md", "LICENSE", cwd=ROOT)
    for name in filter(None, tracked.split("\0")):  # a copy, as building leaves files in the folder it builds
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, source / name)
    if HAS_PIP:
        done(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, source, cwd=source)
    else:
        done("uv", "build", "-q", "--wheel", "--out-dir", folder, source, cwd=source)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def scripts(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the programs of an environment in which only the wheel is installed.

    It borrows the libraries of the environment of the tests, and not its link to the checkout, so that the program can
    only come out of the wheel. ``.ci/stranger`` installs all of it anew.
    """
    environment = tmp_path_factory.mktemp("environment") / "venv"
    venv.create(environment, symlinks=True)
    python = environment / "bin" / "python"
    if HAS_PIP:
        done(sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", wheel, cwd=ROOT)
    else:
        done("uv", "pip", "install", "--python", python, "-q", "--no-deps", wheel, cwd=ROOT)
    [packages] = environment.glob("lib/python*/site-packages")
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    return environment / "bin"


def test_every_file_of_the_package_is_in_it(wheel: Path) -> None:
    tracked = set(filter(None, done("git", "ls-files", "-z", "asrcrawler", cwd=ROOT).split("\0")))
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if name.startswith("asrcrawler/")}
    assert packed == {name for name in tracked if (ROOT / name).exists()}
    assert {"asrcrawler/reader/templates/base.html", "asrcrawler/reader/static/style.css"} <= packed
    assert {"asrcrawler/asr.toml.example", "asrcrawler/storage/migrations/versions/0001_first_schema.py"} <= packed


def test_a_project_made_with_it_crawls_and_is_read(scripts: Path, replica: ReplicaServer, tmp_path: Path) -> None:
    home, project = tmp_path / "elsewhere", tmp_path / "project"
    home.mkdir()
    environment = {"PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"}

    def own(*words: str) -> Done:
        return run_anew(*words, program=(str(scripts / "asrcrawler"),), cwd=home, environment=environment)

    assert own("--version").stdout.startswith(f"asrcrawler {asrcrawler.__version__}, database schema ")
    assert own("init", str(project)).returncode == 0
    codes = [str(code) for code in replica.world.newest(3)]
    given = ["-a", f"codes={','.join(codes)}", "-s", f"ASR_BASE_URL={replica.base_url}", "-s", "DOWNLOAD_DELAY=0"]
    crawled = own("--project", str(project), "crawl", "asr", *given, "--nolog")
    assert (crawled.returncode, crawled.stderr) == (0, "")
    assert (project / "data" / "asr.db").exists()
    assert list(home.iterdir()) == []
    scrapy = (str(scripts / "python"), "-m", "scrapy")
    by_scrapy = run_anew("export", program=scrapy, cwd=project, environment=environment)
    assert [str(json.loads(line)["code"]) for line in by_scrapy.stdout.splitlines()] == sorted(codes)
    command = ("--project", str(project), "serve", "asr", "--port", "0")
    with serving(*command, program=(str(scripts / "asrcrawler"),), cwd=home, environment=environment) as address:
        for path in (f"/news/{codes[0]}", "/static/style.css", "/health"):
            with urllib.request.urlopen(address + path, timeout=60) as answer:
                assert (answer.status, len(answer.read()) > 1_000) == (200, True)
