"""The studio's socket."""

from streams.live.staff import StaffSocket
from streams.people.rules import STUDIO


class StudioSocket(StaffSocket):
    screen = "studio"
    roles = STUDIO
