"""State the names that the outlets of this CMS give to places, and find them on a page.

No outlet is named here. Templates build their class names from the same words, so that each thing has a *sure* name,
which most outlets and the target use, and *other* ones. The tables are read at two times: the sure names at once, the
others when something has not been found.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from asrcrawler.samaneh.links import LONGEST_HREF
from asrcrawler.samaneh.noise import LONGEST_CLASSES, NO_TEXT, is_noise
from asrcrawler.samaneh.urls import code_of_url

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from selectolax.lexbor import LexborHTMLParser, LexborNode

    from asrcrawler.samaneh.noise import Role

SURE = {
    "code": "news_id_c",
    "date": "news_pdate_c",
    "path": "news_path",
    "body": "body",
    "tag": "tags_item",
    "comment": "comments_item",
    "comments": "comments_container comm_container",
    "counter": "news_comments com_title_p",
    "photo body": "photo_body",
    "pictures": "image_set showcase-content",
    "film": "video_content video_title video_body",
}
"""Kind of place → its class names."""

OTHERS = {
    "headline": "title news-title title-news news_title_h title_news newsTitle title_c video_title photo_title"
    " album_title photoshahr-title baznashr-title description_d",
    "body": "news_body newspage_body item-body item_body news-body body_news body-news body_news_search newsBody"
    " news-text news_text khabar-matn khabar_matn matn-khabar matn baznashr-body photo_body album_body video_body",
    "gallery": "album_content album_list_content photo_content video_content news_album_main_part",
    "path": "news_path2 path_bottom_body path-cover news_nav_second",
    "section": "service_name cat_name service_name_photo cat_name_photo newsSubjectName news_cat_c",
    "date": "decription_d_i",
}
FAMILIES = {
    "path": re.compile(r"(?:.*[-_])?(?:bread)?crumbs?(?:[-_].*)?|pathe?(?:[-_]news)?|news[-_]pathe?"),
    "section": re.compile(r"(?:news|photo|video)?[-_]?(?:service|cat|category|subject)(?:[-_]?names?)?"),
    "date": re.compile(r"(?:.*[-_])?(?:p|pub|publish)?(?:date|data|times?|tarikh)(?:[-_].*)?|datetime|publishtime"),
    "pictures": re.compile(r".*album.*"),
    "film place": re.compile(
        r".*videojs.*|(?:news[-_]?)?video(?:[-_](?:content|title|body|box|player|main|container))?"
    ),
    "counter": re.compile(r"(?:.*[-_])?comments?[-_]?(?:count|counter|num|number)s?|(?:count|num)[-_]?comments?"),
}
"""Kind of place → how its other class names are built; camel case counts as if it had dashes."""
_ANOTHER_DATE = re.compile(
    r"(?:.*[-_])?(?:up|update|updated|mod|modif\w*|edit\w*|last|now|today|current|read\w*)(?:[-_].*)?"
)
"""The class names of dates and times that are no publication."""
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
BODY_IDS = frozenset({"newsMainBody", "news_body", "newsBody", "item-body"})

# Things that more than a class name tells, as selectors.
KICKERS = '[class*="titr"], [class*="itle"]'
LEADS = '[class*="sub"], [class*="ead"], .introtext'
LEAD_NAME = re.compile(
    r".*sub-?title.*|(?:news[-_]?)?leadi?(?:[-_]?(?:text|body|news))?|content-lead-news|sub_ax|introtext", re.IGNORECASE
)
KICKER_NAME = re.compile(r".*(?:rutitr|rotitr).*|(?:news)?pre-?title|up-?title", re.IGNORECASE)
AUTHORS = '[class*="author"], [class*="writer"], [class*="reporter"], [rel="author"]'
AUTHOR_NAME = re.compile(r"news[-_](?:author|writer|reporter)|(?:author|writer|reporter)[-_]?name")
LEAD_PICTURES = (
    "img.image_btn, img.news_corner_image, img.lead_image, .lead_image img, .news_lead_image img, .primary_image img,"
    " .parent-lead-img img"
)
COMMENTS = '[id^="comm_"]'
_TAG_BOXES = ".tags_container, .tags_title, .tags"
_TAG_LINKS = 'a[href^="/fa/tag"], a[rel~="tag"]'
_IN_TAG_BOXES = ".tags_container a, .tags_title a, .tags a, .tags li"
TOOLS = 'a[href*="/fa/save/"], [onclick*="/fa/print/"], a[href*="/fa/print/"]'
"""The CMS's own buttons around an article; they name its code."""

