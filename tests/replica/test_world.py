"""A world is the same whenever and in whatever order it is asked."""

from __future__ import annotations

import itertools
import pickle
from collections import Counter
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import pytest

from asrcrawler.items import Article, Change, Kind, Outcome
from asrcrawler.policy import change_class
from asrcrawler.replica import PAGE_FIELDS, Content, Fate, Origin, World, paragraphs
from asrcrawler.replica.look import Look
from asrcrawler.replica.rendering import Pages
from asrcrawler.replica.truth import Truth
from asrcrawler.replica.variations import DateForm, Noise, Writing
from asrcrawler.samaneh.page import read_page
from asrcrawler.text.persian import clean, clean_paragraphs

WORLD = World(first=1, last=2000)
CODES = range(1, 2001)
ARTICLES = [code for code in CODES if WORLD.state(code) is Fate.ARTICLE]


def changing_world() -> World:
    return World(first=1, last=1000, density=1.0, edit_share=0.6, deletion_share=0.2)


def test_the_same_seed_is_the_same_world_in_any_order() -> None:
    forwards = [World(first=1, last=300).truth(code) for code in range(1, 301)]
    backwards = World(first=1, last=300)
    assert [backwards.truth(code) for code in range(300, 0, -1)][::-1] == forwards


def test_another_seed_is_another_world() -> None:
    assert [WORLD.fate(code) for code in CODES] != [World(first=1, last=2000, seed=2).fate(code) for code in CODES]


def test_a_world_travels_between_processes() -> None:
    other = pickle.loads(pickle.dumps(World(first=5, last=90, density=1.0, seed=3)))
    assert other.truth(44) == World(first=5, last=90, density=1.0, seed=3).truth(44)


@pytest.mark.parametrize("density", [0.25, 0.4, 1.0])
def test_density_is_the_share_of_codes_that_are_articles(density: float) -> None:
    world = World(first=1, last=4000, density=density)
    assert sum(map(world.is_article, range(1, 4001))) / 4000 == pytest.approx(density, abs=0.03)


def test_a_million_codes_cost_nothing_before_they_are_asked_for() -> None:
    world = World(first=1, last=1_000_000)
    assert len(world.newest(100)) == 100
    assert world.truth(500_000).outcome in Outcome


@pytest.mark.parametrize("wrong", [{"first": 0}, {"first": 9, "last": 8}, {"density": 0}, {"density": 1.1}])
def test_a_world_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"codes|density"):
        World(**wrong)  # type: ignore[arg-type]


def test_nothing_lies_outside_the_codes() -> None:
    assert [WORLD.truth(code).outcome for code in (2001, 10**9)] == [Outcome.MISSING, Outcome.MISSING]


def test_the_truth_has_the_fields_of_an_article() -> None:
    assert set(PAGE_FIELDS) <= {field.name for field in fields(Article)}
    assert set(PAGE_FIELDS) <= {field.name for field in fields(Truth)}


def test_every_fate_origin_and_kind_is_met_in_2000_codes() -> None:
    assert {WORLD.state(code) for code in CODES} == set(Fate)
    assert {WORLD.origin(code) for code in ARTICLES} == set(Origin) - {Origin.GIVEN}
    assert {WORLD.truth(code).kind for code in ARTICLES} == set(Kind)
    assert {WORLD.truth(code).outcome for code in CODES} == {Outcome.STORED, Outcome.MISSING, Outcome.UNREADABLE}


def test_every_variation_of_every_page_is_met_in_2000_codes() -> None:
    looks = [WORLD.look(code) for code in ARTICLES]
    for field in fields(Look):
        found = {getattr(look, field.name) for look in looks}
        variations = type(getattr(looks[0], field.name))
        if issubclass(variations, StrEnum):
            assert found == set(variations), field.name
    assert set().union(*(look.noise for look in looks)) == set(Noise)
    assert set().union(*(look.writing for look in looks)) == set(Writing) - {Writing.NUL_BYTES}


def test_true_texts_are_clean_already() -> None:
    for code in ARTICLES[::4]:
        truth = WORLD.truth(code)
        lines = [truth.kicker, truth.title, truth.lead, truth.author, *truth.category, *truth.tags]
        lines += [image.caption for image in truth.images]
        assert [line for line in lines if line is not None and line != clean(line)] == []
        assert truth.body is None or truth.body == clean_paragraphs(truth.body)


