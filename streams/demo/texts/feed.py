"""What the demo's viewers go on asking: invented questions with changing places."""

from __future__ import annotations

import random
from dataclasses import dataclass

_STREETS = (
    "Достык",
    "Мира",
    "Степная",
    "Озёрная",
    "Бейбітшілік",
    "Жастар",
    "Тәуелсіздік",
    "Сарайшик",
)
_NAMES_RU = ("Анна", "Олег", "Гульмира", "Тимур", "Наталья", "Рашид", "Виктория", "Данияр", "", "")
_NAMES_KK = ("Айдос", "Назерке", "Ербол", "Сымбат", "Жансая", "Мұрат", "Күлтай", "", "")
_DISTRICTS = ("TAS", "TAS", "TAS", "KOK", "ZHA", "TEM", "")

_RUSSIAN = (
    "На улице {street}, {house} второй день не работает светофор. Когда починят?",
    "Возле дома {street}, {house} ставят машины на газон, ребёнку негде пройти. Будет ли рейд?",
    "Кто наш участковый на улице {street} и когда он принимает?",
    "На {street}, {house} постоянно шумят в баре после полуночи. Куда писать, чтобы не отписались?",
    "Пришло письмо о штрафе с улицы {street}, а машину я продал {days} дней назад. Как обжаловать?",
    "Сколько камер стоит на улице {street} и смотрит ли их кто-нибудь ночью?",
    "Знакомый перевёл мошенникам {sum} тысяч тенге, заявление приняли. Сколько ждать ответа?",
    "Автобусы на остановке {street} стоят на переходе, людям не видно дорогу. Примите меры.",
    "Подростки на {street} пристают к прохожим по вечерам. Есть ли там патруль?",
    "Нужно ли разрешение на салют во дворе на {street}, {house}?",
    "Как записаться на экзамен по вождению, если портал показывает очередь на {days} дней?",
    "У соседей по {street} собака без намордника, ребёнка чуть не укусила. Кто отвечает?",
    "Почему на {street} убрали лежачего полицейского? Машины опять летят мимо школы.",
    "Вчера подавал заявление о краже колёс на {street}, номер не дали. Это нормально?",
    "Можно ли прийти на приём к начальнику без записи и с чем именно?",
)
_KAZAKH = (
    "{street} көшесіндегі бағдаршам {days} күннен бері жанбайды. Қашан жөнделеді?",
    "{street} көшесі, {house}-үйдің ауласында түнде шулайды. Патруль келе ме?",
    "Балам мектептен {street} арқылы қайтады, қараңғы. Камера орнатылады ма?",
    "Айыппұлды {days} күн ішінде төлеп үлгермедім, жеңілдік сақтала ма?",
    "Учаскелік инспектордың телефонын қайдан табуға болады? {street} көшесінде тұрамыз.",
    "Алаяқтар {sum} мың теңге алып кетті. Өтінішім қай бөлімде екенін қалай білемін?",
    "{street} көшесінде көліктер тротуарға қойылады, арбамен өте алмаймыз.",
    "Уақытша тіркеуді ұзарту үшін қайда барамын және қанша күн алады?",
    "Жүргізуші куәлігін алуға емтиханға қанша рет тапсыруға болады?",
    "{street} көшесіндегі дүкенде жасөспірімдерге темекі сатады. Тексересіздер ме?",
)
_ENGLISH = (
    "I lost my passport on {street} street {days} days ago. Do I need a police certificate for the embassy?",
    "Is there an English-speaking officer at the reception on {street}?",
)


@dataclass(frozen=True)
class FeedQuestion:
    text: str
    name: str
    district: str
    language: str


def question(reception_no: str, index: int) -> FeedQuestion:
    """The same question for the same index, so that a feed that starts again goes on where it was."""
    dice = random.Random(f"{reception_no}/{index}")  # noqa: S311 -- no secret
    language = dice.choices(("ru", "kk", "en"), (10, 9, 1))[0]
    texts, names = {
        "ru": (_RUSSIAN, _NAMES_RU),
        "kk": (_KAZAKH, _NAMES_KK),
        "en": (_ENGLISH, ("Emma", "Jonas", "")),
    }[language]
    text = dice.choice(texts).format(
        street=dice.choice(_STREETS),
        house=dice.randint(1, 60),
        days=dice.randint(2, 20),
        sum=dice.randint(5, 90) * 10,
    )
    return FeedQuestion(text, dice.choice(names), dice.choice(_DISTRICTS), language)