MOST = 600  # places of one kind; an article has one, a page full of them is not worth more of our time
HIGHEST = 60  # ancestors that are looked at; a place stands some 12 deep
_OUTERMOST = frozenset({"body", "html"})
_COMMENT_ID = re.compile(r"comm_[0-9]+")
_SURROUNDINGS = frozenset({"header", "nav", "aside", "footer"})
_SURROUNDING_NAME = re.compile(
    r"(?!news[-_]nav)(?:.*[-_])?(?:header|footer|menu|nav|navbar|side|sidebar|trend\w*|hot|popular|topbar)(?:[-_].*)?",
    re.IGNORECASE,
)


def _names(*tables: Mapping[str, str]) -> dict[str, list[str]]:
    kinds: dict[str, list[str]] = {}
    for table in tables:
        for kind, names in table.items():
            for name in names.split():
                kinds.setdefault(name, []).append(kind)
    return kinds


_KINDS = _names(SURE, OTHERS)
_SURE_KINDS = _names(SURE)
_SURE_FAMILIES = {kind: family for kind, family in FAMILIES.items() if kind not in OTHERS}
_ABOUT_COMMENTS = "com"
"""In every class name of what is about readers' comments: one part of a selector for them all."""
_IN_SURE_NAMES = (_ABOUT_COMMENTS, "album", "video")
_SURE_NAMES = ", ".join(
    [
        *(f".{name}" for name in _SURE_KINDS if not any(part in name for part in _IN_SURE_NAMES)),
        *(f'[class*="{part}"]' for part in _IN_SURE_NAMES),
    ]
)
# Of each element every part is asked in turn, and most elements have no class.
SURE_PLACES = f"[class]:is({_SURE_NAMES}), h1, video, {COMMENTS}"
# To ask a few hundred elements for their names takes less time than to ask a thousand for forty parts of names.
ALL_PLACES = "[class], [id], [itemprop], h1, h2, time"


@lru_cache(maxsize=4096)
def _kinds_of(classes: str, is_sure: bool) -> frozenset[str]:
    names, families = (_SURE_KINDS, _SURE_FAMILIES) if is_sure else (_KINDS, FAMILIES)
    kinds = {kind for name in classes.split() for kind in names.get(name, ())}
    for name in (_CAMEL.sub("-", name).lower() for name in classes.split()):
        kinds.update(kind for kind, family in families.items() if family.fullmatch(name))
        if not is_sure and _ANOTHER_DATE.fullmatch(name):
            kinds.discard("date")
            break
    if is_sure and not kinds and _ABOUT_COMMENTS in classes:
        kinds.add("about comments")
    return frozenset(kinds)


class Places:
    """The places of a page by their kind, in the order of the page, and which of two stands first."""

    def __init__(self, tree: LexborHTMLParser, selector: str) -> None:
        self._found: dict[str, list[LexborNode]] = {}
        self._more: dict[str, int] = {}
        """Kind → how many there are beyond those."""
        self._order: dict[int, int] = {}
        is_sure, order = selector == SURE_PLACES, self._order
        for node in tree.css(selector):
            if (kinds := _kinds(node, is_sure)) and (identity := node.mem_id) not in order:
                order[identity] = len(order)
                for kind in kinds:
                    found = self._found.setdefault(kind, [])
                    if len(found) < MOST:
                        found.append(node)
                    else:
                        self._more[kind] = self._more.get(kind, 0) + 1

    def of(self, kind: str) -> list[LexborNode]:
        return self._found.get(kind, [])

    def count(self, kind: str) -> int:
        """Count how many there are, also where these are too many to be looked at."""
        return len(self.of(kind)) + self._more.get(kind, 0)

    def comes_before(self, one: LexborNode, other: LexborNode) -> bool:
        return self._order.get(one.mem_id, 0) < self._order.get(other.mem_id, 0)