def test_articles_share_their_text_only_where_the_truth_says_so() -> None:
    texts = Counter(WORLD.content(code, WORLD.revision(code)).identity for code in ARTICLES)
    assert sum(count - 1 for count in texts.values()) == sum(WORLD.duplicate_of(code) is not None for code in ARTICLES)


def test_a_source_that_is_not_on_the_site_yet_is_no_duplicate() -> None:
    world = World(first=1, last=10_000, density=1.0)
    for code in range(1, 10_001):
        source = world.entry(code).source
        if source and world.origin(code) is Origin.COPY and world.published_at(source) > world.published_at(code):
            break
    assert source
    assert world.truth(code, world.published_at(code)).duplicate_of != source
    assert world.truth(code, world.published_at(source)).duplicate_of == source


def test_a_copy_has_its_source_for_duplicate() -> None:
    copies = [code for code in ARTICLES if WORLD.origin(code) is Origin.COPY]
    assert copies
    for code in copies:
        truth = WORLD.truth(code)
        assert truth.duplicate_of == truth.family == WORLD.entry(code).source
        assert truth.duplicate_of is not None
        original = WORLD.truth(truth.duplicate_of)
        assert (truth.title, truth.lead, truth.body) == (original.title, original.lead, original.body)
        assert original.duplicate_of is None


def test_a_rewriting_is_near_its_source_and_no_duplicate() -> None:
    rewritings = [code for code in ARTICLES if WORLD.origin(code) is Origin.REWRITING]
    assert rewritings
    for code in rewritings:
        truth = WORLD.truth(code)
        assert truth.near_of is not None
        assert truth.duplicate_of != truth.near_of
        source = WORLD.truth(truth.near_of)
        assert (truth.title, truth.body) != (source.title, source.body)
        shared = set((truth.body or "").split()) & set((source.body or "").split())
        assert len(shared) > 0.75 * len(set((source.body or "").split()))


def test_codes_are_not_in_the_order_of_publication() -> None:
    newest = World(first=1, last=5000).newest(100)
    upwards = sum(later > earlier for earlier, later in itertools.pairwise(newest))
    assert 15 <= upwards <= 40  # 28 on a real feed


def test_the_newest_are_those_that_appeared_last() -> None:
    world = World(first=1, last=3000)
    at = world.now - timedelta(days=2)
    visible = sorted(world.visible(1, 3000, at), key=lambda code: (world.published_at(code), code), reverse=True)
    assert world.newest(100, at) == visible[:100]


def test_before_its_publication_an_article_is_missing() -> None:
    code = next(code for code in ARTICLES if WORLD.origin(code) is Origin.REPORT)
    published = WORLD.published_at(code)
    assert WORLD.truth(code, published - timedelta(seconds=1)).outcome is Outcome.MISSING
    assert WORLD.truth(code, published).outcome is Outcome.STORED


def test_everything_is_published_at_the_end() -> None:
    world = World(first=1, last=1000, density=1.0, deletion_share=0)
    assert all(world.is_visible(code) for code in range(1, 1001))


def test_a_deleted_article_is_missing_from_then_on() -> None:
    world = changing_world()
    entry = next(entry for code in range(1, 1001) if (entry := world.entry(code)).deleted_at is not None)
    assert entry.deleted_at is not None
    assert world.truth(entry.code, entry.deleted_at - timedelta(seconds=1)).outcome is Outcome.STORED
    assert world.truth(entry.code, entry.deleted_at).outcome is Outcome.MISSING


def test_every_edit_is_of_the_class_it_says() -> None:
    world, seen = changing_world(), set()
    for code in range(1, 1001):
        edits = world.entry(code).edits
        later = [world.content(code, number + 2) for number in range(len(edits))]
        for earlier, content, edit in zip([world.content(code, 1), *later], later, edits, strict=False):
            assert change_class(as_text(earlier).fields(), as_text(content).fields()) is edit.change, (code, edit)
            seen.add(edit.change)
            if edit.change in {Change.HEADLINE, Change.LEAD}:
                assert is_most_of(earlier.title, content.title)
                assert is_most_of(earlier.lead, content.lead)
    assert seen == set(Change)


def is_most_of(earlier: str | None, later: str | None) -> bool:
    """Whether two thirds of the words are still there."""
    before = set((earlier or "").split())
    return len(before & set((later or "").split())) >= len(before) * 2 / 3


