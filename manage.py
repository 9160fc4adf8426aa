#!/usr/bin/env python
"""Django's command line, with the embedded database started when none is named."""

import os
import sys

from codi.settings.database import note_role


def main() -> None:
    """Run one command, as the owner of the tables where it changes them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "codi.settings.dev")
    note_role(sys.argv[1] if len(sys.argv) > 1 else "")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
