"""The names under which the outlets of this CMS put things, and where on a page they are found.

No outlet is named here. Templates build their class names from the same words, so that each thing has a *sure* name,
which most outlets and the target use, and *other* ones. The tables are read at two times: the sure names at once, the
others when something has not been found.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from asrcrawler.samaneh.noise import LONGEST_CLASSES, is_noise
from asrcrawler.samaneh.urls import code_of_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from selectolax.lexbor import LexborHTMLParser, LexborNode

SURE = {
    "code": "news_id_c",
    "date": "news_pdate_c",
    "path": "news_path",
    "body": "body",
    "tag": "tags_item",
    "comment": "comments_item",
    "comments": "comments_container news_comments comments_pager",
}
"""Kind of place → its class names."""

OTHERS = {
    "headline": "title news-title title-news news_title_h title_news newsTitle title_c video_title photo_title"
    " album_title photoshahr-title baznashr-title description_d",
    "body": "news_body newspage_body item-body item_body news-body body_news body-news body_news_search newsBody"
    " news-text news_text khabar-matn khabar_matn matn-khabar matn baznashr-body photo_body album_body video_body",
    "gallery": "album_content photo_content video_content news_album_main_part",
    "path": "news_path2 path_bottom_body path-cover breadcrumb breadcrumbs",
    "section": "service_name cat_name service_name_photo cat_name_photo newsSubjectName news_cat_c",
    "date": "photo_pdate photo_pub_date news-date news_date newsDate publish-date publish_date item-date"
    " news_path_time photo-newspage-date",
}
BODY_IDS = frozenset({"newsMainBody", "news_body", "newsBody", "item-body"})

# Things that more than a class name tells, as selectors.
KICKERS = '[class*="rutitr"], .newsPreTitle, .pretitle, .pre-title, .uptitle, .up-title'
LEADS = (
    '[class*="subtitle"], [class*="sub-title"], .lead, .news-lead, .news_lead, .content-lead-news, .sub_ax, .introtext'
)
AUTHORS = '.news_author, .author_name, .news_writer, .writer_name, .news_reporter, .reporter_name, [rel="author"]'
LEAD_PICTURES = (
    "img.image_btn, img.news_corner_image, img.lead_image, .lead_image img, .news_lead_image img, .primary_image img,"
    " .parent-lead-img img"
)
GALLERIES = ".album_listi, .image_set, .album_content, .photo_body, .news_album_main_part"
VIDEOS = ".video_content, .video_title, .video_body"
COMMENT_PLACES = '#comm_b, form[name="comments"]'
TAG_PLACES = '.tags_container a, .tags_title a, .tags a, .tags li, a[href^="/fa/tag"], a[rel~="tag"]'
TOOLS = 'a[href*="/fa/save/"], [onclick*="/fa/print/"], a[href*="/fa/print/"]'
"""The CMS's own buttons around an article; they name its code."""

_FRAGMENTS = ("news_", "news-", "body", "title", "comments", "_content", "photo", "path", "matn", "_name", "date")
_RIGHT_TO_LEFT = '[style*="direction"]'

LONGEST_HREF = 2000  # characters of a link that are looked at
MOST = 300  # places of one kind; an article has one, a page full of them is not worth more of our time
HIGHEST = 60  # ancestors that are looked at; a place stands some 12 deep
_OUTERMOST = frozenset({"body", "html"})


def _names(*tables: Mapping[str, str]) -> dict[str, list[str]]:
    kinds: dict[str, list[str]] = {}
    for table in tables:
        for kind, names in table.items():
            for name in names.split():
                kinds.setdefault(name, []).append(kind)
    return kinds


_KINDS = _names(SURE, OTHERS)
_SURE_KINDS = _names(SURE)


def _shared(names: Iterable[str]) -> list[str]:
    """Parts of a selector that find these class names, and some more: of every element each part is asked in turn, and
    a fragment that many names share is one part."""
    return sorted({next((f'[class*="{part}"]' for part in _FRAGMENTS if part in name), f".{name}") for name in names})


SURE_PLACES = ", ".join([*(f".{name}" for name in _SURE_KINDS), "h1", _RIGHT_TO_LEFT, COMMENT_PLACES])
ALL_PLACES = ", ".join(
    [
        *_shared(_KINDS),
        "h1",
        _RIGHT_TO_LEFT,
        '[itemprop="articleBody"]',
        '[itemprop="headline"]',
        "time",
        *(f"#{name}" for name in sorted(BODY_IDS)),
    ]
)


