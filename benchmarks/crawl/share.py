"""Our own share of what a page costs: judged, packed, cleaned, fingerprinted and stored, without Scrapy and network."""

from __future__ import annotations

import tempfile
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from time import process_time
from typing import NamedTuple

from asrcrawler.clock import utcnow
from asrcrawler.extensions.garbage import set_aside
from asrcrawler.items import Article, Capture
from asrcrawler.pipelines.clean import clean_article
from asrcrawler.pipelines.dedupe import fingerprint
from asrcrawler.replica import World
from asrcrawler.replica.site import Site
from asrcrawler.samaneh.visit import Answer, Asked, judge
from asrcrawler.spiders.asr import AsrSpider
from asrcrawler.storage import Database
from asrcrawler.storage.visits.writing import write_visits
from asrcrawler.text.packing import Dictionary, pack, train

BASE_URL = "http://127.0.0.1:1"
PAGES = 1_000
BATCH = 100
ROUNDS = 3


class Share(NamedTuple):
    """Milliseconds of CPU a page."""

    kilobytes: float
    """Of a page, on average."""
    read: float
    packed: float
    cleaned: float
    fingerprinted: float
    stored: float

    @property
    def total(self) -> float:
        return self.read + self.packed + self.cleaned + self.fingerprinted + self.stored


def measure() -> Share:
    """The best of some rounds, each into an empty database."""
    bodies = _bodies()
    dictionary = train([body for _, body in bodies[:100]])
    assert dictionary is not None
    rounds = [_round(bodies, Dictionary(0, dictionary.data)) for _ in range(ROUNDS)]
    return min(rounds, key=lambda share: share.total)


def _bodies() -> list[tuple[int, bytes]]:
    world = World(first=1, last=2 * PAGES, density=1.0, deletion_share=0.0)
    site = Site(world, BASE_URL, sitemaps=True, crawl_delay=None, conditional=True)
    answers = ((code, site.answer(f"/fa/news/{code}", code)) for code in range(1, 2 * PAGES))
    return [(code, answer.body) for code, answer in answers if answer.status == 200][:PAGES]


def _round(bodies: list[tuple[int, bytes]], dictionary: Dictionary) -> Share:
    """A batch after the other, as in a crawl."""
    spent = [0.0] * 5
    with tempfile.TemporaryDirectory() as folder, closing(Database(f"sqlite:///{folder}/share.db")) as database:
        database.prepare()
        set_aside()
        for start in range(0, len(bodies), BATCH):
            clock = [process_time()]
            asked = [
                (
                    Answer(url=f"{BASE_URL}/fa/news/{code}", status=200, at=utcnow(), body=body),
                    Asked(site=AsrSpider.outlet.site, code=code, base_url=BASE_URL),
                )
                for code, body in bodies[start : start + BATCH]
            ]
            judged = [judge(answer, question) for answer, question in asked]
            clock.append(process_time())
            articles = [item for item in judged if isinstance(item, Article)]
            for article in articles:
                assert article.fetch is not None
                assert isinstance(article.fetch.capture, Capture)
                packed = pack(article.fetch.capture, dictionary)
                article.fetch.capture = replace(packed, dictionary=None)  # the database does not have it
            clock.append(process_time())
            for article in articles:
                clean_article(article)
            clock.append(process_time())
            for article in articles:
                fingerprint(article)
            clock.append(process_time())
            write_visits(database, articles, run_id=None, newest=bodies[-1][0])
            clock.append(process_time())
            spent = [before + end - begin for before, (begin, end) in zip(spent, pairwise(clock), strict=True)]
    kilobytes = sum(len(body) for _, body in bodies) / len(bodies) / 1000
    return Share(kilobytes, *(1000 * seconds / len(bodies) for seconds in spent))
