"""Persian text: what cleaning makes uniform and leaves alone, and which spellings folding lets meet."""

import re
from collections.abc import Iterator
from hashlib import blake2b
from itertools import permutations, product
from random import Random
from time import thread_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from asrcrawler.text import persian
from asrcrawler.text.persian import (
    CLEANING,
    FIRST_FOLDING,
    FOLDING,
    FOLDINGS,
    ZWJ,
    ZWNJ,
    FoldedText,
    clean,
    clean_paragraphs,
    compounds,
    fold,
    fold_letters,
    fold_words,
    name_order,
    to_latin_digits,
    to_persian_digits,
)

TRICKY = (
    "بکمیهاترنادشوق  كيىآأإؤئةۀء&;amp#38"
    "۱٣5aÉ‌‍ـًٰٔ\u200e\u200f\u202b\u00a0\u00ad\ufeff\x00\x1f\n\r\u2028.،«؟"
    "\ud800\ufefb\ufe70\ufdf2\ufd90👩❤\ufe0f٬,٫ﺋتل"
)
AFFIXES = ["می", "نمی", "ها", "های", "تر", "ترین", "ام", "ای", "اند", "خانه", "رفته", "ه", "ب", " ", " ", ZWNJ, "ً", "."]
texts = st.one_of(
    st.text(TRICKY, max_size=60),
    st.text(st.characters(), max_size=60),
    st.lists(st.sampled_from(AFFIXES), max_size=20).map("".join),
)


# --- clean


@pytest.mark.parametrize(
    ("given_text", "cleaned"),
    [
        ("كتاب خوبي", "کتاب خوبی"),
        ("شمالى", "شمالی"),
        ("سال ١٤٠١", "سال ۱۴۰۱"),
        ("یک\u00a0\u2009 دو \t سه", "یک دو سه"),
        ("  کنار \n", "کنار"),
        ("خط یک\r\nخط دو\u2028خط سه", "خط یک خط دو خط سه"),
        ("ســـلام", "سلام"),
        ("هـ.ق ـ بهـــ\u064eار", "ه.ق ـ به\u064eار"),
        ("مذاکره ایران ـ عمان", "مذاکره ایران ـ عمان"),
        ("ایران \u200fـ\u200f عمان\u00a0ــ\u200cقطر", "ایران ـ عمان قطر"),
        ("سال‌های ۱۴۰۰ـ۱۴۰۱ (ـ) ـــ", "سال‌های ۱۴۰۰ـ۱۴۰۱ (ـ) ـ"),
        ("می‌ـــ‌خواهد ـ‌ ", "می‌خواهد ـ"),
        ("می&zwnj;خواهد &quot;طرح&quot;&nbsp;&#8204;بدهد", 'می‌خواهد "طرح" بدهد'),
        ("نفت &amp;amp; گاز &amp;lt;ب&#38;gt;", "نفت & گاز <ب>"),
        ("بهای آب & برق: /a?x=1&copy=2&amp=3 &نام; &nosuch;", "بهای آب & برق: /a?x=1&copy=2&amp=3 &نام; &nosuch;"),
        ("\u202bراست\u202c \u200eچپ\u200f \u2067جدا\u2069", "راست چپ جدا"),
        ("\ufeffآغاز\u200bمیان\u00adپایان\u2060", "آغازمیانپایان"),
        ("تهی\x00 زنگ\x07 دور\x7f سی‌یک\x9f", "تهی زنگ دور سی‌یک"),
        ("نیم\ud83d جفت\udc00", "نیم جفت"),
        ("ﺳﻼﻡ", "سلام"),
        ("ﻛﺘﺎﺑﻲ", "کتابی"),
        ("مسي\u0654ول", "مسئول"),
    ],
)
def test_the_characters_of_other_keyboards_and_tools_are_made_uniform(given_text: str, cleaned: str) -> None:
    assert clean(given_text) == cleaned


