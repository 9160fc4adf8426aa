"""Projects on their way into a workbook, and the check of those that come back with their key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from codi.history.queries import LastChange, last_changes
from codi.imports import OwnRow, Row
from codi.imports.keys import signed, stamp_of
from codi.thai.normalise import clean, search_key
from finance.models import Instalment, LedgerEntry
from finance.resources.columns import MOST_INSTALMENTS, MeetingCell
from programs.models import Project, ProjectLevel

KIND = "projects"
PIECE = 500
GONE = "ไม่พบโครงการของแถวนี้ในขอบเขตของท่าน กรุณาดาวน์โหลดข้อมูลใหม่"
_WIDE = {ProjectLevel.REGION.value: "งบภาค", ProjectLevel.NATION.value: "ส่วนกลาง"}
_PLAIN = (
    "title", "objectives", "target_people_count", "target_subdistrict_count",
    "target_household_count", "requested_baht", "approved_baht", "approved_on", "recorded_on", "code",
    "level",
)  # fmt: skip
_JOINED = (
    "programme", "region", "province", "district", "subdistrict", "organisation", "endorsed_meeting",
)  # fmt: skip


def stamp_of_project(project: Project, instalments: Iterable[Instalment]) -> str:
    """The state of a project and its plan, as one text."""
    lines = sorted(instalments, key=lambda line: line.number)
    return stamp_of([project.version, *(line.version for line in lines)])


def meeting_cell(project: Project) -> MeetingCell | None:
    """The meeting that endorsed a project, as a cell tells it."""
    held = project.endorsed_meeting
    return (
        MeetingCell(held.number, held.fiscal_year, held.starts_on, held.ends_on) if held else None
    )


def project_rows(records: Any) -> Iterator[OwnRow]:
    """The projects of a list as rows of the project sheet, with a constant number of queries each."""
    keys = iter(records.values_list("pk", flat=True).iterator(chunk_size=PIECE))
    while some := list(islice(keys, PIECE)):
        found = Project.objects.select_related(*_JOINED).in_bulk(some)
        plans: dict[int, list[Instalment]] = defaultdict(list)
        for line in Instalment.objects.filter(project__in=some):
            plans[line.project_id].append(line)
        paid = LedgerEntry.objects.filter(project__in=some, kind="payment", reversed_by=None)
        days = {entry.instalment_id: entry.effective_on for entry in paid.order_by("effective_on")}
        for key in some:
            yield _row(found[key], plans[key], days)


def _row(project: Project, plan: Sequence[Instalment], days: Mapping[int, Any]) -> OwnRow:
    values: dict[str, Any] = {name: getattr(project, name) or None for name in _PLAIN}
    values |= {
        "programme": project.programme.code,
        "region": project.region.name if project.region else None,
        "province": project.province.name if project.province else _WIDE.get(project.level),
        "district": project.district.name if project.district else None,
        "subdistrict": project.subdistrict.name if project.subdistrict else None,
        "organisation": project.organisation.name if project.organisation else None,
        "meeting": meeting_cell(project),
    }
    for line in plan:
        if line.number <= MOST_INSTALMENTS:
            values[f"instalment{line.number}_baht"] = line.planned_baht
            values[f"instalment{line.number}_planned_on"] = line.planned_on
            values[f"instalment{line.number}_transferred_on"] = days.get(line.pk)
    return OwnRow(signed(KIND, project.pk, stamp_of_project(project, plan)), values)


def changed_meanwhile(rows: Sequence[Row], stamps: Mapping[int, str]) -> dict[int, LastChange]:
    """Who changed last each project that is no longer in the state in which it was taken out."""
    moved = {row.key.pk for row in rows if row.key and row.key.stamp != stamps.get(row.key.pk)}
    if not moved:
        return {}
    found: dict[int, LastChange] = last_changes(Project, moved)
    parts = dict(Instalment.objects.filter(project__in=moved).values_list("pk", "project_id"))
    for pk, change in last_changes(Instalment, parts).items():
        project = parts[pk]
        if project not in found or change.at > found[project].at:
            found[project] = change
    return found


def keep_spelling(row: Row, before: Mapping[str, Any]) -> None:
    """A text that differs only in blanks and line breaks, which a cell loses, is the stored one."""
    for column in ("title", "objectives"):
        stored, told = before.get(column), row.values.get(column)
        if stored and told and clean(str(stored)) == told:
            row.values[column] = stored


def namesakes(
    row: Row, project: Project | None, titles: Mapping[str, Sequence[int]]
) -> Sequence[int]:
    """Other projects of the title that a row with a key tells, when its own has another title."""
    told = search_key(clean(str(row.values.get("title") or "")))[:700]
    if row.key is None or project is None or told == project.title_key:
        return ()
    return titles.get(told, ())


def same_place(row: Row, project: Project, place: Any) -> None:
    """Refuse another place or code for a project that came back with its key."""
    there = (place.level, place.province, place.district, place.subdistrict)
    if there != (project.level, project.province, project.district, project.subdistrict):
        row.refuse("province", "ย้ายพื้นที่ของโครงการผ่านไฟล์ไม่ได้ กรุณาแก้ที่หน้าโครงการ")
    if row.values.get("code") not in (None, project.code):
        row.refuse("code", f"รหัสของโครงการนี้คือ {project.code} แก้ผ่านไฟล์ไม่ได้")
