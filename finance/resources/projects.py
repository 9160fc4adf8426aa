"""The upload of projects with their approval, instalments and transfers.

A row is a project. One that is on record is found by its code, or by programme, place and title;
its facts may change while it is a draft, its plan and transfers may grow, and what the ledger or an
approval holds is never changed through a file.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum
from django.urls import reverse

from codi.accounts.models import Role, User
from codi.accounts.permissions import Decision, allow, deny
from codi.imports import Hands, Own, Plan, Row, Status, Upload, blaming, register_upload
from codi.imports.keys import signed, tell_conflicts
from codi.places.models import District, Province, Region, Subdistrict
from codi.places.resolver import Gazetteer, PlaceError, resolve_district, resolve_subdistrict
from codi.thai.dates import long_date
from codi.thai.normalise import clean, search_key
from codi.thai.numbers import baht
from finance import services
from finance.frames import frame_room
from finance.models import Instalment, LedgerEntry
from finance.permissions import plan_is_open
from finance.resources.columns import COLUMNS, MOST_INSTALMENTS, MeetingCell
from finance.resources.own import (
    GONE,
    changed_meanwhile,
    keep_spelling,
    meeting_cell,
    namesakes,
    project_rows,
    same_place,
    stamp_of_project,
)
from finance.resources.taking_back import OF_PROJECTS
from finance.services import PlannedInstalment
from programs import services as programs
from programs.models import BudgetFrame, Programme, Project, ProjectLevel, ProjectStatus
from programs.permissions import in_scope

FACTS = (
    "title", "organisation", "objectives", "target_people_count", "target_subdistrict_count",
    "target_household_count", "requested_baht",
)  # fmt: skip
APPROVAL = ("meeting", "approved_baht", "approved_on")
_PLAN = re.compile(r"instalment\d+_(baht|planned_on)")
UPLOADERS = (Role.REGIONAL_OFFICER, Role.REGIONAL_MANAGER, Role.FINANCE_OFFICER)


@dataclass
class Place:
    """Where a row's project is."""

    level: str
    region: Region | None = None
    province: Province | None = None
    district: District | None = None
    subdistrict: Subdistrict | None = None


@dataclass
class ProjectRow:
    """What ``apply`` needs of a judged row; ``versions`` (number → version) is the judged plan."""

    values: dict[str, Any]
    place: Place
    programme: Programme
    project: Project | None
    plan: dict[int, Decimal] = field(default_factory=dict)
    transfers: dict[int, dt.date] = field(default_factory=dict)
    versions: dict[int, int] = field(default_factory=dict)


