"""Options that several commands share."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandError

from streams.questions.files import Table
from streams.questions.importing import FIELDS, Columns


def add_columns(parser: ArgumentParser) -> None:
    """A file of questions, the reception they go to, and which column is what."""
    parser.add_argument("file", metavar="FILE", help="CSV or JSON Lines")
    parser.add_argument("--reception", required=True, metavar="NO", help="such as 2026-0147")
    parser.add_argument(
        "--text",
        action="append",
        default=[],
        metavar="COLUMN",
        help="the column of the question; may be given again, each makes a question of its own",
    )
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="FIELD=COLUMN",
        help=f"where another field stands: text, {', '.join(FIELDS)}; may be given again",
    )
    parser.add_argument("--encoding", default="", help="instead of guessing, such as cp1251")
    parser.add_argument("--delimiter", default="", help="instead of guessing")


def columns_of(options: Mapping[str, Any], table: Table) -> Columns:
    """Raises importing.BadColumns, CommandError. Without any text column it is `text`."""
    texts = list(options["text"])
    fields: dict[str, str] = {}
    for pair in options["map"]:
        name, equals, column = pair.partition("=")
        if not equals or name not in {"text", *FIELDS}:
            raise CommandError(f"--map {pair}: FIELD=COLUMN with text, {', '.join(FIELDS)}.")
        if name == "text":
            texts.append(column)
        else:
            fields[name] = column
    columns = Columns(tuple(dict.fromkeys(texts)) or ("text",), fields)
    columns.check(table)
    return columns
