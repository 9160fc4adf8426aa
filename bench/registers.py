"""``python -m bench.registers``: the registers at the size of the country, read only.

Works on the database of the product, into which ``load_sample national-2562`` was loaded. Lists:
the median of five requests through the whole stack of middleware. Export of all groups: ours is the
list page as it stands, the peer django-import-export as it comes, with the same columns; each file
in a process of its own, taking turns. Prints Markdown for docs/benchmarks.md.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
os.environ.setdefault("BENCH_DATABASE", "codi")

import django

RUNS = 5
FILES = ("csv", "xlsx")
LISTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "councils:councils": ("ศรี", ("-registered_on",)),
    "councils:groups": ("ออมทรัพย์", ("-registered_on",)),
    "councils:terms": ("ศรี", ("selected_on",)),
    "councils:members": ("สมชาย", ("-selected_on",)),
    "councils:proposals": ("น้ำ", ("title",)),
    "welfare:funds": ("ศรี", ("-founded_on", "members")),
    "quality:list": ("สภา", ()),
    "overview:analyses": ("สภา", ("title",)),
}


def _person() -> Any:
    """Somebody who sees the whole country."""
    from codi.accounts.models import Role, User

    return User.objects.filter(role=Role.ANALYST, scope_level="nation", is_active=True).earliest(
        "pk"
    )


def _asked() -> Iterator[tuple[str, str, dict[str, str]]]:
    for name, (word, sorts) in LISTS.items():
        yield f"{name}, first page", name, {"all": "1"}
        yield f"{name}, search “{word}”", name, {"q": word}
        for sort in sorts:
            yield f"{name} by {sort}", name, {"sort": sort}


def _lists() -> None:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import NoReverseMatch, reverse

    client = Client()
    client.force_login(_person())
    print("| list | rows | median s | least s | queries |\n|---|---|---|---|---|")
    for title, name, words in _asked():
        try:
            address = reverse(name)
        except NoReverseMatch:
            continue
        times = []
        for _ in range(RUNS + 1):
            began = time.perf_counter()
            client.get(address, words)
            times.append(time.perf_counter() - began)
        with CaptureQueriesContext(connection) as queries:
            text = client.get(address, words).content.decode()
        rows = text.partition("พบ <strong>")[2].partition("<")[0] or "0"
        median, least = statistics.median(times[1:]), min(times[1:])
        print(f"| {title} | {rows} | {median:.3f} | {least:.3f} | {len(queries)} |", flush=True)


def _ours(kind: str, target: Path) -> Callable[[], None]:
    from django.test import RequestFactory

    from codi.sheets.csv_file import csv_pieces
    from codi.sheets.xlsx_file import write_xlsx
    from councils.views.groups import GroupList

    page = GroupList()
    page.request = RequestFactory().get("/")
    page.request.user = _person()
    page.request.resolver_match = None
    export = page.as_export()

    def write() -> None:
        with target.open("wb") as stream:
            if kind == "xlsx":
                write_xlsx(export, stream)
            else:
                for piece in csv_pieces(export):
                    stream.write(piece.encode())

    return write


def _theirs(kind: str, target: Path) -> Callable[[], None]:
    from django.utils import timezone
    from import_export import fields, resources

    from councils.models import CommunityGroup
    from councils.queries_of_work import groups_for_list

    class Groups(resources.ModelResource):  # type: ignore[misc]
        council = fields.Field(attribute="council__name", column_name="council")
        region = fields.Field(attribute="council__region__name", column_name="region")
        province = fields.Field(attribute="council__province__name", column_name="province")
        state = fields.Field(attribute="state", column_name="state")

        class Meta:
            model = CommunityGroup
            fields = (
                "code", "name", "council", "region", "province", "registered_on",
                "found_existing_on", "state", "ended_on",
            )  # fmt: skip

    rows = groups_for_list(_person(), timezone.localdate()).order_by("code")

    def write() -> None:
        content = getattr(Groups().export(rows), kind)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())

    return write


def alone(who: str, kind: str) -> None:
    """One file in this process: prints seconds, MB of the file, peak MB and those before it."""
    target = Path(f"/tmp/codi-bench-groups-{who}.{kind}")  # noqa: S108 - a file of the benchmark
    write = (_ours if who == "ours" else _theirs)(kind, target)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began, cpu = time.perf_counter(), time.process_time()
    write()
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = target.stat().st_size / 1e6
    target.unlink()
    print(f"{seconds:.1f}|{cpu:.1f}|{size:.1f}|{peak:.0f}|{peak - before:.0f}")


def _exports() -> None:
    print("\n| file | whose | s | CPU s | MB | peak MB | of these for the export | times faster |")
    print("|---|---|---|---|---|---|---|---|")
    for kind in FILES:
        found = {}
        for who in ("ours", "theirs"):
            command = [sys.executable, "-m", "bench.registers", who, kind]
            told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            found[who] = told.strip().splitlines()[-1].split("|")
        for who, values in found.items():
            ratio = float(found["theirs"][0]) / float(values[0])
            print(f"| {kind} | {who} | {' | '.join(values)} | {ratio:.1f} |", flush=True)


def main() -> None:
    """Lists and exports, or one file when it is named on the command line."""
    django.setup()
    if sys.argv[1:]:
        alone(*sys.argv[1:3])
        return
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"load {load}\n")
    _lists()
    _exports()


if __name__ == "__main__":
    main()
