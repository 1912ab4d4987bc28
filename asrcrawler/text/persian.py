"""Make Persian text uniform: :func:`clean` its characters for storage, :func:`fold` its spellings for search.

Cleaning rewrites no word: Latin digits, punctuation and diacritics stay. Folding is for comparing and finding only and
is never shown. All functions are pure and idempotent.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property, lru_cache
from html import unescape
from itertools import accumulate, pairwise
from typing import NamedTuple
from unicodedata import category, decimal, normalize

ZWNJ = "\u200c"
ZWJ = "\u200d"

# --- cleaning ----------------------------------------------------------------------------------------------------

_ARABIC_LETTERS = {
    "ي": "ی",  # U+064A yeh
    "ى": "ی",  # U+0649 alef maksura; outlets type it for a final yeh, and there the two look the same
    "ك": "ک",  # U+0643 kaf
}
_ARABIC_DIGITS = dict(zip("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", strict=True))
_BLANKS = dict.fromkeys(
    [
        *"\t\n\v\f\r\x1c\x1d\x1e\x1f\x85",
        "\u00a0",  # no-break space
        "\u1680",  # ogham space
        *map(chr, range(0x2000, 0x200B)),  # en quad … hair space
        *"\u2028\u2029",  # line and paragraph separator
        *"\u202f\u205f\u3000",  # narrow no-break, mathematical, ideographic space
    ],
    " ",
)
_DROPPED = dict.fromkeys(
    [
        *(chr(code) for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in _BLANKS),  # NUL, C0, C1
        "\u00ad",  # soft hyphen
        "\u061c",  # Arabic letter mark
        "\u200b",  # zero-width space
        *"\u200e\u200f",  # left-to-right and right-to-left mark
        *map(chr, range(0x202A, 0x202F)),  # bidi embeddings and overrides
        *map(chr, range(0x2060, 0x2070)),  # word joiner, invisible operators, bidi isolates
        *map(chr, range(0xD800, 0xE000)),  # lone surrogates
        "\ufeff",  # byte order mark
        *map(chr, range(0xFFF9, 0xFFFC)),  # interlinear annotation
        *"\ufffe\uffff",  # no characters
    ],
    "",
)
CLEANING: dict[str, str] = {**_ARABIC_LETTERS, **_ARABIC_DIGITS, **_BLANKS, **_DROPPED}
"""Character → what it becomes. To extend it, add a line above. ZWNJ, ZWJ and tatweel have rules of their own below."""

_YEH_AND_HAMZA = ("ي\u0654", "ئ")  # one letter typed as two; its yeh is no Arabic one
_AS_TRANSLATION = str.maketrans(CLEANING)
_MANY_KINDS = 50  # of unclean characters in one text: from here one slow pass beats a fast one for each

# Letters as drawn (initial, final, lam-alef …) become the letters meant. The signs among them stay: ﷲ ﷺ ﷼ ﴾ ﴿.
_PRESENTATION = "\ufb50-\ufbb1\ufbd3-\ufd3d\ufd50-\ufdc7\ufe70-\ufefc"
_PRESENTATION_FORMS = re.compile(f"[{_PRESENTATION}]+")
_UNCLEAN = re.compile(f"[{_PRESENTATION}{''.join(map(re.escape, CLEANING))}]")

_LETTER = r"[^\W\d_]"
_MARK = "[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc]"
_STRAY_ZWNJ = re.compile(
    rf"{ZWNJ}(?:(?![^\W_])|(?<![^\W_]{ZWNJ})(?<!{_MARK}{ZWNJ})|(?<=\d{ZWNJ})(?=\d))"  # between two digits, too
)
_EMOJI = "\u2190-\u2bff\U0001f000-\U0001faff"
_STRAY_ZWJ = re.compile(f"{ZWJ}(?:(?![{_EMOJI}])|(?<![{_EMOJI}\ufe0f]{ZWJ}))")
_TATWEEL = "\u0640"
_STRETCHES = f"(?!{_TATWEEL})(?:{_LETTER}|{_MARK})"
_TATWEELS = re.compile(f"{ZWNJ}?{_TATWEEL}[{_TATWEEL}{ZWNJ}]*")
_LETTER_BEFORE, _LETTER_AFTER = re.compile(rf"{_STRETCHES}\Z"), re.compile(_STRETCHES)
_ENTITY = re.compile(
    "&(?:(?:amp|AMP|#0*38|#[xX]0*26);)*((?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});)"
)
"""An entity, however often it was escaped. With its semicolon: without, ``&copy=2`` in an address would be one."""
_MOST_TURNS = 5  # of entities that build other ones; none was seen


def clean(text: str) -> str:
    """Make one line of text with uniform characters: no newline, no outer or double blanks.

    Letters and digits take their Persian form, presentation forms their plain letters; what is invisible and means
    nothing (bidi marks, controls, NUL, lone surrogates …) goes, and so does a tatweel that stretches a word; one that
    stands alone is a dash and stays. A ZWNJ stays between two letters, the first of which may carry diacritics, and
    between a digit and a letter («۶‌ساله»); a ZWJ stays only where it builds an emoji. An entity that is still one in
    the text was escaped once too often and becomes its character.

    >>> clean("  كتاب\u00a0يك &amp; ٢\u200f ")
    'کتاب یک & ۲'
    """
    if "&" in text:
        text = without_entities(text)
    unclean = set(_UNCLEAN.findall(text))
    if unclean:
        text = _replace(text, unclean)
    if ZWJ in text:
        text = _STRAY_ZWJ.sub("", text)
    if _TATWEEL in text:
        text = _TATWEELS.sub(_without_stretching, _single(ZWNJ, text))
    if ZWNJ in text:
        text = _STRAY_ZWNJ.sub("", _single(ZWNJ, text))
    return _single(" ", text).strip(" ")


def clean_paragraphs(text: str) -> str:
    """Clean each paragraph of a body; separate them by one blank line, drop empty ones.

    Any line break in ``text`` ends a paragraph.
    """
    return "\n\n".join(filter(None, map(clean, text.splitlines())))


def _single(char: str, text: str) -> str:
    """Leave one of each run of ``char``."""
    while char + char in text:
        text = text.replace(char + char, char)
    return text


def _replace(text: str, unclean: set[str]) -> str:
    if not unclean <= CLEANING.keys():
        text = _PRESENTATION_FORMS.sub(_letters_meant, text)
        unclean = CLEANING.keys() & set(_UNCLEAN.findall(text))
    text = text.replace(*_YEH_AND_HAMZA)
    if len(unclean) > _MANY_KINDS:
        return text.translate(_AS_TRANSLATION)
    for char in unclean:
        text = text.replace(char, CLEANING[char])
    return text


def without_entities(text: str) -> str:
    """Replace entities by their characters, until none is left: in a parsed page's text they were escaped too often.

    >>> without_entities("a &amp;amp;lt; b")
    'a < b'
    """
    for _ in range(_MOST_TURNS):
        plain = _ENTITY.sub(lambda entity: unescape(f"&{entity[1]}"), text)
        if plain == text:
            break
        text = plain
    return text


def _without_stretching(tatweels: re.Match[str]) -> str:
    """Drop the tatweels of a run that stands beside a letter; elsewhere leave one of them, as a dash."""
    text, (start, end) = tatweels.string, tatweels.span()
    if _LETTER_BEFORE.search(text, max(start - 1, 0), start) or _LETTER_AFTER.match(text, end):
        return tatweels[0].replace(_TATWEEL, "")
    return _TATWEEL


def _letters_meant(drawn: re.Match[str]) -> str:
    return normalize("NFKC", drawn[0]).replace(" ", "")  # a blank is what Unicode gives an isolated mark to stand on


# --- digits ------------------------------------------------------------------------------------------------------

_ARABIC_INDIC, _PERSIAN, _LATIN = "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "0123456789"
_TO_LATIN_DIGITS = str.maketrans(_PERSIAN + _ARABIC_INDIC, _LATIN * 2)
_TO_PERSIAN_DIGITS = str.maketrans(_LATIN + _ARABIC_INDIC, _PERSIAN * 2)


def to_latin_digits(text: str) -> str:
    """Write Persian and Arabic-Indic digits as ``0``-``9``."""
    return text.translate(_TO_LATIN_DIGITS)


def to_persian_digits(text: str) -> str:
    """Write Latin and Arabic-Indic digits as ``۰``-``۹``."""
    return text.translate(_TO_PERSIAN_DIGITS)


# --- folding -----------------------------------------------------------------------------------------------------

FIRST_FOLDING, FOLDING = FOLDINGS = (1, 2)
"""The versions of :func:`fold`. An index of words is made by one version and asked by it, so that a released one stays
as it is: whatever makes :func:`fold` answer otherwise takes the next number, and is told apart in :class:`_Folder`.

