"""The tools around locale/: nothing is lost in collecting, no broken translation passes."""

import gettext
import os
from io import StringIO
from pathlib import Path

import polib
import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from streams.management import catalogues, extraction
from streams.management.extraction import Message

PYTHON = """
from django.utils.translation import gettext as _, ngettext, pgettext
# Translators: on the button
_("Send")
ngettext("%(n)s vote", "%(n)s votes", 3)
pgettext("month", "May")
_("two "
  "parts")
not_a_text("Nothing")
"""
TEMPLATE = """
{% load i18n %}
  <p title="{% translate "Send" %}">
      {% blocktranslate trimmed count n=total with name=x %}
        One of {{ name }}
      {% plural %}
        {{ n }} of <b>{{ name }}</b>
      {% endblocktranslate %}
  </p>
{# Translators: the end #}
{% translate "Bye" context "short" %}
{{ _("In a variable") }} "quoted" isn't {{ x|default:"…" }} 100%
"""


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    for folder in extraction.SOURCES:
        (tmp_path / folder).mkdir()
    (tmp_path / "streams" / "a.py").write_text(PYTHON, encoding="utf-8")
    (tmp_path / "templates" / "b.html").write_text(TEMPLATE, encoding="utf-8")
    return tmp_path


def one(text: str, translation: str, plural: str = "", *more: str) -> polib.POFile:
    """A Russian catalogue of one message."""
    catalogue = catalogues.merged(None, [Message(text, plural)], "ru")
    if plural:
        catalogue[0].msgstr_plural = dict(enumerate((translation, *more)))
    else:
        catalogue[0].msgstr = translation
    return catalogue


def faults(catalogue: polib.POFile) -> list[str]:
    entry = catalogue[0]
    source = Message(entry.msgid, entry.msgid_plural)
    return [f.split(":")[0] for f in catalogues.faults(catalogue, [source], "ru")]


def test_texts_come_from_code_and_templates_each_once(sources: Path) -> None:
    found = {message.key: message for message in extraction.collect(sources)}

    assert set(found) == {
        (None, "Send"),
        (None, "%(n)s vote"),
        ("month", "May"),
        (None, "two parts"),
        (None, "One of %(name)s"),
        ("short", "Bye"),
        (None, "In a variable"),
    }
    assert found[None, "Send"].files == {"streams/a.py", "templates/b.html"}
    assert found[None, "Send"].comments == ["on the button"]
    assert found[None, "One of %(name)s"].plural == "%(n)s of <b>%(name)s</b>"


def test_collecting_again_keeps_translations_and_drops_what_nobody_says() -> None:
    old = catalogues.merged(None, [Message("Stays"), Message("Goes")], "ru")
    old[0].msgstr, old[1].msgstr = "Остаётся", "Уходит"

    new = catalogues.merged(old, [Message("New"), Message("Stays")], "ru")

    assert [(e.msgid, e.msgstr) for e in new] == [("New", ""), ("Stays", "Остаётся")]
    assert str(catalogues.merged(new, [Message("New"), Message("Stays")], "ru")) == str(new)


def test_a_text_that_gained_a_plural_must_be_translated_again() -> None:
    old = catalogues.merged(None, [Message("%(n)s vote")], "ru")
    old[0].msgstr = "%(n)s голос"

    new = catalogues.merged(old, [Message("%(n)s vote", "%(n)s votes")], "ru")

    assert new[0].msgstr_plural == {0: "", 1: "", 2: "", 3: ""}
    assert faults(new) == ["not translated"]


@pytest.mark.parametrize(
    ("text", "translation", "said"),
    [
        ("Send", "Отправить", []),
        ("Send", "", ["not translated"]),
        ("Hello %(name)s", "Привет, %(nam)s", ["lost %(name)s", "invented %(nam)s"]),
        ("%s of %s", "%s", ["another count of %s"]),
        ("%(n)s%% done", "готово %(n)s %", ["a lone % sign"]),
        ("%(n)s%% done", "готово %(n)s%%", []),
        ("{name} asks", "спрашивает", ["lost {name}"]),
        ("<b>Now</b>", "<b>Сейчас</b>", []),
        ("<b>Now</b>", "<b>Сейчас<b>", ["other HTML tags"]),
        ("<b>Now</b>", "Сейчас", ["other HTML tags"]),
        ("Line\n", "Строка", ["another line break at the end"]),
    ],
)
def test_broken_translations_are_named(text: str, translation: str, said: list[str]) -> None:
    assert faults(one(text, translation)) == said


