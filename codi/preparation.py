"""Bring the database and the files of this folder up to date: the part of set-up after install.

``python -m codi.preparation schema`` runs as the owner of the tables, ``… assets`` (all that an
image of production needs), ``… data`` and ``… country`` (a sample of national size) as the role of
the application. Every step may run again at any time and is quick when there is nothing left to do.
"""

from __future__ import annotations

import hashlib
import os
import sys
from io import StringIO
from pathlib import Path

from codi.settings.database import note_role

ACCOUNTS = "demo-accounts.txt"


def schema() -> None:
    """Make and change tables, triggers and rights."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)


def assets() -> None:
    """Fonts and collected static files: needs no database."""
    from django.conf import settings

    from codi.pdf.fonts import build_fonts

    build_fonts(settings.DATA_DIR / "fonts")
    _collect_static(settings.DATA_DIR / "static.stamp")


def data() -> None:
    """Assets, reference data, sample data and demo accounts."""
    from django.conf import settings
    from django.core.management import call_command

    assets()
    call_command("load_places", stdout=StringIO())
    call_command("load_sample", "north-leaders-2564", stdout=StringIO())
    accounts = StringIO()
    call_command("load_demo_accounts", stdout=accounts)
    (settings.DATA_DIR / ACCOUNTS).write_text(accounts.getvalue())


def country() -> None:
    """The sample of the whole country, where the registers are empty or hold the half of it."""
    from django.core.management import CommandError, call_command

    from codi.errors import Refused

    try:
        call_command("load_sample", "national-2562", stdout=StringIO())
    except CommandError as refused:
        if not isinstance(refused.__cause__, Refused):
            raise


def _collect_static(stamp: Path) -> None:
    """Collect, compress and name the static files, when one of them is new or changed."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    if settings.DEBUG:
        return
    state = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            found = Path(storage.path(name)).stat()
            state.update(f"{name} {found.st_size} {found.st_mtime_ns}\n".encode())
    if stamp.exists() and stamp.read_text() == state.hexdigest() and settings.STATIC_ROOT.exists():
        return
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["django_htmx"])
    stamp.write_text(state.hexdigest())


def main(word: str) -> int:
    """Carry out one part; an unknown word is an error."""
    steps = {"schema": schema, "assets": assets, "data": data, "country": country}
    if word not in steps:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "codi.settings.dev")
    note_role("migrate" if word == "schema" else "")
    import django

    django.setup()
    steps[word]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
