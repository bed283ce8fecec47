"""What pages of comments write around the words: times, buttons, badges and counts, in three languages."""

from __future__ import annotations

import re

CLOCK = r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\s?[AaPp]\.?[Mm]\.?)?"
# Longest first: a row of buttons is read from left to right, without a second thought.
_UNITS = sorted(
    [
        "s",
        "sec",
        "second",
        "seconds",
        "m",
        "min",
        "mins",
        "minute",
        "minutes",
        "h",
        "hr",
        "hrs",
        "hour",
        "hours",
        "d",
        "day",
        "days",
        "w",
        "wk",
        "week",
        "weeks",
        "mo",
        "month",
        "months",
        "y",
        "yr",
        "year",
        "years",
        "с",
        "сек",
        "секунд",
        "секунды",
        "секунду",
        "м",
        "мин",
        "минут",
        "минуты",
        "минуту",
        "ч",
        "час",
        "часа",
        "часов",
        "д",
        "дн",
        "день",
        "дня",
        "дней",
        "нед",
        "неделя",
        "недели",
        "неделю",
        "недель",
        "мес",
        "месяц",
        "месяца",
        "месяцев",
        "г",
        "год",
        "года",
        "лет",
        "сағ",
        "сағат",
        "күн",
        "апта",
        "ай",
        "жыл",
    ],
    key=len,
    reverse=True,
)
_TIME = (
    rf"(?:\d{{1,3}}\s?(?:{'|'.join(_UNITS)})\.?(?:\s(?:ago|назад|бұрын))?"
    rf"|(?:today|сегодня|бүгін|yesterday|вчера|кеше)\s(?:(?:at|в|сағат)\s)?{CLOCK}"
    r"|just now|only now|только что|жаңа ғана|yesterday|вчера|кеше"
    rf"|\d{{1,2}}\s(?!\d)\w{{3,10}}\.?(?:\s\d{{4}})?\s(?:(?:at|в)\s)?{CLOCK}"
    rf"|{CLOCK})"
)
_MARK = (
    r"(?:\((?:edited|изменено|өзгертілген)\)|edited|изменено|өңделген|өзгертілген"
    r"|pinned|закреплено|author|автор|top fan|активный подписчик|verified)"
)
_ACTION = (
    r"(?:reply|ответить|жауап беру|dislike|не нравится"
    r"|[«\"]?(?:likes?|нравится)[»\"]?:\s?\d[\d\s.,KkМмтыс]{0,12}"
    r"|\d[\d\s.,]{0,8}(?:likes?|отмет\w{1,4} «?нравится»?|ұнату)"
    r"|мне нравится|нравится|ұнайды|ұнату|like"
    r"|share|поделиться|бөлісу|send message|отправить сообщение"
    r"|see translation|показать перевод|посмотреть перевод|аударманы көру|translate to \w{1,20}"
    r"|(?:view|hide|show|показать|скрыть|посмотреть|көрсету)(?: all| все| ещё| more)?"
    r"(?: \d{1,6})? (?:replies|reply|ответы|ответа|ответов|ответ|жауап\w{0,6})(?: \(\d{1,6}\))?"
    r"|\d{1,6} (?:replies|reply|ответа|ответов|ответ|жауап)"
    r"|read more|show less|свернуть|ещё|more)"
)
_PIECE = re.compile(rf"(?i)(?P<action>{_ACTION})|(?P<time>{_TIME})|(?P<mark>{_MARK}|\d{{1,6}})")
_BETWEEN = re.compile(r"[\s·•|,.…—–-]*")
# No row of buttons is longer; words may be.
_ROW_MAX = 160


def kind(line: str) -> str:
    """`action` for a row with a button, `time`, `mark` for badges and counts, "" for words."""
    if len(line) > _ROW_MAX:
        return ""
    kinds: set[str | None] = set()
    place = 0
    while place < len(line):
        piece = _PIECE.match(line, place)
        if piece is None:
            return "mark" if not kinds and not re.search(r"[^\W_]", line) else ""
        kinds.add(piece.lastgroup)
        between = _BETWEEN.match(line, piece.end())
        assert between is not None
        place = between.end()
    return next((kind for kind in ("action", "time") if kind in kinds), "mark")
