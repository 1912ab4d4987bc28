"""List the revisions of the schema, oldest first: the files in ``migrations/versions``, by their numbers."""

from pathlib import Path

_FILES = Path(__file__).with_name("versions").glob("[0-9]*.py")
REVISIONS = tuple(sorted(path.name.partition("_")[0] for path in _FILES))
HEAD = REVISIONS[-1]
