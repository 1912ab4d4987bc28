"""Say how an extra of this install is added: by what the install itself was made from."""

from __future__ import annotations

import json
from importlib.metadata import distribution
from pathlib import Path

NAME = "asrcrawler"
FOLDER = Path(__file__).parents[2]
"""The folder in which the package lies: a checkout, or ``site-packages``."""


def command_for(extra: str) -> str:
    """Write the command that installs ``extra``: from the checkout, else from the wheel's file, else from the index.

    For a checkout or a file it does not name the package alone: pip would ask the index for what is called so there.
    """
    if (FOLDER / "pyproject.toml").exists():
        return f"pip install -e '.[{extra}]'"
    told = distribution(NAME).read_text("direct_url.json")  # PEP 610; absent for what comes from an index
    origin = f" @ {json.loads(told)['url']}" if told else ""
    return f"pip install '{NAME}[{extra}]{origin}'"
