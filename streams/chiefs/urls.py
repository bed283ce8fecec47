"""Addresses of the board, its plan, and personal control."""

from django.urls import URLPattern, URLResolver, path, register_converter

from streams.chiefs import control_views, plan_views, views
from streams.control.rules import Step


class StepConverter:
    """The steps that have a form."""

    regex = "|".join(step.value for step in control_views.STEPS)

    def to_python(self, value: str) -> Step:
        return Step(value)

    def to_url(self, value: str) -> str:
        return str(value)


register_converter(StepConverter, "control_step")

# Public pages, under /kk/, /ru/, /en/.
public_urlpatterns: list[URLPattern | URLResolver] = [
    path("wednesday/", views.wednesday, name="wednesday"),
]
# Staff pages, without a language in the address.
urlpatterns: list[URLPattern | URLResolver] = [
    path("wednesday/plan/", plan_views.plan, name="plan"),
    path("wednesday/plan/reception/", plan_views.plan_reception, name="plan_reception"),
    path("wednesday/plan/weekly/", plan_views.plan_line_new, name="plan_line_new"),
    path("wednesday/plan/weekly/<int:pk>/", plan_views.plan_line, name="plan_line"),
    path(
        "wednesday/plan/weekly/<int:pk>/switch/",
        plan_views.plan_line_switch,
        name="plan_line_switch",
    ),
    path("wednesday/plan/cancel/<slug:no>/", plan_views.plan_cancel, name="plan_cancel"),
    path("control/", control_views.control_list, name="control_list"),
    path("control/<slug:number>/", control_views.control_record, name="control_record"),
    path(
        "control/<slug:number>/<control_step:step>/",
        control_views.control_step,
        name="control_step",
    ),
]
