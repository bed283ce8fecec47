#!/usr/bin/env python
"""Django's command line, with the embedded servers found or started where no URL names others."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liveqa.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 -- after the environment

    from liveqa.services import provide  # noqa: PLC0415 -- after the environment

    with provide():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
