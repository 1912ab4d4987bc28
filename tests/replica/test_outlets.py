"""The outlets that the replica can stand for: names, habits, codes."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import fields
from enum import StrEnum
from itertools import pairwise

import pytest

from asrcrawler.items import Kind
from asrcrawler.pipelines.clean import clean_article
from asrcrawler.replica import PAGE_FIELDS, Fate, Look, World, every_outlet, invented, worlds
from asrcrawler.replica.look import look_of
from asrcrawler.replica.outlets import ASR, MOST_OUTLETS
from asrcrawler.replica.rendering import Pages
from asrcrawler.replica.site import Site
from asrcrawler.replica.templates import in_template, template
from asrcrawler.replica.variations import BodyForm, DateForm, Headline, JsonLd
from asrcrawler.samaneh.page import read_page

NUMBERS = range(100)
INVENTED = [invented(number) for number in NUMBERS[1:]]
ORIGIN = "http://127.0.0.1:1"
SHARED = ("toolbar", "headline", "kicker", "lead", "body_element", "date_form", "path", "comments", "digits", "chrome")


def site_of(world: World) -> Site:
    return Site(world, ORIGIN, sitemaps=True, crawl_delay=None, conditional=True)


def test_there_are_as_many_as_are_asked_for_with_names_of_their_own() -> None:
    outlets = every_outlet()
    assert len(outlets) == MOST_OUTLETS == 999
    names = list(outlets)
    assert (names[:3], names[101], names[201]) == (
        ["asr", "narvanpress", "senobarnews"],
        "narvanpress2",
        "narvanpress3",
    )
    assert [name for name in outlets if not re.fullmatch("[a-z][a-z0-9_]{1,31}", name)] == []
    for facts in ("title", "host"):
        assert len({getattr(outlet, facts) for outlet in outlets.values()}) == 999
    assert {outlet.host.rpartition(".")[2] for outlet in outlets.values()} == {"example"}
    with pytest.raises(IndexError, match="no invented outlet of number -1"):
        invented(-1)


def test_no_two_have_the_same_template() -> None:
    templates = [outlet.template for outlet in INVENTED]
    assert len(set(templates)) == len(templates)
    for one, other in pairwise(templates):
        assert one is not None
        assert other is not None
        same = [name for name in SHARED if getattr(one, name) == getattr(other, name)]
        assert len(same) <= 2, same


def test_together_they_have_every_variation_of_a_template() -> None:
    templates = [template(number) for number in NUMBERS[1:]]
    of_one_page = (
        Headline.MISSING,
        Headline.VIDEO_TITLE,
        BodyForm.WORD,
        DateForm.MISSING,
        DateForm.IMPOSSIBLE,
        DateForm.CONTRADICTORY,
        JsonLd.TRUNCATED,
        JsonLd.WRONG,
    )
    for field in fields(Look):
        variations = type(getattr(templates[0], field.name))
        if issubclass(variations, StrEnum) and field.name != "modified":
            usual = [form for form in variations if all(form is not other for other in of_one_page)]
            assert {getattr(look, field.name) for look in templates} == set(usual), field.name


def test_the_pages_of_an_outlet_are_in_its_template_but_for_slips() -> None:
    habit = template(5)
    looks = [in_template(look_of(1, code, Kind.ARTICLE), habit, Kind.ARTICLE) for code in range(500)]
    assert {look.toolbar for look in looks} == {habit.toolbar}
    assert {look.chrome for look in looks} == {habit.chrome}
    forms = Counter(look.date_form for look in looks)
    assert set(forms) == {habit.date_form, DateForm.IMPOSSIBLE, DateForm.CONTRADICTORY}
    assert forms[habit.date_form] > 400
    assert {look.noise for look in looks} > {frozenset()}


def test_an_outlet_shows_absences_in_its_own_way() -> None:
    one, other = worlds([invented(1), invented(2)], first=1, last=2000)
    shown = [Counter(world.fate(code) for code in range(world.first, world.last + 1)) for world in (one, other)]
    assert shown[0][Fate.SOFT_404] > 2 * shown[1][Fate.SOFT_404]
    assert shown[1][Fate.HOME_REDIRECT] > 6 * shown[0][Fate.HOME_REDIRECT]


def test_each_has_codes_of_its_own_of_which_neighbours_share_some() -> None:
    spans = [
        (world.first, world.last) for world in worlds([invented(number) for number in range(3)], first=1, last=300)
    ]
    assert spans == [(1, 300), (101, 400), (201, 500)]


def test_a_code_of_two_outlets_is_another_article_in_each() -> None:
    one, other = worlds([invented(0), invented(1)], first=1, last=300, density=1.0)
    both = [code for code in range(101, 301) if one.is_visible(code) and other.is_visible(code)]
    assert len(both) > 150
    assert [code for code in both if one.truth(code).title == other.truth(code).title] == []


def test_an_outlet_is_the_same_whichever_others_there_are() -> None:
    (alone,) = worlds([invented(7)], first=1, last=90)
    among = worlds([invented(number) for number in range(9)], first=1, last=90)[7]
    codes = range(alone.first, alone.last + 1)
    assert [alone.truth(code) for code in codes] == [among.truth(code) for code in codes]
    assert among.truth(alone.newest(1)[0]) == alone.truth(alone.newest(1)[0])


def test_asr_alone_is_the_usual_replica() -> None:
    (alone,) = worlds([ASR])
    usual = World()
    one, other = site_of(alone), site_of(usual)
    for code in usual.newest(40):
        assert alone.truth(code) == usual.truth(code)
        assert one.answer(f"/fa/news/{code}", code) == other.answer(f"/fa/news/{code}", code)
    for path in ("/", "/fa/rss/allnews", "/fa-sitemap-newsarchive/2022/9"):
        assert one.answer(path, None).body == other.answer(path, None).body


def test_an_outlet_calls_itself_by_its_own_name() -> None:
    (world,) = worlds([invented(3)], first=1, last=600)
    site, title = site_of(world), world.outlet.title
    paths = ["/", "/fa/rss/allnews", "/fa/archive", *(f"/fa/news/{code}" for code in world.visible(601, 1200))]
    texts = [site.answer(path, int(path.rpartition("/")[2]) if "news/" in path else None).body for path in paths]
    assert [path for path, body in zip(paths, texts, strict=True) if ASR.title.encode() in body] == []
    assert [path for path, body in zip(paths, texts, strict=True) if b"asrpress" in body] == []
    assert all(title.encode() in body for body in texts)
    assert sum(title in (world.truth(code).body or "") for code in world.visible(601, 1200)) > 60


@pytest.mark.parametrize("number", NUMBERS[::9])
def test_the_parser_reads_what_is_true_in_every_template(number: int) -> None:
    (world,) = worlds([invented(number)], first=1, last=60, seed=3, density=0.5)
    pages = Pages(world, ORIGIN)
    for code in list(world.visible(world.first, world.last))[:8]:
        html = pages.article(code, world.now)
        found = read_page(html, site="x", code=code, url=f"{ORIGIN}/fa/news/{code}", base_url=ORIGIN)
        clean_article(found)
        truth = world.truth(code, base_url=ORIGIN)
        assert {name: getattr(found, name) for name in PAGE_FIELDS} == truth.fields(), code
