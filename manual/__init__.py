"""Make the pages of the documentation that say what the code says: commands, settings, fields.

``python -m manual`` writes them into ``docs/``; a test fails while they say anything else than the code.
``python -m manual.pictures`` takes the pictures of the README.
"""

from pathlib import Path

from manual.commands import commands_page
from manual.fields import fields_page
from manual.settings import settings_page

DOCS = Path(__file__).parents[1] / "docs"
PAGES = {"commands.md": commands_page, "settings.md": settings_page, "fields.md": fields_page}
"""The functions that write the pages, by the name of the file."""
