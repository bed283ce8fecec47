"""<live-screen> in a real browser: what frames do to a page that somebody is looking at.

No server: the browser's requests are answered from static/, and frames are given by hand.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.browsers import new_context

pytestmark = pytest.mark.e2e

STATIC = Path(__file__).resolve().parents[2] / "static"
ORIGIN = "http://screen.test"
TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html"}
ROW = 60


def card(number: int, note: str = "", key: str = "") -> str:
    return (
        f'<article class="row" tabindex="0" id="question-{number}" data-id="{number}"'
        f' data-key="{key or f"{number:04}"}"><button name="open">{number}</button> {note}'
        f'<span data-side="votes" data-none="0"></span><p class="stamp">Answered</p></article>'
    )


def put(number: int, name: str, note: str = "", key: str = "") -> dict[str, object]:
    key = key or f"{number:04}"
    return {"id": number, "list": name, "key": key, "html": card(number, note, key)}


PAGE = f"""<!DOCTYPE html><html lang="en"><head>
<style>
  #scroll {{ height: 300px; overflow-y: auto; }} .row {{ height: {ROW}px; overflow: hidden; }}
  body {{ margin: 0; }} [data-announce] {{ position: absolute; }}
</style>
<script type="module" src="/js/elements/live-screen.js"></script></head><body>
<live-screen data-seq="10" data-lang="en" data-linger="0.2">
  <p role="status" data-announce data-one="1 new question" data-other="2 new questions"></p>
  <div id="head">nobody</div> <b data-count="new">20</b>
  <div id="scroll">
    <button data-releases="new" data-one="1 new" data-other="2 new" hidden></button>
    <div data-list="new" data-hold>{"".join(card(n) for n in range(1, 21))}</div>
  </div>
  <p data-empty-for="queue">empty</p>
  <div data-list="queue" data-order="desc" data-window="2"></div>
