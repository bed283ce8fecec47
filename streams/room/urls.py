"""Addresses of the room pages."""

from django.urls import URLPattern, URLResolver, path, register_converter

from streams.room import ask_views, asker_views, blog_views, like_views, views


class Secret:
    """The secret of an asker's link, see `crypto.question_secret`."""

    regex = r"[A-Za-z0-9_-]{24}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Secret, "secret")

# Public pages, under /kk/, /ru/, /en/.
public_urlpatterns: list[URLPattern | URLResolver] = [
    path("receptions/<slug:no>/", views.reception, name="reception"),
    path("receptions/<slug:no>/ask/", ask_views.ask, name="ask"),
    path("receptions/<slug:no>/votes/", ask_views.vote, name="votes"),
    path("receptions/<slug:no>/like/", like_views.like, name="like"),
    path("blog/", blog_views.index, name="blogs"),
    path("blog/<slug:code>/", blog_views.blog, name="blog"),
    path("blog/<slug:code>/months/", blog_views.months, name="blog_months"),
    path("q/<secret:secret>/", asker_views.my_question, name="my_question"),
    path("q/<secret:secret>/withdraw/", asker_views.withdraw, name="withdraw"),
    path("q/<secret:secret>/receipt/", asker_views.receipt, name="receipt"),
]
# Staff pages, without a language in the address.
urlpatterns: list[URLPattern | URLResolver] = []
