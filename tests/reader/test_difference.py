from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from asrcrawler.reader import difference
from asrcrawler.reader.difference import (
    LEAST_ALIKE,
    Part,
    changed,
    count_words,
    in_a_row,
    names,
    one_line,
    paragraphs,
    side,
    sort_of,
    words,
)

if TYPE_CHECKING:
    import pytest

TEXTS = st.text(st.sampled_from("اب پت.\u200c"), max_size=40)
BODIES = st.lists(TEXTS.filter(lambda text: bool(text.strip())), max_size=6)


def marked(parts: list[Part]) -> str:
    signs = {"same": "{}", "deleted": "[-{}-]", "inserted": "[+{}+]"}
    return "".join(signs[part.mark].format(part.text) for part in parts)


def test_only_what_changed_is_marked() -> None:
    before, after = "دولت امروز بودجه را به مجلس داد.", "دولت دیروز بودجه سال را به مجلس داد."
    assert marked(words(before, after)) == "دولت [-امروز-][+دیروز+] بودجه[+ سال+] را به مجلس داد."


def test_neighbouring_words_that_changed_are_one_stretch() -> None:
    assert marked(words("یک دو سه چهار پنج شش", "یک ده نه هشت پنج شش")) == "یک [-دو سه چهار-][+ده نه هشت+] پنج شش"


def test_a_zwnj_belongs_to_its_word() -> None:
    assert marked(words("او می‌رود به خانه", "او میرود به خانه")) == "او [-می‌رود-][+میرود+] به خانه"


def test_texts_with_little_in_common_are_shown_whole() -> None:
    assert marked(words("یک دو سه", "کتاب کاغذ قلم دفتر")) == "[-یک دو سه-][+کتاب کاغذ قلم دفتر+]"
    assert marked(words(None, "نو")) == "[+نو+]"
    assert words(None, None) == []


def test_paragraphs_come_and_go() -> None:
    before, after = "الف ب پ\n\nت ث ج چ\n\nح خ د", "الف ب پ\n\nت ث ج ژ\n\nیک تازه\n\nح خ د"
    assert [marked(parts) for parts in paragraphs(before, after)] == [
        "الف ب پ", "ت ث ج [-چ-][+ژ+]", "[+یک تازه+]", "ح خ د",
    ]  # fmt: skip
    assert [changed(parts) for parts in paragraphs(before, after)] == [False, True, True, False]


def test_a_paragraph_that_went_does_not_shift_the_others() -> None:
    assert [marked(parts) for parts in paragraphs("یک\n\nت ث ج چ", "ت ث ج ژ")] == ["[-یک-]", "ت ث ج [-چ-][+ژ+]"]


def test_names() -> None:
    assert marked(names(["نفت", "گاز"], ["گاز", "برق"])) == "گاز[-نفت-][+برق+]"


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_off_a_difference(before: str, after: str) -> None:
    parts = words(before, after)
    assert "".join(part.text for part in parts if part.mark != "inserted") == before
    assert "".join(part.text for part in parts if part.mark != "deleted") == after
    assert 0 < LEAST_ALIKE < 1


@given(
    st.lists(TEXTS.filter(lambda text: text.strip()), max_size=6),
    st.lists(TEXTS.filter(lambda text: text.strip()), max_size=6),
)
def test_and_so_can_bodies(before: list[str], after: list[str]) -> None:
    found = paragraphs("\n\n".join(before), "\n\n".join(after))
    old = ["".join(part.text for part in parts if part.mark != "inserted") for parts in found]
    new = ["".join(part.text for part in parts if part.mark != "deleted") for parts in found]
    assert [text for text in old if text] == before
    assert [text for text in new if text] == after


def test_what_is_beyond_the_bound_is_shown_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = "یک دو سه چهار\n\nپنج شش هفت هشت", "یک دو سه نه\n\nپنج شش هفت ده"
    monkeypatch.setattr(difference, "MOST_WORK", 7 * 7)  # four words and the blanks between them, once
    assert [marked(parts) for parts in paragraphs(before, after)] == [
        "یک دو سه [-چهار-][+نه+]",
        "[-پنج شش هفت هشت-][+پنج شش هفت ده+]",
    ]
    monkeypatch.setattr(difference, "MOST_PARAGRAPHS", 3)
    assert [marked(parts) for parts in paragraphs("یک\n\nدو", "یک\n\nسه")] == ["[-یک-]", "[-دو-]", "[+یک+]", "[+سه+]"]


def test_what_became_of_a_paragraph() -> None:
    kinds = {"یک": ["same"], "دو": ["deleted"], "سه": ["inserted"], "چهار": ["same", "inserted"]}
    found = [sort_of([Part(mark, text) for mark in marks]) for text, marks in kinds.items()]  # type: ignore[arg-type]
    assert found == ["same", "out", "in", "both"]
    assert sort_of([Part("deleted", "یک"), Part("inserted", "دو")]) == "both"


def test_an_edit_in_one_line_is_its_most_telling_field() -> None:
    old = {"title": "تیتر", "lead": "لید نخست", "body": "بند", "tags": ["نفت"]}
    assert one_line(old, old) == ("", [])
    name, parts = one_line(old, old | {"lead": "لید دوم", "body": "بند دیگر"})
    assert (name, marked(parts)) == ("lead", "لید [-نخست-][+دوم+]")
    name, parts = one_line(old, old | {"tags": ["گاز"]})
    assert (name, marked(parts)) == ("tags", "[-نفت-][+گاز+]")
    assert one_line(old, old | {"body": "بند دیگر"})[0] == "body"


def test_a_line_keeps_whole_words_around_the_first_change_of_a_long_paragraph() -> None:
    before = " ".join(f"واژه{number}" for number in range(100))
    after = before.replace("واژه50 ", "کتاب ").replace("واژه90 ", "کاغذ ")
    name, parts = one_line({"body": f"بند نخست\n\n{before}"}, {"body": f"بند نخست\n\n{after}"})
    shown = marked(parts)
    assert name == "body"
    assert shown.startswith("… ")
    assert "واژه49 [-واژه50-][+کتاب+] واژه51" in shown
    assert len(shown) < 300
    assert set(shown.replace("[-", " ").replace("-]", " ").replace("[+", " ").replace("+]", " ").split()) <= {
        *before.split(), "کتاب", "کاغذ", "…",
    }  # fmt: skip


def test_sides_names_and_words_of_a_difference() -> None:
    parts = words("پل بسته است", "پل باز است")
    assert marked(side(parts, "inserted")) == "پل [-بسته-] است"
    assert count_words([parts, words("یک", "یک دو سه")]) == (1, 3)
    assert marked(in_a_row(names(["نفت", "گاز"], ["گاز"]))) == "گاز، [-نفت-]"
    assert in_a_row([]) == []