class Judge:
    """Judges the rows of one file; what is on record is read once for all of them."""

    def __init__(self, rows: Sequence[Row], actor: User, today: dt.date) -> None:
        self.actor, self.today = actor, today
        self.gazetteer = Gazetteer.load()
        self.programmes = list(Programme.objects.with_projects().prefetch_related("frames"))
        self.home = self._home(rows)
        titles = {search_key(clean(str(row.values.get("title") or ""))) for row in rows}
        codes = {row.values.get("code") for row in rows if row.values.get("code")}
        keys = {row.key.pk for row in rows if row.key}
        known = Project.objects.filter(Q(code__in=codes) | Q(title_key__in=titles) | Q(pk__in=keys))
        self.by_code: dict[str, Project] = {}
        self.by_name: dict[tuple[Any, ...], Project] = {}
        for project in known.select_related("organisation", "endorsed_meeting"):
            self.by_code[project.code] = project
            if project.status != ProjectStatus.CANCELLED:
                self.by_name[self._name(project.programme_id, project)] = project
        self.by_key = {project.pk: project for project in self.by_code.values()}
        self.titles: dict[str, list[int]] = defaultdict(list)
        for pk, project in self.by_key.items():
            self.titles[project.title_key].append(pk)
        ids = list(self.by_key)
        self.instalments: dict[int, dict[int, Instalment]] = defaultdict(dict)
        for instalment in Instalment.objects.filter(project__in=ids):
            self.instalments[instalment.project_id][instalment.number] = instalment
        paid = LedgerEntry.objects.filter(project__in=ids, kind="payment", reversed_by=None)
        self.transfers: dict[int, list[LedgerEntry]] = defaultdict(list)
        for entry in paid.order_by("effective_on", "pk"):
            self.transfers[entry.instalment_id].append(entry)
        self.stamps = {
            pk: stamp_of_project(project, self.instalments[pk].values())
            for pk, project in self.by_key.items()
        }
        self.last = changed_meanwhile(rows, self.stamps)
        self.room = frame_room(BudgetFrame.objects.as_of(today))
        self.seen: dict[tuple[Any, ...], int] = {}

    def _name(self, programme_id: int, place: Project | Place, title: str = "") -> tuple[Any, ...]:
        key = search_key(title) if title else place.title_key  # type: ignore[union-attr]
        places = (place.region, place.province, place.district, place.subdistrict)
        if isinstance(place, Project):
            codes = (place.region_id, place.province_id, place.district_id, place.subdistrict_id)
        else:
            codes = tuple(one.pk if one else None for one in places)  # type: ignore[assignment]
        return (programme_id, *codes, key)

    def _home(self, rows: Sequence[Row]) -> Region | None:
        """The region of งบภาค rows: the person's own, or the one that all provinces lie in."""
        if self.actor.region:
            return self.actor.region
        found = set()
        for row in rows:
            try:
                found.add(self.gazetteer.province(str(row.values.get("province") or "")).region)
            except PlaceError:
                continue
        return found.pop() if len(found) == 1 else None

    def place(self, row: Row) -> Place | None:
        """The level and place of a row; notes what cannot be found."""
        values = row.values
        written = str(values.get("province") or "")
        if not written:
            return None
        try:
            if search_key(written) in {
                search_key(name) for name in ("งบภาค", "ส่วนกลาง", "งบส่วนกลาง")
            }:
                return self._wide(row, written)
            province = self.gazetteer.province(written)
            values["province"] = province.name
            found = Place(ProjectLevel.PROVINCE, province.region, province)
            if values.get("district"):
                found.district = resolve_district(values["district"], province=province)
                found.level = ProjectLevel.DISTRICT
            if values.get("subdistrict"):
                column = "subdistrict"
                found.subdistrict = resolve_subdistrict(
                    values[column], district=found.district, province=province
                )
                found.district = found.subdistrict.district
                found.level = ProjectLevel.SUBDISTRICT
        except PlaceError as error:
            row.refuse(self._blamed(values, error), error.message)
            return None
        if values.get("level") and values["level"] != found.level:
            row.refuse("level", "ระดับโครงการไม่ตรงกับพื้นที่ที่ระบุ กรุณาแก้ให้ตรงกันหรือเว้นว่าง")
        return found

    def _blamed(self, values: dict[str, Any], error: PlaceError) -> str:
        if "ตำบล" in error.message or "แขวง" in error.message:
            return "subdistrict"
        return "district" if "อำเภอ" in error.message or "เขต" in error.message else "province"

    def _wide(self, row: Row, written: str) -> Place | None:
        """A project of a whole region or of the centre."""
        if "ส่วนกลาง" in written:
            return Place(ProjectLevel.NATION)
        region = (
            self.gazetteer.region(row.values["region"]) if row.values.get("region") else self.home
        )
        if region is None:
            row.refuse("province", "ไม่ทราบว่าเป็นงบภาคของภาคใด กรุณาเพิ่มคอลัมน์ “ภาค” และระบุชื่อภาค")
            return None
        return Place(ProjectLevel.REGION, region)

    def programme(self, row: Row, place: Place) -> Programme | None:
        """The programme named, or the only one with a frame for that place and fiscal year."""
        written = row.values.get("programme")
        if written:
            key = search_key(written)
            named = [p for p in self.programmes if key in (search_key(p.code), search_key(p.name))]
            if len(named) == 1:
                return named[0]
            row.refuse("programme", f"ไม่พบโครงการหลัก “{written}” กรุณาใช้รหัสที่มีในระบบ เช่น NL2564")
            return None
        held: MeetingCell | None = row.values.get("meeting")
        region = place.region.pk if place.region else None
        fitting = [
            programme
            for programme in self.programmes
            if any(f.region_id == region and f.level == place.level for f in programme.frames.all())
            and (held is None or programme.fiscal_year == held.fiscal_year)
        ]
        if len(fitting) == 1:
            return fitting[0]
        if not fitting:
            row.refuse(
                "programme",
                "ไม่พบโครงการหลักที่มีกรอบงบของภาคและระดับนี้ กรุณาตั้งกรอบงบก่อน หรือระบุรหัสโครงการหลัก",
            )
        else:
            names = ", ".join(programme.code for programme in fitting)
            row.refuse("programme", f"มีโครงการหลักที่เป็นไปได้หลายรายการ ({names}) กรุณาระบุรหัสโครงการหลัก")
        return None

    def judge(self, plan: Plan, row: Row) -> None:
        """Judge one row: place, programme, the rules of its life and money, what would change."""
        label = str(row.values.get("title") or "")
        place = self.place(row)
        inside = self._scope(row, place) if place else False
        programme = self.programme(row, place) if place and inside else None
        if place is None or programme is None:
            if row.ok:
                row.refuse("province", "กรุณาระบุจังหวัด หรือ งบภาค")
            plan.judge(row, label=label)
            return
        project = self._on_record(row, programme, place)
        wanted = ProjectRow(row.values, place, programme, project)
        if project:
            lines = self.instalments[project.pk]
            wanted.versions = {number: line.version for number, line in lines.items()}
        self._approval(row)
        self._money(row, wanted)
        before = self._before(row, wanted) if project else None
        if project is None:
            self._frame(row, wanted)
        record = ""
        if project and before is not None:
            stamp = self.stamps[project.pk]
            tell_conflicts(row, before, stamp=stamp, last=self.last.get(project.pk))
            record = signed("projects", project.pk, stamp)
        plan.judge(
            row,
            label=label,
            before=before,
            data=wanted,
            record=record,
            namesakes=namesakes(row, project, self.titles),
        )

    def _on_record(self, row: Row, programme: Programme, place: Place) -> Project | None:
        title = clean(str(row.values.get("title") or ""))
        name = self._name(programme.pk, place, title or "-")
        earlier = self.seen.setdefault(name, row.number)
        if earlier != row.number:
            row.refuse("title", f"โครงการซ้ำกับแถว {earlier} ในไฟล์เดียวกัน กรุณาลบแถวที่ซ้ำ")
        code = row.values.get("code")
        found = self.by_code.get(code) if code else self.by_name.get(name)
        if row.key:
            found = self.by_key.get(row.key.pk)
            if found is None or not in_scope(self.actor, found):
                row.refuse("", GONE)
                return None
            same_place(row, found, place)
        if found and not in_scope(self.actor, found):
            row.refuse("code", f"ไม่พบโครงการรหัส {code} ในขอบเขตของท่าน กรุณาตรวจรหัส")
            return None
        if found and found.programme_id != programme.pk:
            row.refuse("code", f"รหัส {code} เป็นของโครงการหลักอื่นแล้ว กรุณาตรวจรหัส")
        return found

    def _scope(self, row: Row, place: Place) -> bool:
        """Whether the place lies inside the uploader's scope; notes it when not."""
        there = Project(region=place.region, province=place.province, level=place.level)
        decision = in_scope(self.actor, there)
        if not decision:
            row.refuse("province", decision.reason)
        return bool(decision)

    def _approval(self, row: Row) -> None:
        """Approval is told whole: baht, day and the meeting that endorsed it."""
        given = {key: row.values.get(key) for key in APPROVAL}
        if given["approved_baht"] is not None or given["approved_on"] is not None:
            for key, value in given.items():
                if value is None and not row.cell_failed(key):
                    row.refuse(key, "แถวที่อนุมัติแล้วต้องมีครั้งที่ประชุม งบอนุมัติ และวันที่อนุมัติครบ กรุณาเติมช่องนี้")
        approved_on, held = given["approved_on"], given["meeting"]
        if given["approved_baht"] == 0:
            row.refuse("approved_baht", "งบอนุมัติต้องมากกว่าศูนย์")
        if approved_on and approved_on > self.today:
            row.refuse("approved_on", f"วันที่ {long_date(approved_on)} ยังมาไม่ถึง กรุณาตรวจวันที่")
        if approved_on and held and held.ends_on and approved_on < held.ends_on:
            row.refuse("approved_on", "วันที่อนุมัติต้องไม่ก่อนวันประชุม กรุณาตรวจวันที่")
        recorded_on = row.values.get("recorded_on")
        if recorded_on and (not approved_on or recorded_on < approved_on):
            row.refuse("recorded_on", "วันที่บันทึกในโปรแกรมต้องมีวันที่อนุมัติและไม่ก่อนวันนั้น")

    def _money(self, row: Row, wanted: ProjectRow) -> None:
        """Instalments add up to no more than the approval; transfers come after it."""
        values = row.values
        for number in range(1, MOST_INSTALMENTS + 1):
            amount, day = (
                values.get(f"instalment{number}_baht"),
                values.get(f"instalment{number}_transferred_on"),
            )
            if amount:
                wanted.plan[number] = amount
            if day and not amount and not row.cell_failed(f"instalment{number}_baht"):
                row.refuse(
                    f"instalment{number}_baht", f"มีวันที่โอนงวด {number} แต่ไม่มีจำนวนเงิน กรุณาเติมจำนวนเงิน"
                )
            if day:
                wanted.transfers[number] = day
                self._transfer_day(row, f"instalment{number}_transferred_on", day)
        ceiling = values.get("approved_baht") or values.get("requested_baht")
        total = sum(wanted.plan.values(), Decimal(0))
        if ceiling is not None and total > ceiling:
            first = f"instalment{min(wanted.plan)}_baht"
            row.refuse(
                first,
                f"ทุกงวดรวมกัน {baht(total)} บาท เกินงบ {baht(ceiling)} บาท กรุณาแก้จำนวนเงินของงวด",
            )

    def _transfer_day(self, row: Row, column: str, day: dt.date) -> None:
        approved_on = row.values.get("approved_on")
        if day > self.today:
            row.refuse(column, f"วันที่ {long_date(day)} ยังมาไม่ถึง กรุณาใส่วันที่โอนจริง หรือเว้นว่าง")
        elif approved_on is None:
            if not row.cell_failed("approved_on"):
                row.refuse(
                    column, "โครงการยังไม่อนุมัติ จึงบันทึกการโอนไม่ได้ กรุณาใส่ข้อมูลการอนุมัติ หรือเว้นวันที่โอนว่าง"
                )
        elif day < approved_on:
            row.refuse(column, "วันที่โอนต้องไม่ก่อนวันที่อนุมัติ กรุณาตรวจวันที่")

    def _frame(self, row: Row, wanted: ProjectRow) -> None:
        """A new approval must fit into what its frame has left after the rows above."""
        approved = row.values.get("approved_baht")
        if not approved:
            return
        place = wanted.place
        key = (wanted.programme.pk, place.region.pk if place.region else None, str(place.level))
        if key not in self.room:
            row.refuse("approved_baht", "ยังไม่มีกรอบงบของโครงการหลัก ภาค และระดับนี้ ให้ตั้งกรอบงบก่อน")
        elif approved > self.room[key]:
            row.refuse(
                "approved_baht",
                f"กรอบงบเหลือ {baht(self.room[key]) if self.room[key] else '0'} บาท ไม่พอสำหรับแถวนี้ ให้ปรับโอนงบเข้ากรอบก่อน",
            )
        else:
            self.room[key] -= approved

    def _before(self, row: Row, wanted: ProjectRow) -> dict[str, Any]:
        """The stored value of each column; refuses what a file may not change."""
        project = wanted.project
        if project is None:
            return {}
        before = {
            name: getattr(project, name)
            for name in FACTS
            if name not in ("organisation", "objectives")
        }
        before |= {
            "objectives": project.objectives or None,
            "organisation": project.organisation.name if project.organisation else None,
            "meeting": meeting_cell(project),
            "approved_baht": project.approved_baht,
            "approved_on": project.approved_on,
            "recorded_on": project.recorded_on,
        }
        self._same_meeting(row, before)
        for number in range(1, MOST_INSTALMENTS + 1):
            instalment = self.instalments[project.pk].get(number)
            before[f"instalment{number}_baht"] = instalment.planned_baht if instalment else None
            before[f"instalment{number}_planned_on"] = instalment.planned_on if instalment else None
            before[f"instalment{number}_transferred_on"] = self._transferred(
                row, number, instalment
            )
        keep_spelling(row, before)
        kept = {key: old for key, old in before.items() if row.values.get(key) is not None}
        if "title" in kept and search_key(str(kept["title"])) == search_key(
            str(row.values["title"])
        ):
            row.values["title"] = kept["title"]
        if "organisation" in kept and search_key(str(kept["organisation"])) == search_key(
            row.values["organisation"]
        ):
            row.values["organisation"] = kept["organisation"]
        self._refuse_fixed(row, project, kept)
        return kept

    def _same_meeting(self, row: Row, before: dict[str, Any]) -> None:
        told, stored = row.values.get("meeting"), before["meeting"]
        if (
            told
            and stored
            and told.starts_on is None
            and (told.number, told.fiscal_year) == (stored.number, stored.fiscal_year)
        ):
            row.values["meeting"] = stored

    def _transferred(self, row: Row, number: int, instalment: Instalment | None) -> dt.date | None:
        """The day the instalment was paid; another day or amount than the ledger's is refused."""
        entries = self.transfers[instalment.pk] if instalment else []
        day = row.values.get(f"instalment{number}_transferred_on")
        if not entries:
            return None
        if day and day not in {entry.effective_on for entry in entries}:
            row.refuse(
                f"instalment{number}_transferred_on",
                f"งวด {number} บันทึกโอนแล้วเมื่อ {long_date(entries[-1].effective_on)} แก้ผ่านไฟล์ไม่ได้ ให้กลับรายการที่หน้าโครงการ",
            )
        return day or entries[-1].effective_on

    def _refuse_fixed(self, row: Row, project: Project, kept: dict[str, Any]) -> None:
        moved = [key for key, old in kept.items() if row.values[key] != old]
        is_open = plan_is_open(project)
        for key in moved:
            if key in FACTS and not project.is_editable:
                row.refuse(
                    key, f"โครงการอยู่ในสถานะ “{project.get_status_display()}” แก้ช่องนี้ผ่านไฟล์ไม่ได้"
                )
            if _PLAN.fullmatch(key) and not is_open:
                row.refuse(key, is_open.reason)
            if key in APPROVAL:
                row.refuse(key, "โครงการมีในระบบแล้ว การพิจารณาและอนุมัติให้ทำที่หน้าโครงการ")


