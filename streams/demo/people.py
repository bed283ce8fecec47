"""Who plays in the demo. The region, its districts and all persons are invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from django.contrib.auth.hashers import make_password

from streams.common import clock
from streams.demo.texts.replies import REPLIES
from streams.people.models import Membership, Unit, User
from streams.people.rules import Role
from streams.questions import saved_replies
from streams.questions.models import SavedReply, Tag
from streams.receptions.models import Schedule

REGION = "SRY"
HOME = "TAS"  # The district whose reception is on air.


@dataclass(frozen=True)
class Place:
    code: str
    kk: str
    ru: str
    en: str
    host: str
    post: str
    at: time
    account: str = ""


@dataclass(frozen=True)
class Account:
    username: str
    role: Role
    unit: str
    full_name: str
    post: str
    language: str


_REGION = Place(
    REGION,
    "Сарыарқа облысының полиция департаменті",
    "Департамент полиции области Сарыарка",
    "Police Department of Saryarqa Region",
    "Ерлан Бекежанов",
    "начальник департамента полиции, генерал-майор полиции",
    time(10),
    "chief",
)
DISTRICTS = (
    Place(
        HOME,
        "Тасбұлақ ауданының полиция бөлімі",
        "Отдел полиции Тасбулакского района",
        "Tasbulaq District Police",
        "Сауле Тажибай",
        "начальник отдела полиции, подполковник полиции",
        time(10),
        "district",
    ),
    Place(
        "KOK",
        "Көктал ауданының полиция бөлімі",
        "Отдел полиции Коктальского района",
        "Koktal District Police",
        "Нурлан Абильмажин",
        "начальник отдела полиции, полковник полиции",
        time(10),
    ),
    Place(
        "ZHA",
        "Жаңақоныс ауданының полиция бөлімі",
        "Отдел полиции Жанаконысского района",
        "Zhanaqonys District Police",
        "Павел Дорошенко",
        "начальник отдела полиции, подполковник полиции",
        time(11),
    ),
    Place(
        "TEM",
        "Темірқала қаласының полиция басқармасы",
        "Управление полиции города Темиркала",
        "Temirqala City Police",
        "Бауыржан Есимжан",
        "начальник управления полиции, полковник полиции",
        time(10),
    ),
)
PLACES = (_REGION, *DISTRICTS)
ACCOUNTS = (
    Account("moderator", Role.MODERATOR, REGION, "Айгуль Нурланова", "пресс-служба", "kk"),
    Account("moderator2", Role.MODERATOR, REGION, "Игорь Ткаченко", "пресс-служба", "ru"),
    Account("chief", Role.CHIEF, REGION, _REGION.host, "начальник департамента", "ru"),
    Account("district", Role.CHIEF, HOME, DISTRICTS[0].host, "начальник отдела", "ru"),
    Account("controller", Role.CONTROLLER, REGION, "Марат Оспанкул", "отдел контроля", "ru"),
    Account("executor", Role.EXECUTOR, HOME, "Динара Ким", "участковый инспектор", "ru"),
    Account("reviewer", Role.REVIEWER, REGION, "Виктор Шефер", "юридический отдел", "ru"),
    Account("editor", Role.EDITOR, REGION, "Жанна Мусакызы", "редактор архива", "kk"),
    Account("administrator", Role.ADMINISTRATOR, REGION, "Тимур Ли", "отдел связи", "ru"),
)
TAGS = (
    ("roads", "Жол қозғалысы", "Дорожное движение", "Road traffic"),
    ("order", "Тыныштық пен тәртіп", "Тишина и порядок", "Quiet and order"),
    ("fraud", "Алаяқтық", "Мошенничество", "Fraud"),
    ("documents", "Құжаттар", "Документы", "Documents"),
    ("children", "Балалар қауіпсіздігі", "Безопасность детей", "Children's safety"),
    ("police", "Полиция жұмысы", "Работа полиции", "Work of the police"),
    ("lighting", "Жарық пен камералар", "Освещение и камеры", "Lighting and cameras"),
    ("service", "Қызметке орналасу", "Служба в полиции", "Joining the police"),
)


def is_somebody_elses() -> bool:
    """The database serves real people already: the demo keeps out of it."""
    if Unit.objects.filter(code=REGION, name_kk=_REGION.kk).exists():
        return False
    return Unit.objects.exists() or User.objects.exists()


def make(password: str) -> None:
    """Everybody and everything that isn't there yet. What was changed by hand stays changed."""
    units = _units()
    hashed = ""
    for account in ACCOUNTS:
        if User.objects.filter(username=account.username).exists():
            continue
        # One hash for all: it is meant to take long, and it is one password.
        hashed = hashed or make_password(password)
        _user(account, units[account.unit], hashed)
    _schedules(units)
    for slug, kk, ru, en in TAGS:
        names = {"name_kk": kk, "name_ru": ru, "name_en": en}
        Tag.objects.get_or_create(unit=units[REGION], slug=slug, defaults=names)
    _saved_replies(units[REGION])


def _saved_replies(unit: Unit) -> None:
    """Once: an editor may have put all of them otherwise since."""
    if SavedReply.objects.filter(unit=unit).exists():
        return
    editor = User.objects.get(username="editor")
    for title, kk, ru in REPLIES:
        reply = SavedReply(unit=unit, title=title, text_kk=kk, text_ru=ru)
        saved_replies.save(reply, by=editor, now=clock.now())


def renew_password(password: str) -> None:
    """The file with the password is gone: a new one for all accounts of the demo."""
    names = [account.username for account in ACCOUNTS]
    User.objects.filter(username__in=names).update(password=make_password(password))


def _units() -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for place in PLACES:
        names = {"name_kk": place.kk, "name_ru": place.ru, "name_en": place.en}
        defaults = names | {"parent": units.get(REGION)}
        units[place.code], _made = Unit.objects.get_or_create(code=place.code, defaults=defaults)
    return units


def _user(account: Account, unit: Unit, password: str) -> None:
    is_administrator = account.role is Role.ADMINISTRATOR
    user = User.objects.create(
        username=account.username,
        password=password,
        full_name=account.full_name,
        post=account.post,
        language=account.language,
        is_staff=is_administrator,
        is_superuser=is_administrator,
    )
    Membership.objects.create(user=user, unit=unit, role=account.role)


def _schedules(units: dict[str, Unit]) -> None:
    for place in DISTRICTS:
        Schedule.objects.get_or_create(
            unit=units[place.code],
            weekday=2,
            time=place.at,
            defaults={
                "host": User.objects.filter(username=place.account).first(),
                "host_name": place.host,
                "host_post": place.post,
            },
        )