@pytest.mark.parametrize(
    "text",
    [
        "در سال 2023 میلادی، 14.5 درصد (بیشتر)!",
        "«گفتند: چرا؟» – نه؛ ولی… ۱۰٪",
        "أسامة إلهام رؤیا مسئول مرکزِ خانهٔ سرّی قرآن جزء نامۀ",
        "بسم الله الرحمٰن الرحیم",
        "پیامبر ﷺ و ﷲ و ۱۰۰ ﷼ و ﴿آیه﴾",
        "café naïve № ½",
        "👍🏽 ❤️ 🇮🇷",
    ],
)
def test_words_latin_digits_punctuation_diacritics_and_signs_stay(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("given_text", "cleaned"),
    [
        ("می‌شود", "می‌شود"),
        ("می‌‌‌شود", "می‌شود"),
        ("می\u200f‌\u200fشود", "می‌شود"),
        ("مرکزِ‌ما", "مرکزِ‌ما"),
        ("نامه‌ ما", "نامه ما"),
        ("نامه ‌ما", "نامه ما"),
        ("‌آغاز پایان‌", "آغاز پایان"),
        ("نامه‌.", "نامه."),
        ("«‌نامه", "«نامه"),
        ("۶‌ساله", "۶‌ساله"),
        ("٥٠\u200c\u200cدرصدی", "۵۰‌درصدی"),
        ("کووید‌19", "کووید‌19"),
        ("۲‌۳", "۲۳"),
        ("۶‌", "۶"),
        ("۶‌٪", "۶٪"),
        ("_‌ساله", "_ساله"),
        ("نامه‌\nما", "نامه ما"),
        (" ‌ ", ""),
    ],
)
def test_a_zwnj_stays_between_letters_and_between_a_digit_and_a_letter(given_text: str, cleaned: str) -> None:
    assert clean(given_text) == cleaned


def test_a_zwj_stays_only_where_it_builds_an_emoji() -> None:
    family, burning_heart = "👩\u200d👧", "❤\ufe0f\u200d🔥"
    assert clean(f"{family} {burning_heart}") == f"{family} {burning_heart}"
    assert clean(f"سال ۱۴۰۱ ه{ZWJ}.ش 👩{ZWJ}") == "سال ۱۴۰۱ ه.ش 👩"


