"""``python -m bench.statuses``: the status of every welfare fund in one file, beside the plain way.

Works on the database of the product, into which ``load_sample national-2562`` was loaded. The file
reports the quarter after the sample. The product takes it as a worker does (reading in the child
process, judging and staging as the preview; then writing) and takes it back; the peer is plain
django-import-export (a dry run, which its preview is, then the import), rolled back. Each in a
process of its own. Bar: 20 s with the preview.
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

os.environ.setdefault("BENCH_DATABASE", "codi")
# The peer sets sequences, which the role of the application may not.
os.environ["CODI_DATABASE_ROLE"] = "owner"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")

import django

TODAY = dt.date(2020, 1, 10)
QUARTER = {"fiscal_year": 2563, "quarter": 1, "reported_on": dt.date(2019, 12, 31)}
Steps = dict[str, Callable[[], object]]


def content() -> tuple[bytes, int]:
    """The last status of every fund, its money and members a little higher; and how many."""
    from welfare.models import FundStatus, WelfareFund
    from welfare.services.status import AMOUNTS

    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("fund", *QUARTER, *AMOUNTS))
    told = FundStatus.objects.filter(has_nothing_to_report=False)
    last = told.order_by("fund_id", "-fiscal_year", "-quarter").distinct("fund_id")
    known = {status.fund_id: status for status in last}
    count = 0
    for fund in WelfareFund.objects.filter(withdrawn_on=None, stopped_on=None).order_by("code"):
        status = known.get(fund.pk)
        amounts = [getattr(status, name) if status else 0 for name in AMOUNTS]
        raised = [
            amount + (name == "member_count") for name, amount in zip(AMOUNTS, amounts, strict=True)
        ]
        writer.writerow([fund.code, *QUARTER.values(), *raised])
        count += 1
    return text.getvalue().encode(), count


def _product(file: bytes) -> Steps:
    from codi.accounts.models import Role, User
    from codi.imports import services
    from codi.imports.undoing import undo

    maker, _ = User.objects.get_or_create(
        username="bench-uploader",
        defaults={"role": Role.REGIONAL_OFFICER, "scope_level": "nation", "full_name": "bench"},
    )
    kept = {}

    def check() -> None:
        kept["batch"] = services.upload_file(
            kind="fund-statuses", content=file, file_name="a.csv", actor=maker, today=TODAY
        )

    def write() -> None:
        kept["batch"] = services.confirm(batch=kept["batch"], actor=maker, today=TODAY)

    def back() -> None:
        undo(batch=kept["batch"], actor=maker, reason="bench", today=TODAY)

    return {"check": check, "write": write, "back": back}


def _peer(file: bytes) -> Steps:
    import tablib
    from django.db import transaction

    from bench.peer.admin import FundStatusResource

    data = tablib.Dataset().load(file.decode(), format="csv")

    def run(dry: bool) -> None:
        with transaction.atomic():
            FundStatusResource().import_data(data, dry_run=dry, raise_errors=True)
            transaction.set_rollback(True)

    return {"check": lambda: run(True), "write": lambda: run(False)}


def one(who: str) -> None:
    """One side in this process: seconds of checking, of writing, and peak MB."""
    from welfare.models import FundStatus

    file, count = content()
    steps = (_product if who == "product" else _peer)(file)
    told = []
    for name, step in steps.items():
        began = time.perf_counter()
        step()
        told.append(f"{time.perf_counter() - began:.1f}")
        of_quarter = FundStatus.objects.filter(fiscal_year=2563, quarter=1)
        if who == "product" and name == "write" and of_quarter.count() != count:
            raise SystemExit(f"{of_quarter.count():,} of {count:,} were written")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print("|".join([f"{count:,}", *told[:2], f"{peak:.0f}"]))


def _alone(who: str) -> list[str]:
    command = [sys.executable, "-m", "bench.statuses", who]
    told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    return told.strip().splitlines()[-1].split("|")


def main() -> None:
    """Both sides on the same file; a Markdown table."""
    django.setup()
    from django.conf import settings

    settings.MEDIA_ROOT = tempfile.mkdtemp(prefix="codi-bench-")
    if len(sys.argv) == 2:
        one(sys.argv[1])
        return
    print("| who | funds | preview s | writing s | peak MB |")
    print("|---|---|---|---|---|")
    spent = {}
    for who in ("product", "peer"):
        found = _alone(who)
        spent[who] = float(found[1]) + float(found[2])
        print(f"| {who} | {' | '.join(found)} |", flush=True)
    print(f"{spent['peer'] / spent['product']:.1f} times as fast")


if __name__ == "__main__":
    main()
