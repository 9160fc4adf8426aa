"""A country's worth of projects: 200,000 projects and 600,000 ledger entries, built with COPY.

Everything is deterministic from a seed; names of projects are made up, places are real. The
database's triggers run as for any other write, so what is built keeps every rule.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
import uuid
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from codi.accounts.models import Role, ScopeLevel, User
from codi.places.models import Province, Region
from codi.thai.normalise import search_key
from codi.thai.sorting import sort_key
from finance.models import Instalment, LedgerEntry
from programs.models import (
    BudgetFrame,
    Committee,
    Meeting,
    Organisation,
    OrganisationKind,
    Programme,
    Project,
)

FISCAL_YEARS = range(2555, 2565)
PROGRAMMES_A_YEAR = 8
INSTALMENTS = 3
THEMES = ("พัฒนาผู้นำชุมชน", "เศรษฐกิจฐานราก", "แผนชีวิตชุมชน", "สวัสดิการชุมชน", "จัดการทรัพยากร",
          "ความมั่นคงทางอาหาร", "ป่าชุมชน", "ฟื้นฟูชุมชนริมคลอง", "คนรุ่นใหม่", "จัดการภัยพิบัติ")  # fmt: skip


def copy_rows(table: str, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """COPY rows into a table; ``None`` becomes NULL."""
    text = io.StringIO()
    writer = csv.writer(text)
    for row in rows:
        writer.writerow(["\\N" if cell is None else cell for cell in row])
    text.seek(0)
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN WITH (FORMAT csv, NULL '\\N')", text)


def people() -> dict[str, User]:
    """The people of the bench: a maker, an approver and a finance officer of the nation."""
    roles = {
        "maker": Role.REGIONAL_OFFICER,
        "approver": Role.REGIONAL_MANAGER,
        "payer": Role.FINANCE_OFFICER,
    }
    return {
        name: User.objects.filter(username=f"bench-{name}").first()
        or User.objects.create_user(
            username=f"bench-{name}", full_name=name, role=role, scope_level=ScopeLevel.NATION
        )
        for name, role in roles.items()
    }


def programmes(projects: int) -> list[tuple[Programme, list[BudgetFrame]]]:
    """Programmes of ten years with a frame per region, each large enough for its projects."""
    made = []
    for year in FISCAL_YEARS:
        for number in range(PROGRAMMES_A_YEAR):
            programme = Programme.objects.create(
                code=f"B{year}-{number}", name=f"โครงการ{THEMES[number]} ปี {year}", fiscal_year=year
            )
            frames = [
                BudgetFrame.objects.create(
                    programme=programme,
                    region=region,
                    level="province",
                    allocated_baht=Decimal(projects) * 1_000_000,
                    allocated_on=dt.date(year - 544, 10, 1),
                )
                for region in Region.objects.all()
            ]
            made.append((programme, frames))
    return made


def _meetings() -> dict[tuple[str, int], Meeting]:
    found = {}
    for region in Region.objects.all():
        committee = Committee.objects.create(name=f"คณะพิจารณาโครงการ {region.name}", region=region)
        for year in FISCAL_YEARS:
            day = dt.date(year - 543, 1, 20)
            found[region.pk, year] = Meeting.objects.create(
                committee=committee, number=1, fiscal_year=year, starts_on=day, ends_on=day
            )
    return found


PROJECT_COLUMNS = (
    "id", "code", "programme_id", "fiscal_year", "level", "region_id", "province_id", "title",
    "organisation_id", "objectives", "requested_baht", "approved_baht", "status", "origin",
    "created_by_id", "endorsed_meeting_id", "endorsed_on", "approved_on", "approved_by_id",
    "recorded_on", "started_on", "sent_back_reason", "cancel_reason", "search_key", "sort_key",
    "title_key", "version",
)  # fmt: skip


def _projects(count: int, seed: int) -> Iterator[tuple[object, ...]]:
    dice = random.Random(seed)
    who = people()
    meetings = _meetings()
    provinces: dict[str, list[Province]] = {}
    for province in Province.objects.current_on(dt.date(2021, 1, 1)).order_by("pk"):
        provinces.setdefault(province.region_id, []).append(province)
    organisations = {
        province.pk: Organisation.objects.create(
            name=f"เครือข่ายองค์กรชุมชนจังหวัด{province.name}",
            kind=OrganisationKind.NETWORK,
            region_id=province.region_id,
            province=province,
        ).pk
        for home in provinces.values()
        for province in home
    }
    tree = programmes(count)
    for number in range(count):
        programme, frames = tree[number % len(tree)]
        frame = frames[(number // len(tree)) % len(frames)]
        province = dice.choice(provinces[str(frame.region_id)])
        meeting = meetings[str(frame.region_id), programme.fiscal_year]
        approved_on = meeting.ends_on + dt.timedelta(days=dice.randrange(5, 200))
        baht = dice.randrange(3, 30) * 30_000
        title = f"โครงการ{dice.choice(THEMES)} จังหวัด{province.name} แห่งที่ {number}"
        code = f"{programme.code}-{number:06d}"
        yield (
            number + 1, code, programme.pk, programme.fiscal_year, "province", frame.region_id,
            province.pk, title, organisations[province.pk], "", baht, baht, "under_way", "import",
            who["maker"].pk, meeting.pk, meeting.ends_on, approved_on, who["approver"].pk,
            approved_on, approved_on, "", "", search_key(f"{code} {title}"), sort_key(title),
            search_key(title), 1,
        )  # fmt: skip


def _plans(count: int) -> Iterator[tuple[object, ...]]:
    approved = dict(Project.objects.values_list("pk", "approved_baht"))
    for project in range(1, count + 1):
        third = approved[project] / INSTALMENTS
        for number in range(1, INSTALMENTS + 1):
            yield (
                (project - 1) * INSTALMENTS + number,
                project,
                number,
                third,
                None,
                "",
                "",
                "",
                1,
            )


def _entries(count: int, seed: int) -> Iterator[tuple[object, ...]]:
    dice = random.Random(seed + 1)
    payer = people()["payer"].pk
    facts: dict[int, Any] = dict(Project.objects.values_list("pk", "approved_on"))
    amounts = dict(Instalment.objects.values_list("pk", "planned_baht"))
    recorded = dt.datetime(2021, 10, 1, tzinfo=dt.UTC)
    for project in range(1, count + 1):
        day = facts[project]
        for number in range(1, INSTALMENTS + 1):
            day += dt.timedelta(days=dice.randrange(10, 90))
            instalment = (project - 1) * INSTALMENTS + number
            key = uuid.UUID(int=dice.getrandbits(128), version=4)
            yield (project, instalment, "payment", 1, amounts[instalment], day, f"ฎ.{instalment}", "",
                   payer, recorded, key)  # fmt: skip


@transaction.atomic
def build(projects: int = 200_000, seed: int = 2564) -> None:
    """Build the country in an empty database that has its places loaded."""
    if Project.objects.exists():
        raise RuntimeError("the bench builds in a database of its own, and this one has projects")
    copy_rows("programs_project", PROJECT_COLUMNS, _projects(projects, seed))
    copy_rows(
        "finance_instalment",
        (
            "id",
            "project_id",
            "number",
            "planned_baht",
            "planned_on",
            "condition",
            "evidence",
            "evidence_note",
            "version",
        ),
        _plans(projects),
    )
    copy_rows(
        "finance_ledgerentry",
        ("project_id", "instalment_id", "kind", "direction", "amount_baht", "effective_on",
         "document_number", "note", "actor_id", "recorded_at", "request_key"),
        _entries(projects, seed),
    )  # fmt: skip
    with connection.cursor() as cursor:
        for model in (Project, Instalment, LedgerEntry):
            table = model._meta.db_table
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
            )
