"""The 18 projects of the northern leaders programme of 2564, stored through the services."""

from __future__ import annotations

import csv
import datetime as dt
import re
import uuid
from decimal import Decimal
from pathlib import Path

from codi.accounts.models import User
from codi.places.models import Province
from finance import services as finance
from programs import services as programs
from programs.models import Meeting, Organisation, OrganisationKind, ProjectLevel, ProjectStatus
from tests import world as build

DATA = Path(__file__).parent / "data" / "north_leaders_2564" / "projects.csv"
PROVINCES = {
    "เชียงใหม่": "50", "ลำพูน": "51", "ลำปาง": "52", "อุตรดิตถ์": "53", "แพร่": "54", "น่าน": "55",
    "พะเยา": "56", "เชียงราย": "57", "แม่ฮ่องสอน": "58", "นครสวรรค์": "60", "อุทัยธานี": "61",
    "กำแพงเพชร": "62", "ตาก": "63", "สุโขทัย": "64", "พิษณุโลก": "65", "พิจิตร": "66", "เพชรบูรณ์": "67",
}  # fmt: skip


def rows() -> list[dict[str, str]]:
    """The lines of the reference table as they stand."""
    with DATA.open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def load(w: build.World) -> None:
    """Store all 18 projects with their approvals, instalments and transfers."""
    for code, name in ((code, name) for name, code in PROVINCES.items()):
        build.province(code, name)
    frames = {ProjectLevel.REGION: "1762380", ProjectLevel.PROVINCE: "13873500"}
    for level, baht in frames.items():
        w.frames[level].allocated_baht = Decimal(baht)
        w.frames[level].save()
    w.frames[ProjectLevel.SUBDISTRICT].delete()
    first = Meeting.objects.create(
        committee=w.committee,
        number=1,
        fiscal_year=2564,
        starts_on=dt.date(2020, 12, 22),
        ends_on=dt.date(2020, 12, 22),
    )
    for line in rows():
        _store(w, line, w.meeting if "2/2564" in line["meeting"] else first, w.finance)


def _store(w: build.World, line: dict[str, str], meeting: Meeting, payer: User) -> None:
    regional = line["province"] == "งบภาค"
    place = None if regional else Province.objects.get(pk=PROVINCES[line["province"]])
    project = programs.record_project(
        maker=w.officer,
        approver=w.manager,
        programme=w.programme,
        level=ProjectLevel.REGION if regional else ProjectLevel.PROVINCE,
        region=build.region(),
        province=place,
        title=line["project_name"],
        organisation=Organisation.objects.get_or_create(
            name=re.sub(r"\s+", " ", line["organization"]),
            region=build.region(),
            province=place,
            defaults={"kind": OrganisationKind.NETWORK},
        )[0],
        endorsed_meeting=meeting,
        endorsed_on=meeting.ends_on,
        approved_baht=Decimal(line["approved_baht"]),
        approved_on=dt.date.fromisoformat(line["approved_on"]),
        recorded_on=dt.date.fromisoformat(line["approved_on"]),
        status=ProjectStatus.APPROVED,
    )
    plan = [build.finance_line(number, line[f"instalment{number}_baht"]) for number in (1, 2)]
    for instalment in finance.plan_instalments(actor=w.officer, project=project, plan=plan):
        day = line[f"instalment{instalment.number}_transferred_on"]
        finance.record_document_payment(
            actor=payer,
            instalment=instalment,
            amount_baht=instalment.planned_baht,
            effective_on=dt.date.fromisoformat(day),
            request_key=uuid.uuid4(),
        )
