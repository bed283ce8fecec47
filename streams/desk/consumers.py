"""The desk's socket: who may sit at the desk hears what changes there."""

from streams.live.staff import StaffSocket
from streams.people.rules import DESK


class DeskSocket(StaffSocket):
    screen = "desk"
    roles = DESK
