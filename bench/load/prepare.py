"""``python -m bench.load.prepare N``: a new database with the sample and N officers of the North."""

from __future__ import annotations

import json
import os
import secrets
import sys

os.environ["CODI_DATABASE_ROLE"] = "owner"

import django
import psycopg2
from django.core.management import call_command
from django.db import connection
from psycopg2 import sql

from bench.load.settings import FOLDER, HOME_DATABASE, LOAD_DATABASE


def make_database() -> None:
    """A new, empty database; what an earlier run left goes."""
    found = connection.settings_dict
    server = psycopg2.connect(
        host=found["HOST"],
        port=found["PORT"] or None,
        user=found["USER"],
        password=found["PASSWORD"] or None,
        dbname=HOME_DATABASE,
    )
    server.autocommit = True
    name = sql.Identifier(LOAD_DATABASE)
    with server.cursor() as cursor:
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(name))
        cursor.execute(sql.SQL("CREATE DATABASE {}").format(name))
    server.close()


def main(officers: int) -> None:
    """Tables, places, the sample of 18 projects, and people who can log in."""
    django.setup()
    from codi.accounts.models import Role, User
    from codi.places.models import Region
    from programs.models import Programme

    make_database()
    call_command("migrate", verbosity=0)
    call_command("load_places", verbosity=0)
    call_command("load_sample", "north-leaders-2564")
    call_command("load_demo_accounts")
    password = secrets.token_urlsafe(16)
    manager = User.objects.get(username="manager")
    manager.set_password(password)
    manager.save()
    for number in range(1, officers + 1):
        # One hash for all: making fifty would be the longest part of the preparation.
        User.objects.create(
            username=f"load-{number:02}",
            full_name=f"เจ้าหน้าที่ {number}",
            role=Role.REGIONAL_OFFICER,
            region=Region.objects.get(pk="N"),
            password=manager.password,
        )
    programme = Programme.objects.with_projects().get(code="NL2564")
    facts = {"programme": str(programme.pk), "password": password}
    (FOLDER / "facts.json").write_text(json.dumps(facts))


if __name__ == "__main__":
    main(int(sys.argv[1]))
