"""The generic parts of pages, rendered."""

import re

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from streams.questions.queries import Equation
from streams.questions.rules import BUCKETS, Status

OPEN_STATUSES = [status.value for status in Status if status is not Status.CLOSED]


def an_equation(*numbers: int, aside: int = 0) -> Equation:
    buckets = dict(zip(BUCKETS, [*numbers, *[0] * (len(BUCKETS) - len(numbers))], strict=True))
    received = sum(numbers)
    statuses = dict.fromkeys(OPEN_STATUSES, 0)
    return Equation(received + aside, received, aside, buckets, statuses)


def render(source: str, **context: object) -> str:
    return Template("{% load liveqa %}" + source).render(Context(context))


def test_the_bar_of_the_equation_is_filled_to_its_end() -> None:
    html = render("{% equation equation %}", equation=an_equation(1, 2, 3))
    widths = [float(width) for width in re.findall(r'width="([\d.]+)"', html)]
    assert sum(widths) == pytest.approx(1000, abs=0.05)
    assert widths[:3] == [166.67, 333.33, 500.0]


def test_the_bar_is_drawn_with_points_in_languages_that_write_commas() -> None:
    with translation.override("ru"):
        html = render("{% equation equation %}", equation=an_equation(1, 2))
    assert 'width="333.33"' in html


def test_an_equation_of_nothing_is_drawn_empty() -> None:
    html = render("{% equation equation %}", equation=an_equation())
    assert {float(width) for width in re.findall(r'width="([\d.]+)"', html)} == {0.0}


def test_every_bucket_is_a_counter() -> None:
    html = render("{% equation equation %}", equation=an_equation(1))
    for bucket in (*BUCKETS, "received"):
        assert f'data-count="{bucket}"' in html


def test_an_equation_that_does_not_add_up_says_so() -> None:
    wrong = an_equation(1, 2)
    wrong = Equation(wrong.captured, 7, 0, wrong.buckets, wrong.statuses)
    assert "data-wrong" in render("{% equation equation %}", equation=wrong)
    assert "data-wrong" not in render("{% equation equation %}", equation=an_equation(1, 2))


def test_a_badge_carries_its_state_as_a_word_and_as_an_attribute() -> None:
    assert 'data-status="queued"' in render("{% badge 'queued' %}")
    with translation.override("en"):
        closed = render("{% badge 'closed' 'declined' %}")
    assert 'data-outcome="declined"' in closed
    assert ">declined<" in re.sub(r"\s", "", closed)


def test_a_public_page_links_to_itself_in_every_language(rf: RequestFactory) -> None:
    source = "{% same_page_in_languages as all %}{% for one in all %}{{ one.url }} {% endfor %}"
    with translation.override("ru"):
        html = render(source, request=rf.get("/ru/archive/?q=a"))
    assert html.split() == ["/kk/archive/?q=a", "/ru/archive/?q=a", "/en/archive/?q=a"]


def test_a_page_without_a_language_in_its_address_links_nowhere(rf: RequestFactory) -> None:
    source = "{% same_page_in_languages as all %}{{ all|length }}"
    assert render(source, request=rf.get("/sign-in/")) == "0"
