"""One migrated database per server, of which every worker of the suite takes a copy.

Migrating takes as long as some hundred tests, copying a tenth of a second. The template is named
after its folder and what made it and stays for the next run, on a server of the machine as on the
embedded one; ``python -m tests.template`` makes it beforehand. Django still migrates each copy, and
finds nothing to do.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection

LOCK = 2564


def family() -> str:
    """How the templates of this folder begin: several folders may share a server."""
    return f"codi_template_{hashlib.sha256(bytes(settings.BASE_DIR)).hexdigest()[:8]}_"


def origin() -> str:
    """A short digest of the migrations, of the triggers that they take over, and of the packages."""
    made_of = hashlib.sha256((settings.BASE_DIR / "requirements" / "runtime.txt").read_bytes())
    files = [settings.BASE_DIR / "codi" / "triggers.py"]
    for app in apps.get_app_configs():
        files += [Path(app.path) / "triggers.py", *Path(app.path).glob("migrations/*.py")]
    for file in sorted(file for file in files if file.exists()):
        made_of.update(f"{file.parent} {file.name}\n".encode() + file.read_bytes())
    return made_of.hexdigest()[:12]


def template() -> str:
    """The name of the migrated database, made when it is missing; one process makes it."""
    ours = family()
    name = f"{ours}{origin()}"
    with connection._nodb_cursor() as cursor:
        cursor.execute("SET lock_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [ours])
        found = {row[0] for row in cursor.fetchall()}
        if name not in found:
            for old in found:
                cursor.execute(f'DROP DATABASE "{old}"')
            cursor.execute(f'CREATE DATABASE "{ours}arriving"')
            _migrate(f"{ours}arriving")
            cursor.execute(f'ALTER DATABASE "{ours}arriving" RENAME TO "{name}"')
    return name


def _migrate(name: str) -> None:
    connection.close()
    usual, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], name
    try:
        call_command("migrate", verbosity=0, interactive=False)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual


if __name__ == "__main__":
    import django

    django.setup()
    template()