2 settles the hamza, joins the groups of a number and parts it from a word. 1 does none of these; the fingerprints of
texts, which databases hold and compare, are made by it."""

# On top of what Unicode takes apart by itself: أ إ آ ؤ ئ ۀ are a letter and a mark, and marks go.
_FOLDED_LETTERS = {
    **_ARABIC_LETTERS,
    "ٱ": "ا",
    "ء": "",
    "\u0674": "",  # high hamza
    "\u0640": "",  # tatweel, out of presentation forms
    **dict.fromkeys("ةەہھۃ", "ه"),
    **dict.fromkeys("ېے", "ی"),
    "ڪ": "ک",
}

# The seat of a hamza tells how its syllable sounds, and is written in several ways or left out. Its rules, after all
# other letters are folded; where none holds, ئ is a yeh («رئیس» is «رییس», «پائین» is «پایین», «ویدئو» is «ویدیو») and
# a lone hamza nothing («شیء» is «شی»). An alef or a waw under one loses it like any other mark.
_PLAIN = r"(?<=[^\W\dاوی])"  # after a consonant: after ا, و and ی a yeh is what people write in its place
_HAMZA_RULES = (
    (re.compile(r"(?<=[^\W\dاو])ئ(?=ت)"), "ا"),  # هیئت, هیأت, هیات; جرئت, جرأت, جرات
    (re.compile(_PLAIN + "ئ(?=ل)"), "ا"),  # مسئله, مسأله, مساله
    (re.compile(_PLAIN + "ئ(?=ا)"), "ا"),  # رئال is not ریال
    (re.compile(_PLAIN + "ئ(?=وا)"), ""),  # سئوال, سؤال, سوال
    (re.compile(_PLAIN + "ئ(?=و[بسفلمن])"), "و"),  # مسئول, مسؤول, مسوول; شئون, رئوف, مرئوس
    (re.compile("(?<=ا)ء(?=ت)"), "ی"),  # قراءت, قرائت
    (re.compile("ئ"), "ی"),
    (re.compile("ء"), ""),
)
_HAMZA = "ئء"
_YEH_AND_HAMZA_ABOVE = re.compile("[يیى]\u0654")

# A number with its thousands in groups. A comma of any script parts them, and a group has three digits: «۲،۳» are two
# numbers. One dot, or one Persian decimal sign, before three digits is that of a decimal number; two are groups.
_THOUSANDS = re.compile(
    r"(?<!\d)(?<!\d[,،٬.٫])[1-9۱-۹١-٩]\d{0,2}(?:([,،٬])\d{3}(?:\1\d{3})*|([.٫])\d{3}(?:\2\d{3})+)"
    r"(?!\d)(?!\1\d)(?!\2\d)"
)
_GROUP_SIGN = re.compile(r"\D")
_TATWEEL_AS_DASH = re.compile(r"(?<=\d)\u0640+(?=\d)")
_NUMBER_AND_WORD = re.compile(r"(?<=[0-9])(?=[^\W0-9])|(?<=[^\W0-9])(?=[0-9])")


class _Characters(dict[int, str]):
    """Code point → what search sees of it; worked out at the first meeting, so as many entries as Unicode at most."""

    def __init__(self, kept: str) -> None:
        super().__init__()
        self._kept = kept

    def __missing__(self, code: int) -> str:
        char = chr(code)
        self[code] = folded = "" if char == ZWJ else self._fold(CLEANING.get(char, char))
        return folded

    def _fold(self, char: str) -> str:
        if not self._kept:
            return _fold_character(char)
        return "".join(part if part in self._kept else _fold_character(part) for part in normalize("NFKC", char))


def _fold_character(char: str) -> str:
    parts = (part for part in normalize("NFKD", normalize("NFKD", char).casefold()) if category(part)[0] != "M")
    return "".join(map(_fold_letter, parts))


def _fold_letter(letter: str) -> str:
    if letter in _FOLDED_LETTERS:
        return _FOLDED_LETTERS[letter]
    if letter.isdecimal():
        return str(decimal(letter))
    return letter if letter.isalnum() else " "


_GONE = "\ue000"  # stands for a character that folding drops, so that places stay; private use folds to a blank
_MANY = "\ue001"


class _CharactersInPlace(dict[int, str]):
    """Like :class:`_Characters`, one character for one; where that cannot be, :data:`_MANY`."""

    def __init__(self, characters: _Characters) -> None:
        super().__init__()
        self._characters = characters

    def __missing__(self, code: int) -> str:
        folded = self._characters[code] or _GONE
        self[code] = folded = folded if len(folded) == 1 else _MANY
        return folded


MOST_WORDS_KEPT = 32_768  # some 7 MB
LONGEST_WORD_KEPT = 40  # characters


def _kept(words: dict[str, str], written: str, folded: str) -> str:
    """Remember ``folded`` for what is ``written`` and no longer than usual; give it."""
    if len(written) <= LONGEST_WORD_KEPT:
        if len(words) >= MOST_WORDS_KEPT:
            words.clear()
        words[written] = folded
    return folded


class _Folder(dict[str, str]):
    """One version of folding. As a mapping: what stands between two blanks → its folded words, blanks between them; the
    letters of each word once.
    """

    def __init__(self, *, in_context: bool) -> None:
        """Make a version of folding; ``in_context`` folds some characters by those beside them."""
        super().__init__()
        self._in_context = in_context
        self.characters = _Characters(_HAMZA if in_context else "")
        self.in_place = _CharactersInPlace(self.characters)
        self.joined = _JoinedWords(self)
        self.piece = re.compile(f"[0-9][0-9{_GONE}]*|[^ 0-9]+" if in_context else "[^ ]+")

    def __missing__(self, written: str) -> str:
        return _kept(self, written, " ".join(self.apart(written)))

    def apart(self, written: str) -> list[str]:
        """Fold what stands between two blanks; no prefix or suffix is joined to its word."""
        folded = self.settled(self.prepared(written).translate(self.characters))
        return (_NUMBER_AND_WORD.sub(" ", folded) if self._in_context else folded).split()

    def prepared(self, text: str) -> str:
        """Put into single characters what only those beside them tell; every other one stays in its place."""
        if not self._in_context:
            return text
        if "\u0654" in text:
            text = _YEH_AND_HAMZA_ABOVE.sub(f"ئ{ZWJ}", text)
        if "\u0640" in text:
            text = _TATWEEL_AS_DASH.sub(lambda found: "-" * len(found[0]), text)
        return _THOUSANDS.sub(lambda found: _GROUP_SIGN.sub(ZWJ, found[0]), text)

    def settled(self, folded: str) -> str:
        """Write each hamza of folded words in the one way in which search writes it."""
        if self._in_context and ("ئ" in folded or "ء" in folded):
            for hamza, letter in _HAMZA_RULES:
                folded = hamza.sub(letter, folded)
        return folded


class _JoinedWords(dict[str, str]):
    """What stands between two blanks → its folded words, with the prefixes and suffixes in it joined to their words.

    Where the words beside it may tell what is joined, nothing is, and they stand between :data:`_OPEN` and
    :data:`_CLOSE`.
    """

    def __init__(self, folder: _Folder) -> None:
        super().__init__()
        self._folder = folder

    def __missing__(self, written: str) -> str:
        words = self._folder.apart(written)
        if _AFFIXES.isdisjoint(words):
            return _kept(self, written, " ".join(words))
        joined = _joined(words)
        most = sum(word in _ANY_SUFFIX or before in _PREFIXES for before, word in pairwise(words))
        if words[0] in _ANY_SUFFIX or words[-1] in _PREFIXES or len(words) - len(joined) < most:
            return _kept(self, written, _OPEN + " ".join(words) + _CLOSE)
        return _kept(self, written, " ".join(joined))


_OPEN, _CLOSE = "\ue002\ue003"
_FOLDERS = {FIRST_FOLDING: _Folder(in_context=False), FOLDING: _Folder(in_context=True)}

# What people write glued, with a ZWNJ or with a blank: «می‌شود», «می شود», «میشود».
_PREFIXES = frozenset({"می", "نمی"})
_SUFFIXES = frozenset("ها های هایی هایم هایت هایش هایمان هایتان هایشان تر تری ترین".split())
# These stand apart only after a silent he («منطقه‌ای», «رفته‌اند»); elsewhere they are words («ام», «ای») of their own.
_SUFFIXES_AFTER_HE = frozenset("ام ات اش ای اند ایم اید".split())
_ANY_SUFFIX = _SUFFIXES | _SUFFIXES_AFTER_HE
_AFFIXES = _PREFIXES | _ANY_SUFFIX
_BEGINS_WITH_LETTER, _ENDS_WITH_LETTER = re.compile(_LETTER), re.compile(rf"{_LETTER}\Z")
_ENDS_WITH_HE = re.compile(rf"{_LETTER}{{2}}ه\Z")


def fold(text: str, version: int = FOLDING) -> str:
    """Write ``text`` as search sees it: words in one spelling, separated by one blank each.

    On top of :func:`clean`: diacritics go, hamza and madda forms become the letter that people write in their place,
    all digits Latin, Latin letters plain and lower case, punctuation a blank. A ZWNJ becomes a blank too, so that
    «پیش‌بینی» is «پیش بینی»; then the verbal prefixes and the suffixes that people write in all three ways are joined
    to their word, so that «می‌شود» and «می شود» are «میشود», «کتاب‌ها» and «کتاب ها» are «کتابها». A number stands
    by itself and whole: «۶‌ساله» and «۶ساله» are «6 ساله», «۱۲٬۵۰۰» is «12500».

    For full-text search fold what is indexed and what is asked for, by the same ``version``. A word of the query that
    folds to several («پیش‌بینی») is a phrase. The glued spelling of a compound («پیشبینی») takes a dictionary:
    :func:`compounds`.

    >>> fold("كتاب‌ها می شود: ۱۲٬۵۰۰ مسأله؛ ۶ساله")
    'کتابها میشود 12500 مساله 6 ساله'
    """
    return _fold(text, version)


def fold_letters(text: str) -> str:
    """Write the letters and digits of :data:`FIRST_FOLDING` without blanks: two texts that read the same have the same.

    Whichever way a compound is spaced makes no difference here.
    """
    return _fold(text, FIRST_FOLDING).replace(" ", "")


@lru_cache(maxsize=2)  # a body is folded for its digest and, right after that, for its signature
def _fold(text: str, version: int) -> str:
    folded = " ".join(filter(None, map(_FOLDERS[version].joined.__getitem__, text.split())))
    return _joined_where_open(folded) if _OPEN in folded else folded


def _joined_where_open(folded: str) -> str:
    """Join prefixes and suffixes where :class:`_JoinedWords` left that open: there with the words on both sides."""
    parts: list[str] = []
    done, at = 0, folded.find(_OPEN)
    while at >= 0:
        start = folded.rfind(" ", done, at - 1) + 1 if at > done else at
        while at >= 0:  # also of an open stretch behind the word that follows: that word is beside both
            close = folded.index(_CLOSE, at)
            end = folded.find(" ", close + 2)
            if folded.startswith(_OPEN, close + 2):
                at = close + 2
            elif end >= 0 and folded.startswith(_OPEN, end + 1):
                at = end + 1
            else:
                break
        end = len(folded) if end < 0 else end
        words = folded[start:end].replace(_OPEN, "").replace(_CLOSE, "").split(" ")
        parts += folded[done:start], " ".join(_joined(words))
        done, at = end, folded.find(_OPEN, end)
    return "".join(parts) + folded[done:]


class FoldedWord(NamedTuple):
    """A word of :func:`fold` and where it stood: ``text[start:end]``."""

    word: str
    start: int
    end: int


def fold_words(text: str, version: int = FOLDING) -> list[FoldedWord]:
    """Give the words of :func:`fold`, each with its place in ``text``: for marking in the original what was found."""
    pieces = _pieces(text, _FOLDERS[version])
    words, at = [], 0
    for word in _joined([piece.word for piece in pieces]):
        first, length = at, 0
        while length < len(word):  # a word is one piece, or several that were joined
            length += len(pieces[at].word)
            at += 1
        words.append(FoldedWord(word, pieces[first].start, pieces[at - 1].end))
    return words


class FoldedText:
    """The words of a text as :func:`fold_words` gives them, whose places are worked out only for those asked for.

    Each stretch between two blanks is folded by itself, and mostly was folded before.
    """

    def __init__(self, text: str, version: int = FOLDING) -> None:
        folder = _FOLDERS[version]
        self._text, self._folder = text, folder
        self._stretches = text.split()
        self._folded = [folder[stretch] for stretch in self._stretches]
        self._apart = " ".join(self._folded).split()
        self.words: list[str] = _joined(self._apart)

    @cached_property
    def _firsts(self) -> list[int]:
        """The number of the first of the words apart that each word is joined of, and their count at the end."""
        if len(self.words) == len(self._apart):
            return list(range(len(self.words) + 1))
        firsts, at = [0], 0
        for word in self.words:
            length = 0
            while length < len(word):
                length += len(self._apart[at])
                at += 1
            firsts.append(at)
        return firsts

    @cached_property
    def _counts(self) -> list[int]:
        """How many words apart there are up to the end of each stretch."""
        return list(accumulate(folded.count(" ") + 1 if folded else 0 for folded in self._folded))

    @cached_property
    def _starts(self) -> list[int]:
        """Where each stretch begins in the text."""
        starts, at = [], 0
        for stretch in self._stretches:
            at = self._text.index(stretch, at)
            starts.append(at)
            at += len(stretch)
        return starts

    def place(self, first: int, last: int) -> tuple[int, int]:
        """Give where the word with the number ``first`` begins in the text and where the word ``last`` ends."""
        return self._piece(self._firsts[first])[0], self._piece(self._firsts[last + 1] - 1)[1]

    def _piece(self, number: int) -> tuple[int, int]:
        """Give where one of the words apart stands."""
        at = bisect_right(self._counts, number)
        before = self._counts[at - 1] if at else 0
        start, piece = self._starts[at], _pieces(self._stretches[at], self._folder)[number - before]
        return start + piece.start, start + piece.end


def _joined(words: list[str]) -> list[str]:
    """Join each prefix and suffix to its word."""
    if _AFFIXES.isdisjoint(words):
        return words
    joined: list[str] = []
    before, is_prefix = "", False  # the word before, with its prefix; whether that is one itself
    for word in words:
        if is_prefix and _BEGINS_WITH_LETTER.match(word):
            joined[-1] += word
            before += word
        else:
            if word in _AFFIXES and _is_suffix(word, before):
                joined[-1] += word
            else:
                joined.append(word)
            before = word
        is_prefix = word in _PREFIXES
    return joined


def _is_suffix(word: str, before: str) -> bool:
    if word in _SUFFIXES:
        return _ENDS_WITH_LETTER.search(before) is not None
    return word in _SUFFIXES_AFTER_HE and _ENDS_WITH_HE.search(before) is not None


def _pieces(text: str, folder: _Folder) -> list[FoldedWord]:
    """Find the words before prefixes and suffixes are joined."""
    text = folder.prepared(text)
    folded = text.translate(folder.in_place)
    places: list[int] | None = None
    if _MANY in folded:  # one character that folds to several, such as ﷲ: seldom, and slower
        parts = [folder.characters[ord(char)] or _GONE for char in text]
        places = [place for place, part in enumerate(parts) for _ in part]
        folded = "".join(parts)
    found = []
    for match in folder.piece.finditer(folded):
        if word := folder.settled(match[0].replace(_GONE, "")):
            start, end = match.span()
            if places is not None:
                start, end = places[start], places[end - 1] + 1
            found.append(FoldedWord(word, start, end))
    return found


# --- compounds ---------------------------------------------------------------------------------------------------

_COMPOUND = re.compile(f"(?:{_LETTER}|{_MARK}|{ZWNJ})+")


def compounds(text: str, version: int = FOLDING) -> dict[str, str]:
    """Find the compounds that ``text`` writes with a ZWNJ and :func:`fold` takes apart: glued → as folded.

    ``{"پیشبینی": "پیش بینی"}``. What an archive writes so is the dictionary by which search tells a glued spelling.
    """
    found: dict[str, str] = {}
    if ZWNJ in text:
        for chunk in {chunk for chunk in text.split() if ZWNJ in chunk}:
            find = _compounds_of if len(chunk) <= LONGEST_WORD_KEPT else _find_compounds
            found.update(find(chunk, version))
    return found


@lru_cache(maxsize=MOST_WORDS_KEPT // 4)
def _compounds_of(chunk: str, version: int) -> dict[str, str]:
    return _find_compounds(chunk, version)


def _find_compounds(chunk: str, version: int) -> dict[str, str]:
    folded = (fold(word, version) for word in _COMPOUND.findall(chunk) if ZWNJ in word)
    return {words.replace(" ", ""): words for words in folded if " " in words}


# --- the order of names ------------------------------------------------------------------------------------------

_ALPHABET = "ءآابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
_LETTER_OF = {**_ARABIC_LETTERS, **dict.fromkeys("أإٱ", "ا"), "ؤ": "و", "ئ": "ی", **dict.fromkeys("ةۀ", "ه")}
_SIGN, _DIGIT_SIGN, _PERSIAN_LETTER, _OTHER_LETTER = range(4)


def name_order(name: str) -> tuple[list[tuple[int, int | str]], str]:
    """Give the key that sorts names as a Persian reader looks for them: «پ» after «ب» and «گ» after «ک».

    A blank comes before everything, then other signs, digits, Persian letters, letters of other scripts. Half-spaces
    and diacritics count only between names that are the same without.
    """
    return [place for char in to_latin_digits(name) if (place := _place(char)) is not None], name


@lru_cache(maxsize=1_024)
def _place(char: str) -> tuple[int, int | str] | None:
    char = _LETTER_OF.get(char, char)
    if (at := _ALPHABET.find(char)) >= 0:
        return _PERSIAN_LETTER, at
    if category(char)[0] in "MC":
        return None
    kind = _OTHER_LETTER if char.isalpha() else _DIGIT_SIGN if char.isdecimal() else _SIGN
    return kind, normalize("NFD", char)[0].casefold()
