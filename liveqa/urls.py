"""All addresses. Public pages carry their language (/kk/…); staff pages take it from the cookie."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path

from streams.archive import urls as archive
from streams.chiefs import urls as chiefs
from streams.desk import urls as desk
from streams.overlay import urls as overlay
from streams.people import views as people
from streams.room import urls as room
from streams.sources import urls as sources
from streams.studio import urls as studio

sign_in = LoginView.as_view(template_name="people/sign_in.html", redirect_authenticated_user=True)

urlpatterns = [
    path("sign-in/", sign_in, name="sign_in"),
    path("sign-out/", LogoutView.as_view(), name="sign_out"),
    path("password/", people.password, name="password"),
    path("language/", include("django.conf.urls.i18n")),
    path("manage/", admin.site.urls),
    *desk.urlpatterns,
    *studio.urlpatterns,
    *overlay.urlpatterns,
    *room.urlpatterns,
    *sources.urlpatterns,
    *sources.staff_urlpatterns,
    *chiefs.urlpatterns,
    *archive.urlpatterns,
    *i18n_patterns(
        *room.public_urlpatterns, *chiefs.public_urlpatterns, *archive.public_urlpatterns
    ),
]
