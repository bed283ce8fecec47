"""Addresses of the desk pages; staff only, so without a language in the address."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
