from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from asrcrawler.system.locks import only_here

if TYPE_CHECKING:
    from pathlib import Path

HOLD = """
import sys, time
from pathlib import Path
from asrcrawler.system.locks import only_here
with only_here(Path(sys.argv[1])) as is_only:
    print(is_only, flush=True)
    time.sleep(60)
"""


def test_the_second_one_is_not_the_only_one(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with only_here(path) as first:
        with only_here(path) as second:
            assert (first, second) == (True, False)
        with only_here(path) as third, only_here(tmp_path / "other") as other:
            assert (third, other) == (False, True)
    with only_here(path) as again:
        assert again


def test_the_lock_ends_with_its_process_however_that_ends(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with subprocess.Popen([sys.executable, "-c", HOLD, path], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        with only_here(path) as here:
            assert not here
        process.send_signal(signal.SIGKILL)
        process.wait()
    with only_here(path) as here:
        assert here
