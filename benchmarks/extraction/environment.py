"""The environment of the general tools: made once, beside the caches of this user, and again when their pins change."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from hashlib import blake2b
from pathlib import Path

REQUIREMENTS = Path(__file__).with_name("requirements.txt")


def python() -> Path:
    """The interpreter that has the tools.

    Raises :exc:`subprocess.CalledProcessError` where they cannot be installed.
    """
    folder = _folder()
    interpreter = folder / "bin" / "python"
    finished = folder / "finished"
    if finished.exists():
        return interpreter
    shutil.rmtree(folder, ignore_errors=True)
    print(f"installing the tools of {REQUIREMENTS.name} into {folder}", file=sys.stderr)
    venv.create(folder, with_pip=True)
    pip = [str(interpreter), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--upgrade", "pip"], check=True)  # the pip of Python 3.11 trips over lxml[html_clean]
    subprocess.run([*pip, "--requirement", str(REQUIREMENTS)], check=True)
    finished.touch()
    return interpreter


def _folder() -> Path:
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    wanted = blake2b(REQUIREMENTS.read_bytes() + sys.version.encode(), digest_size=6).hexdigest()
    return caches / "asrcrawler" / f"extraction-{wanted}"
