"""Make a capture harmless to look at: nothing in it runs, and it loads nothing."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser

from asrcrawler.samaneh.encoding import as_utf8

POLICY = {
    "Content-Security-Policy": (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-DNS-Prefetch-Control": "off",
}
"""Headers of an answer that holds bytes of a site. In a sandbox no script runs and no form is sent."""

_ACTING = "script, link, base, meta[http-equiv], iframe, frame, frameset, object, embed, applet, portal, template"
"""What the policy does not stop in every browser: a redirect, a connection made in advance, another base of links."""


def harmless(body: bytes, content_type: str | None) -> bytes:
    """Write the page of a capture as UTF-8, without what acts by itself. The text and its own styles stay."""
    _, _, charset = (content_type or "").lower().partition("charset=")
    text, _ = as_utf8(body, charset.strip(" \"';") or None)
    tree = LexborHTMLParser(text)
    for node in tree.css(_ACTING):
        node.decompose()
    return (tree.html or "").encode(errors="replace")
