"""``python -m bench.uploads``: a file of organisations in, beside plain django-import-export.

In a database of its own, with every constraint, trigger and history table at work. Both take the
same csv: the peer as it comes (a dry run, which its preview is, then the import), the product as a
worker does it (reading in the child process, judging, staging; then writing). Each run is a process
of its own; what it made is taken away again before the next.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

os.environ["BENCH_DATABASE"] = "codi_bench_uploads"
os.environ["CODI_DATABASE_ROLE"] = "owner"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")

import django
from django.core.management import call_command

SHARED_COUNT, LARGE_COUNT = 1_000, 100_000
TODAY = dt.date(2026, 11, 21)
HEADS = ("name", "kind", "region", "province", "contact")


def content(count: int) -> bytes:
    """So many organisations of all provinces, the same for everybody."""
    from codi.places.models import Province

    places = list(Province.objects.select_related("region").order_by("code"))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADS)
    for number in range(count):
        place = places[number % len(places)]
        name = f"กลุ่มออมทรัพย์บ้านที่ {number}"
        kind = ("community", "network", "fund")[number % 3]
        writer.writerow([name, kind, place.region.code, place.code, f"08{number:08d}"])
    return text.getvalue().encode()


def _product(file: bytes) -> dict[str, Callable[[], object]]:
    from codi.accounts.models import User
    from codi.imports import services

    maker = User.objects.get(username="bench-uploader")
    kept = {}

    def check() -> None:
        kept["batch"] = services.upload_file(
            kind="organisations", content=file, file_name="a.csv", actor=maker, today=TODAY
        )

    def write() -> None:
        services.confirm(batch=kept["batch"], actor=maker, today=TODAY)

    return {"check": check, "write": write}


def _peer(file: bytes) -> dict[str, Callable[[], object]]:
    import tablib

    from bench.peer.admin import OrganisationResource

    data = tablib.Dataset().load(file.decode(), format="csv")

    def run(dry: bool) -> None:
        OrganisationResource().import_data(data, dry_run=dry, raise_errors=True)

    return {"check": lambda: run(True), "write": lambda: run(False)}


def one(who: str, count: int) -> None:
    """One file by one side, in this process: seconds of checking, of writing, and peak MB."""
    from programs.models import Organisation

    file = content(count)
    steps = (_product if who == "product" else _peer)(file)
    told = []
    for step in ("check", "write"):
        began = time.perf_counter()
        steps[step]()
        told.append(f"{time.perf_counter() - began:.1f}")
    made = Organisation.objects.filter(name__startswith="กลุ่มออมทรัพย์บ้านที่").count()
    if made != count:
        raise SystemExit(f"{who} made {made:,} of {count:,}")
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print("|".join([*told, f"{own:.0f}", f"{child:.0f}"]))


def _alone(who: str, count: int) -> list[str]:
    _clear()
    command = [sys.executable, "-m", "bench.uploads", who, str(count)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return told.strip().splitlines()[-1].split("|")


def _clear() -> None:
    """An empty register, its pages and indexes new."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE programs_organisation, imports_importbatch CASCADE")


def _prepare() -> None:
    from bench.build import _create_database
    from codi.accounts.models import Role, User
    from codi.places.models import Province, Region
    from codi.places.services import load_places

    _create_database()
    call_command("migrate", verbosity=0)
    if not Province.objects.exists():
        load_places()
    User.objects.get_or_create(
        username="bench-uploader",
        defaults={"role": Role.REGIONAL_OFFICER, "scope_level": "nation", "full_name": "bench"},
    )
    assert Region.objects.exists()  # noqa: S101 - a benchmark without places measures nothing


def main() -> None:
    """Both sides on the shared number of rows, the product on the large one; a Markdown table."""
    django.setup()
    from django.conf import settings

    settings.MEDIA_ROOT = tempfile.mkdtemp(prefix="codi-bench-")
    if len(sys.argv) == 3:
        one(sys.argv[1], int(sys.argv[2]))
        return
    _prepare()
    print("| who | rows | check s | write s | rows a second | peak MB | of the reading child |")
    print("|---|---|---|---|---|---|---|")
    speed = {}
    for who, count in (("product", SHARED_COUNT), ("peer", SHARED_COUNT), ("product", LARGE_COUNT)):
        found = _alone(who, count)
        speed[who, count] = count / (float(found[0]) + float(found[1]))
        rate = f"{speed[who, count]:,.0f}"
        print(
            f"| {who} | {count:,} | {found[0]} | {found[1]} | {rate} | {found[2]} | {found[3]} |",
            flush=True,
        )
    for key in (("product", SHARED_COUNT), ("product", LARGE_COUNT)):
        print(f"{key[1]:,} rows: {speed[key] / speed['peer', SHARED_COUNT]:.1f} times as fast")


if __name__ == "__main__":
    main()
