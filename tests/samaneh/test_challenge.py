"""Challenge pages are told from pages of the site."""

import pytest

from asrcrawler.samaneh.challenge import LARGEST, is_challenge


@pytest.mark.parametrize(
    "body",
    [
        b"<html><script>document.cookie='__arcsjs=1'</script></html>",
        b"<html><title>ArvanCloud</title></html>",
        b"<title>Just a moment...</title>",
        b'<form id="challenge-form" action="/?__cf-chl-x"></form>'.replace(b"cf-chl", b"cf_chl"),
        b"<p>DDOS-Guard</p>",
        b'<iframe src="/_Incapsula_Resource"></iframe>',
        b"<script>sucuri_cloudproxy_js=''</script>",
    ],
)
def test_the_pages_of_content_networks(body: bytes) -> None:
    assert is_challenge(body)


@pytest.mark.parametrize(
    "body", [b"", b"<html>\xd9\x85</html>", b"Just a moment of silence", b"arvancloud" + b" " * LARGEST]
)
def test_other_pages(body: bytes) -> None:
    assert not is_challenge(body)
