"""The upload of programmes with their frames.

A row is a frame of a programme, or a programme without one. What a programme is stands in one of its
rows; the others name it by its code. Facts that others rest on (code of a programme, place and level
of a frame) are never changed through a file, and a frame never falls below what is committed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import Any

from codi.accounts.models import User
from codi.history.queries import LastChange, last_changes
from codi.imports import (
    Hands,
    Own,
    OwnRow,
    Plan,
    Row,
    Status,
    UndoOf,
    Upload,
    UploadColumn,
    blaming,
    register_upload,
)
from codi.imports.cells import choice, day, money, text, whole
from codi.imports.keys import signed, stamp_of, tell_conflicts
from codi.imports.places import regions_of
from codi.places.models import Region
from codi.places.resolver import Gazetteer, PlaceError
from codi.thai.dates import long_date
from codi.thai.normalise import clean, search_key
from codi.thai.numbers import baht
from finance.frames import frame_room
from programs import services
from programs.models import (
    BudgetFrame,
    FundingSource,
    Programme,
    ProgrammeKind,
    ProjectLevel,
)
from programs.permissions import can_manage_programmes

KIND = "programmes"
PIECE = 200
KINDS, LEVELS = dict(ProgrammeKind.choices), dict(ProjectLevel.choices)
FACTS = ("name", "kind", "fiscal_year", "parent", "funding_source", "objectives")
FRAME = ("allocated_baht", "allocated_on", "note")
PLACE = ("region", "level")
GONE = "ไม่พบแผนงานหรือกรอบงบของแถวนี้ อาจถูกลบไปแล้ว กรุณาดาวน์โหลดข้อมูลใหม่"
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
NOT_TOLD = 0
"""In the key of a row that names its programme and tells nothing of it."""

COLUMNS = (
    UploadColumn("code", "รหัสแผนงาน", ("รหัสโครงการหลัก",), text(30), required=True, example="NL2564"),
    UploadColumn(
        "name", "ชื่อแผนงาน", ("ชื่อโครงการหลัก",), text(400), required=True, may_be_blank=True, example="โครงการพัฒนาผู้นำ ภาคเหนือ",
        note="กรอกในแถวเดียวของแต่ละแผนงาน แถวกรอบงบอื่นของแผนงานเดียวกันเว้นว่างได้",
    ),
    UploadColumn("kind", "ประเภทแผนงาน", ("ประเภท",), choice(KINDS), labels=KINDS, note="เว้นว่าง = โครงการหลัก"),
    UploadColumn("fiscal_year", "ปีงบประมาณ", ("ปี",), whole, example="2564"),
    UploadColumn("parent", "อยู่ภายใต้ (รหัส)", ("อยู่ภายใต้",), text(30), note="รหัสของแผนงานชั้นสูงกว่า ปีเดียวกัน"),
    UploadColumn("funding_source", "แหล่งงบประมาณ", ("แหล่งงบ",), text(200), note="ชื่อหรือรหัส",
                 choices=lambda user: [source.name for source in FundingSource.objects.all()]),
    UploadColumn("objectives", "วัตถุประสงค์", (), text(5000)),
    UploadColumn("region", "กรอบงบของภาค", ("ภาค",), text(80), choices=regions_of, note="เว้นว่างเมื่อเป็นกรอบงบส่วนกลาง"),
    UploadColumn("level", "ระดับโครงการ", ("ระดับ",), choice(LEVELS), labels=LEVELS),
    UploadColumn("allocated_baht", "กรอบงบจัดสรร (บาท)", ("กรอบงบจัดสรร", "จัดสรร"), money, example="12,000,000"),
    UploadColumn("allocated_on", "วันที่จัดสรร", (), day, example="1 ต.ค. 63"),
    UploadColumn("note", "หมายเหตุ/เอกสารอ้างอิง", ("หมายเหตุ",), text(300)),
)  # fmt: skip


@dataclass
class Wanted:
    """What ``apply`` needs of a judged row: programme and frame on record, and what to write."""

    code: str
    programme: Programme | None
    facts: dict[str, Any] = field(default_factory=dict)
    frame: BudgetFrame | None = None
    frame_facts: dict[str, Any] = field(default_factory=dict)
    place: tuple[Region | None, str] | None = None


def programme_rows(records: Any) -> Iterator[OwnRow]:
    """The programmes of a list as rows to edit: each with its frames, the first tells its facts."""
    keys = iter(records.values_list("pk", flat=True).iterator(chunk_size=PIECE))
    while some := list(islice(keys, PIECE)):
        found = Programme.objects.select_related("parent", "funding_source").in_bulk(some)
        frames: dict[int, list[BudgetFrame]] = defaultdict(list)
        rows = BudgetFrame.objects.filter(programme__in=some).select_related("region")
        for frame in rows.order_by("region__position", "level"):
            frames[frame.programme_id].append(frame)
        for key in some:
            own: Sequence[BudgetFrame | None] = frames[key] or [None]
            for number, one in enumerate(own):
                yield _own_row(found[key], one, tells=number == 0)


def _own_row(programme: Programme, frame: BudgetFrame | None, *, tells: bool) -> OwnRow:
    values: dict[str, Any] = {"code": programme.code}
    if tells:
        values |= stored_facts(programme)
    if frame:
        values |= {name: getattr(frame, name) or None for name in (*FRAME, "level")}
        values |= {
            "region": frame.region.name if frame.region else None,
            "allocated_baht": frame.allocated_baht,
        }
    stamp = _stamp(programme if tells else None, frame)
    return OwnRow(signed(KIND, programme.pk, stamp), values)


def stored_facts(programme: Programme) -> dict[str, Any]:
    """The facts of a programme as its cells tell them."""
    return {
        "name": programme.name,
        "kind": programme.kind,
        "fiscal_year": programme.fiscal_year,
        "parent": programme.parent.code if programme.parent else None,
        "funding_source": programme.funding_source.name if programme.funding_source else None,
        "objectives": programme.objectives or None,
    }


def _stamp(programme: Programme | None, frame: BudgetFrame | None) -> str:
    told = [programme.version if programme else NOT_TOLD]
    return stamp_of([*told, frame.pk, frame.version] if frame else told)


class Judge:
    """Judges programmes and frames; what is on record is read once for the whole file."""

    def __init__(self, rows: Sequence[Row], today: dt.date) -> None:
        self.today = today
        codes = {row.values.get("code") for row in rows} | {
            row.values.get("parent") for row in rows
        }
        keys = [row.key.pk for row in rows if row.key]
        known = Programme.objects.select_related("parent", "funding_source")
        self.by_code = {one.code: one for one in known.filter(code__in=codes - {None})}
        self.by_key = known.in_bulk(keys)
        self.by_code |= {one.code: one for one in self.by_key.values()}
        pks = [one.pk for one in self.by_code.values()]
        self.frames = {
            (frame.programme_id, frame.region_id, frame.level): frame
            for frame in BudgetFrame.objects.filter(programme__in=pks).select_related("region")
        }
        self.frame_by_key = {frame.pk: frame for frame in self.frames.values()}
        self.room = frame_room(BudgetFrame.objects.filter(programme__in=pks))
        self.sources = {
            search_key(word): source
            for source in FundingSource.objects.all()
            for word in (source.code, source.name)
        }
        self.gazetteer = Gazetteer.load()
        self.told: dict[str, int] = {}
        """The row that tells the facts of each programme."""
        self.said: dict[str, dict[str, Any]] = {}
        """What that row says."""
        self.new: dict[str, dict[str, Any]] = {}
        """What the programmes that this file adds are, by code."""
        self.seen: dict[tuple[Any, ...], int] = {}
        self.last = self._last(rows)

    def _last(self, rows: Sequence[Row]) -> dict[tuple[type, int], LastChange]:
        """Who changed last what is no longer as it went out."""
        found: dict[tuple[type, int], LastChange] = {}
        for model in (Programme, BudgetFrame):
            keys = [
                key
                for row in rows
                for key, version, now in self._states(row, model)
                if version != now
            ]
            found |= {(model, pk): last for pk, last in last_changes(model, keys).items()}
        return found

    def _states(self, row: Row, model: type) -> Iterator[tuple[int, int, int]]:
        """Key, version when taken out and version now of what a row carries the key of."""
        if row.key is None:
            return
        version, *frame = map(int, row.key.stamp.split("-"))
        programme = self.by_key.get(row.key.pk)
        if model is Programme and programme and version != NOT_TOLD:
            yield programme.pk, version, programme.version
        if model is BudgetFrame and frame and frame[0] in self.frame_by_key:
            yield frame[0], frame[1], self.frame_by_key[frame[0]].version

    def judge(self, plan: Plan, row: Row) -> None:
        """Judge one row: its programme, then its frame."""
        code = row.values.get("code") or ""
        programme = self._programme(row, code)
        wanted = Wanted(programme.code if programme else code, programme)
        adds = programme is None and code not in self.new
        before: dict[str, Any] = {}
        if row.ok:
            before |= self._facts(row, wanted)
            before |= self._frame(row, wanted)
        is_new = adds or (wanted.place is not None and wanted.frame is None)
        level = LEVELS.get(row.values.get("level") or "")
        label = " · ".join(filter(None, (wanted.code, row.values.get("region"), level)))
        plan.judge(row, label=label, before=None if is_new else before, data=wanted)

    def _programme(self, row: Row, code: str) -> Programme | None:
        """The programme on record of a row; None for a new one."""
        if row.key is None:
            if code and code not in self.by_code and not _CODE.fullmatch(code):
                row.refuse("code", "รหัสใช้ได้เฉพาะ A-Z, 0-9, จุด ขีด และขีดล่าง เช่น NL2564")
            return self.by_code.get(code)
        found = self.by_key.get(row.key.pk)
        if found is None:
            row.refuse("", GONE)
        elif code != found.code:
            row.refuse("code", f"รหัสของแผนงานนี้คือ {found.code} แก้ผ่านไฟล์ไม่ได้")
        return found

    # What a programme is

    def _facts(self, row: Row, wanted: Wanted) -> dict[str, Any]:
        """Take what the row tells of its programme; the stored values of that."""
        values, programme = row.values, wanted.programme
        stored = stored_facts(programme) if programme else {}
        whole = programme is not None and self._is_whole(row)
        told = [name for name in FACTS if name in values and (whole or values[name] is not None)]
        self._settle(row, stored)
        facts = {name: values[name] for name in told}
        if programme is None and wanted.code not in self.new:
            self._begin(row, wanted.code, facts)
        elif self._differs(wanted.code, facts):
            row.refuse(
                told[0],
                f"แถว {self.told[wanted.code]} บอกข้อมูลของแผนงานนี้ไว้แล้วและไม่ตรงกัน ให้บอกในแถวเดียว",
            )
        if not row.ok:
            return {}
        if facts and self.told.setdefault(wanted.code, row.number) == row.number:
            self._check(row, {**stored, **facts})
            wanted.facts = facts
        before = {name: stored.get(name) for name in told}
        if programme and self._is_stale(row, Programme):
            tell_conflicts(row, before, stamp="", last=self.last.get((Programme, programme.pk)))
        return before

    def _differs(self, code: str, facts: dict[str, Any]) -> bool:
        """Whether an earlier row told this programme otherwise, or less."""
        said = self.said.setdefault(code, facts) if facts else {}
        return any(name not in said or said[name] != value for name, value in facts.items())

    def _begin(self, row: Row, code: str, facts: dict[str, Any]) -> None:
        """A programme that the file adds: the row that names it first tells what it is."""
        for name in ("name", "fiscal_year"):
            if facts.get(name) is None:
                row.refuse(name, f"แผนงาน {code} ยังไม่มีในระบบ กรุณากรอก{row.columns[name].title}")
        facts.setdefault("kind", ProgrammeKind.PROGRAMME.value)
        self.new[code] = self.said[code] = facts

    def _is_whole(self, row: Row) -> bool:
        """Whether a blank cell of the row means that the fact is to be cleared."""
        return row.key is not None and not row.key.stamp.startswith(f"{NOT_TOLD}")

    def _is_stale(self, row: Row, model: type) -> bool:
        return any(version != now for _key, version, now in self._states(row, model))

    def _settle(self, row: Row, stored: Mapping[str, Any]) -> None:
        """Write the cells as they are stored: a source by its name, texts with their own breaks."""
        values = row.values
        if told := values.get("funding_source"):
            source = self.sources.get(search_key(told))
            if source is None:
                row.refuse("funding_source", f"ไม่พบแหล่งงบประมาณ “{told}” ให้เพิ่มที่หน้าแหล่งงบประมาณก่อน")
            else:
                values["funding_source"] = source.name
        for name in ("name", "objectives"):
            if stored.get(name) and values.get(name) == clean(str(stored[name])):
                values[name] = stored[name]

    def _check(self, row: Row, facts: Mapping[str, Any]) -> None:
        """The rules of the tree, as far as the file and the record tell."""
        year = facts.get("fiscal_year")
        for name in ("name", "kind", "fiscal_year"):
            if facts.get(name) is None and not row.cell_failed(name):
                row.refuse(name, f"ยังไม่ได้กรอก{row.columns[name].title}")
        if year is not None and not 2500 <= year <= 2700:
            row.refuse("fiscal_year", "ปีงบประมาณต้องเป็นปี พ.ศ. สี่หลัก เช่น 2564")
        if facts.get("kind") == ProgrammeKind.ACTIVITY and not facts.get("parent"):
            row.refuse("parent", "แผนงานกิจกรรมต้องอยู่ภายใต้โครงการหลัก กรุณากรอกรหัสโครงการหลัก")
        if not facts.get("parent"):
            return
        above = self._above(facts["parent"])
        if above is None:
            row.refuse(
                "parent", f"ไม่พบแผนงานรหัส {facts['parent']} ในระบบหรือในแถวก่อนหน้า กรุณาตรวจรหัส"
            )
        elif (above["fiscal_year"], above["kind"] < str(facts["kind"])) != (year, True):
            row.refuse("parent", "แผนงานที่อยู่เหนือขึ้นไปต้องเป็นปีงบประมาณเดียวกันและอยู่ชั้นสูงกว่า")

    def _above(self, code: str) -> Mapping[str, Any] | None:
        """What a programme is by now: on record, with what earlier rows tell."""
        found = self.by_code.get(code)
        if found is None and code not in self.new:
            return None
        return (stored_facts(found) if found else {}) | self.said.get(code, {})

    # What a frame is

    def _frame(self, row: Row, wanted: Wanted) -> dict[str, Any]:
        """Take what the row tells of a frame; the stored values of it."""
        values = row.values
        keyed = next(iter(self._keyed_frame(row)), None)
        if keyed is None and all(values.get(name) is None for name in (*PLACE, *FRAME)):
            return {}
        place = self._place(row)
        for name in ("allocated_baht", "allocated_on"):
            if values.get(name) is None and not row.cell_failed(name):
                row.refuse(name, f"ยังไม่ได้กรอก{row.columns[name].title}ของกรอบงบ")
        if place is None or not row.ok:
            return {}
        self._once(row, wanted, place)
        frame = self._on_record(row, wanted, place, keyed)
        wanted.place, wanted.frame = place, frame
        wanted.frame_facts = {name: values.get(name) for name in FRAME if name in values}
        before = {name: getattr(frame, name) for name in wanted.frame_facts} if frame else {}
        before |= {"note": frame.note or None} if frame and "note" in before else {}
        if values["allocated_on"] > self.today and before != wanted.frame_facts:
            told = long_date(values["allocated_on"])
            row.refuse("allocated_on", f"วันที่ {told} ยังมาไม่ถึง กรุณาระบุวันที่จัดสรรจริง")
        if frame is None:
            return {}
        self._above_committed(row, frame)
        if keyed and self._is_stale(row, BudgetFrame):
            tell_conflicts(row, before, stamp="", last=self.last.get((BudgetFrame, frame.pk)))
        return before

    def _keyed_frame(self, row: Row) -> Iterator[int]:
        """The key of the frame that a row went out with."""
        if row.key and len(parts := row.key.stamp.split("-")) > 1:
            yield int(parts[1])

    def _place(self, row: Row) -> tuple[Region | None, str] | None:
        """Region and level of a frame; refuses what does not go together."""
        region, level = None, row.values.get("level")
        if told := row.values.get("region"):
            try:
                region = self.gazetteer.region(told)
            except PlaceError as error:
                row.refuse("region", error.message)
                return None
            row.values["region"] = region.name
        if level is None:
            row.refuse("level", "ยังไม่ได้กรอกระดับโครงการของกรอบงบ")
        elif (level == ProjectLevel.NATION) != (region is None):
            row.refuse("region", "กรอบงบส่วนกลางต้องไม่ระบุภาค ส่วนกรอบงบระดับอื่นต้องระบุภาค")
        else:
            return region, level
        return None

    def _once(self, row: Row, wanted: Wanted, place: tuple[Region | None, str]) -> None:
        """Each frame stands in one row, and only below a programme that has projects."""
        region, level = place
        facts = self._above(wanted.code) or {}
        if facts.get("kind") != ProgrammeKind.PROGRAMME:
            row.refuse("level", "กรอบงบตั้งได้เฉพาะโครงการหลัก กรุณาตรวจรหัสและประเภทแผนงาน")
        identity = (wanted.code, region.pk if region else None, level)
        earlier = self.seen.setdefault(identity, row.number)
        if earlier != row.number:
            row.refuse("level", f"กรอบงบของภาคและระดับนี้ซ้ำกับแถว {earlier} กรุณาให้เหลือแถวเดียว")

    def _on_record(
        self, row: Row, wanted: Wanted, place: tuple[Region | None, str], keyed: int | None
    ) -> BudgetFrame | None:
        """The frame of a row; one that went out stays where it is."""
        region, level = place
        programme = wanted.programme
        found = (
            self.frames.get((programme.pk, region.pk if region else None, level))
            if programme
            else None
        )
        if keyed is None:
            return found
        own = self.frame_by_key.get(keyed)
        if own is None:
            row.refuse("", GONE)
        elif own != found:
            row.refuse("level", "ย้ายกรอบงบไปภาคหรือระดับอื่นผ่านไฟล์ไม่ได้ ให้ใช้การปรับโอนงบ")
        return own

    def _above_committed(self, row: Row, frame: BudgetFrame) -> None:
        """A frame keeps what projects and moves have taken of it."""
        free = self.room.get((frame.programme_id, frame.region_id, frame.level), Decimal(0))
        least = frame.allocated_baht - free
        if row.values["allocated_baht"] < min(least, frame.allocated_baht):
            told = baht(least) if least else "0"
            row.refuse(
                "allocated_baht",
                f"กรอบงบนี้อนุมัติหรือโอนออกแล้ว จัดสรรต่ำกว่า {told} บาทไม่ได้ กรุณาตรวจจำนวนเงิน",
            )


def plan_programmes(rows: Sequence[Row], actor: User, today: dt.date) -> Plan:
    """Judge all rows of a file of programmes."""
    judge, plan = Judge(rows, today), Plan()
    for row in rows:
        judge.judge(plan, row)
    return plan


def apply_programmes(plan: Plan, hands: Hands, today: dt.date) -> None:
    """Write programmes and frames in the order of the sheet: what stands above comes first."""
    for planned in plan.with_status(Status.NEW, Status.CHANGED):
        with blaming(planned):
            wanted: Wanted = planned.data
            programme = _save_programme(wanted, hands.maker)
            if wanted.place:
                _save_frame(wanted, programme, hands.maker)


def _save_programme(wanted: Wanted, actor: User) -> Programme:
    facts = dict(wanted.facts)
    if not facts:
        return wanted.programme or Programme.objects.get(code=wanted.code)
    if "parent" in facts:
        facts["parent"] = Programme.objects.filter(code=facts["parent"]).first()
    if "funding_source" in facts:
        facts["funding_source"] = FundingSource.objects.filter(name=facts["funding_source"]).first()
    if facts.get("objectives", "") is None:
        facts["objectives"] = ""
    if wanted.programme:
        return services.update_programme(
            actor=actor,
            programme=wanted.programme,
            expected_version=wanted.programme.version,
            **facts,
        )
    return services.create_programme(actor=actor, code=wanted.code, **facts)


def _save_frame(wanted: Wanted, programme: Programme, actor: User) -> None:
    facts = wanted.frame_facts | {"note": wanted.frame_facts.get("note") or ""}
    if wanted.frame is None and wanted.place:
        region, level = wanted.place
        services.set_frame(actor=actor, programme=programme, region=region, level=level, **facts)
    elif wanted.frame:
        if "note" not in wanted.frame_facts:
            del facts["note"]
        services.record_frame(actor=actor, frame=wanted.frame, facts=facts)


def programme_pages(rows: Sequence[Mapping[str, Any]], user: User) -> dict[int, str]:
    """The page of the programme that each row names."""
    told = {row["number"]: row["raw"].get("code", "") for row in rows}
    known = Programme.objects.visible_to(user).filter(code__in=told.values())
    pages = {one.code: one.get_absolute_url() for one in known}
    return {number: pages[code] for number, code in told.items() if code in pages}


PROGRAMMES = register_upload(
    Upload(
        key=KIND,
        title="แผนงานและกรอบงบ",
        columns=COLUMNS,
        plan=plan_programmes,
        apply=apply_programmes,
        can_upload=can_manage_programmes,
        pages=programme_pages,
        own=Own("programs:programme_list", programme_rows, most=1_000),
        undo=(
            UndoOf(
                BudgetFrame,
                fields=FRAME,
                unmake=services.remove_frames,
                restore=services.restore_frames,
            ),
            UndoOf(
                Programme,
                fields=FACTS,
                unmake=services.remove_programmes,
                restore=services.restore_programmes,
            ),
        ),
        note="แถวหนึ่งคือกรอบงบหนึ่งกรอบ หรือแผนงานที่ยังไม่มีกรอบงบ เปลี่ยนได้เฉพาะผู้มีขอบเขตทั้งประเทศ",
        max_row_count=20_000,
    )
)
