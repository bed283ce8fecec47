"""Prepares a reception on air in the database of the environment and says, as JSON, how to get in.

A program of its own: the outage tests run on servers that they may stop, not on the suite's.
"""

import json
from importlib import import_module

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402

from tests.cast import ask, make_cast, make_reception  # noqa: E402
from tests.sources.stage import make_source  # noqa: E402


def session_of(user: object) -> str:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)  # type: ignore[attr-defined]
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()  # type: ignore[attr-defined]
    store.create()
    return str(store.session_key)


def main() -> None:
    call_command("migrate", interactive=False, verbosity=0)
    cast = make_cast()
    reception = make_reception(cast)
    question = ask(reception, "Первый вопрос")
    print(  # noqa: T201 -- read by the test
        json.dumps(
            {
                "no": reception.no,
                "number": question.number,
                "session": session_of(cast.moderator),
                "source": str(make_source(cast).uuid),
            }
        )
    )


if __name__ == "__main__":
    main()
