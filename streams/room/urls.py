"""Addresses of the room pages."""

from django.urls import URLPattern, URLResolver

# Public pages, under /kk/, /ru/, /en/.
public_urlpatterns: list[URLPattern | URLResolver] = []
# Staff pages, without a language in the address.
urlpatterns: list[URLPattern | URLResolver] = []