@given(texts)
def test_cleaning_is_idempotent_and_leaves_one_tidy_line(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert cleaned == " ".join(cleaned.split())
    assert not CLEANING.keys() - {" "} & set(cleaned)
    cleaned.encode()


@given(st.lists(st.sampled_from(["مسئول", "می‌شود", "رؤیای", "خانهٔ", "سرّی", "2023", "۱۴", "«آیا؟»", "Café", "ﷺ"])))
def test_neat_words_come_through_any_dirt_between_them(words: list[str]) -> None:
    dirt = " \u200f\u00a0\u200c\x00&zwnj;\n "
    assert clean(dirt + dirt.join(words) + dirt) == " ".join(words)


def test_every_character_of_the_table_becomes_what_the_table_says() -> None:
    for char, becomes in CLEANING.items():
        assert clean(f"الف{char}ب") == f"الف{becomes}ب", f"U+{ord(char):04X}"


def test_paragraphs_survive_and_empty_ones_vanish() -> None:
    body = "  بند ي‌كم \n\n\n \u200f \r\nبند\tدوم\u2029بند سوم\x0bبند چهارم\n"
    assert clean_paragraphs(body) == "بند ی‌کم\n\nبند دوم\n\nبند سوم\n\nبند چهارم"
    assert clean_paragraphs(" \n\u200c\n") == ""


@given(st.lists(texts, max_size=5))
def test_cleaning_paragraphs_is_idempotent(parts: list[str]) -> None:
    cleaned = clean_paragraphs("\n".join(parts))
    assert clean_paragraphs(cleaned) == cleaned
    assert "\n\n\n" not in cleaned


@pytest.mark.parametrize(
    "text",
    [
        " " * 300_000,
        ZWNJ * 300_000,
        f"ب{ZWNJ} " * 100_000,
        "".join(map(chr, range(0xD800, 0xE000))) * 100,
        "".join(map(chr, range(0xAC00, 0xD7A4))) * 20,
        "می " * 100_000,
        " ها" * 100_000,
        "ـ ﻻ" * 100_000,
        "ـ" * 300_000,
        f"{ZWNJ}ـ " * 100_000,
        "&" + "amp;" * 100_000,
        "&#" + "0" * 300_000,
        "&amp" * 100_000,
        "1,234" * 60_000,
        "1,234," * 50_000,
        "ئ" * 300_000,
        "1ا" * 150_000,
    ],
    ids=[
        *("blanks", "zwnj", "stray-zwnj", "surrogates", "hangul", "prefixes", "suffixes", "ligatures"),
        *("tatweels", "tatweels-apart", "escaped", "zeros", "unfinished"),
        *("numbers", "groups", "hamza", "digits"),
    ],
)
def test_no_text_is_slow(text: str) -> None:
    begun = thread_time()
    clean(text)
    fold(text)
    assert thread_time() - begun < 2


# --- digits


def test_digits_change_between_the_scripts() -> None:
    assert to_latin_digits("۱۲۳ ٤٥٦ 789 ب") == "123 456 789 ب"
    assert to_persian_digits("۱۲۳ ٤٥٦ 789 ب") == "۱۲۳ ۴۵۶ ۷۸۹ ب"


# --- fold


@pytest.mark.parametrize(
    "spellings",
    [
        ["می‌شود", "می شود", "ميشود", "می\u200f‌شود", "مـی‌شود", "مي\u00a0شود"],
        ["نمی‌توان", "نمی توان", "نميتوان"],
        ["کتاب‌ها", "كتاب ها", "کتابها"],
        ["کتابخانه‌هایشان", "کتابخانه هایشان", "کتابخانههایشان"],
        ["بزرگ‌ترین‌ها", "بزرگ ترین ها", "بزرگترینها", "بزرگ‌ترین ها"],
        ["منطقه‌ای", "منطقه ای", "منطقهای"],
        ["گفته‌اند", "گفته اند", "گفتهاند"],
        ["می‌گفته‌اند", "می گفته اند", "میگفته اند"],
        ["پیش‌بینی", "پیش بینی", "پيش‌بيني"],
        ["بین‌المللی", "بین المللی", "بین  المللی"],
        ["تأثیر", "تاثیر", "تاثير"],
        ["آب", "اب"],
        ["رؤیا", "رویا"],
        ["خانهٔ", "خانۀ", "خانه"],
        ["شیء", "شی"],
        ["هیئت", "هیأت", "هیات", "هيأت", "هیی\u0654ت", "ﻫﯿﺌﺖ", "هَیئَت"],
        ["هیئت‌ها", "هیأت ها", "هیاتها"],
        ["مسئله", "مسأله", "مساله", "مسي\u0654له"],
        ["جرئت", "جرأت", "جرات"],
        ["نشئت", "نشأت"],
        ["مسئول", "مسؤول", "مسوول"],
        ["مسئولیت‌های", "مسؤولیت های", "مسوولیتهای"],
        ["شئون", "شؤون", "شوون"],
        ["رئوف", "رؤوف"],
        ["مرئوس", "مرؤوس"],
        ["مشئوم", "مشؤوم"],
        ["سئوال", "سؤال", "سوال"],
        ["رئیس", "رییس", "رئيس"],
        ["جزئیات", "جزییات"],
        ["آئین", "آیین"],
        ["ارائه", "ارایه"],
        ["مسائل", "مسایل"],
        ["قرائت", "قراءت"],
        ["ویدئو", "ویدیو"],
        ["مؤسسه", "موسسه"],
        ["منشأ", "منشا", "منشاء"],
        ["۶‌ساله", "۶ساله", "۶ ساله", "6 ساله", "٦\u200cساله"],
        ["۲۴‌ساعته", "۲۴ساعته", "۲۴ ساعته"],
        ["۵۰‌درصدی", "50درصدی"],
        ["کووید‌۱۹", "کووید۱۹", "کووید-۱۹", "کووید ۱۹"],
        ["12500", "12,500", "۱۲٬۵۰۰", "۱۲،۵۰۰", "۱۲۵۰۰", "١٢٬٥٠٠"],
        ["1250000", "۱٬۲۵۰٬۰۰۰", "1.250.000", "۱٫۲۵۰٫۰۰۰"],
        ["۱۲٬۵۰۰تومان", "12500 تومان"],
        ["۱۲٬۵۰۰/۵", "12500.5"],
        ["۱۲/۵", "۱۲٫۵", "12.5"],
        ["۱۲/۵۰۰", "12.500", "۱۲٫۵۰۰", "12 500"],
        ["۱۳۹۰ـ۱۳۹۵", "۱۳۹۰-۱۳۹۵"],
        ["مرکزِ", "مرکز"],
        ["الرحمٰن", "الرحمن"],
        ["۱۴۰۱", "١٤٠١", "1401"],
        ["Café", "CAFE", "cafe\u0301"],
        ["«سلام»!", "سلام", " سلام ، "],
        ["ﺳﻼﻡ", "سلام"],
    ],
    ids=lambda spellings: str(spellings[0]),
)
def test_spellings_of_one_text_fold_to_the_same(spellings: list[str]) -> None:
    assert {fold(spelling) for spelling in spellings} == {fold(spellings[0])}
    assert fold(spellings[0])


def test_the_three_spellings_are_one_token() -> None:
    assert fold("می‌شود") == "میشود"
    assert fold("کتاب‌ها") == "کتابها"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("سرود ای ایران", "سرود ای ایران"),
        ("روز ام القری", "روز ام القری"),
        ("به ام داوود", "به ام داوود"),
        ("۲۴ می ۲۰۲۳", "24 می 2023"),
        ("سلامی دوباره", "سلامی دوباره"),
        ("هوا تراکم دارد", "هوا تراکم دارد"),
        ("قدمی شاد", "قدمی شاد"),
        ("۲ ها", "2 ها"),
        ("۲،۳", "2 3"),
        ("۱۲،۵", "12 5"),
        ("1400,1401,1402", "1400 1401 1402"),
        ("1,234,56", "1 234 56"),
        ("1,2345", "1 2345"),
        ("0,500", "0 500"),
        ("021,123", "021 123"),
        ("1,250.000", "1250 000"),
        ("۱۲۳, ۴۵۶", "123 456"),
        ("1402/02/12", "1402 02 12"),
        ("G20", "g 20"),
    ],
)
def test_words_that_only_look_like_a_prefix_or_suffix_stay_alone(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("شیر", "سیر"),
        ("می‌رود", "نمی‌رود"),
        ("۱۲", "۱۳"),
        ("کتاب", "کتاب‌ها"),
        ("بار", "یار"),
        ("رئال", "ریال"),
        ("رئوس", "روس"),
        ("قباله", "قبیله"),
        ("هیأت", "حیات"),
        ("مسئول", "مسلول"),
        ("لئون", "لیون"),
        ("۱۲/۵", "125"),
        ("12.500", "12500"),
        ("۲،۳", "۲۳"),
    ],
)
def test_different_words_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_letters_alone_tell_whether_two_texts_read_the_same() -> None:
    spellings = ("پیش‌بینی: ۱۲ درجه!", "پیش بینی ١٢ درجه", "پيشبيني 12 درجه")
    assert {fold_letters(spelling) for spelling in spellings} == {"پیشبینی12درجه"}


