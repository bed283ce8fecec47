"""What must not wait is found, in Kazakh, Russian and their disguises; what can wait is left alone."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import pytest

from streams.common.text import search_form
from streams.people.models import Unit
from streams.questions import urgent

URGENT = """
self_harm: Я больше не хочу жить, никто не помогает.
self_harm: Хочу покончить с собой.
self_harm: Сегодня ночью я покончу с жизнью, всем все равно.
self_harm: Не вижу смысла, хочу умереть.
self_harm: Менің өмір сүргім мүлдем келмейді.
self_harm: Өлгім келеді, көмек жоқ.
self_harm: Өз-өзіме қол жұмсаймын.
self_harm: Менин омир сургим келмейди.
self_harm: Нe xoчу больше жить
danger: Помогите, горит дом на Ерубаева, люди внутри!
danger: Пожар в школе, дети там!
danger: Ребенок пропал, ему пять лет, ушел из садика.
danger: У нас пропала дочь, третий день.
danger: Сосед угрожает меня зарезать, угрожает ножом.
danger: Муж обещает убить меня.
danger: В подъезде сильно пахнет газом, сильный запах газа сейчас
danger: Человек тонет в Федоровском водохранилище
danger: Отец без сознания, скорая не едет
danger: Үй жанып жатыр, көмектесіңіздер!
danger: Біздің көршінің үйі өртеніп жатыр
danger: Балам жоғалып кетті, кешеден бері жоқ
danger: Бала суға батып бара жатыр
danger: Көршім өлтіремін деп қорқытып жүр
danger: Пышақпен қорқытып тұр, тез келіңіздер
danger: Корши пышакпен коркытып тур
danger: Газ иісі қатты шығып тұр, подъезд
crime: Прямо сейчас под окном избивают парня!
crime: Сосед бьет жену, помогите!
crime: Помогите, ко мне ломятся в квартиру!
crime: Какие-то люди взламывают дверь соседей
crime: Возле клуба массовая драка, человек двадцать
crime: На улице стреляют, слышны крики, люди бегут
crime: Пpямo cейчac гpaбят мaгaзин на углу
crime: Дәл қазір аулада төбелес болып жатыр
crime: Күйеуім ұрып жатыр, көмектесіңіздер
crime: Көршілер әйелін сабап жатыр!
crime: Есігімді сындырып жатыр, келіңіздер
crime: Казир балаларды урып жатыр
"""
CAN_WAIT = """
Когда отремонтируют дорогу на улице Ерубаева?
Сколько пожаров было в этом году?
Почему полиция не приезжает на вызовы?
Сосед шумит по ночам, помогите.
Как получить разрешение на оружие?
Почему не работает камера на перекрестке?
Что делается для профилактики самоубийств среди школьников?
Почему сейчас ломают дорогу в центре?
Река умирает, завод сбрасывает отходы.
Пропал интернет в доме, третий день.
Очень жду ответа, просто убиваете равнодушием.
Стреляют бездомных собак, разве это законно?
Скорая приезжает долго, это опасно для жизни.
В школе идет ремонт, дети учатся в коридоре.
Горит только один фонарь на всю улицу.
Горячей воды нет, хочу понять почему.
Хочу жить в чистом городе.
На дороге яма, машины бьют подвеску.
Собаки лают под окном каждую ночь.
Обещали убрать снег и не убрали.
Жолды қашан жөндейсіздер?
Ауылда су жоқ, көмектесіңіздер.
Қазір жолды бұзып жатыр, қашан бітеді?
Балалар суға түсетін жер жоқ.
Таң атып жатыр, шу басылмайды.
Көршілер түнде шулайды, шара қолданыңыз.
Мектепте қауіпсіздік қалай қамтамасыз етіледі?
Өрт сөндіру бөлімі ауылға қашан салынады?
Балабақшада орын жоқ, құжатым жоғалды.
Жарық жанып тұр, бірақ көше қараңғы.
Учаскелік арызымды қарамай жатыр.
Менің өмірім қиын, зейнетақым аз.
"""


def lines(table: str) -> list[str]:
    return [line for line in table.splitlines() if line]


@pytest.mark.parametrize("line", lines(URGENT))
def test_it_must_not_wait(line: str) -> None:
    reason, _colon, text = line.partition(": ")
    alarm = urgent.find(text)
    assert alarm is not None
    assert alarm.reason == reason
    assert alarm.words


@pytest.mark.parametrize("text", lines(CAN_WAIT))
def test_it_can_wait(text: str) -> None:
    assert urgent.find(text) is None


def test_real_appeals_raise_few_alarms(
    appeals_csv: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with appeals_csv.open(encoding="utf-8") as file:
        texts = [row[name] for row in csv.DictReader(file) for name in ("text_kz", "text_ru")]
    began = time.perf_counter()
    alarms = [text for text in texts if urgent.detect(search_form(text))]
    each_us = (time.perf_counter() - began) / len(texts) * 1e6
    with capsys.disabled():
        print(  # noqa: T201 -- the figures are asked for
            f"\nurgent: {len(alarms)} of {len(texts)} appeals, {each_us:.0f} µs each",
            *alarms,
            sep="\n",
        )
    assert len(alarms) <= len(texts) / 100


def test_whom_to_call_is_the_units_own() -> None:
    unit = Unit(police_number="102", rescue_number="112")
    assert urgent.numbers("crime", unit) == "102 / 112"
    assert urgent.numbers("danger", unit) == "112 / 102"
    assert urgent.numbers("danger", Unit(police_number="110", rescue_number="112")) == "112 / 110"
    assert urgent.numbers("crime", Unit(police_number="911", rescue_number="911")) == "911"
