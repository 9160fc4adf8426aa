"""``python -m bench.wide``: 100,000 rows × 20 columns out of the database, beside the peer.

The peer is django-import-export as it comes: a ``ModelResource`` of the model, ``export()``. Ours
is a list page with the same 20 columns and what an export of ours adds: the พ.ศ. text beside each
date and the sheet of conditions. Each file is made in a process of its own, so that its seconds and
its memory are its own; ours and the peer's take turns. Prints Markdown for docs/benchmarks.md.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ["CODI_DATABASE_ROLE"] = "owner"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")

import django

ROWS = int(os.environ.get("BENCH_ROWS", "100000"))
TABLE = "bench_wide"
FILES = ("csv", "xlsx")


def _fill() -> None:
    """The table, made anew: ten texts, five amounts, five dates; the same rows each time."""
    from django.db import connection

    texts = ", ".join(
        f"'โครงการพัฒนาคุณภาพชีวิต ตำบลที่ ' || (n * {3 + place} % 7436) AS text{place}"
        for place in range(10)
    )
    amounts = ", ".join(
        f"((n::bigint * {7919 + place} % 100000000)::numeric / 100)::numeric(14, 2) AS baht{place}"
        for place in range(5)
    )
    days = ", ".join(
        f"DATE '2018-10-01' + (n * {1 + place} % 1400) AS day{place}" for place in range(5)
    )
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")
        cursor.execute(
            f"CREATE TABLE {TABLE} AS SELECT n AS id, {texts}, {amounts}, {days} "
            f"FROM generate_series(1, {ROWS}) n"
        )
        cursor.execute(f"ALTER TABLE {TABLE} ADD PRIMARY KEY (id)")
        cursor.execute(f"ANALYZE {TABLE}")


def _model() -> Any:
    """The table as a model."""
    from django.db import models

    class Everything(models.QuerySet[Any]):
        def visible_to(self, user: Any) -> Everything:
            return self

    fields: dict[str, Any] = {"__module__": "bench.peer", "objects": Everything.as_manager()}
    fields |= {f"text{n}": models.TextField(f"ข้อความ {n}") for n in range(10)}
    fields |= {
        f"baht{n}": models.DecimalField(f"จำนวน {n}", max_digits=14, decimal_places=2)
        for n in range(5)
    }
    fields |= {f"day{n}": models.DateField(f"วันที่ {n}") for n in range(5)}
    fields["Meta"] = type("Meta", (), {"app_label": "peer", "db_table": TABLE, "managed": False})
    return type("Wide", (models.Model,), fields)


def _our_export() -> Any:
    """The export of a list page over the table, as a person of the nation asks for it."""
    from django.contrib.auth.models import AnonymousUser
    from django.test import RequestFactory

    from codi.ui.lists import ListPage
    from codi.ui.tables import BahtColumn, DateColumn, ListTable, TextColumn

    columns: dict[str, Any] = {f"text{n}": TextColumn(f"ข้อความ {n}") for n in range(10)}
    columns |= {f"baht{n}": BahtColumn(f"จำนวน {n}") for n in range(5)}
    columns |= {f"day{n}": DateColumn(f"วันที่ {n}") for n in range(5)}

    class WideList(ListPage):
        model = _model()
        table_class = type("WideTable", (ListTable,), columns)
        page_title = "ตารางกว้าง"
        default_sort = "pk"

    page = WideList()
    page.request = RequestFactory().get("/")
    page.request.user = AnonymousUser()
    return page.as_export()


def _ours(kind: str, target: Path) -> Callable[[], None]:
    from codi.sheets.csv_file import csv_pieces
    from codi.sheets.xlsx_file import write_xlsx

    export = _our_export()

    def write() -> None:
        with target.open("wb") as stream:
            if kind == "xlsx":
                write_xlsx(export, stream)
            else:
                for piece in csv_pieces(export):
                    stream.write(piece.encode())

    return write


def _theirs(kind: str, target: Path) -> Callable[[], None]:
    from import_export.resources import modelresource_factory

    model = _model()
    resource = modelresource_factory(model)()

    def write() -> None:
        content = getattr(resource.export(model.objects.order_by("pk")), kind)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())

    return write


def alone(who: str, kind: str) -> None:
    """One file in this process: prints seconds, MB of the file and peak MB of the process."""
    target = Path(f"/tmp/codi-bench-{who}.{kind}")  # noqa: S108 - a file of the benchmark
    # A server has long imported what either of them needs.
    write = (_ours if who == "ours" else _theirs)(kind, target)
    began, cpu = time.perf_counter(), time.process_time()
    write()
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = target.stat().st_size / 1e6
    target.unlink()
    print(f"{seconds:.2f}|{cpu:.2f}|{size:.1f}|{peak:.0f}")


def _measured(who: str, kind: str) -> list[float]:
    command = [sys.executable, "-m", "bench.wide", who, kind]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [float(value) for value in told.strip().splitlines()[-1].split("|")]


def main() -> None:
    """The table of ratios, or one file when it is named on the command line."""
    django.setup()
    if sys.argv[1:]:
        alone(*sys.argv[1:3])
        return
    from bench.build import _create_database

    _create_database()
    _fill()
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"{ROWS:,} rows, load {load}\n")
    print(
        "| file | whose | s | CPU s | MB | peak MB | times faster |\n|---|---|---|---|---|---|---|"
    )
    for kind in FILES:
        found = {who: _measured(who, kind) for who in ("ours", "theirs")}
        for who, (seconds, cpu, size, peak) in found.items():
            ratio = found["theirs"][0] / seconds
            print(f"| {kind} | {who} | {seconds} | {cpu} | {size} | {peak:.0f} | {ratio:.1f} |")


if __name__ == "__main__":
    main()
