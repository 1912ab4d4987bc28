"""``scrapy crawl`` refuses what is wrong in one line, before Scrapy starts. Real crawls are in the end-to-end tests."""

from __future__ import annotations

import pytest

from tests.commands import invoke


@pytest.mark.parametrize(
    ("words", "complaint", "status"),
    [
        ([], "give the name of one spider; there is: asr", 2),
        (["asr", "asr"], "give the name of one spider; there is: asr", 2),
        (["tabnak"], "there is no spider 'tabnak'; there is: asr; scrapy outlet add tabnak follows it", 2),
        (["asr", "--foo"], "'--foo' is not an option of this command; see scrapy crawl -h", 2),
        (["asr", "-a"], "argument -a: expected one argument", 2),
        (["asr", "-a", "codes"], "Invalid -a value, use -a NAME=VALUE", 2),
        (["asr", "-s", "codes"], "Invalid -s value, use -s NAME=VALUE", 2),
        (["asr", "-a", "codes=9-1"], "spider argument `codes`: '9-1' has a range that runs backwards: 9-1", 2),
        (["asr", "-s", "DOWNLOAD_DELAY=x"], "setting DOWNLOAD_DELAY: 'x' is not a number of 0 or more", 1),
        (["asr", "-s", "DOWNLOAD_TIMEOUT=0"], "setting DOWNLOAD_TIMEOUT: '0' is not a number of 0.1 or more", 1),
        (
            ["asr", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=0"],
            "setting CONCURRENT_REQUESTS_PER_DOMAIN: '0' is not a whole number of 1 or more",
            1,
        ),
        (["asr", "-s", "ROBOTSTXT_OBEY=maybe"], "setting ROBOTSTXT_OBEY: 'maybe' is neither 1 (on) nor 0 (off)", 1),
        (["asr", "-L", "LOUD"], "setting LOG_LEVEL: 'LOUD' is not a log level such as INFO", 1),
    ],
)
def test_wrong_input_is_one_line(words: list[str], complaint: str, status: int) -> None:
    done = invoke("crawl", *words)
    assert (done.returncode, done.stdout) == (status, "")
    assert done.stderr == f"scrapy crawl: {complaint}\n"