def test_a_plural_needs_every_form_and_a_singular_may_leave_the_number_out() -> None:
    forms = ("%(n)s голос", "%(n)s голоса", "%(n)s голосов", "%(n)s голоса")
    assert faults(one("One vote", forms[0], "%(n)s votes", *forms[1:])) == []
    assert faults(one("One vote", forms[0], "%(n)s votes", *forms[1:3])) == ["not translated"]
    assert faults(one("%(n)s vote", "голос", "%(n)s votes", *forms[1:])) == ["lost %(n)s"]


def test_fuzzy_missing_and_stale_texts_are_named() -> None:
    catalogue = one("Old", "Старое")
    catalogue[0].flags = ["fuzzy"]

    assert faults(catalogue) == ["marked fuzzy"]
    assert list(catalogues.faults(catalogue, [Message("New")], "ru")) == [
        "not in the catalogue: “New”",
        "nobody says it any more: “Old”",
    ]


def test_compiled_catalogues_speak_and_are_made_only_when_older(tmp_path: Path) -> None:
    source = catalogues.path_of(tmp_path, "ru")
    forms = ("%(n)s голос", "%(n)s голоса", "%(n)s голосов", "%(n)s голоса")
    catalogues.write(source, str(one("%(n)s vote", forms[0], "%(n)s votes", *forms[1:])).encode())

    assert catalogues.compile_all([tmp_path]) == [source.with_suffix(".mo")]
    assert catalogues.compile_all([tmp_path]) == []
    with source.with_suffix(".mo").open("rb") as compiled:
        translations = gettext.GNUTranslations(compiled)
    said = [translations.ngettext("%(n)s vote", "%(n)s votes", n) for n in (1, 2, 5, 11, 21)]
    assert said == [forms[i] for i in (0, 1, 2, 2, 0)]

    newer = source.stat().st_mtime_ns + 10**9
    os.utime(source, ns=(newer, newer))
    assert catalogues.compile_all([tmp_path]) == [source.with_suffix(".mo")]
    assert sorted(path.name for path in source.parent.iterdir()) == ["django.mo", "django.po"]


def test_fuzzy_translations_are_not_compiled(tmp_path: Path) -> None:
    source = catalogues.path_of(tmp_path, "ru")
    catalogue = one("Send", "Сендить")
    catalogue[0].flags = ["fuzzy"]
    catalogues.write(source, str(catalogue).encode())

    (compiled,) = catalogues.compile_all([tmp_path])

    with compiled.open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Send") == "Send"


def test_the_commands_collect_check_and_compile(sources: Path, settings: Settings) -> None:
    settings.BASE_DIR = sources
    settings.LOCALE_PATHS = [sources / "locale"]
    out = StringIO()

    call_command("messages", stdout=out)
    assert "ru: 7 texts, 7 to translate" in out.getvalue()

    errors = StringIO()
    with pytest.raises(CommandError, match="14 faults"):
        call_command("messages", check=True, stderr=errors)
    assert "kk: not translated: “Send”" in errors.getvalue()

    for language in ("kk", "ru"):
        path = catalogues.path_of(sources / "locale", language)
        catalogue = polib.pofile(str(path))
        for entry in catalogue:
            entry.msgstr = entry.msgid if not entry.msgid_plural else ""
            for form in entry.msgstr_plural:
                entry.msgstr_plural[form] = entry.msgid_plural
        catalogues.write(path, str(catalogue).encode())
    call_command("messages", check=True, stdout=out)
    assert "7 texts, all translated into kk, ru." in out.getvalue()

    call_command("compile_catalogues", stdout=out)
    assert out.getvalue().count("compiled ") == 2


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_our_plural_forms_are_djangos(language: str) -> None:
    forms = catalogues.plural_forms(language)

    assert forms.startswith(f"nplurals={ {'kk': 2, 'ru': 4}[language] };")
    assert "\n" not in forms
