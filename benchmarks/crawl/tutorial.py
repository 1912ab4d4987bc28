"""The crawler that tutorials teach: parsel selectors, an ORM model, one commit an item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy import signals
from sqlalchemy import Text, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from benchmarks.crawl.plain import PlainSpider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy.crawler import Crawler
    from scrapy.http import Response


class Base(DeclarativeBase):
    pass


class StoredArticle(Base):
    __tablename__ = "article"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[int] = mapped_column(unique=True)
    title: Mapped[str | None] = mapped_column(Text)
    kicker: Mapped[str | None] = mapped_column(Text)
    lead: Mapped[str | None] = mapped_column(Text)
    body: Mapped[str | None] = mapped_column(Text)
    published: Mapped[str | None] = mapped_column(Text)
    category: Mapped[str | None] = mapped_column(Text)
    tags: Mapped[str | None] = mapped_column(Text)


class TutorialSpider(PlainSpider):
    name = "tutorial"

    def parse(self, response: Response) -> Iterator[dict[str, Any]]:  # type: ignore[override]
        code = response.css(".news_id_c::text").re_first(r"\d+")
        if code is None:
            return
        yield {
            "code": int(code),
            "title": " ".join(response.css("h1 a::text, h1::text").getall()).strip(),
            "kicker": response.css("[class*=rutitr]::text").get(),
            "lead": " ".join(response.css("[class*=subtitle]::text, [class*=subtitle] *::text").getall()).strip(),
            "body": "\n".join(text.strip() for text in response.css(".body ::text").getall() if text.strip()),
            "published": " ".join(response.css(".news_pdate_c ::text").getall()).strip(),
            "category": " > ".join(response.css(".news_path a::text").getall()),
            "tags": "، ".join(response.css("a.tags_item::text").getall()),
        }


class OrmPipeline:
    """Looks the article up, adds or changes it, and commits: once an item, on the event loop."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url)
        Base.metadata.create_all(self._engine)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> OrmPipeline:
        pipeline = cls(crawler.settings["DATABASE_URL"])
        crawler.signals.connect(pipeline.spider_closed, signal=signals.spider_closed)
        return pipeline

    def process_item(self, item: dict[str, Any]) -> dict[str, Any]:
        with Session(self._engine) as session:
            stored = session.scalar(select(StoredArticle).where(StoredArticle.code == item["code"]))
            if stored is None:
                stored = StoredArticle(code=item["code"])
                session.add(stored)
            for name, value in item.items():
                setattr(stored, name, value)
            session.commit()
        return item

    def spider_closed(self) -> None:
        self._engine.dispose()
