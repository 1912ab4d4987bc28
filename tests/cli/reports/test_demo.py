"""Articles in a terminal."""

from asrcrawler.cli.reports.demo import WIDTH, article_lines
from asrcrawler.text.display import cells

ARTICLE = {
    "code": 32911,
    "url": "http://asrpress.ir/fa/news/32911",
    "published_jalali": "1401-11-04 22:54",
    "category": ["جامعه", "شهری"],
    "kicker": None,
    "title": "پل تازه‌ی شهر باز شد",
    "lead": None,
    "body": "\n\n".join(f"بند شماره {number} " + "از ساخت پل می‌گوید " * 8 for number in range(1, 6)),
    "tags": [],
}


def test_an_article_fits_the_terminal_and_is_cut_openly() -> None:
    lines = article_lines(ARTICLE)
    assert max(map(cells, lines)) <= WIDTH
    assert lines[:2] == ["32911  1401-11-04 22:54  http://asrpress.ir/fa/news/32911", "جامعه › شهری"]
    assert "▌ پل تازه‌ی شهر باز شد" in lines
    assert lines[-1] == "[… 3 more paragraphs]"


def test_an_article_of_a_title_alone_is_readable() -> None:
    bare = {**ARTICLE, "body": None, "category": [], "published_jalali": None, "tags": ["پل", "شهر"]}
    assert article_lines(bare) == [
        "32911  no date  http://asrpress.ir/fa/news/32911",
        "",
        "▌ پل تازه‌ی شهر باز شد",
        "",
        "پل، شهر",
    ]
