"""Addresses and names after typical words, in Kazakh and Russian.

A street alone is where the bad road is; it becomes personal with a flat, or where somebody says that
they live there. A name is found after who it is ("сосед", "көршім"), by its patronymic or initials.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from streams.questions.redaction_shadow import Span

_UP = "А-ЯЁӘҒҚҢӨҰҮҺІA-Z"
_LOW = "а-яёәғқңөұүһіa-z"
_CAP = rf"[{_UP}][{_LOW}]+(?:-[{_UP}][{_LOW}]+)?"
_INITIALS = rf"[{_UP}]\.\s?(?:[{_UP}]\.)?"

# --- Addresses ------------------------------------------------------------------------------------

_STREET_RU = (
    r"(?:ул\.?|улиц[аеуы]|пр\.|пр-т|пр-кт|проспект\w*|мкр\.?|мкрн\.?|микрорайон\w*|пер\.|переул\w*|"
    r"бульвар\w*|б-р|шоссе|аул\w*|посел\w*|сел[оеа])"
)
_STREET_KK = r"(?:көшес\w*|даңғыл\w*|шағын\s?аудан\w*|ықшам\s?аудан\w*|мөлтек\s?аудан\w*|тұйы[қғ]\w*|ауыл\w*)"
_HOUSE = r"\d{1,4}(?:-?[а-яА-Яa-zA-Z]\b)?(?:\s?/\s?\d{1,4})?"
_HOUSE_RU = rf"(?:(?:д\.|дом\w*|стр\.)\s?)?№?\s?{_HOUSE}"
_HOUSE_KK = rf"№?\s?{_HOUSE}(?:\s?-?\s?үй\w*)?"
_FLAT = (
    r"(?:кв\.?\s?№?\s?\d{1,4}|квартир[аеуы]\s+№?\s?\d{1,4}|\d{1,4}\s?-?\s?(?:ші|шы|інші|ыншы)?\s?пәтер\w*"
    r"|пәтер\w*\s+№?\s?\d{1,4})"
)
_NAME_OF_STREET = (
    rf"№?(?!(?:Мен|Мың|Біз|Бізде|Я|Мы)\b)[{_UP}\d][\w.-]*"
    rf"(?:\s+[{_UP}\d][\w.-]*){{0,2}}(?:\s[{_LOW}]{{3,}})?"
)
_ROAD = (
    rf"(?:{_STREET_RU}\s?{_NAME_OF_STREET}[\s,]+{_HOUSE_RU}"
    rf"|{_NAME_OF_STREET}\s+{_STREET_KK}[\s,]+{_HOUSE_KK}"
    rf"|{_NAME_OF_STREET}\s+{_STREET_RU}[\s,]+{_HOUSE_RU})"
)
_WITH_FLAT = re.compile(rf"(?:{_ROAD}[\s,-]+)?(?<!\w){_FLAT}(?!\w)")
_ROAD_ALONE = re.compile(rf"(?<!\w){_ROAD}(?!\w)")
_LIVES_BEFORE = re.compile(
    r"(?:жив[уеё]\w*|прожива\w*|прописан\w*|мой\s+адрес\w*|по\s+адресу|домашний\s+адрес|"
    r"мекен-?\s?жай\w*|тұрғын\w*)\b[^.!?\n]{0,30}$",
    re.IGNORECASE,
)
_LIVES_AFTER = re.compile(r"[^.!?\n]{0,15}?\b(?:тұрамын|тұрамыз|тұрады|тұратын\w*)", re.IGNORECASE)
# A flat's size or count is no address.
_SIZE_AFTER = re.compile(
    r"\s?-?\s?(?:х?\s?комнат|бөлме|этаж|қабат|кв\b|шаршы|м2|м²|метр|человек|штук|лет|жыл)",
    re.IGNORECASE,
)


def addresses(text: str) -> Iterator[Span]:
    for match in _WITH_FLAT.finditer(text):
        if not _SIZE_AFTER.match(text, match.end()):
            yield match.span()
    for match in _ROAD_ALONE.finditer(text):
        before = text[max(0, match.start() - 50) : match.start()]
        if _LIVES_BEFORE.search(before) or _LIVES_AFTER.match(text, match.end()):
            yield match.span()


# --- Names ----------------------------------------------------------------------------------------

_WHO = (
    # Russian
    r"меня\s+зовут|зовут|фамилия|по\s+фамилии|имя|ф\.?\s?и\.?\s?о\.?|гражданин\w*|гражданк\w*|гр\.|"
    r"сосед\w*|муж\w*|жен[аеуы]|жен[ао]й|сын\w*|доч\w+|брат\w*|сестр\w*|мать|мам\w+|отец|отц\w+|бабушк\w*|"
    r"участков\w+(?:\s+инспектор\w*)?|инспектор\w*|следовател\w*|дознавател\w*|судь\w+|прокурор\w*|"
    r"директор\w*|врач\w*|учител\w*|воспитател\w*|водител\w*|майор\w*|капитан\w*|лейтенант\w*|"
    r"полицейск\w+|сотрудник\w*|начальник\w*|господин\w*|госпож\w+|некий|некая|некто|подозреваем\w+|"
    # Kazakh
    r"менің\s+атым|атым|аты-?\s?жөні\w*|тегім|есімім|азамат\w*|көрші\w*|күйеуі\w*|жолдасым|әйелі\w*|"
    r"ұлы[мң]\w*|қызы[мң]\w*|інім\w*|ағам\w*|апам\w*|анам\w*|әкем\w*|бауырым\w*|учаскелік\w*(?:\s+инспектор\w*)?|"
    r"тергеуші\w*|судья\w*|директоры\w*|дәрігер\w*|мұғалім\w*|жүргізуші\w*|полицей\w*|бастығы\w*|қызметкер\w*"
)
_AFTER_WHO = re.compile(
    rf"(?<!\w)(?i:{_WHO})(?:\s*[:–-]\s*|\s+)"
    rf"((?:{_CAP}|{_INITIALS})(?:\s+(?:{_CAP}|{_INITIALS})|(?<=\.){_CAP}){{0,2}})"
)
_PATRONYMIC = re.compile(
    rf"(?<!\w)((?:{_CAP}\s+){{0,2}}[{_UP}][{_LOW}]+(?:[ое]вич(?:[аеу]|ем)?|(?:[ое]вн|иничн)(?:[аеыу]|ой))"
    rf"|(?:{_CAP}\s+){{1,2}}[{_UP}][{_LOW}]+(?:ұлы|улы|қызы|кызы))(?:\s+{_CAP})?(?!\w)"
)
_WITH_INITIALS = re.compile(
    rf"(?<![\w.])(?:{_CAP}\s+[{_UP}]\.\s?[{_UP}]\.|[{_UP}]\.\s?[{_UP}]\.\s?{_CAP})(?!\w)"
)
# Streets, schools and cities are called after people, too.
_PLACE_BEFORE = re.compile(
    rf"(?:{_STREET_RU}|имени|им\.|школ\w*|парк\w*|площад\w*|аким\w*|город\w*|г\.)\s*$",
    re.IGNORECASE,
)
_PLACE_AFTER = re.compile(
    rf"\s*(?:{_STREET_KK}|атында\w*|мектеб\w*|саяба\w*|алаң\w*|қала\w*|облыс\w*|аудан\w*|район\w*|"
    r"проспект\w*|\d)",
    re.IGNORECASE,
)
# Capitals that begin no name: a sentence, a country, a body.
_CAPITALS = (
    "Казахстан Казахстана Қазақстан Қазақстанның Республики Республика РК Алматы Астана Астаны Астанада "
    "Шымкент Караганды Караганда Қарағанды Полиция Полиции Здравствуйте Прошу Почему Когда Как Что Где "
    "Сәлеметсіз Неге Қашан Қалай Добрый Помогите Я Мы Он Она Они Это Не Но И А В На По У Из За С"
)
_NO_NAME = frozenset(_CAPITALS.split())


def names(text: str) -> Iterator[Span]:
    for pattern, group in ((_AFTER_WHO, 1), (_PATRONYMIC, 0), (_WITH_INITIALS, 0)):
        for match in pattern.finditer(text):
            start, end = match.span(group)
            while (last := text[start:end].split()) and last[-1] in _NO_NAME:
                end = start + len(text[start:end].rstrip().removesuffix(last[-1]).rstrip())
            if not last or last[0] in _NO_NAME or _is_place(text, start, end):
                continue
            yield start, end


def _is_place(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - 25) : start]
    return bool(_PLACE_BEFORE.search(before) or _PLACE_AFTER.match(text, end))