_NO_KINDS: frozenset[str] = frozenset()
_TELLING = frozenset({"itemprop", "id"})
_TAG_KINDS = {"h1": "headline", "h2": "headline", "video": "film place", "time": "date"}


def _kinds(node: LexborNode, is_sure: bool) -> frozenset[str]:
    tag, attributes = node.tag, node.attributes
    classes = attributes.get("class")
    kinds = _kinds_of(classes[:LONGEST_CLASSES], is_sure) if classes else _NO_KINDS
    if tag in _TAG_KINDS and not (tag == "h2" and is_sure):
        kinds |= {_TAG_KINDS[tag]}
    if not _TELLING.isdisjoint(attributes):
        item, identity = attributes.get("itemprop"), attributes.get("id")
        if item == "headline":
            kinds |= {"headline"}
        if item == "articleBody" or identity in BODY_IDS:
            kinds |= {"body"}
        if identity and _COMMENT_ID.fullmatch(identity):
            kinds |= {"numbered comment"}
    return kinds if tag != "body" else _NO_KINDS


def tag_links(tree: LexborHTMLParser) -> list[LexborNode]:
    """Find what may be a tag on a page that has none of the sure name."""
    if tree.css_first(_TAG_BOXES) is None:  # to look for what stands in them takes four times as long
        return tree.css(_TAG_LINKS)
    return tree.css(f"{_IN_TAG_BOXES}, {_TAG_LINKS}")


def ancestors(node: LexborNode, most: int = HIGHEST) -> list[LexborNode]:
    """Tell what an element stands in, the innermost first, ``<body>`` last; the nearest ``most`` of them."""
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
    """Find the elements that stand in ``node`` itself; of very many only the first ones."""
    found: list[LexborNode] = []
    child = node.child
    while child is not None and len(found) < MOST:
        if child.is_element_node:
            found.append(child)
        child = child.next
    return found


def within_noise(node: LexborNode, roles: frozenset[Role] = NO_TEXT, clear: Container[int] = ()) -> bool:
    """Tell whether an element is, or stands in, a box that is no part of the article.

    ``clear`` are elements that are known not to: those around a headline or a body.
    """
    if is_noise(node, roles):
        return True
    for _ in range(HIGHEST):
        parent = node.parent
        if parent is None or parent.mem_id in clear or (tag := parent.tag) == "body":
            return False
        if is_noise(parent, roles):
            return True
        if tag == "html":
            return False
        node = parent
    return False


def in_surroundings(node: LexborNode, around: Container[int]) -> bool:
    """Tell whether an element stands in the header, a menu, a side bar or the footer of the page.

    What ``around`` names is none of these, because the headline stands in it.
    """
    for part in (node, *ancestors(node)):
        if part.mem_id in around or (tag := part.tag) in _OUTERMOST:
            continue
        if tag in _SURROUNDINGS or _names_surroundings((part.attributes.get("class") or "")[:LONGEST_CLASSES]):
            return True
    return False


@lru_cache(maxsize=4096)
def _names_surroundings(classes: str) -> bool:
    return any(map(_SURROUNDING_NAME.fullmatch, classes.split()))


def common(one: LexborNode, other: LexborNode) -> tuple[LexborNode | None, int]:
    """Find the smallest element that holds both, and how many steps it is above ``one``."""
    others = {node.mem_id for node in (other, *ancestors(other))}
    node: LexborNode | None = one
    for steps in range(HIGHEST + 1):
        if node is None or node.mem_id in others:
            return node, steps if node is not None else HIGHEST
        node = node.parent
    return None, HIGHEST


def comes_before(one: LexborNode, other: LexborNode) -> bool:
    """Tell whether ``one`` begins before ``other`` on the page, neither of them within the other."""
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
    """Tell whether a link leads to another article than ``code``."""
    found = code_of_url((anchor.attributes.get("href") or "")[:LONGEST_HREF])
    return found is not None and found != code


def within_link_elsewhere(node: LexborNode, code: int) -> bool:
    """Tell whether an element is, or stands right in, a link to another article than ``code``."""
    return any(part.tag == "a" and leads_elsewhere(part, code) for part in (node, *ancestors(node, 2)))