def plan_projects(rows: Sequence[Row], actor: User, today: dt.date) -> Plan:
    """Judge all rows of a file of projects."""
    judge, plan = Judge(rows, actor, today), Plan()
    for row in rows:
        judge.judge(plan, row)
    return plan


def apply_projects(plan: Plan, hands: Hands, today: dt.date) -> None:
    """Write new and changed projects, then their plans and transfers."""
    for planned in plan.with_status(Status.NEW, Status.CHANGED):
        with blaming(planned):
            wanted: ProjectRow = planned.data
            project = _change(wanted, hands) if wanted.project else _add(wanted, hands)
            _plan_money(wanted, project, hands)


def _add(wanted: ProjectRow, hands: Hands) -> Project:
    values, place = wanted.values, wanted.place
    held: MeetingCell | None = values.get("meeting")
    meeting = (
        programs.record_meeting(
            region=place.region,
            number=held.number,
            fiscal_year=held.fiscal_year,
            starts_on=held.starts_on,
            ends_on=held.ends_on,
        )
        if held
        else None
    )
    approved = values.get("approved_on") is not None
    status = ProjectStatus.ENDORSED if meeting else ProjectStatus.DRAFT
    return programs.record_project(
        maker=hands.maker,
        approver=hands.checker if approved else None,
        code=values.get("code") or "",
        programme=wanted.programme,
        level=place.level,
        region=place.region,
        province=place.province,
        district=place.district,
        subdistrict=place.subdistrict,
        status=ProjectStatus.APPROVED if approved else status,
        endorsed_meeting=meeting,
        endorsed_on=meeting.ends_on if meeting else None,
        approved_baht=values.get("approved_baht"),
        approved_on=values.get("approved_on"),
        recorded_on=values.get("recorded_on"),
        **_facts(wanted),
    )


