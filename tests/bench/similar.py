"""How well and how fast like questions are found. `make bench-similar` runs it on servers of its own.

It needs the file of bilingual appeals (LIVEQA_APPEALS_CSV) and prints a table in Markdown; every figure
stands beside that of plain trigrams over the same texts in the same run.
"""

from __future__ import annotations

import csv
import os
import random
import statistics
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

import django

ROOT = Path(__file__).resolve().parent.parent.parent
T = TypeVar("T")
Rank = Callable[[str, str, int], list[int]]
LATENCY_AT = int(os.environ.get("BENCH_QUESTIONS", "50000"))
_SEED = 7
_SHOWN = 100


def main() -> None:
    path = Path(os.environ.get("LIVEQA_APPEALS_CSV") or ROOT.parent / "shared/data/kz_appeals.csv")
    if not path.is_file():
        sys.exit("No file of appeals here: set LIVEQA_APPEALS_CSV to a CSV with text_kz, text_ru.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liveqa.settings")
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    with path.open(encoding="utf-8") as file:
        Bench(list(csv.DictReader(file))).run()


class Bench:
    """Russian texts in one reception, Kazakh ones in another; `keys` maps a question to its row."""

    def __init__(self, rows: list[dict[str, str]]) -> None:
        from streams.people.models import Unit

        self.rows = rows
        self.random = random.Random(_SEED)
        self.unit = Unit.objects.create(code="BENCH", name_kk="Сынақ", name_ru="Замер")
        self.lines: list[tuple[str, ...]] = []

    def run(self) -> None:
        from django.conf import settings

        from streams.questions import meaning

        self.russian = self._receive("0001", [row["text_ru"] for row in self.rows])
        self.kazakh = self._receive("0002", [row["text_kz"] for row in self.rows])
        self.keys = {pk: place for place, pk in enumerate(self.russian)}
        self.keys |= {pk: place for place, pk in enumerate(self.kazakh)}
        self._index()
        has_model = meaning.is_installed()
        self._say("", "trigrams alone", "default engine", "with the model" if has_model else "")
        engines: list[tuple[bool, Rank]] = [(False, self._by_trigrams), (False, self._by_engine)]
        if has_model:
            settings.MEANING = True
            began = time.perf_counter()
            while meaning.compute(200):
                pass
            each_ms = (time.perf_counter() - began) / (2 * len(self.rows)) * 1000
            print(f"vectors: {each_ms:.0f} ms for each text", file=sys.stderr)  # noqa: T201
            engines.append((True, self._by_engine))
        self._across(engines)
        self._nearly_the_same(engines)
        self._tags(engines)
        settings.MEANING = False
        self._latency(has_model=has_model)
        width = [max(len(line[place]) for line in self.lines) for place in range(4)]
        for number, line in enumerate(self.lines):
            cells = " | ".join(cell.ljust(width[place]) for place, cell in enumerate(line))
            print(f"| {cells} |")  # noqa: T201
            if number == 0:
                print("|" + "|".join("-" * (size + 2) for size in width) + "|")  # noqa: T201

    # --- The measures -----------------------------------------------------------------------------

    def _across(self, engines: list[tuple[bool, Rank]]) -> None:
        """For each Kazakh text the rank of its Russian twin among all Russian ones."""
        for name, asked, among, answers in (
            ("Kazakh → Russian twin", "text_kz", self.russian, "text_ru"),
            ("Russian → Kazakh twin", "text_ru", self.kazakh, "text_kz"),
        ):
            found = [
                [
                    self._rank(rank(row[asked], asked[-2:], among[0]), answers, row[answers])
                    for row in self._with_setting(self.rows, on=on)
                ]
                for on, rank in engines
            ]
            for limit in (1, 5, 10):
                self._say(f"{name}, recall@{limit}", *(self._recall(one, limit) for one in found))

    def _nearly_the_same(self, engines: list[tuple[bool, Rank]]) -> None:
        """The same question as another person would type it."""
        for name, field, among in (
            ("Russian, typed differently", "text_ru", self.russian),
            ("Kazakh, typed differently, in Russian letters", "text_kz", self.kazakh),
        ):
            chosen = self.random.sample(self.rows, min(400, len(self.rows)))
            typed = [self._typed(row[field]) for row in chosen]
            found = []
            for on, rank in engines:
                pairs = self._with_setting(list(zip(chosen, typed, strict=True)), on=on)
                found.append(
                    [
                        self._rank(rank(text, field[-2:], among[0]), field, row[field])
                        for row, text in pairs
                    ]
                )
            for limit in (1, 5):
                self._say(f"{name}, recall@{limit}", *(self._recall(one, limit) for one in found))

    def _tags(self, engines: list[tuple[bool, Rank]]) -> None:
        """The file's category by the neighbours' votes; never by the text itself or its twin."""
        from streams.questions import tagging

        hits = [[0, 0] for _engine in engines]
        asked = [(row, f) for row in self.rows for f in ("text_ru", "text_kz")]
        names = sorted({row["category"] for row in self.rows})
        for place, (on, rank) in enumerate(engines):
            for row, field in self._with_setting(asked, on=on):
                scores = self._scores(rank, row[field], field[-2:])
                near: dict[int, float] = {}
                for pk, score in scores:
                    other = self.rows[self.keys[pk]]
                    is_same = (
                        row["text_ru"] == other["text_ru"] or row["text_kz"] == other["text_kz"]
                    )
                    if not is_same and len(near) < 15:
                        near[pk] = score
                tags = {pk: [names.index(self.rows[self.keys[pk]]["category"])] for pk in near}
                best = [names[tag] for tag, _share in tagging.shares(near, tags)]
                hits[place][0] += row["category"] in best[:1]
                hits[place][1] += row["category"] in best[:3]
        for column, name in ((0, "tag suggestion, top 1"), (1, "tag suggestion, top 3")):
            self._say(name, *(f"{one[column] / len(asked):.3f}" for one in hits))

    def _latency(self, *, has_model: bool) -> None:
        from django.conf import settings
        from django.db import connection

        from streams.questions import commonness, similar
        from streams.questions.models import Question

        self._fill(LATENCY_AT)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        commonness.forget()
        chosen = self.random.sample(self.russian + self.kazakh, 100)
        questions = list(Question.objects.select_related("reception").filter(pk__in=chosen))
        similar.to_question(questions[0], limit=6)
        trigrams = [self._timed(partial(self._by_index, q.public_text)) for q in questions[:20]]
        default = [self._timed(partial(similar.to_question, q, limit=6)) for q in questions]
        typed = [
            self._timed(
                partial(
                    similar.to_asked,
                    q.public_text,
                    reception_id=q.reception_id,
                    language=q.language,
                    limit=3,
                )
            )
            for q in questions
        ]
        model: list[float] = []
        if has_model:
            settings.MEANING = True
            self._copy_vectors()
            similar.to_question(questions[0], limit=6)
            model = [self._timed(partial(similar.to_question, q, limit=6)) for q in questions]
            settings.MEANING = False
        total = Question.objects.count()
        for name, of in (("median", 50), ("95 %", 95)):
            label = f"on the card at {total} questions, {name}"
            self._say(label, *(self._ms(times, of) for times in (trigrams, default, model)))
        self._say(f"while typing at {total} questions, 95 %", "", self._ms(typed, 95), "")

    # --- Engines ----------------------------------------------------------------------------------

    def _by_engine(self, text: str, language: str, among: int) -> list[int]:
        return [pk for pk, _score in self._engine(text, language, among)]

    def _engine(self, text: str, language: str, among: int) -> list[tuple[int, float]]:
        from django.db.models import Q

        from streams.questions import similar
        from streams.questions.models import Question

        within = Q()
        if among:
            reception = Question.objects.values_list("reception_id", flat=True).get(pk=among)
            within = Q(question__reception_id=reception)
        code = {"kz": "kk"}.get(language, language)
        return similar.ranked(text, within=within, limit=_SHOWN, language=code)

    def _by_trigrams(self, text: str, language: str, among: int) -> list[int]:
        return [pk for pk, _score in self._trigrams(text, among)]

    def _trigrams(self, text: str, among: int) -> list[tuple[int, float]]:
        from django.contrib.postgres.search import TrigramSimilarity

        from streams.questions.models import Question

        questions = Question.objects.annotate(near=TrigramSimilarity("original_text", text))
        if among:
            reception = Question.objects.values_list("reception_id", flat=True).get(pk=among)
            questions = questions.filter(reception_id=reception)
        return list(questions.order_by("-near").values_list("pk", "near")[:_SHOWN])

    def _by_index(self, text: str) -> list[int]:
        """As a desk would ask plain trigrams: through their index."""
        from django.contrib.postgres.search import TrigramSimilarity

        from streams.common.text import search_form
        from streams.questions.models import Question

        folded = search_form(text)
        near = Question.objects.filter(
            search_text__trigram_similar=folded, search_vector__isnull=False
        )
        near = near.annotate(near=TrigramSimilarity("search_text", folded)).order_by("-near")
        return list(near.values_list("pk", flat=True)[:6])

    def _scores(self, rank: Rank, text: str, language: str) -> list[tuple[int, float]]:
        if rank == self._by_trigrams:
            return self._trigrams(text, 0)
        return self._engine(text, language, 0)

    # --- Figures ----------------------------------------------------------------------------------

    def _rank(self, found: list[int], field: str, wanted: str) -> int:
        """By texts: the file has some of them several times."""
        texts: list[str] = []
        for pk in found:
            text = self.rows[self.keys[pk]][field]
            if text not in texts:
                texts.append(text)
        return texts.index(wanted) + 1 if wanted in texts else 10_000

    def _recall(self, ranks: list[int], limit: int) -> str:
        return f"{sum(rank <= limit for rank in ranks) / len(ranks):.3f}"

    def _ms(self, seconds: list[float], of: int) -> str:
        if not seconds:
            return ""
        return f"{statistics.quantiles(seconds, n=100)[of - 1] * 1000:.0f} ms"

    def _timed(self, do: Callable[[], object]) -> float:
        began = time.perf_counter()
        do()
        return time.perf_counter() - began

    def _with_setting(self, items: list[T], *, on: bool) -> Iterator[T]:
        from django.conf import settings

        settings.MEANING = on
        yield from items
        settings.MEANING = False

    def _say(self, *cells: str) -> None:
        self.lines.append((*cells, *[""] * (4 - len(cells))))
        print(" | ".join(cells), file=sys.stderr, flush=True)  # noqa: T201

    # --- Texts ------------------------------------------------------------------------------------

    def _typed(self, text: str) -> str:
        """Look-alike letters, another case, no ё, a slip of the hand, words left out, a greeting."""
        words = text.translate(str.maketrans("әғқңөұүһіёӘҒҚҢӨҰҮҺІ", "агкноуухиеАГКНОУУХИ")).split()
        kept = [word for word in words if self.random.random() > 0.2] or words
        slip = self.random.randrange(len(kept))
        word = kept[slip]
        if len(word) > 5:
            cut = self.random.randrange(3, len(word) - 1)
            kept[slip] = word[:cut] + word[cut + 1] + word[cut] + word[cut + 2 :]
        return "добрый день подскажите " + " ".join(kept).lower()

    def _receive(self, no: str, texts: list[str]) -> list[int]:
        from django.contrib.postgres.search import SearchVector

        from streams.questions.intake import Ask, receive_many
        from streams.questions.models import Question
        from streams.receptions.models import Reception

        now = datetime.now(UTC)
        reception = Reception.objects.create(
            no=f"2026-{no}",
            unit=self.unit,
            kind="on_air",
            host_name="—",
            starts_at=now,
            intake_from=now,
            live_since=now,
            state="live",
        )
        for start in range(0, len(texts), 200):
            asks = [Ask(uuid.uuid4(), text) for text in texts[start : start + 200]]
            receive_many(reception.pk, asks, now=now)
        # Decided on, so that the trigrams' index holds them.
        Question.objects.filter(reception=reception).update(
            is_public=True, search_vector=SearchVector("search_text", config="simple")
        )
        return list(
            Question.objects.filter(reception=reception)
            .order_by("number")
            .values_list("pk", flat=True)
        )

    def _index(self) -> None:
        from streams.questions import commonness, similar

        while similar.catch_up(2000):
            pass
        commonness.forget()

    def _fill(self, wanted: int) -> None:
        """Other questions: sentences of the file, mixed, with streets, houses and numbers in them."""
        from streams.questions.models import Question

        streets = [f"{name} {kind}" for name in _NAMES for kind in ("көшесі", "улица", "даңғылы")]
        sentences = {
            field: [s.strip() for row in self.rows for s in row[field].split(".") if len(s) > 15]
            for field in ("text_ru", "text_kz")
        }
        missing = wanted - Question.objects.count()
        texts = []
        for number in range(missing):
            pool = sentences["text_ru" if number % 2 else "text_kz"]
            two = self.random.sample(pool, 2)
            place = f"{self.random.choice(streets)} {self.random.randrange(1, 200)}"
            texts.append(f"{two[0]}, {place}. {two[1]}. {self.random.choice(_NAMES)}")
        for part in range(0, missing, 10_000):
            self._receive(f"{1000 + part // 10_000}", texts[part : part + 10_000])
        self._index()

    def _copy_vectors(self) -> None:
        """Fifty thousand vectors would take an hour; for the time of a look copies do as well."""
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(
                "WITH known AS (SELECT meaning, row_number() OVER () AS n FROM streams_likeness"
                " WHERE meaning IS NOT NULL), total AS (SELECT count(*) AS n FROM known)"
                " UPDATE streams_likeness AS l SET meaning = known.meaning FROM known, total"
                " WHERE l.meaning IS NULL AND known.n = 1 + l.question_id % total.n"
            )


_STREETS = (
    "Абай Ерубаев Гоголь Мұстафин Ленин Бұхар Алалыкин Ермеков Сәтбаев Жамбыл Назарбаев Пичугин "
    "Гагарин Мир Терешкова Лобода Пушкин Шахтёр Кривогуз Тәттімбет Сатыбалдин Университет Защитная "
    "Космонавт Воинов Ержанов Язев Муканов Рыскулов Гапеев Приканальная Таттимбет Волочаевская"
)
_NAMES = _STREETS.split()


if __name__ == "__main__":
    main()
