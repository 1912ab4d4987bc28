"""Write the pages: ``python -m manual``."""

from manual import DOCS, PAGES

if __name__ == "__main__":
    DOCS.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