def test_no_edit_of_a_headline_or_lead_leads_back_to_an_earlier_one() -> None:
    world = World(first=1, last=1000, density=1.0, edit_share=1.0)
    for code in range(1, 1001):
        edits = world.entry(code).edits
        kept = [number for number, edit in enumerate(edits) if edit.change in {Change.HEADLINE, Change.LEAD}]
        texts = [world.content(code, number) for number in (1, *(number + 2 for number in kept))]
        assert len({(text.title.rstrip("."), text.lead) for text in texts}) == len(texts), code


def test_revisions_are_the_texts_that_were_on_the_site_before() -> None:
    world = changing_world()
    code = next(code for code in range(1, 1001) if len(world.entry(code).edits) == 3 and world.is_visible(code))
    edits = world.entry(code).edits
    assert world.revisions(code, edits[0].at - timedelta(seconds=1)) == []
    earlier = world.revisions(code, edits[2].at)
    assert [revision.change for revision in earlier] == [edit.change for edit in edits]
    assert [revision.until for revision in earlier] == [edit.at for edit in edits]
    for revision in earlier:
        assert world.truth(code, revision.since).title == revision.content.title
        assert world.truth(code, revision.since).body == revision.content.body
    assert world.truth(code, edits[2].at).revision == 4


def test_nothing_changes_once_the_world_has_settled() -> None:
    settled = datetime(2022, 9, 24, tzinfo=UTC)
    world = World(first=1, last=1000, density=1.0, edit_share=1.0, deletion_share=0.5, settles_at=settled)
    entries = [world.entry(code) for code in range(1, 1001)]
    assert all(edit.at < settled for entry in entries for edit in entry.edits)
    assert all(entry.deleted_at is None or entry.deleted_at < settled for entry in entries)


def test_an_impossible_date_is_unknown_and_a_day_alone_is_its_midnight() -> None:
    for code in ARTICLES:
        truth, form = WORLD.truth(code), WORLD.look(code).date_form
        if form is DateForm.IMPOSSIBLE:
            assert (truth.published_at, truth.published_jalali, truth.modified_at) == (None, None, None)
        elif form is DateForm.DAY_ONLY:
            assert truth.published_at is not None
            assert f"{truth.published_at:%H:%M}" == "00:00"
            assert len(truth.published_jalali or "") == 10
        else:
            assert len(truth.published_jalali or "") == 16


def test_a_small_world_has_summer_and_winter_time_and_old_days() -> None:
    moments = [moment for code in ARTICLES if (moment := WORLD.truth(code).published_at)]
    assert {str(moment.utcoffset()) for moment in moments} == {"3:30:00", "4:30:00"}
    assert len({moment.month for moment in moments}) == 12


def test_a_given_article_says_what_it_was_given() -> None:
    published = datetime(2023, 1, 24, 22, 54, tzinfo=UTC)
    given = Content(
        title="آزمایش",
        lead="یک لید",
        blocks=paragraphs("بند نخست", "بند دوم"),
        category=("سیاسی",),
        published_at=published,
    )
    truth = World(first=1, last=10, articles={32_911: given}).truth(32_911)
    assert (truth.title, truth.lead, truth.body) == ("آزمایش", "یک لید", "بند نخست\n\nبند دوم")
    assert truth.published_at == published
    assert truth.published_jalali == "1401-11-05 02:24"
    assert (truth.outcome, truth.revision, truth.tags) == (Outcome.STORED, 1, [])


def as_text(content: Content) -> Truth:
    """A content in the shape in which edits are judged."""
    return Truth(
        code=1,
        outcome=Outcome.STORED,
        kicker=content.kicker,
        title=content.title,
        lead=content.lead,
        body=content.body,
        category=list(content.category),
        tags=list(content.tags),
    )


def test_a_template_may_move_the_date_into_the_head_of_the_page() -> None:
    moves_at = WORLD.now - timedelta(hours=1)
    world = World(first=1, last=2000, date_moves_at=moves_at)
    pages, base = Pages(world, "http://asrpress.ir"), "http://asrpress.ir"
    sources: dict[bool, Counter[str]] = {False: Counter(), True: Counter()}
    for code, at in itertools.product(ARTICLES[:60], (moves_at - timedelta(minutes=1), moves_at)):
        html = pages.article(code, at)
        found = read_page(html, site="asrpress.ir", code=code, url=f"{base}/fa/news/{code}", base_url=base)
        truth = world.truth(code, at)
        assert (found.published_at, found.published_jalali) == (truth.published_at, truth.published_jalali), code
        sources[at >= moves_at][found.sources.get("published_at", "")] += 1
    assert sources[False]["page"] > 40
    assert sources[True] == {"meta": 60}