@given(texts)
def test_folding_is_idempotent_and_needs_no_cleaning_first(text: str) -> None:
    for version in FOLDINGS:
        folded = fold(text, version)
        assert fold(folded, version) == folded
        assert all(char == " " or char.isalnum() for char in folded)
    assert fold_letters(fold(text, FIRST_FOLDING)) == fold_letters(text)
    assert fold_letters(clean(text)) == fold_letters(text)


_PIECES = [
    "می",
    "نمی",
    "ها",
    "های",
    "ام",
    "اند",
    "ره",
    "خانه",
    "ه",
    "کتاب",
    "x",
    "۲",
    "²",
    "ﷲ",
    ".",
    "ء",
    "ۀ",
    "\u0378",
]
_BLANKS = [" ", "", "\u200c", "\u200d", "\n", "\x1c", "\x85", "\u3000"]


@given(st.lists(st.tuples(st.sampled_from(_PIECES), st.sampled_from(_BLANKS)), max_size=12))
@example([("نمی", " "), ("ه", ZWNJ), ("اند", ZWNJ), ("ها", "")])  # the word before tells that all of it is one word
def test_words_folded_one_by_one_are_those_of_the_text_folded_as_a_whole(pieces: list[tuple[str, str]]) -> None:
    text = "".join(word + blank for word, blank in pieces)
    whole = " ".join("".join(fold_letters(char) or _blank(char) for char in text).split())
    letter = r"[^\W\d_]"
    whole = re.sub(rf"\b(می|نمی) (?={letter})", r"\1", whole)
    suffix, after_he = r"(?:ها|های)\b", r"(?:ام|اند)\b"
    whole = re.sub(rf" (?:(?<={letter} )(?={suffix})|(?<={letter}{{2}}ه )(?={after_he}))", "", whole)
    assert fold(text, FIRST_FOLDING) == whole


