"""What a page says, as columns take it."""

from __future__ import annotations

import pytest

from asrcrawler.storage.visits.columns import storable


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        (None, None),
        ("", None),
        ("\0", None),
        ("\ud83d", None),
        ("می\u200cشود", "می\u200cشود"),
        ("یک\0دو", "یکدو"),
        ("یک\udc80دو", "یکدو"),
        ("😀", "😀"),
    ],
)
def test_storable(text: str | None, stored: str | None) -> None:
    assert storable(text) == stored
