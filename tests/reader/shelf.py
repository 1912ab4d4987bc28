"""An archive to read in: some of everything that a page can meet. All of it is made up."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from asrcrawler.items import Article, Fetch, Image, Kind, Outcome, Video
from asrcrawler.pipelines.dedupe import DedupePipeline
from asrcrawler.storage.visits import runs
from asrcrawler.storage.visits.ledger import record_listed
from asrcrawler.storage.visits.writing import write_visits
from asrcrawler.text.calendar import TEHRAN, jalali
from tests.storage.samples import DAY, HOUR, MINUTE, SITE, an_absence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from asrcrawler.storage import Database

ORDINARY = range(301, 341)
EDITED, HOSTILE, ORIGINAL, COPY, NEAR, GALLERY, UNDATED, FUTURE, DAY_ONLY = range(401, 410)
NEWEST = 420  # listed, not visited

TEXT = """شهرداری اعلام کرد ساخت پل تازه بر رودخانه از هفته آینده آغاز می‌شود و دو سال به درازا می‌کشد.

به گفته مدیر طرح، هزینه ساخت این پل از محل فروش اوراق تأمین شده و سه پیمانکار داخلی آن را انجام می‌دهند.

سال | بودجه | سهم

۱۴۰۱ | ۲۰۰ | ۴۰ درصد

۱۴۰۲ | ۳۰۰ | ۶۰ درصد

رفت‌وآمد در خیابان‌های پیرامون در این مدت محدود خواهد بود و اتوبوس‌ها از مسیر دیگری می‌گذرند. \
ساکنان محله از شورای شهر خواسته‌اند پیاده‌رو و مسیر دوچرخه را هم در نقشه بگنجاند تا کودکان بی‌خطر به مدرسه بروند."""
OTHER_TEXT = TEXT.replace("سه پیمانکار داخلی", "چهار پیمانکار داخلی")
SCRIPT = "<script>document.title='hacked'</script>"


def fill(database: Database, now: datetime) -> None:
    """Write the archive as of ``now``: two runs that ended, one well and one refused."""
    began = now - DAY
    run = runs.begin_run(database, SITE, {})
    write_visits(database, [article(code, now - (341 - code) * HOUR, seen=now) for code in ORDINARY], run_id=run)
    write_visits(database, list(_special(now)), run_id=run)
    write_visits(database, [_edited(now, began + HOUR, title="آغاز ساخت پل تازه")], run_id=run)
    write_visits(database, [_edited(now, began + 2 * HOUR, title="آغاز ساخت پل تازه", body=OTHER_TEXT)], run_id=run)
    absences = [
        *(an_absence(code, at=now - HOUR) for code in range(341, 390)),
        an_absence(390, Outcome.FAILED, at=now - DAY, reason="timeout", status=None),
        an_absence(391, Outcome.REFUSED, at=now - DAY, reason="403", status=403),
        an_absence(392, Outcome.UNREADABLE, at=now - HOUR, reason="no title", status=200),
    ]
    write_visits(database, absences, run_id=run)
    record_listed(database, SITE, [NEWEST], now)
    figures = runs.RunFigures(
        outcomes={"stored": 49, "missing": 49},
        requests=103,
        bytes=3_200_000,
        articles_new=49,
        sources=[{"title": {"page": 40, "meta": 9}, "author": {"missing": 49}}],
    )
    runs.end_run(database, run, figures, reason="finished", exit_status=0)
    refused = runs.begin_run(database, SITE, {})
    runs.end_run(database, refused, runs.RunFigures(requests=5), reason="refused", exit_status=75)


def article(code: int, published: datetime | None, *, seen: datetime, **values: Any) -> Article:
    """An article with the fingerprints of its text."""
    given: dict[str, Any] = {
        "kicker": "گزارش میدانی",
        "title": f"خبر شمارهٔ {code} از بازار کتاب",
        "lead": "کتاب‌فروشان از فصل تازه می‌گویند.",
        "body": f"بند نخست خبر {code}.\n\nبند دوم دربارهٔ بازار کتاب و کاغذ.",
        "category": ["فرهنگی", "کتاب"],
        "tags": ["کتاب", "کاغذ"],
        "published_at": published.astimezone(TEHRAN) if published else None,
        "published_jalali": jalali(published) if published else None,
    } | values
    found = Article(
        site=SITE,
        code=code,
        url=given.pop("url", f"http://{SITE}/fa/news/{code}"),
        short_url=f"http://{SITE}/000{code}",
        fetch=Fetch(at=seen, status=200, size=60_000),
        **given,
    )
    DedupePipeline().process_item(found)
    return found


def _edited(now: datetime, seen: datetime, **values: Any) -> Article:
    given = {"title": "ساخت پل تازه آغاز می‌شود", "lead": "پل در دو سال ساخته می‌شود.", "body": TEXT} | values
    return article(EDITED, now - DAY + MINUTE, seen=seen, category=["جامعه"], tags=["پل"], **given)


def _special(now: datetime) -> Iterator[Article]:
    yield _edited(now, now - DAY + 5 * MINUTE)
    yield article(
        HOSTILE,
        now - 2 * MINUTE,
        seen=now,
        url="javascript:alert(1)",
        title=f"عنوان {SCRIPT} \u202e برعکس",
        lead="<b onmouseover=alert(1)>لید</b>",
        body=f"{SCRIPT}\n\n<img src=x onerror=alert(1)> {{{{ 7 * 7 }}}}",
        category=["<i>بخش</i>"],
        tags=["../برچسب?a=b#c"],
        images=[
            Image(url="javascript:alert(1)", caption=SCRIPT),
            Image(url="http://elsewhere.example/1.jpg"),
            Image(url="http://elsewhere.example/\u202egpj.exe"),
            Image(url="http://\u202eelsewhere.example/1.jpg"),
        ],
    )
    report = {"title": "بهای کاغذ پایین آمد", "body": TEXT.replace("پل", "کتابخانه")}
    yield article(ORIGINAL, now - 3 * HOUR, seen=now, **report)
    yield article(COPY, now - 2 * HOUR, seen=now, **report)
    yield article(NEAR, now - HOUR, seen=now, **report | {"title": "کاغذ ارزان شد"})
    pictures = [Image(url=f"http://{SITE}/files/{number}.jpg", caption=f"نمای {number}") for number in range(3)]
    yield article(
        GALLERY,
        now - 4 * HOUR,
        seen=now,
        kind=Kind.GALLERY,
        title="نمایشگاه در قاب",
        images=pictures,
        videos=[Video(url=f"http://{SITE}/files/1.mp4"), Video(url="javascript:alert(1)")],
        body=None,
    )
    yield article(UNDATED, None, seen=now, title="خبری بی تاریخ")
    yield article(FUTURE, now + 3 * DAY, seen=now, title="خبری از فردا")
    day_only = (now - 3 * DAY).astimezone(TEHRAN).replace(hour=0, minute=0, second=0, microsecond=0)
    yield article(
        DAY_ONLY,
        day_only,
        seen=now,
        title="خبری بی ساعت",
        published_jalali=jalali(day_only + timedelta(hours=1), with_time=False),
    )
