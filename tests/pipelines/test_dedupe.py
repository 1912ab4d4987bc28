"""The fingerprints of an article."""

from __future__ import annotations

from dataclasses import replace

import pytest

from asrcrawler.items import Absence, Article, Outcome
from asrcrawler.pipelines.dedupe import DIGEST_SIZE, DedupePipeline, text_digest
from asrcrawler.text.similarity import signature

BODY = "شهردار از گشایش کتابخانه‌ای تازه در محله قدیمی شهر خبر داد و گفت کار ساختن آن سه سال زمان برده است."
ARTICLE = Article(site="asrpress.ir", code=5, url="u", short_url="s", title="خبر", lead="می‌شود", body=BODY)


@pytest.mark.parametrize(
    "change",
    [
        {"code": 9, "tags": ["کتاب"], "kicker": "شهر"},
        {"lead": "می شود"},
        {"lead": "ميشود"},
        {"title": "خبر:"},
        {"body": BODY.replace("ی", "ي").replace("، ", " ")},
    ],
)
def test_the_same_words_have_the_same_digest(change: dict[str, object]) -> None:
    assert text_digest(replace(ARTICLE, **change)) == text_digest(ARTICLE)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [{"title": "خبر دیگر"}, {"lead": None}, {"body": BODY + " پایان"}, {"title": "خبرمی", "lead": "شود"}],
)
def test_other_words_have_another(change: dict[str, object]) -> None:
    assert text_digest(replace(ARTICLE, **change)) != text_digest(ARTICLE)  # type: ignore[arg-type]


def test_an_article_without_a_body_is_nobody_s_copy() -> None:
    assert text_digest(replace(ARTICLE, body=None)) is None


def test_the_pipeline_gives_articles_both_and_lets_absences_pass() -> None:
    absence = Absence(site="asrpress.ir", code=6, outcome=Outcome.MISSING, reason="404")
    pipeline = DedupePipeline()
    assert pipeline.process_item(absence) is absence
    article = pipeline.process_item(replace(ARTICLE))
    assert article.text_digest == text_digest(ARTICLE)
    assert len(article.text_digest) == DIGEST_SIZE
    assert article.signature == signature(BODY)
