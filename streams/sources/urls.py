"""Addresses that platforms call. With and without the closing slash: people paste them by hand."""

from django.urls import URLPattern, path

from streams.sources import views

urlpatterns: list[URLPattern] = [
    path("in/<uuid:source>", views.receive, name="in"),
    path("in/<uuid:source>/<slug:source_token>", views.receive, name="in_token"),
    path("in/<uuid:source>/", views.receive, name="in"),
    path("in/<uuid:source>/<slug:source_token>/", views.receive, name="in_token"),
]
