"""Sixty real questions, one moderator, no mouse: how many keys a decision takes."""

from __future__ import annotations

import csv
import statistics
from collections import Counter
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from streams.questions import queries
from streams.questions.models import Question
from streams.receptions.models import Reception
from tests.cast import Cast, ask
from tests.e2e.desks import Desk

pytestmark = pytest.mark.e2e
FRESH, REPEATED = 54, 6


class Hand:
    """A moderator's hand: counts the keys of each decision, a chord as one, and the letters of texts apart."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keys: dict[str, list[float]] = {}
        self.letters = 0
        self._pressed = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
        self._pressed += len(keys)

    def write(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.letters += len(text)

    def decided(self, what: str, questions: int = 1) -> None:
        each = self._pressed / questions
        self.keys.setdefault(what, []).extend([each] * questions)
        self._pressed = 0

    @property
    def all(self) -> list[float]:
        return [count for counts in self.keys.values() for count in counts]


@pytest.fixture
def sixty(cast: Cast, reception: Reception, appeals_csv: Path) -> None:
    """In both languages, some of them asked again word for word."""
    cast.district.confirm_declines = False
    cast.district.save()
    with appeals_csv.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))[:FRESH]
    texts = [row["text_ru" if n % 2 else "text_kz"] for n, row in enumerate(rows)]
    for text in [*texts, *texts[8 : 8 + REPEATED]]:
        ask(reception, text)


def test_a_decision_takes_two_keys_or_less(
    desk: Desk, reception: Reception, sixty: None, capsys: pytest.CaptureFixture[str]
) -> None:
    page = desk()
    expect(page.locator("#card .desk-card")).to_be_visible()
    hand = Hand(page)
    hand.press("2")
    for turn in range(FRESH + REPEATED):
        if _number(page) and _count(page, "new"):
            _decide(hand, turn)
    assert _count(page, "new") == 0
    _lead_the_broadcast(hand)
    sums = queries.equation(reception.pk)
    assert (sums.captured, sums.waiting, sums.adds_up) == (60, 0, True)
    with capsys.disabled():
        print(_report(hand))  # noqa: T201 -- the figures that the test is for
    assert statistics.median(hand.all) <= 2


def _decide(hand: Hand, turn: int) -> None:
    """The steps of a busy evening, one after another; first what was asked twice becomes one."""
    page, number = hand.page, _number(hand.page)
    beside = page.locator("#beside")
    expect(beside.locator(".htmx-request")).to_have_count(0)
    what, keys, text = _STEPS[turn % len(_STEPS)]
    if turn in range(8, 8 + REPEATED):
        expect(beside.locator('[data-code="Shift+KeyM"]')).to_be_visible()
        before = _count(page, "new")
        hand.press("Shift+M", "Control+Enter")
        _until(page, f"Number(document.querySelector('[data-count=new]').textContent) < {before}")
        hand.decided("merge the same one")
    if what == "tag":
        hand.press("l", "Space")
        expect(page.locator("#card .tag-toggle input:checked")).to_have_count(1)
        hand.decided("tag")
        what, keys = "approve", ["a"]
    before = _count(page, "new")
    hand.press(*keys)
    if text:
        expect(page.locator("#card details[open] :is(textarea, input):focus")).to_have_count(1)
        hand.write(text)
        hand.press("Control+Enter")
    elif what == "decline":
        expect(page.locator("#move-decline-text")).not_to_have_value("")
        hand.press("Control+Enter")
    expect(page.locator("#toasts")).to_contain_text(f"No. {number}: ")
    _until(page, f"Number(document.querySelector('[data-count=new]').textContent) < {before}")
    hand.decided(what)
    if before > 1:
        _until(page, f"{_SHOWN} !== {number}")


# Beside each other what an evening brings; who is heard on air comes from the queue later.
_STEPS: list[tuple[str, list[str], str]] = [
    ("approve", ["a"], ""),
    ("to the queue", ["q"], ""),
    ("approve", ["a"], ""),
    ("first in the queue", ["n"], ""),
    ("decline", ["r", "4"], ""),
    ("to the queue", ["q"], ""),
    ("tag", [], ""),
    ("answer on air", ["v"], "Ремонт начнётся в мае."),
    ("approve", ["a"], ""),
    ("to control", ["p"], "Осветим двор до первого декабря."),
    ("to the queue", ["q"], ""),
    ("set aside", ["h", "2"], ""),
    ("answer in text", ["t"], "Работы запланированы на весну, график на сайте."),
]


def _lead_the_broadcast(hand: Hand) -> None:
    """All that was approved joins the queue at one stroke; then question after question goes on air."""
    page = hand.page
    bulk = page.locator("#bulk")
    hand.press("3", "j")
    while approved := _count(page, "approved"):
        # What is urgent is a list of its own.
        hand.press("x")
        # The answer to the last one may still be on its way: until then keys wait.
        expect(bulk).not_to_have_attribute("data-none", "")
        hand.press("Shift+A")
        left = approved - int(bulk.locator("[data-chosen]").inner_text())
        hand.press("q")
        _until(page, f"document.querySelector('[data-count=approved]').textContent === '{left}'")
        expect(bulk).to_have_attribute("data-none", "")
        hand.decided("many to the queue", approved - left)
    head = page.locator("#head")
    while _count(page, "queued"):
        before = head.get_attribute("data-now")
        hand.press("Shift+V")
        _until(
            page, f"(document.querySelector('#head').dataset.now ?? null) !== {before or 'null'!r}"
        )
        hand.decided("answered, and the next on air")
    hand.press("0")
    _until(page, f"{_SHOWN} === Number(document.querySelector('#head').dataset.now)")
    hand.press("v")
    hand.write("Спасибо за вопрос.")
    hand.press("Control+Enter")
    expect(head).not_to_have_attribute("data-now", str(_number(page)))
    hand.decided("answer on air")


_SHOWN = "Number(document.querySelector('#card .desk-card')?.dataset.number ?? 0)"


def _number(page: Page) -> int:
    number: int = page.evaluate(_SHOWN)
    return number


def _count(page: Page, name: str) -> int:
    return int(page.locator(f"[data-count={name}]").first.inner_text())


def _until(page: Page, fact: str) -> None:
    page.wait_for_function(f"() => {fact}")


def _report(hand: Hand) -> str:
    counts = sorted(hand.all)
    outcomes = Counter(Question.objects.values_list("outcome", flat=True))
    lines = [
        f"{what:32} {len(keys):3} decisions, {statistics.mean(keys):.2f} keys each"
        for what, keys in hand.keys.items()
    ]
    return "\n".join(
        [
            "",
            f"60 questions, {len(counts)} decisions by keys alone: median "
            f"{statistics.median(counts):.2f} keys, mean {statistics.mean(counts):.2f}, "
            f"p90 {counts[int(len(counts) * 0.9)]:.2f}, most {counts[-1]:.0f}; "
            f"{hand.letters} letters of answers and promises beside that",
            *lines,
            "outcomes: " + ", ".join(f"{name} {n}" for name, n in outcomes.most_common()),
        ]
    )
