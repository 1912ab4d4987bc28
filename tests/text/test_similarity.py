from __future__ import annotations

import subprocess
import sys
from random import Random
from struct import unpack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rensa import RMinHash

from asrcrawler.text.persian import FIRST_FOLDING, fold
from asrcrawler.text.similarity import (
    BANDS,
    FEWEST_SHINGLES,
    NUMBERS_KEPT,
    PERMUTATIONS,
    SEED,
    SHINGLE,
    are_near,
    band_keys,
    resemblance,
    signature,
)

LETTERS = "ابپتثجچحخدرزژسشصضطظعغفقکگلمنوهی"
REPORT = (
    "به گزارش عصرپرس، رئیس سازمان میراث فرهنگی از آغاز مرمت پل تاریخی شهر خبر داد و گفت این کار ۱۸ ماه زمان می‌برد.\n\n"
    "او افزود برای این طرح ۲۵۰ میلیارد ریال کنار گذاشته شده و گروهی از دانشگاه هنر بر آن نظارت می‌کند.\n\n"
    "پایه‌های این پل در سیلاب بهار گذشته آسیب دیده بود و رفت‌وآمد خودرو از روی آن ممنوع است.\n\n"
    "ساکنان محله‌های دو سوی رودخانه از شهرداری خواسته‌اند گذرگاهی موقت برای پیاده‌ها بسازد."
)
PRICES = "هر دلار در بازار امروز {} تومان، هر یورو {} تومان، هر درهم {} تومان و هر لیر {} تومان قیمت خورد."
GOLDEN = ("490074967949cf0f", "f61a465cd3ad86af", 3546560145115498123)
FRAME = "صرافی‌ها می‌گویند ملاک معامله تابلوی آنان است و قیمت‌ها در طول روز بنا بر عرضه و تقاضا دگرگون می‌شود."


def signed(body: str) -> bytes:
    found = signature(body)
    assert found is not None
    return found


def near(one: str, other: str) -> bool:
    assert are_near(signed(one), signed(other)) == are_near(signed(other), signed(one))
    return are_near(signed(one), signed(other))


def share_a_key(one: str, other: str) -> bool:
    return bool(set(band_keys("asrpress.ir", signed(one))) & set(band_keys("asrpress.ir", signed(other))))


def words(rnd: Random, count: int) -> list[str]:
    return ["".join(rnd.choices(LETTERS, k=5)) for _ in range(count)]


@pytest.mark.parametrize(
    "edited",
    [
        REPORT.replace("به گزارش عصرپرس، ", ""),
        REPORT.replace("خبر داد", "سخن گفت"),
        REPORT.replace("\n\n", " "),
        REPORT.replace("ی", "ي").replace("ک", "ك").replace("۲۵۰", "250"),
        REPORT.replace("\u200c", " "),
        REPORT + "\n\nاین پل در دوره صفوی ساخته شده و از بناهای ثبت‌شده در فهرست آثار ملی است.",
        "\n\n".join(REPORT.split("\n\n")[:3]),
    ],
)
def test_one_text_with_edits_is_near_and_found(edited: str) -> None:
    assert near(REPORT, edited)
    assert share_a_key(REPORT, edited)


@pytest.mark.parametrize(
    "later",
    [(61_200, 66_850, 16_700, 1_910), (59_400, 66_850, 16_480, 1_910)],
    ids=["every price moved", "two prices moved"],
)
def test_prices_of_another_hour_are_no_duplicate(later: tuple[int, ...]) -> None:
    earlier = (59_400, 65_100, 16_200, 1_880)
    assert not near(PRICES.format(*earlier) + FRAME, PRICES.format(*later) + FRAME)


def test_a_notice_republished_is_one() -> None:
    notice = PRICES.format(59_400, 65_100, 16_200, 1_880) + FRAME
    assert near(notice, notice + "\n\nپایان خبر")