def _blank(char: str) -> str:
    """What does not fold to a letter parts two words, unless it only changes the one before it."""
    return "" if char in "ء\u200d" else " "


def test_the_words_that_are_remembered_have_a_bound() -> None:
    kept = persian._FOLDERS[FOLDING].joined
    for number in range(persian.MOST_WORDS_KEPT + 10):
        assert fold(f"کتاب{number}") == f"کتاب {number}"
    fold("ن" * (persian.LONGEST_WORD_KEPT + 1))
    assert len(kept) <= persian.MOST_WORDS_KEPT
    assert max(map(len, kept)) <= persian.LONGEST_WORD_KEPT


@pytest.mark.parametrize("version", FOLDINGS)
def test_folding_is_stable_for_every_character(version: int) -> None:
    unstable = [code for code in range(0x10000) if fold(folded := fold(chr(code), version), version) != folded]
    assert unstable == []


FOLDED = {1: "d9a1a7912ada91bbef054bd93cf3ba5f", 2: "9cf3ee99752130fb03061978ee9eab28"}
"""Version → the digest of what it makes of :func:`the_table`."""


def the_table() -> Iterator[str]:
    """Every character that has long been in Unicode and is of use here, by itself and between others; and words."""
    blocks = ((0x20, 0x250), (0x600, 0x605), (0x606, 0x61C), (0x61E, 0x700), (0x2000, 0x2065), (0xFB50, 0xFBB2),
              (0xFE70, 0xFF00))  # fmt: skip
    for first, end in blocks:
        yield from map(chr, range(first, end))
        yield from (f"ا{chr(code)}ت س{chr(code)}ل 1{chr(code)}234 ر{chr(code)}وب" for code in range(first, end))
    yield "هیئت هیأت مسئله مسؤول شئون سئوال رئال قراءت شیء رئیس ویدئو ۶‌ساله ۱۲٬۵۰۰ ۱٫۲۵۰٫۰۰۰ ۱۲/۵ ۲،۳ می‌شود کتاب ها"
    yield from (" ".join(one) for one in product(AFFIXES, repeat=2))


@pytest.mark.parametrize("version", FOLDINGS)
def test_a_released_version_folds_as_ever(version: int) -> None:
    """Where it fails, indexes that hold words of this version can no longer be asked: raise :data:`persian.FOLDING`."""
    digest = blake2b(digest_size=16)
    for text in the_table():
        digest.update(f"{fold(text, version)}\n{sorted(compounds(text, version).items())}\n".encode())
    assert digest.hexdigest() == FOLDED[version]


def test_every_version_has_its_digest_and_the_newest_is_the_one_in_use() -> None:
    assert sorted(FOLDED) == list(FOLDINGS)
    assert max(FOLDINGS) == FOLDING
    assert len(set(FOLDED.values())) == len(FOLDED)


def test_fingerprints_are_made_by_the_first_folding() -> None:
    assert fold("هیئت ۶ساله", FIRST_FOLDING) == "هییت 6ساله"
    assert fold_letters("هیئت ۶‌ساله") == "هییت6ساله"


