"""Addresses that platforms call. With and without the closing slash: people paste them by hand."""

from django.urls import URLPattern, path

from streams.sources import page_views, views

urlpatterns: list[URLPattern] = [
    path("in/<uuid:source>", views.receive, name="in"),
    path("in/<uuid:source>/<slug:source_token>", views.receive, name="in_token"),
    path("in/<uuid:source>/", views.receive, name="in"),
    path("in/<uuid:source>/<slug:source_token>/", views.receive, name="in_token"),
]
# For the administrators of a unit.
staff_urlpatterns: list[URLPattern] = [
    path("sources/", page_views.sources, name="sources"),
    path("sources/new/<slug:platform>/", page_views.add, name="source_new"),
    path("sources/<uuid:source_uuid>/", page_views.source, name="source"),
    path("sources/<uuid:source_uuid>/switch/", page_views.switch, name="source_switch"),
    path("sources/<uuid:source_uuid>/rotate/", page_views.rotate, name="source_rotate"),
    path("sources/<uuid:source_uuid>/check/", page_views.check, name="source_check"),
    path("sources/<uuid:source_uuid>/hook/", page_views.hook, name="source_hook"),
    path("sources/<uuid:source_uuid>/test/", page_views.test, name="source_test"),
]
