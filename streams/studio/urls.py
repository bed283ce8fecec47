"""Addresses of the studio pages; staff only, so without a language in the address."""

from django.urls import URLPattern, URLResolver, path

from streams.studio import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("studio/<slug:no>/", views.studio, name="studio"),
    path("studio/<slug:no>/move/", views.move, name="studio_move"),
    path("studio/<slug:no>/undo/", views.undo, name="studio_undo"),
    path("studio/<slug:no>/said/", views.said, name="studio_said"),
    path("studio/<slug:no>/note/", views.note, name="studio_note"),
    path("studio/<slug:no>/step/", views.step, name="studio_step"),
    path("studio/<slug:no>/promise/<int:number>/", views.promise, name="studio_promise"),
]