# --- the places of folded words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("این «می‌شود» و می شود.", [("این", "این"), ("میشود", "می‌شود"), ("و", "و"), ("میشود", "می شود")]),
        ("کتاب‌ها کتاب ها", [("کتابها", "کتاب‌ها"), ("کتابها", "کتاب ها")]),
        ("پیش‌بینی", [("پیش", "پیش"), ("بینی", "بینی")]),
        ("مُدیرِ ســـلام", [("مدیر", "مُدیرِ"), ("سلام", "ســـلام")]),
        ("½ ﷲ", [("1", "½"), ("2", "½"), ("الله", "ﷲ")]),
        ("؟! ء", []),
        ("کودک ۶‌ساله", [("کودک", "کودک"), ("6", "۶"), ("ساله", "ساله")]),
        ("هیئَت و مسئول", [("هیات", "هیئَت"), ("و", "و"), ("مسوول", "مسئول")]),
        ("۱۲٬۵۰۰تومان", [("12500", "۱۲٬۵۰۰"), ("تومان", "تومان")]),
        ("هیی\u0654ت", [("هیات", "هیی\u0654ت")]),
    ],
)
def test_each_folded_word_knows_where_it_stood(text: str, words: list[tuple[str, str]]) -> None:
    assert [(found.word, text[found.start : found.end]) for found in fold_words(text)] == words


@given(texts)
def test_folded_words_are_those_of_folding_in_the_order_of_their_places(text: str) -> None:
    for version in FOLDINGS:
        words = fold_words(text, version)
        assert " ".join(found.word for found in words) == fold(text, version)
        starts, ends = [found.start for found in words], [found.end for found in words]
        assert (starts, ends) == (sorted(starts), sorted(ends))
    assert all(found.word in fold(text[found.start : found.end], version) for found in words)


@given(texts)
def test_places_that_are_asked_for_are_those_of_folded_words(text: str) -> None:
    for version in FOLDINGS:
        words, found = fold_words(text, version), FoldedText(text, version)
        assert found.words == [word.word for word in words]
        assert [found.place(at, at) for at in range(len(words))] == [(word.start, word.end) for word in words]


def test_compounds_are_what_is_written_with_a_zwnj_and_folds_to_several_words() -> None:
    text = "«پیش‌بینی‌ها» و گفت‌وگو می‌شود؛ کتاب‌ها، نیمِ‌راه"
    assert compounds(text) == {"پیشبینیها": "پیش بینیها", "گفتوگو": "گفت وگو", "نیمراه": "نیم راه"}


@given(texts)
def test_a_compound_glued_is_its_words_without_the_blanks(text: str) -> None:
    for glued, words in compounds(text).items():
        assert words.replace(" ", "") == glued != words
        assert fold(words) == words


@pytest.mark.parametrize("text", ["ن" * 200_000, ("ن" * 1_000 + ZWNJ) * 200, "ن" + "ِ" * 200_000 + ZWNJ])
def test_looking_for_compounds_takes_no_longer_than_the_text(text: str) -> None:
    start = thread_time()
    compounds(text)
    assert thread_time() - start < 5  # seconds; trying at every letter took minutes


# --- the order of names


def test_names_are_in_the_order_of_the_persian_alphabet() -> None:
    names = ["آب", "ابر", "أثر", "باران", "پارسی", "تهران", "جامعه", "چین", "خارجی", "ذوب", "زنان", "ژاپن", "سیاسی",
             "عكس", "عکس‌ها", "قرآن", "کرمان", "گزارش", "مجلس", "ؤ", "وزارت", "هنر", "یزد"]  # fmt: skip
    Random(1).shuffle(shuffled := [*names])
    assert sorted(shuffled, key=name_order) == names


@pytest.mark.parametrize(
    "names",
    [
        ["۱۴۰۱", "1402", "اقتصاد", "economy"],
        ["", "بازار", "بازار کار", "بازارها"],
        ["پیش بینی", "پیش‌بینی", "پیشینه"],
        ["«فیلم»", "اخبار"],
        ["Café", "cafeteria"],
        ["سر", "سرّ", "سرا"],
    ],
)
def test_blanks_signs_digits_persian_and_other_letters_follow_each_other(names: list[str]) -> None:
    assert {tuple(sorted(each, key=name_order)) for each in permutations(names)} == {tuple(names)}


@given(texts, texts)
def test_only_the_same_name_has_the_same_place(one: str, other: str) -> None:
    assert (name_order(one) == name_order(other)) == (one == other)
    assert sorted([one, other], key=name_order) == sorted([other, one], key=name_order)