def _facts(wanted: ProjectRow) -> dict[str, Any]:
    told = {name: wanted.values[name] for name in FACTS if wanted.values.get(name) is not None}
    if "organisation" in told and wanted.place.region:
        told["organisation"] = programs.record_organisation(
            name=told["organisation"], region=wanted.place.region, province=wanted.place.province
        )
    return told


def _change(wanted: ProjectRow, hands: Hands) -> Project:
    project = wanted.project
    if project is None:
        raise ValueError("a change needs the project on record")
    return programs.record_changes(
        project=project,
        facts=_facts(wanted) if project.is_editable else {},
        recorded_on=wanted.values.get("recorded_on"),
    )


def _plan_money(wanted: ProjectRow, project: Project, hands: Hands) -> None:
    """Make the plan what the row tells, keep what it does not, then record the new transfers."""
    present = {line.number: line for line in Instalment.objects.filter(project=project)}
    lines = {
        number: PlannedInstalment(
            number, line.planned_baht, line.planned_on, line.condition, line.evidence
        )
        for number, line in present.items()
    }
    for number, amount in wanted.plan.items():
        old = present.get(number)
        planned_on = wanted.values.get(f"instalment{number}_planned_on")
        lines[number] = PlannedInstalment(
            number,
            amount,
            planned_on or (old.planned_on if old else None),
            old.condition if old else "",
            old.evidence if old else "",
        )
    made = services.record_plan(
        project=project, plan=list(lines.values()), expected_versions=wanted.versions
    )
    for instalment in made:
        day = wanted.transfers.get(instalment.number)
        paid = LedgerEntry.objects.filter(instalment=instalment).aggregate(net=Sum("net_baht"))[
            "net"
        ]
        if day and not paid:
            services.record_document_payment(
                actor=hands.checker,
                instalment=instalment,
                amount_baht=wanted.plan[instalment.number],
                effective_on=day,
                request_key=uuid.uuid4(),
            )


