"""Text from strangers: cleaned at the door, compared without regard to spelling habits."""

import re
import unicodedata

# Letters that Kazakh has and Russian has not.
KAZAKH_ONLY = frozenset("әғқңөұүһіӘҒҚҢӨҰҮҺІ")
_KAZAKH_LETTER = re.compile(f"[{''.join(sorted(KAZAKH_ONLY))}]")
_CYRILLIC = re.compile(r"[Ѐ-ӿ]+")
_LATIN = re.compile(r"[A-Za-z]+")
# Common Kazakh words that hold none of those letters, and word endings Russian does not use.
_KAZAKH_WORDS = frozenset(
    [
        "салем",
        "салеметсиз",
        "рахмет",
        "калай",
        "кашан",
        "кайда",
        "кандай",
        "неге",
        "жок",
        "керек",
        "болады",
        "жатыр",
        "емес",
        "бойынша",
        "туралы",
        "болса",
    ]
)
_KAZAKH_PAIRS = re.compile(r"\b(?:бар ма|бола ма|ма екен)\b", re.IGNORECASE)
# Small words of Russian that Kazakh doesn't have: a Russian text may name a Kazakh street or person.
_RUSSIAN_HINT = re.compile(
    r"\b(?:и|на|не|что|как|когда|где|куда|почему|кто|из|для|это|или|ли|по|от|до|во|со|за|мы|вы|"
    r"нет|есть|будет|уже|ещё|там|мне|нам|наш|их|его)\b",
    re.IGNORECASE,
)

# A text of nothing but these is printable, NFC and free of marks: it needs no look at each character.
_PLAIN = re.compile(r"[\n -~«»А-яЁёӘәҒғҚқҢңӨөҰұҮүҺһІі–—…№’“”„]*")
_SPACES = re.compile(r"[^\S\n]+")
_AROUND_BREAKS = re.compile(r" ?\n ?")
_MANY_BREAKS = re.compile(r"\n{3,}")
_WORD = re.compile(r"\w+")

# What neither prints nor separates: controls, zero-width marks, direction overrides, tag letters.
_KEPT_CONTROLS = frozenset("\n\t")
_JOINERS = frozenset("\u200c\u200d")  # Inside emoji and some scripts they carry meaning.
_MAX_MARKS = 3  # combining marks on one letter; more is "zalgo" that covers its neighbours

# Look-alikes for search and matching only; the text itself is never changed by them.
_LOOKALIKES = list(zip("әғқңөұүһіё", "агкноуухие", strict=True))
_LATIN_LOOKALIKES = str.maketrans("abcehikmoptxy", "авсехикмортху")


class TextError(ValueError):
    """A text that can't be accepted. `code` is one of empty, long; `params` fill the sentence."""

    def __init__(self, code: str, **params: int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def clean(raw: str, *, max_chars: int, lines: bool = True) -> str:
    """The text as we store it: NFC, printable, at most two line breaks in a row.

    Letters, emoji and punctuation stay as typed. Raises TextError `empty` where nothing is left,
    and `long` (with `max` and `got`) above `max_chars` characters. Linear in the length of `raw`.
    """
    if len(raw) > 8 * max_chars:  # Far too long: don't normalise megabytes to say so.
        raise TextError("long", max=max_chars, got=len(raw))
    text = raw.replace("\r\n", "\n").replace("\r", "\n") if "\r" in raw else raw
    if not _PLAIN.fullmatch(text):
        text = _SPACES.sub(" ", _printable(unicodedata.normalize("NFC", text)))
    elif "  " in text:
        text = _SPACES.sub(" ", text)
    if "\n" in text:
        text = _AROUND_BREAKS.sub("\n", text)
        text = _MANY_BREAKS.sub("\n\n", text) if lines else text.replace("\n", " ")
    text = text.strip()
    if not any(
        character.isalnum() or unicodedata.category(character) == "So" for character in text
    ):
        raise TextError("empty")
    if len(text) > max_chars:
        raise TextError("long", max=max_chars, got=len(text))
    return text


def clean_optional(raw: str, *, max_chars: int, lines: bool = False) -> str:
    """As `clean`, but `""` where nothing readable was typed. Raises TextError `long`."""
    if not raw:
        return ""
    try:
        return clean(raw, max_chars=max_chars, lines=lines)
    except TextError as error:
        if error.code == "empty":
            return ""
        raise


def _printable(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        if category in {"Mn", "Me"}:
            marks += 1
            if marks > _MAX_MARKS:
                continue
        elif character not in _JOINERS:
            marks = 0
        if category in {"Cc", "Cf", "Cs", "Co", "Cn"}:
            if character in _KEPT_CONTROLS or character in _JOINERS:
                kept.append(character)
            continue
        kept.append("\n" if category in {"Zl", "Zp"} else character)
    return "".join(kept)


def detect_language(text: str, hint: str = "") -> str:
    """`kk`, `ru` or `en`. `hint` (the asker's interface language) decides what letters can't."""
    # Asked for every question that comes in: letters are counted only where the number decides.
    latin = _count(_LATIN, text)
    cyrillic = _count(_CYRILLIC, text) if latin else 0
    if latin > 2 * cyrillic:
        return "en"
    if _KAZAKH_LETTER.search(text):
        return "ru" if _is_russian_with_names(text) else "kk"
    if latin > cyrillic:
        return "en"
    if _has_kazakh_words(text):
        return "kk"
    if _CYRILLIC.search(text):
        # A few short words without a Kazakh letter occur in both languages.
        return "kk" if hint == "kk" and _count(_CYRILLIC, text) < 12 else "ru"
    return hint if hint in {"kk", "ru", "en"} else "ru"


def _count(letters: re.Pattern[str], text: str) -> int:
    return sum(map(len, letters.findall(text)))


def _has_kazakh_words(text: str) -> bool:
    words = _WORD.findall(text.lower())
    if not _KAZAKH_WORDS.isdisjoint(words):
        return True
    return "ма" in words and _KAZAKH_PAIRS.search(text) is not None


def _is_russian_with_names(text: str) -> bool:
    words = re.findall(r"\w+", text)
    kazakh = sum(not KAZAKH_ONLY.isdisjoint(word) for word in words)
    return kazakh * 5 <= len(words) and len(_RUSSIAN_HINT.findall(text)) >= 2


def search_form(text: str) -> str:
    """`text` for matching: small letters, ё as е, Kazakh and Latin look-alikes as Russian letters."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    if not folded.isprintable():  # It may hold signs that nobody sees.
        folded = "".join(c for c in folded if unicodedata.category(c) != "Cf")
    if not _LATIN.search(folded):
        # No word can be of another language: all are folded alike.
        return " ".join(_WORD.findall(_fold_letters(folded)))
    return " ".join(_fold_word(word) for word in _WORD.findall(folded))


def _fold_letters(text: str) -> str:
    # A letter at a time takes a tenth of what a table takes for the whole text.
    for letter, plain in _LOOKALIKES:
        text = text.replace(letter, plain)
    return text


def _fold_word(word: str) -> str:
    # A wholly Latin word is a word of another language, not a disguise.
    if not _CYRILLIC.search(word):
        return word
    return _fold_letters(word).translate(_LATIN_LOOKALIKES)
