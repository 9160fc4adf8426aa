"""Spreadsheets of the work of councils: meetings, missions, reviews, groups, certifications."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils import timezone

from codi.accounts.models import User
from codi.errors import Refused
from codi.fiscal import FiscalYear
from codi.imports import Own, Register, Row, UndoOf, Upload, UploadColumn, register_upload
from codi.imports.cells import choice, text, whole
from codi.imports.registers import Settle
from codi.thai.numbers import parse_number
from councils.columns import COUNCIL, past_day, settle_councils
from councils.models import (
    CommunityGroup,
    CouncilMeeting,
    GroupCertification,
    Mission,
    QualityReview,
    Section21Mission,
)
from councils.permissions_of_work import can_record
from councils.services import files_of_work, groups

MERGED = "กลุ่มนี้รวมเข้ากับกลุ่มอื่นแล้ว ให้บันทึกที่กลุ่มที่คงอยู่"
YEAR = UploadColumn("fiscal_year", "ปีงบประมาณ", ("ปี",), whole, required=True, example="2562")
MISSIONS = {str(one.value): one.label for one in Mission}
_mission_named = choice(MISSIONS)
_NUMBERED = re.compile(r"\(?(\d{1,2})(?:\.0)?\)?\b.*", re.DOTALL)


def _mission(value: Any, today: dt.date) -> int:
    """A mission by its number, with or without its text, or by its text alone."""
    told = str(value).strip()
    found = _NUMBERED.fullmatch(told)
    return int(_mission_named(found[1] if found else told, today))


def _score(value: Any, today: dt.date) -> Decimal:
    """A score in percent with at most two places."""
    score = parse_number(value)
    if not 0 <= score <= 100 or score != round(score, 2):
        raise Refused("คะแนนต้องอยู่ระหว่าง 0 ถึง 100 และมีทศนิยมไม่เกิน 2 ตำแหน่ง")
    return score


def _settle_meetings() -> Settle:
    """Councils by their codes; the day of a meeting lies in the year that the row tells."""
    councils = settle_councils()

    def settle(rows: Sequence[Row], user: User) -> None:
        councils(rows, user)
        for row in rows:
            day, year = row.values.get("held_on"), row.values.get("fiscal_year")
            if day and year and FiscalYear.of(day).number != year:
                row.refuse("held_on", f"วันที่ประชุมไม่อยู่ในปีงบประมาณ {year} กรุณาแก้วันที่หรือปี")

    return settle


@dataclass(frozen=True)
class _Kind:
    """A kind of work of councils as it comes in files."""

    key: str
    title: str
    model: type[Model]
    columns: tuple[UploadColumn, ...]
    identity: tuple[str, ...]
    day_field: str
    settle: Callable[[], Settle] = settle_councils
    derived: tuple[str, ...] = ()
    """Fields that the service fills from the columns, and that an undo puts back with them."""

    @property
    def stored(self) -> tuple[str, ...]:
        """The columns that a later file may change."""
        known = ("council", *self.identity)
        return tuple(column.key for column in self.columns if column.key not in known)

    def create(self, actor: User, records: Any) -> int:
        """Write new rows through the service."""
        return files_of_work.create_work(
            actor=actor,
            model=self.model,
            records=records,
            day_field=self.day_field,
            today=timezone.localdate(),
        )

    def change(self, actor: User, records: Any) -> int:
        """Write changed rows through the service."""
        return files_of_work.change_work(
            actor=actor,
            model=self.model,
            records=records,
            columns=self.stored,
            day_field=self.day_field,
            today=timezone.localdate(),
        )

    def register(self) -> Upload:
        """Declare the upload; a council is told by its code, its records by year."""
        return register_upload(
            Upload(
                key=self.key,
                title=self.title,
                columns=self.columns,
                register=Register(
                    self.model,
                    identity=self.identity,
                    key_field="council_id",
                    key_of=lambda council: council.pk,
                    settle=self.settle,
                    create=self.create,
                    change=self.change,
                    lock_first="council",
                ),
                undo=(
                    UndoOf(
                        self.model,
                        fields=(*self.stored, *self.derived),
                        unmake=files_of_work.remove_work,
                        restore=files_of_work.restore_work,
                        lock_first="council",
                    ),
                ),
                can_upload=can_record,
                max_row_count=200_000,
            )
        )


MEETINGS = _Kind(
    "council-meetings",
    "การประชุมสภา",
    CouncilMeeting,
    (
        COUNCIL,
        YEAR,
        UploadColumn("number", "ครั้งที่", ("ประชุมครั้งที่",), whole, required=True),
        UploadColumn("held_on", "วันที่ประชุม", (), past_day, required=True),
        UploadColumn("attendee_count", "ผู้เข้าประชุม (คน)", ("ผู้เข้าประชุม",), whole),
        UploadColumn("topics", "เรื่องสำคัญ", (), text(500)),
    ),
    ("council", "fiscal_year", "number"),
    "held_on",
    _settle_meetings,
).register()

SECTION_21 = _Kind(
    "council-missions",
    "ภารกิจตามมาตรา 21",
    Section21Mission,
    (
        COUNCIL,
        YEAR,
        UploadColumn(
            "mission", "ภารกิจ", ("ข้อ", "ภารกิจข้อ"), _mission, required=True, note="ข้อ 1 ถึง 12"
        ),
        UploadColumn("reported_on", "วันที่รายงาน", (), past_day, required=True),
        UploadColumn("detail", "รายละเอียด", (), text(500)),
    ),
    ("council", "fiscal_year", "mission"),
    "reported_on",
).register()

REVIEWS = _Kind(
    "council-reviews",
    "การสอบทานคุณภาพสภา",
    QualityReview,
    (
        COUNCIL,
        YEAR,
        UploadColumn("reviewed_on", "วันที่สอบทาน", (), past_day, required=True),
        UploadColumn("score_pct", "คะแนน (ร้อยละ)", ("คะแนน",), _score, required=True),
    ),
    ("council", "fiscal_year"),
    "reviewed_on",
    derived=("scale", "grade"),
).register()


def _settle_groups() -> Settle:
    """Councils by their codes; a group's code of another region is no code to use."""
    councils = settle_councils()

    def settle(rows: Sequence[Row], user: User) -> None:
        councils(rows, user)
        codes = {row.values.get("code") for row in rows} - {None}
        seen = CommunityGroup.objects.visible_to(user).values("pk")
        taken = CommunityGroup.objects.filter(code__in=codes).exclude(pk__in=seen)
        barred = set(taken.values_list("code", flat=True))
        gone = CommunityGroup.objects.filter(code__in=codes, merged_into__isnull=False)
        merged = set(gone.values_list("code", flat=True)) - barred
        for row in rows:
            if row.values.get("code") in barred:
                row.refuse("code", "รหัสนี้เป็นของกลุ่มนอกพื้นที่ของท่าน กรุณาตรวจรหัส")
            elif row.values.get("code") in merged:
                row.refuse("code", MERGED)

    return settle


