"""Addresses of the overlay: the page for OBS, its state, the remote control; and where it is set up."""

from django.urls import URLPattern, URLResolver, path

from streams.overlay import setup_views, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("overlay/<str:token>/", views.overlay, name="overlay"),
    path("overlay/<str:token>/state/", views.state, name="overlay_state"),
    path("overlay/remote/<str:remote>/", views.remote, name="overlay_remote"),
    path("studio/<slug:no>/overlay/", setup_views.overlay, name="overlay_setup"),
    path("studio/<slug:no>/overlay/addresses/", setup_views.addresses, name="overlay_addresses"),
    path("studio/<slug:no>/overlay/back/", setup_views.take_back, name="overlay_take_back"),
    path("studio/<slug:no>/overlay/order/", setup_views.order, name="overlay_order"),
]
