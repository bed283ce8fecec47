"""What every page template may use."""

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, object]:
    # django-csp calls it request.csp_nonce; Django 6 offers the same name to templates by itself.
    return {"csp_nonce": getattr(request, "csp_nonce", ""), "languages": settings.LANGUAGES}
