"""Whether an answer came whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asrcrawler.http.completeness import (
    LOOKS,
    SPAN,
    WINDOW,
    Completeness,
    Looks,
    completeness,
    has_end,
    has_root_end,
    looked_again,
)

WHOLE, UNENDED, BROKEN = Completeness.WHOLE, Completeness.UNENDED, Completeness.BROKEN
PAGE = "<html><body><p>متن خبر</p></body></html>".encode()
CUT = PAGE[:-10]
NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("body", "is_delimited", "is_unpacked", "found"),
    [
        (PAGE, True, True, WHOLE),
        (PAGE, False, True, WHOLE),
        (CUT, False, True, BROKEN),
        (CUT, True, True, UNENDED),
        (PAGE, True, False, BROKEN),
        (CUT, True, False, BROKEN),
        (PAGE, False, False, BROKEN),
        (b"", True, True, UNENDED),
    ],
)
def test_what_transfer_encodings_and_document_say(
    body: bytes, is_delimited: bool, is_unpacked: bool, found: Completeness
) -> None:
    assert completeness(body, is_delimited=is_delimited, is_unpacked=is_unpacked) is found


@pytest.mark.parametrize(
    "body",
    [
        PAGE,
        b"<p>x</HTML>",
        b"<p>x</html\n >",
        b"<p>x</html",
        b"<p>x</html>\n" + b" \r\n" * WINDOW,
        b"<p>x</html><!-- made in 0.2 s -->",
        b"<p>x</html><script>count()</script>",
        b"<p>x</html><script>document.write('<html>",
        b"<p>x</html>" + b"x" * (WINDOW - 7),
        b"<script>var a = '<!--'</script><p>x</html>",
        b"<script><!-- old browsers\nrun()\n//--></script><p>x</html>",
        b"<!-- <script> --><p>x</html>",
        b"<!-- <script>run()</script> --><p>x</html>",
        b"<!--><p>x</html>",
        b"<!-- gone --!><p>x</html>",
        b"<SCRIPT>run()</SCRIPT><p>x</html>",
        b"<script>print('</html>')</script><p>x</html>",
        b"<scripture>x</html>",
        "<p>متن</p></html>\n".encode("utf-16"),
        "<p>متن</p></html>\n".encode("utf-16-be"),
        "<p>متن</p></html>".encode("utf-32"),
        b"<p>x</ht\0ml>\0\0",
        "<p>متن</p></html>".encode("windows-1256"),
    ],
)
def test_the_end_of_a_document(body: bytes) -> None:
    assert has_end(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        CUT,
        b"<p>x</body>",
        b"<p>x</htmlx>",
        b"<p>x</html-box>",
        b"<p>x</ html>",
        b"<p>x</html>" + b"x" * (WINDOW + 1),
        b"<!-- <p>x</html>",
        b"<p>x<!-- earlier: </body></html>",
        b"<p>x<!-- one --><!-- </html>",
        b"<p>x<script>document.write('</body></html>",
        b"<p>x<SCRIPT>document.write('</body></html>",
        b"<p>x<Script >document.write('</body></html>');",
        b"<p>x<script src=a.js></script><script>var end = '</html>",
        b"<script>" + b"x" * 200_000 + b"'</html>",
        "<p>متن</p><script>'</html>'".encode("utf-16"),
        "<p>متن</p>".encode("utf-16"),
    ],
)
def test_no_end_of_a_document(body: bytes) -> None:
    assert not has_end(body)


@given(st.integers(1, len(PAGE) - len(b"</html>")))
def test_a_document_cut_anywhere_before_its_end_tag_has_none(place: int) -> None:
    assert not has_end(PAGE[:place])


_MARKUP = st.lists(
    st.sampled_from(
        [b"<!--", b"-->", b"--!>", b"<script>", b"</script>", b"<SCRIPT>", b"</html>", b"<S>", b"!", b"x" * 9]
    ),
    max_size=12,
)


@given(_MARKUP)
def test_the_way_from_behind_finds_what_the_way_from_the_front_finds(parts: list[bytes]) -> None:
    body = b"".join(parts)
    at, open_with = 0, None
    found = False
    lower = body.lower()
    while at < len(body):  # one byte after the other
        if open_with is None and lower.startswith(b"<!--", at):
            open_with, at = b"--", at + 2
        elif open_with is None and lower.startswith(b"<script>", at):
            open_with, at = b"</script>", at + 8
        elif open_with == b"--" and (lower.startswith(b"-->", at) or lower.startswith(b"--!>", at)):
            open_with, at = None, at + 3
        elif open_with == b"</script>" and lower.startswith(b"</script>", at):
            open_with, at = None, at + 9
        else:
            found = found or (open_with is None and lower.startswith(b"</html>", at))
            at += 1
    assert has_end(body) is found


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b'<?xml version="1.0"?><rss version="2.0"><channel></channel></rss>\n', True),
        (b"<rss><channel></channel></rss><!-- cached -->", True),
        (b"<rss><channel><item><link>http://a.ir/fa/news/1", False),
        (b"<rss><channel></channel></rs", False),
        (b"<rss vers", False),
        (b"<?xml ver", False),
        (b'<?xml version="1.0"?>', False),
        (b"<", False),
        (b"<urlset/>", True),
        (b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url/>', False),
        (b'<s:urlset xmlns:s="http://x"><s:url/></s:urlset>', True),
        (b"<sitemapindex><sitemap/></sitemapindex>", True),
        (b"<b>Notice</b>: in line 3<rss></rss>", True),
        ('<?xml version="1.0"?><feed><entry/></feed>'.encode("utf-16"), True),
        ('<?xml version="1.0"?><feed><entry/>'.encode("utf-16"), False),
        (b"<html>maintenance</html>", True),
        (b"", True),
    ],
)
def test_the_end_of_a_feed_or_sitemap(body: bytes, found: bool) -> None:
    assert has_root_end(body) is found


def looks(*at: timedelta, readings: str = "") -> Looks:
    found: Looks | None = None
    for moment, reading in zip(at, readings or "a" * len(at), strict=True):
        found = looked_again(found, reading.encode(), NOON + moment)
    assert found is not None
    return found


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("at", "readings", "proved"),
    [
        ([0], "a", False),
        ([0, 24], "aa", False),
        ([0, 1, 2], "aaa", False),
        ([0, 1, 23.9], "aaa", False),
        ([0, 1, 24], "aaa", True),
        ([0, 1, 2, 3, 24], "aaaaa", True),
        ([0, 1, 30, 31], "aaba", False),
        ([0, 1, 30, 40, 54], "aabbb", True),
        ([0, 1, -1, 24], "aaaa", False),
        ([0, -1, 10, 23], "aaaa", True),
    ],
)
def test_looks_that_read_the_same_stand_for_an_end(at: list[float], readings: str, proved: bool) -> None:
    moments = [hour * HOUR for hour in at]
    assert looks(*moments, readings=readings).prove(NOON + moments[-1]) is proved


def test_looks_are_counted_no_further_than_they_are_asked_for() -> None:
    found = looks(*(hour * SPAN for hour in range(40)))
    assert (found.count, found.since) == (LOOKS, NOON)
