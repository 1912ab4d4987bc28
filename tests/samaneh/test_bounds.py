"""What a page has too much of is cut, and it is told."""

from __future__ import annotations

import pytest

from asrcrawler.pipelines.clean import clean_article
from asrcrawler.samaneh.page import LONGEST, MOST_LISTED
from tests.samaneh.template import CODE, TEXT, page, read

WORDS = "واژه‌ای ﻻزم " * 2_000
PLACES = {
    "title": {"headline": f'<h1 class="title"><a href="/fa/news/{CODE}/x">{WORDS}</a></h1>'},
    "kicker": {"kicker": f'<div class="rutitr">{WORDS}</div>'},
    "lead": {"lead": f'<div class="subtitle">{WORDS}</div>'},
    "author": {"after": f'<div class="news_author">{WORDS}</div>', "container": "<div>"},
    "tags": {"tags": f'<div class="tags_title"><a class="tags_item" href="/x">{WORDS}</a></div>'},
    "category": {"path": "", "head": f'<meta property="article:section" content="{WORDS}">'},
}


@pytest.mark.parametrize("name", PLACES)
def test_a_text_is_no_longer_than_its_field_allows(name: str) -> None:
    given = dict(PLACES[name])
    if name == "author":
        given = {"body": f'<div class="body"><p>{TEXT}</p></div>{given["after"]}'}
    article = read(page(**given))
    [note] = [note for note in article.notes if note.startswith(name)]
    clean_article(article)
    value = getattr(article, name)
    text = value if isinstance(value, str) else value[0]
    assert LONGEST[name] - 20 < len(text) <= LONGEST[name]
    assert text.startswith("واژه‌ای لازم")
    assert note == f"{name} in {article.sources[name]}: more than {LONGEST[name]} characters, the rest left out"


@pytest.mark.parametrize(
    ("name", "body", "tags"),
    [
        ("images", "".join(f"<img src=/files/{n}.jpg>" for n in range(MOST_LISTED + 1)), ""),
        ("videos", "<video>" + "".join(f"<source src=/files/{n}.mp4>" for n in range(MOST_LISTED + 1)), ""),
        ("tags", "", "".join(f'<a class="tags_item" href="/x">{n}</a>' for n in range(MOST_LISTED + 1))),
    ],
)
def test_a_list_has_no_more_than_an_article_has(name: str, body: str, tags: str) -> None:
    article = read(
        page(body=f'<div class="body"><p>{TEXT}</p>{body}</div>', tags=f'<div class="tags_title">{tags}</div>')
    )
    assert len(getattr(article, name)) == MOST_LISTED
    assert article.notes == [f"{name} in page: more than {MOST_LISTED}, the rest left out"]


def test_what_is_within_bounds_is_not_told() -> None:
    lead = "واژه " * 900
    article = read(page(lead=f'<div class="subtitle">{lead}</div>'))
    assert (article.lead, article.notes) == (lead.strip(), [])