GROUPS = register_upload(
    Upload(
        key="groups",
        title="กลุ่ม/องค์กรชุมชน",
        columns=(
            UploadColumn("code", "รหัสกลุ่ม", ("รหัส",), text(20), required=True),
            COUNCIL,
            UploadColumn("name", "ชื่อกลุ่ม/องค์กร", ("ชื่อกลุ่ม", "ชื่อ"), text(300), required=True),
            UploadColumn("registered_on", "วันที่จดแจ้ง", (), past_day, required=True),
            UploadColumn("found_existing_on", "ตรวจพบว่าคงอยู่เมื่อ", (), past_day),
            UploadColumn("ended_on", "สิ้นสภาพเมื่อ", (), past_day),
            UploadColumn("ended_reason", "เหตุที่สิ้นสภาพ", (), text(300)),
        ),
        register=Register(
            CommunityGroup,
            identity=("code",),
            settle=_settle_groups,
            create=lambda actor, records: groups.register_groups(
                actor=actor, records=records, today=timezone.localdate()
            ),
            change=lambda actor, records: groups.change_groups(
                actor=actor, records=records, today=timezone.localdate()
            ),
            lock_first="council",
        ),
        own=Own("councils:groups"),
        undo=(
            UndoOf(
                CommunityGroup,
                fields=(
                    "council",
                    "name",
                    "registered_on",
                    "found_existing_on",
                    "ended_on",
                    "ended_reason",
                ),
                unmake=groups.remove_groups,
                restore=groups.restore_groups,
                lock_first="council",
            ),
        ),
        can_upload=can_record,
        max_row_count=200_000,
    )
)


@dataclass(frozen=True)
class _GroupColumn(UploadColumn):
    """The column that names a group by its code."""

    def shown(self, value: Any) -> str:
        """The code."""
        return value.code if isinstance(value, CommunityGroup) else super().shown(value)


def _settle_group_codes() -> Settle:
    """Groups by their codes among those in sight: one query for a piece of rows."""

    def settle(rows: Sequence[Row], user: User) -> None:
        codes = {row.values["group"] for row in rows if row.values.get("group")}
        found: Any = CommunityGroup.objects.visible_to(user).filter(code__in=codes)
        known = {group.code: group for group in found.select_related("council")}
        for row in rows:
            code = row.values.get("group")
            if code is None:
                continue
            row.values["group"] = group = known.get(code)
            if group is None:
                row.refuse("group", f"ไม่พบกลุ่มรหัส “{code}” ในพื้นที่ของท่าน กรุณาตรวจรหัส")
            elif group.merged_into_id is not None:
                row.refuse("group", MERGED)
            elif group.council.withdrawn_on is not None:
                row.refuse("group", f"สภาของกลุ่มรหัส {code} ถอนออกจากทะเบียนแล้ว")

    return settle


CERTIFICATIONS = register_upload(
    Upload(
        key="group-certifications",
        title="การรับรองสถานภาพกลุ่ม",
        columns=(
            _GroupColumn("group", "รหัสกลุ่ม", ("รหัส",), text(20), required=True),
            YEAR,
            UploadColumn("certified_on", "วันที่รับรอง", (), past_day, required=True),
        ),
        register=Register(
            GroupCertification,
            identity=("group", "fiscal_year"),
            key_field="group_id",
            key_of=lambda group: group.pk,
            settle=_settle_group_codes,
            create=lambda actor, records: files_of_work.create_certifications(
                actor=actor, records=records, today=timezone.localdate()
            ),
            change=lambda actor, records: files_of_work.change_certifications(
                actor=actor, records=records, today=timezone.localdate()
            ),
            lock_first="group__council",
        ),
        undo=(
            UndoOf(
                GroupCertification,
                fields=("certified_on",),
                unmake=files_of_work.remove_certifications,
                restore=files_of_work.restore_certifications,
                lock_first="group__council",
            ),
        ),
        can_upload=can_record,
        max_row_count=200_000,
    )
)