@lru_cache(maxsize=4096)
def _kinds_of(classes: str) -> frozenset[str]:
    return frozenset(kind for name in classes.split() for kind in _KINDS.get(name, ()))


class Places:
    """The places of a page by their kind, in the order of the page, and which of two stands first."""

    def __init__(self, tree: LexborHTMLParser, selector: str) -> None:
        self._found: dict[str, list[LexborNode]] = {}
        self._order: dict[int, int] = {}
        for node in tree.css(selector):
            if node.mem_id not in self._order and (kinds := _kinds(node)):
                self._order[node.mem_id] = len(self._order)
                for kind in kinds:
                    found = self._found.setdefault(kind, [])
                    if len(found) < MOST:
                        found.append(node)

    def of(self, kind: str) -> list[LexborNode]:
        return self._found.get(kind, [])

    def comes_before(self, one: LexborNode, other: LexborNode) -> bool:
        return self._order.get(one.mem_id, 0) < self._order.get(other.mem_id, 0)


def _kinds(node: LexborNode) -> set[str]:
    tag, attributes = node.tag, node.attributes
    if tag == "body":
        return set()
    kinds = set(_kinds_of((attributes.get("class") or "")[:LONGEST_CLASSES]))
    if tag == "h1" or attributes.get("itemprop") == "headline":
        kinds.add("headline")
    if tag == "time":
        kinds.add("date")
    if attributes.get("itemprop") == "articleBody" or attributes.get("id") in BODY_IDS:
        kinds.add("body")
    if "direction" in (attributes.get("style") or ""):
        kinds.add("container")
    if attributes.get("id") == "comm_b" or (tag == "form" and attributes.get("name") == "comments"):
        kinds.add("comments")
    return kinds


def line_of(node: LexborNode) -> str:
    """The text of an element in one line."""
    return " ".join(node.text().split())


def ancestors(node: LexborNode, most: int = HIGHEST) -> list[LexborNode]:
    """What an element stands in, the innermost first, ``<body>`` last; the nearest ``most`` of them."""
    found: list[LexborNode] = []
    for _ in range(most):
        parent = node.parent
        if parent is None:
            break
        found.append(parent)
        if parent.tag in _OUTERMOST:
            break
        node = parent
    return found


def children(node: LexborNode) -> list[LexborNode]:
    """The elements that stand in ``node`` itself; of very many only the first ones."""
    found: list[LexborNode] = []
    child = node.child
    while child is not None and len(found) < MOST:
        if child.is_element_node:
            found.append(child)
        child = child.next
    return found


def within_noise(node: LexborNode) -> bool:
    """Whether an element is, or stands in, a box that is no part of the article."""
    if is_noise(node):
        return True
    for _ in range(HIGHEST):
        parent = node.parent
        if parent is None or (tag := parent.tag) == "body":
            return False
        if is_noise(parent):
            return True
        if tag == "html":
            return False
        node = parent
    return False


def common(one: LexborNode, other: LexborNode) -> tuple[LexborNode | None, int]:
    """The smallest element that holds both, and how many steps it is above ``one``."""
    others = {node.mem_id for node in (other, *ancestors(other))}
    for steps, node in enumerate((one, *ancestors(one))):
        if node.mem_id in others:
            return node, steps
    return None, HIGHEST


def comes_before(one: LexborNode, other: LexborNode) -> bool:
    """Whether ``one`` begins before ``other`` on the page, neither of them within the other."""
    others = {node.mem_id for node in (other, *ancestors(other))}
    beside: LexborNode | None = one
    while beside is not None and beside.parent is not None and beside.parent.mem_id not in others:
        beside = beside.parent
    while beside is not None:
        if beside.mem_id in others:
            return True
        beside = beside.next
    return False


def leads_elsewhere(anchor: LexborNode, code: int) -> bool:
    """Whether a link leads to another article than ``code``."""
    found = code_of_url((anchor.attributes.get("href") or "")[:LONGEST_HREF])
    return found is not None and found != code


def within_link_elsewhere(node: LexborNode, code: int) -> bool:
    """Whether an element is, or stands right in, a link to another article than ``code``."""
    return any(part.tag == "a" and leads_elsewhere(part, code) for part in (node, *ancestors(node, 2)))
