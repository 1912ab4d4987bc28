"""Make the pages of the documentation that say what the code says: commands, settings, fields, how it works.

``python -m manual`` writes them into ``docs/``; a test fails while they say anything else than the code.
``python -m manual.pictures`` takes the pictures of the README.
"""

from pathlib import Path

from manual.architecture import PICTURE, how_it_works, picture
from manual.commands import commands_page
from manual.fields import fields_page
from manual.settings import settings_page

DOCS = Path(__file__).parents[1] / "docs"
PAGES = {
    "commands.md": commands_page,
    "settings.md": settings_page,
    "fields.md": fields_page,
    "how-it-works.md": how_it_works,
    PICTURE: picture,
}
"""The functions that write the pages, and the picture of one, by the name of the file."""
