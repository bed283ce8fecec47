from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import import_string
from typing_extensions import override

# The live screens, one for each audience.
_SCREENS = (
    "streams.room.frames.RoomScreen",
    "streams.desk.frames.DeskScreen",
    "streams.studio.frames.StudioScreen",
    "streams.overlay.frames.OverlayScreen",
)


class StreamsConfig(AppConfig):
    name = "streams"
    verbose_name = "LiveQA"
    default_auto_field = "django.db.models.BigAutoField"

    @override
    def ready(self) -> None:
        import_module("streams.live.rights")
        screens = import_module("streams.live.screens")
        for name in _SCREENS:
            screens.register(import_string(name)())