def can_upload_projects(user: User) -> Decision:
    """Officers and managers of a region, and finance, bring projects in."""
    return (
        allow()
        if user.role in UPLOADERS
        else deny("นำเข้าโครงการได้เฉพาะเจ้าหน้าที่ภาค ผู้จัดการภาค และเจ้าหน้าที่การเงิน")
    )


def checkers(plan: Plan) -> tuple[str, ...]:
    """Who must confirm: finance when transfers are told, a decider when approvals are."""
    rows = plan.with_status(Status.NEW, Status.CHANGED)
    changed = {change.column for row in rows for change in row.changes if change.new}
    if any(column.endswith("_transferred_on") for column in changed):
        return (Role.FINANCE_OFFICER,)
    if changed & set(APPROVAL):
        return (Role.REGIONAL_MANAGER, Role.FINANCE_OFFICER)
    return ()


def project_pages(rows: Sequence[Mapping[str, Any]], user: User) -> dict[int, str]:
    """The project's page of each row that names one project in sight, by its code or its title."""
    told = {
        row["number"]: (row["raw"].get("code", ""), row["raw"].get("title", "")) for row in rows
    }
    keys = {number: (code, search_key(clean(title))) for number, (code, title) in told.items()}
    known = Project.objects.filter(code__in={code for code, _ in keys.values()})
    known |= Project.objects.filter(title_key__in={title for _, title in keys.values()})
    found: dict[str, list[int]] = defaultdict(list)
    for pk, code, title in known.visible_to(user).values_list("pk", "code", "title_key"):
        found[code].append(pk)
        found[title].append(pk)
    return {
        number: reverse("finance:project", args=found[code or title])
        for number, (code, title) in keys.items()
        if len(found[code or title]) == 1
    }


PROJECTS = register_upload(
    Upload(
        key="projects",
        title="โครงการ การอนุมัติ และงวดเงิน",
        columns=COLUMNS,
        plan=plan_projects,
        apply=apply_projects,
        can_upload=can_upload_projects,
        needs_checker=checkers,
        pages=project_pages,
        own=Own("finance:projects", project_rows),
        undo=OF_PROJECTS,
        note="แถวที่มีการอนุมัติหรือการโอนเงินต้องให้ผู้มีสิทธิอีกคนยืนยันก่อนบันทึก",
    )
)