def test_an_article_that_quotes_a_short_one_is_another() -> None:
    rest = " ".join(words(Random(1), 300))
    assert not near(REPORT, f"{REPORT}\n\n{rest}")


def test_a_long_text_may_have_a_corrected_figure() -> None:
    long = REPORT + "\n\n" + " ".join(words(Random(2), 150))
    assert near(long, long.replace("۲۵۰", "۳۵۰"))
    assert not near(long, long.replace("۲۵۰", "۳۵۰").replace("۱۸", "۲۴"))


def test_of_very_many_numbers_the_same_ones_are_compared() -> None:
    rnd = Random(3)
    lines = [f"{' '.join(words(rnd, 9))} {rnd.randrange(10**6)}" for _ in range(2 * NUMBERS_KEPT)]
    assert near("\n\n".join(lines), "\n\n".join(lines[:-10]))
    assert near("\n\n".join(lines[10:]), "\n\n".join(lines))


@pytest.mark.parametrize("body", [None, "", "تصاویر این مراسم را ببینید", " ".join(["واژه"] * 500)])
def test_too_little_text_has_no_signature(body: str | None) -> None:
    assert signature(body) is None


def test_a_signature_has_a_known_size() -> None:
    assert len(signed(REPORT)) == 2 + 2 * PERMUTATIONS + 4 * 2


def test_the_algorithm_is_the_one_of_its_number() -> None:
    """When this fails, signatures stored before are no longer comparable: ALGORITHM has to rise."""
    found = signed(REPORT)
    assert (found[:8].hex(), found[-8:].hex(), band_keys("asrpress.ir", found)[0]) == GOLDEN


def test_keys_are_of_one_site_and_fit_a_signed_64_bit_integer() -> None:
    keys = band_keys("asrpress.ir", signed(REPORT))
    assert len(set(keys)) == BANDS
    assert all(-(2**63) <= key < 2**63 for key in keys)
    assert not set(keys) & set(band_keys("sibling.ir", signed(REPORT)))


def test_another_process_gives_the_same() -> None:
    code = f"from asrcrawler.text.similarity import signature; print(signature({REPORT!r}).hex())"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == signed(REPORT).hex()


def test_a_signature_is_that_of_the_triples_as_texts() -> None:
    folded = fold(REPORT, FIRST_FOLDING).split(" ")
    sketch = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
    sketch.update([" ".join(folded[at : at + SHINGLE]) for at in range(len(folded) - SHINGLE + 1)])
    low_bits = unpack(f"<{PERMUTATIONS}H", signed(REPORT)[2 : 2 + 2 * PERMUTATIONS])
    assert list(low_bits) == [value & 0xFFFF for value in sketch.digest()]


@settings(max_examples=60)
@given(st.text(max_size=400))
def test_any_text_is_near_itself_or_has_no_signature(text: str) -> None:
    found = signature(text)
    assert found is None or (are_near(found, found) and resemblance(found, found) == 1)


@settings(max_examples=60)
@given(st.integers(0, 10**6), st.floats(0.05, 0.95))
def test_the_estimate_is_close_to_the_truth(seed: int, share: float) -> None:
    rnd = Random(seed)
    common, own = words(rnd, int(600 * share)), words(rnd, 600 - int(600 * share))
    others = words(rnd, len(own))
    one, other = common + own, common + others
    triples = [{tuple(text[i : i + SHINGLE]) for i in range(len(text) - SHINGLE + 1)} for text in (one, other)]
    truth = len(triples[0] & triples[1]) / len(triples[0] | triples[1])
    assert abs(resemblance(signed(" ".join(one)), signed(" ".join(other))) - truth) < 0.22  # five standard deviations


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.integers(FEWEST_SHINGLES + SHINGLE, 300))
def test_unrelated_texts_are_not_near(seed: int, length: int) -> None:
    rnd = Random(seed)
    assert not near(" ".join(words(rnd, length)), " ".join(words(rnd, length)))
