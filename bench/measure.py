"""``python -m bench.measure``: figures, pages and exports beside the plain way, in one run.

Prints Markdown for docs/benchmarks.md. Each request goes through Django's whole stack of
middleware in this process, as a person of the nation; product and peer take turns, so that both
meet the same moments of a busy machine.
"""

from __future__ import annotations

import datetime as dt
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import quote

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")

import django
from django.db import connection
from django.test import Client

AS_OF = dt.date(2021, 8, 5)
RUNS, PEER_RUNS = 7, 3
SAMPLE = 2_000
"""Projects over which the loop in Python is timed; its time is scaled to all of them."""
WORD = quote("ป่าชุมชน")
LISTS = (
    ("projects, first page", "/projects/", "/peer/programs/project/"),
    ("projects, a region under way", "/projects/?region=N&status=under_way",
     "/peer/programs/project/?region__code__exact=N&status__exact=under_way"),
    ("projects, search for a word (20,000 fit)", f"/projects/?q={WORD}", f"/peer/programs/project/?q={WORD}"),
    ("projects, search for a code", "/projects/?q=B2563-0-000064", "/peer/programs/project/?q=B2563-0-000160"),
    ("projects by title", "/projects/?sort=title", "/peer/programs/project/?o=2"),
    ("projects by net paid, downwards", "/projects/?sort=-paid", None),
    ("projects by what remains", "/projects/?sort=remaining", None),
    ("projects by approval, downwards", "/projects/?sort=-approved_on", "/peer/programs/project/?o=-6"),
    ("projects, page 2,000", "/projects/?page=2000&size=100", "/peer/programs/project/?p=2000"),
    ("projects that are late today", "/projects/?late=1", None),
    ("ledger, first page", "/ledger/", "/peer/finance/ledgerentry/"),
    ("ledger, payments of a region", "/ledger/?region=N&kind=payment",
     "/peer/finance/ledgerentry/?project__region__code__exact=N&kind__exact=payment"),
    ("ledger, search for a word (60,000 fit)", f"/ledger/?q={WORD}", f"/peer/finance/ledgerentry/?q={WORD}"),
    ("ledger by amount", "/ledger/?sort=amount", "/peer/finance/ledgerentry/?o=6"),
    ("ledger, page 6,000", "/ledger/?page=6000&size=100", "/peer/finance/ledgerentry/?p=6000"),
)  # fmt: skip


def timed(action: Callable[[], object], runs: int) -> list[float]:
    """Seconds of each run, after one that does not count."""
    action()
    return [_once(action) for _ in range(runs)]


def _once(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def line(*cells: object) -> None:
    """A row of a Markdown table."""
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def _times(found: Sequence[float]) -> tuple[str, str]:
    return f"{statistics.median(found):.3f}", f"{min(found):.3f}"


def _plain_totals(projects: Sequence[object]) -> Decimal:
    """The plain way to a figure: each project asks for its own sum and each adds up in Python."""
    from bench.peer.admin import paid_baht

    return sum((paid_baht(project) for project in projects), Decimal(0))  # type: ignore[arg-type]


def figures() -> None:
    """Every figure, of the nation and of one programme in one region."""
    from codi.figures.figure import FigureScope, all_figures
    from programs.models import Project

    sample = list(Project.objects.order_by("pk")[:SAMPLE])
    part = list(Project.objects.filter(programme__code="B2563-0", region="N"))
    per_project = statistics.median(timed(lambda: _plain_totals(sample), PEER_RUNS)) / len(sample)
    plain = {
        "nation": per_project * Project.objects.count(),
        "programme × region": per_project * len(part),
    }
    scopes = {
        "nation": FigureScope(),
        "programme × region": FigureScope(programme="B2563-0", region="N"),
    }
    line("figure", "scope", "median s", "least s", "plain way s", "ratio")
    line(*["---"] * 6)
    for figure in all_figures():
        for name, scope in scopes.items():
            if figure.key == "projects.detail" and name == "nation":
                continue
            found = timed(lambda f=figure, s=scope: f.compute(s, AS_OF), RUNS)  # type: ignore[misc]
            ratio = plain[name] / statistics.median(found)
            line(f"`{figure.key}`", name, *_times(found), f"{plain[name]:.2f}", f"{ratio:,.0f}")
    print()


def client() -> Client:
    """A person of the nation, logged in."""
    from codi.accounts.models import User

    person = User.objects.get(username="bench-payer")
    User.objects.filter(pk=person.pk).update(must_change_password=False)
    found = Client()
    found.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return found


def _read(who: Client, address: str) -> int:
    answer: Any = who.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address} answered {answer.status_code}")
    if answer.streaming:
        return sum(len(piece) for piece in answer.streaming_content)
    return len(answer.content)


