"""What the templates of the archive are given: ready sentences and links, no rule and no query left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from streams.archive import highlight, queries, words
from streams.archive.words import time_code
from streams.common import clock
from streams.control import rules as control_rules
from streams.control.models import ControlRecord
from streams.questions import labels, reasons
from streams.questions.marks import available_tags
from streams.questions.models import Answer, Question
from streams.questions.queries import Tally
from streams.questions.rules import Outcome
from streams.receptions.models import Entry, Reception

_ANSWERS = {
    Answer.Kind.ON_AIR: _("Answer on air"),
    Answer.Kind.WRITTEN: _("Written answer"),
    Answer.Kind.CONTROL: _("Answer from personal control"),
    Answer.Kind.FORWARDED: _("Forwarded"),
    Answer.Kind.DECLINED: _("Declined"),
}


@dataclass(frozen=True)
class AnswerShown:
    """`by` is the body or its chief, never the colleague who typed."""

    kind: str
    title: object
    text: str
    language: str
    by: str
    at: datetime
    time_code: str
    video_url: str
    body: str
    reason: object


@dataclass(frozen=True)
class Result:
    question: Question
    text: SafeString
    answer: AnswerShown | None
    answer_text: SafeString


@dataclass(frozen=True)
class Happening:
    """An entry of the journal in words. `link` is the public number it points to, if any."""

    seq: int
    at: datetime
    what: object
    detail: object
    who: object
    number: int | None
    public_no: str
    link: str
    hash: str
    is_last: bool = False


@dataclass(frozen=True)
class GivenReason:
    outcome: object
    text: object
    number: int


@dataclass(frozen=True)
class Promise:
    record: ControlRecord
    state: object
    is_open: bool
    is_overdue: bool
    time_code: str


def standing_answer(question: Question) -> AnswerShown | None:
    """Of a published question loaded through `questions.queries.full`."""
    answer, reception = question.standing_answer, question.reception
    if answer is None:
        return None
    host = ", ".join(filter(None, (reception.host_name, reception.host_post)))
    said = answer.kind == Answer.Kind.ON_AIR
    return AnswerShown(
        kind=answer.kind,
        title=_ANSWERS[Answer.Kind(answer.kind)],
        text=answer.text,
        language=answer.language,
        by=host if said else reception.unit.name,
        at=answer.at,
        time_code=time_code(answer.time_code_s),
        video_url=video(reception),
        body=answer.body,
        reason=question.reason_text,
    )


def video(reception: Reception) -> str:
    url = reception.video_url
    return url if url.startswith(("https://", "http://")) else ""


def results(questions: Iterable[Question], wanted: Sequence[str]) -> list[Result]:
    found = []
    for question in questions:
        answer = standing_answer(question)
        found.append(
            Result(
                question,
                highlight.snippet(question.public_text, wanted),
                answer,
                highlight.snippet(answer.text if answer else "", wanted),
            )
        )
    return found


def happenings(
    reception: Reception, entries: Iterable[Entry], *, is_whole: bool = False
) -> list[Happening]:
    """Entries of `reception`'s journal. `is_whole`: the last of them is where things stand now."""
    entries = list(entries)
    tags = _tag_names(reception) if any(entry.kind == "tag" for entry in entries) else {}
    known = reasons.of(reception.unit)
    told = [
        Happening(
            seq=entry.seq,
            at=entry.at,
            what=words.what(entry.kind, in_register=reception.is_standing),
            detail=words.detail(entry.kind, entry.data, tags, known),
            who=words.who(entry.actor),
            number=entry.question_number,
            public_no=f"{reception.no}-{entry.question_number}",
            link=_link(entry),
            hash=entry.hash,
        )
        for entry in entries
    ]
    if is_whole and told:
        last = told[-1]
        told[-1] = Happening(**{**vars(last), "is_last": True})
    return told


def _tag_names(reception: Reception) -> dict[str, str]:
    return {tag.slug: tag.name for tag in available_tags(reception.unit.path)}


def given_reasons(reception: Reception, sums: Tally) -> list[GivenReason]:
    """Why questions were declined or set aside, the most frequent first."""
    known = reasons.of(reception.unit)
    often = sorted(sums.by_reason.items(), key=lambda item: (-item[1], item[0]))
    return [
        GivenReason(
            labels.OUTCOMES[Outcome(outcome)],
            known.text(reasons.OF_OUTCOME[outcome], code) or code,
            number,
        )
        for (outcome, code), number in often
    ]


def _link(entry: Entry) -> str:
    if entry.kind == "carry_over":
        return f"{entry.data['to']}-{entry.data['number']}"
    if entry.kind == "receive":
        return str(entry.data.get("from", ""))
    return ""


def promise(question: Question, now: datetime) -> Promise | None:
    record = queries.control_record(question)
    if record is None:
        return None
    work = control_rules.Work(record.work_state)
    today: date = clock.local_date(now, record.unit.timezone)
    return Promise(
        record=record,
        state=record.get_work_state_display(),
        is_open=work in control_rules.OPEN,
        is_overdue=control_rules.is_overdue(work, record.due_on, today=today),
        time_code=time_code(record.time_code_s),
    )


def short(text: str, length: int = 90) -> str:
    """For a title: the first words, on one line."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    space = line.rfind(" ", length // 2, length)
    return line[: space if space > 0 else length].rstrip(" ,.;:—-") + "…"
