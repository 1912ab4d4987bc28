"""Addresses for tests, and strings that a page may hold in their place."""

from hypothesis import strategies as st

BASE = "http://asrpress.ir"
PAGE = "http://asrpress.ir/fa/news/32911"

hostile = st.one_of(
    st.text(max_size=80),
    st.lists(
        st.sampled_from(
            ["http", "https", "javascript", ":", "//", "/", "[", "]", "@", "?", "#", "..", "%", "%zz", "\\", " ", "\n",
             "asrpress.ir", "www.", "fa", "news", "5", "99999999999", "خبر", "\x00", "\ud800", "xn--", ":99999", "."]
        ),
        max_size=12,
    ).map("".join),
)  # fmt: skip