def lists() -> None:
    """The list pages, each beside the admin's."""
    who = client()
    line("list", "median s", "least s", "admin, median s", "ratio")
    line(*["---"] * 5)
    for name, ours, theirs in LISTS:
        found = timed(lambda a=ours: _read(who, a), RUNS)  # type: ignore[misc]
        if theirs is None:
            line(name, *_times(found), "cannot", "")
            continue
        plain = timed(lambda a=theirs: _read(who, a), PEER_RUNS)  # type: ignore[misc]
        middle = statistics.median(plain)
        line(name, *_times(found), f"{middle:.3f}", f"{middle / statistics.median(found):.1f}")
    print()


EXPORTS = (
    ("csv", "all 200,000", "/projects/?export=csv"),
    ("xlsx", "all 200,000", "/projects/?export=xlsx"),
    ("csv", "one year, 20,000", "/projects/?fiscal_year=2563&export=csv"),
    ("xlsx", "one year, 20,000", "/projects/?fiscal_year=2563&export=xlsx"),
    ("csv, django-import-export", "one year, 20,000", "peer:csv"),
    ("xlsx, django-import-export", "one year, 20,000", "peer:xlsx"),
)


def export_alone(address: str) -> None:
    """One export in this process: prints seconds, MB of the file and MB of memory it took."""
    import resource

    if address.startswith("peer:"):
        from bench.peer.admin import ProjectResource
        from programs.models import Project

        def act() -> int:
            rows = Project.objects.filter(fiscal_year=2563)
            content = getattr(ProjectResource().export(rows), address.removeprefix("peer:"))
            return len(content if isinstance(content, bytes) else content.encode())
    else:
        who = client()

        def act() -> int:
            return _read(who, address)

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    size = act()
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{seconds:.1f}|{size / 1e6:.1f}|{peak / 1024:.0f}|{(peak - before) / 1024:.0f}")


def exports() -> None:
    """Each export in a process of its own, so that its memory is its own."""
    line("file", "rows", "s", "MB", "peak MB of the process", "of these for the export")
    line(*["---"] * 6)
    for kind, rows, address in EXPORTS:
        command = [sys.executable, "-m", "bench.measure", "export", address]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        line(kind, rows, *told.strip().splitlines()[-1].split("|"))
    print()


def about() -> None:
    """The machine, the versions and the number of rows."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        server = cursor.fetchone()[0]
        cursor.execute(
            "SELECT (SELECT count(*) FROM programs_project), count(*) FROM finance_ledgerentry"
        )
        projects, entries = cursor.fetchone()
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(
        f"{os.cpu_count()} cores, {platform.machine()}, load {load}; Python "
        f"{platform.python_version()}, Django {django.get_version()}, PostgreSQL {server}; "
        f"{projects:,} projects, {entries:,} entries; {RUNS} runs of ours, {PEER_RUNS} of the peer.\n"
    )


def main() -> None:
    """Everything, or only the parts named on the command line."""
    django.setup()
    import logging

    logging.disable(logging.INFO)
    if sys.argv[1:2] == ["export"]:
        export_alone(sys.argv[2])
        return
    parts = {"figures": figures, "lists": lists, "exports": exports}
    about()
    for name in sys.argv[1:] or list(parts):
        parts[name]()


if __name__ == "__main__":
    main()
