"""Addresses of the archive pages."""

from django.urls import URLPattern, URLResolver, path, register_converter

from streams.archive import ledger_views, views


class PublicNo:
    """The permanent number of a question, `2026-0147-57`, as reception and number."""

    regex = r"[0-9]{4}-[0-9]{4,6}-[0-9]{1,9}"

    def to_python(self, value: str) -> tuple[str, int]:
        reception, _dash, number = value.rpartition("-")
        return reception, int(number)

    def to_url(self, value: str | tuple[str, int]) -> str:
        return value if isinstance(value, str) else f"{value[0]}-{value[1]}"


class LedgerNo:
    """The number of a reception, `2026-0147`."""

    regex = r"[0-9]{4}-[0-9]{4,6}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(PublicNo, "public_no")
register_converter(LedgerNo, "ledger_no")

# Public pages, under /kk/, /ru/, /en/.
public_urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("archive/", views.archive, name="archive"),
    # Words after the number are decoration and lead to the address without them.
    path("questions/<public_no:public_no>/<str:slug>/", views.question, name="question"),
    path("questions/<public_no:public_no>/", views.question, name="question"),
    path("receptions/<ledger_no:no>/ledger/", ledger_views.page, name="ledger"),
]
# The same bytes in every language.
urlpatterns: list[URLPattern | URLResolver] = [
    path("receptions/<ledger_no:no>/ledger.json", ledger_views.as_json, name="ledger_json"),
    path("receptions/<ledger_no:no>/ledger.csv", ledger_views.as_csv, name="ledger_csv"),
]