</live-screen></body></html>"""


class Screen:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.seq = 10

    def receives(self, *puts: dict[str, object], **rest: Any) -> None:
        self.receives_at_once(puts, **rest)

    def receives_at_once(self, *frames: Sequence[dict[str, object]], **rest: Any) -> None:
        """The puts of each frame; no time passes from one to the next."""
        said = []
        for puts in frames:
            self.seq += 1
            said.append({"v": 1, "seq": self.seq, "put": puts, "drop": [], "counts": {}} | rest)
        script = "fs => fs.forEach(f => document.querySelector('live-screen').receive(f))"
        self.page.evaluate(script, said)

    def ids(self, name: str) -> list[int]:
        script = (
            "n => [...document.querySelectorAll(`[data-list=${n}] > *`)].map(e => +e.dataset.id)"
        )
        return list(self.page.evaluate(script, name))

    def top(self, number: int) -> float:
        return float(
            self.page.evaluate(
                "n => document.getElementById(`question-${n}`).getBoundingClientRect().top", number
            )
        )

    def point_at(self, number: int) -> None:
        self.page.mouse.move(50, self.top(number) + ROW / 2)

    def focused(self) -> str:
        return str(self.page.evaluate("document.activeElement.closest('[id]').id"))


def _answer(route: Route) -> None:
    path = route.request.url.removeprefix(ORIGIN)
    file = STATIC / path.lstrip("/")
    if path == "/":
        route.fulfill(body=PAGE, content_type="text/html")
    elif file.is_file():
        route.fulfill(body=file.read_bytes(), content_type=TYPES[file.suffix])
    else:
        route.fulfill(status=404)


@pytest.fixture
def screen(browser: Browser) -> Iterator[Screen]:
    with new_context(browser, viewport={"width": 800, "height": 800}) as context:
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.route("**/*", _answer)
        page.goto(ORIGIN + "/")
        page.wait_for_function("!!customElements.get('live-screen')")
        yield Screen(page)
    assert errors == []


def test_arrivals_wait_behind_the_button(screen: Screen) -> None:
    screen.receives(put(31, "new"), put(32, "new"), counts={"new": 22})
    assert screen.ids("new") == list(range(1, 21))
    assert screen.page.inner_text("[data-releases]") == "2 new"
    assert screen.page.inner_text("[data-count=new]") == "22"
    screen.page.wait_for_function(
        "document.querySelector('[data-announce]').textContent === '2 new questions'"
    )
    screen.page.click("[data-releases]")
    assert screen.ids("new") == [*range(1, 21), 31, 32]
    assert screen.page.is_hidden("[data-releases]")


def test_an_arrival_that_left_again_does_not_come_out(screen: Screen) -> None:
    screen.receives(put(31, "new"))
    screen.receives(drop=[31])
    assert screen.page.is_hidden("[data-releases]")
    screen.page.evaluate("document.querySelector('live-screen').release('new')")
    assert 31 not in screen.ids("new")


def test_a_card_that_was_asked_for_does_not_wait(screen: Screen) -> None:
    screen.page.evaluate("document.querySelector('live-screen').expect(31)")
    screen.receives(put(31, "new"), put(32, "new"))
    assert screen.ids("new") == [*range(1, 21), 31]


def test_nothing_moves_under_the_mouse(screen: Screen) -> None:
    screen.page.evaluate("document.getElementById('scroll').scrollTop = 400")
    screen.point_at(10)
    before = screen.top(10)
    screen.page.evaluate("document.querySelector('live-screen').expect(31)")
    screen.receives(put(31, "new", key="0000"), put(2, "closed"))
    assert screen.ids("new")[0] == 31
    screen.page.wait_for_function("!document.getElementById('question-2')")
    assert screen.top(10) == before


def test_a_card_under_the_mouse_stays_until_the_mouse_leaves(screen: Screen) -> None:
    screen.point_at(2)
    screen.receives(put(2, "closed", "done"))
    left = screen.page.locator("#question-2")
    assert left.get_attribute("class") == "row leaving"
    assert left.evaluate("card => card.inert")
    screen.receives(put(3, "closed"))
    screen.page.wait_for_function("!document.getElementById('question-3')")
    assert 2 in screen.ids("new")
    screen.page.mouse.move(700, 700)
    screen.page.wait_for_function("!document.getElementById('question-2')")


def test_a_card_that_comes_back_while_leaving_stays(screen: Screen) -> None:
    screen.receives_at_once(
        [put(2, "closed"), put(3, "closed")],
        [put(2, "new", "undone")],
    )
    screen.page.wait_for_function("!document.getElementById('question-3')")
    assert screen.ids("new")[:2] == [1, 2]
    assert screen.page.get_attribute("#question-2", "class") == "row"


def test_replacing_keeps_focus_and_the_chosen_row(screen: Screen) -> None:
    screen.page.focus("#question-4 button")
    screen.page.evaluate("document.getElementById('question-4').ariaCurrent = 'true'")
    screen.receives(put(4, "new", "changed"), side={"votes": {"4": 7}})
    assert "changed" in screen.page.inner_text("#question-4")
    assert screen.page.evaluate("document.activeElement.name") == "open"
    assert screen.focused() == "question-4"
    assert screen.page.get_attribute("#question-4", "aria-current") == "true"
    assert screen.page.inner_text("#question-4 [data-side]") == "7"


def test_focus_goes_to_the_next_row_when_a_row_leaves(screen: Screen) -> None:
    screen.page.focus("#question-4 button")
    screen.receives(put(4, "closed"))
    assert screen.focused() == "question-5"
    screen.receives(drop=[5])
    assert screen.focused() == "question-6"


def test_a_card_moves_between_lists_and_the_window_trims(screen: Screen) -> None:
    assert screen.page.is_visible("[data-empty-for]")
    screen.receives(put(1, "queue", key="a"), put(2, "queue", key="b"), put(3, "queue", key="c"))
    assert screen.ids("queue") == [3, 2]
    assert screen.ids("new") == list(range(4, 21))
    assert screen.page.is_hidden("[data-empty-for]")


def test_the_head_is_replaced_where_it_stands(screen: Screen) -> None:
    screen.receives({"id": 0, "list": "head", "key": "", "html": '<div id="head">№ 7</div>'})
    assert screen.page.inner_text("#head") == "№ 7"


def test_a_frame_from_the_past_changes_nothing(screen: Screen) -> None:
    screen.receives(put(1, "queue", key="a"))
    screen.page.evaluate(
        "f => document.querySelector('live-screen').receive(f)",
        {"v": 1, "seq": 11, "put": [put(9, "queue", key="z")], "drop": [1]},
    )
    assert screen.ids("queue") == [1]


def test_html_in_a_card_does_not_run(screen: Screen) -> None:
    screen.receives(put(1, "new", "<script>window.hacked = 1</script>"))
    assert screen.page.evaluate("window.hacked") is None
