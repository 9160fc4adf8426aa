"""``python -m bench.build``: make the database of the benchmark, fill it, and say how long it took.

A database that is complete is kept and used again; the filling is one transaction, all or nothing.
"""

from __future__ import annotations

import os
import time

os.environ["CODI_DATABASE_ROLE"] = "owner"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")

import django
import psycopg2
from django.core.management import call_command
from django.db import connection
from psycopg2 import sql

from bench.settings import BENCH_DATABASE, HOME_DATABASE

PROJECTS = int(os.environ.get("BENCH_PROJECTS", "200000"))


def _create_database() -> None:
    """Create the database of the benchmark when the server does not have it."""
    found = connection.settings_dict
    server = psycopg2.connect(
        host=found["HOST"],
        port=found["PORT"] or None,
        user=found["USER"],
        password=found["PASSWORD"] or None,
        dbname=HOME_DATABASE,
    )
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [BENCH_DATABASE])
        if cursor.fetchone() is None:
            name = sql.Identifier(BENCH_DATABASE)
            cursor.execute(sql.SQL("CREATE DATABASE {}").format(name))
    server.close()


def main() -> None:
    """Create, migrate, fill and analyse what is missing; a complete database is left alone."""
    django.setup()
    from bench.national import build
    from codi.places.services import load_places
    from programs.models import Project

    _create_database()
    call_command("migrate", verbosity=0)
    found = Project.objects.count()
    if found == PROJECTS:
        print(f"{BENCH_DATABASE} has its {found:,} projects")
        return
    if found:
        raise SystemExit(f"{BENCH_DATABASE} has {found:,} projects: drop it to build anew")
    load_places()
    began = time.perf_counter()
    build(projects=PROJECTS)
    print(f"built {PROJECTS:,} projects in {time.perf_counter() - began:.0f} s")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


if __name__ == "__main__":
    main()
