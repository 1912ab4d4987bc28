"""Write the head of an article page: meta properties, and JSON-LD that is right, cut off or of another article."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from asrcrawler.replica.datestamps import NEVER, meta_stamp
from asrcrawler.replica.handwriting import escaped, in_digits
from asrcrawler.replica.timeline import TEHRAN
from asrcrawler.replica.variations import DateForm, Digits, JsonLd, MetaForm, Writing

if TYPE_CHECKING:
    from datetime import datetime

    from asrcrawler.replica.content import Content
    from asrcrawler.replica.look import Look

LONE_SURROGATE = "\ud83d"
CUT_AT = 0.6
"""Share of a truncated JSON-LD that is left."""


def meta_html(
    content: Content,
    code: int,
    origin: str,
    published: datetime,
    modified: datetime | None,
    look: Look,
    site_name: str,
) -> str:
    """Write the meta properties, most of them several times, as the CMS does."""
    title, lead = escaped(content.title), escaped(content.lead or "")
    picture = origin + content.pictures[0].path if content.pictures else ""
    address = f"{origin}/fa/news/{code}"
    tags = "".join(
        f'<meta property="article:tag" content="{escaped(" , ".join(content.tags))}">\n' if content.tags else ""
    )
    return f"""<meta name="description" content="{lead}">
<meta name="keywords" content="{escaped("،".join(content.tags))}">
<meta property="og:description" content="{lead}">
<meta name="dc.description" content="{lead}">
<meta name="twitter:description" content="{lead}">
<meta itemprop="name" content="{title}">
<meta itemprop="image" content="{picture}">
<meta property="og:locale" content="fa_IR">
<meta property="og:type" content="website">
<meta property="og:title" content="{title}">
<meta property="og:url" content="{address}">
<meta property="og:site_name" content="{site_name}">
<meta property="og:image" content="{picture}">
<meta name="twitter:card" content="summary">
<meta name="twitter:title" content="{title}">
<meta name="twitter:url" content="{address}">
<meta name="twitter:image" data-page-subject="true" content="{picture}" />
<meta name="dc.language" content="fa">
<meta name="dc.title" lang="fa" content="{title}">
<meta name="dc.type" scheme="DCMIType" content="Text,Image">
<meta name="dc.publisher" content="{site_name}">
<meta name="dc.identifier" content="{address}">
<meta name="dc.creator" content="{site_name}">
<meta property="article:author" content="{site_name}">
<meta property="article:section" content="{escaped(content.category[0]) if content.category else ""}">
{tags}{_dates_html(published, modified, look)}<meta property="article:expiration_time" content="">
"""


def jsonld_html(content: Content, published: datetime, look: Look, other_title: str, site_name: str) -> str:
    """Write the JSON-LD as ``look`` has it; empty where the page has none."""
    if Writing.NUL_BYTES in look.writing:
        text = json.dumps({"@type": "NewsArticle", "headLine": content.title + LONE_SURROGATE})
        return _script(text)
    if look.jsonld is JsonLd.MISSING:
        return ""
    if look.jsonld is JsonLd.WRONG:
        text = json.dumps({"@context": "https://schema.org", "@type": "NewsArticle", "headLine": other_title})
        return _script(text.replace("/", r"\/"))
    author = {"@type": "Organization", "name": site_name}
    if content.author:
        author = {"@type": "Person", "name": content.author}
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headLine": content.title,
        "articleBody": content.lead or "",
        "author": author,
        "publisher": {"@type": "Organization", "name": site_name},
    }
    if look.date_form is not DateForm.IMPOSSIBLE:
        data["datePublished"] = published.astimezone(TEHRAN).replace(microsecond=0).isoformat()
    text = json.dumps(data).replace("/", r"\/")
    return _script(text[: int(len(text) * CUT_AT)] if look.jsonld is JsonLd.TRUNCATED else text)


def _script(text: str) -> str:
    return f'<script  type="application/ld+json">\n{text}\n</script>\n'


def _dates_html(published: datetime, modified: datetime | None, look: Look) -> str:
    match look.meta_form:
        case MetaForm.MISSING:
            return ""
        case MetaForm.ISO:
            first = published.astimezone(TEHRAN).replace(microsecond=0).isoformat()
            last = modified.astimezone(TEHRAN).isoformat() if modified else in_digits(NEVER, Digits.PERSIAN)
        case _:
            impossible = look.date_form is DateForm.IMPOSSIBLE
            first = in_digits(meta_stamp(published, impossible=impossible), Digits.PERSIAN)
            never = modified is None or impossible
            last = in_digits(NEVER if never or modified is None else meta_stamp(modified), Digits.PERSIAN)
    return (
        f'<meta property="article:published_time" content="{first}">\n<meta property="article:modified_time" '
        f'content="{last}">\n'
    )
