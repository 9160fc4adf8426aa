"""A small upload of people, and ways to make spreadsheets."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from codi.accounts.models import Role, User
from codi.accounts.permissions import Decision, allow, deny
from codi.errors import Refused
from codi.imports import (
    UPLOADS,
    Hands,
    Plan,
    Row,
    Status,
    Upload,
    UploadColumn,
    blaming,
    register_upload,
)
from codi.imports.cells import choice, day, money, text, whole
from tests.world import region, user

TODAY = dt.date(2021, 8, 13)


def plan_people(rows: Sequence[Row], actor: User, today: dt.date) -> Plan:
    plan = Plan()
    stored = {person.username: person for person in User.objects.all()}
    seen: set[str] = set()
    for row in rows:
        username = row.values.get("username")
        if username in seen:
            row.refuse("username", "ชื่อผู้ใช้ซ้ำในไฟล์ กรุณาลบแถวที่ซ้ำ")
        if username:
            seen.add(username)
        if row.values.get("full_name") == "คนนอก":
            row.refuse("full_name", "ไม่รู้จักคนนี้ กรุณาตรวจชื่อ")
        person = stored.get(username or "")
        before = {"full_name": person.full_name, "email": person.email or None} if person else None
        plan.judge(row, label=username or "", before=before, data=person)
    return plan


def apply_people(plan: Plan, hands: Hands, today: dt.date) -> None:
    for planned in plan.with_status(Status.NEW, Status.CHANGED):
        with blaming(planned):
            values = {change.column: change.new for change in planned.changes}
            if values.get("full_name") == "ห้าม":
                raise Refused("ชื่อนี้ใช้ไม่ได้ กรุณาใช้ชื่ออื่น", field="full_name")
            if planned.data is None:
                User.objects.create(
                    username=values["username"],
                    full_name=values["full_name"],
                    email=values.get("email", ""),
                    role=Role.ANALYST,
                    scope_level="nation",
                )
            else:
                User.objects.filter(pk=planned.data.pk).update(**values)


def only_officers(person: User) -> Decision:
    if person.role == Role.REGIONAL_OFFICER:
        return allow()
    return deny("เฉพาะเจ้าหน้าที่สำนักงานภาคส่งไฟล์นี้ได้")


COLUMNS = (
    UploadColumn("username", "ชื่อผู้ใช้", ("login",), text(60), required=True, example="somjai"),
    UploadColumn("full_name", "ชื่อ-สกุล", ("ชื่อ", "name"), text(120), required=True),
    UploadColumn("email", "อีเมล", (), text(100)),
)
MONEY_COLUMNS = (
    UploadColumn("code", "รหัส", (), text(20), required=True),
    UploadColumn("paid_baht", "จำนวนเงิน (บาท)", ("amount",), money),
    UploadColumn("paid_on", "วันที่จ่าย", (), day),
    UploadColumn("people_count", "จำนวนคน", (), whole),
    UploadColumn("level", "ระดับ", (), choice({"province": "จังหวัด", "region": "ภาค"})),
)


def plan_money(rows: Sequence[Row], actor: User, today: dt.date) -> Plan:
    plan = Plan()
    for row in rows:
        plan.judge(row, label=row.values["code"] or "")
    return plan


def nothing(plan: Plan, hands: Hands, today: dt.date) -> None:
    raise AssertionError("not to be written")


@pytest.fixture(autouse=True)
def uploads(tmp_path: Path, settings: Any) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path / "media"
    before = dict(UPLOADS)
    register_upload(
        Upload("people", "รายชื่อคน", COLUMNS, plan_people, apply_people, can_upload=only_officers)
    )
    register_upload(
        Upload(
            "checked",
            "รายชื่อที่ต้องยืนยัน",
            COLUMNS,
            plan_people,
            apply_people,
            can_upload=only_officers,
            needs_checker=lambda plan: (Role.REGIONAL_MANAGER,),
        )
    )
    register_upload(Upload("money", "เงิน", MONEY_COLUMNS, plan_money, nothing, max_row_count=50))
    yield
    UPLOADS.clear()
    UPLOADS.update(before)


def xlsx(*rows: Sequence[Any], title: str = "ข้อมูล") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def csv_of(*rows: Sequence[str]) -> bytes:
    return "\r\n".join(",".join(row) for row in rows).encode()


PEOPLE = csv_of(
    ("ชื่อผู้ใช้", "ชื่อ-สกุล", "อีเมล"),
    ("anong", "อนงค์ ใจดี", "anong@example.org"),
    ("boonmee", "บุญมี มั่นคง", ""),
)


@pytest.fixture
def officer(db: None) -> User:
    return user(Role.REGIONAL_OFFICER, username="officer")


@pytest.fixture
def manager(db: None) -> User:
    return user(Role.REGIONAL_MANAGER, username="manager")


@pytest.fixture
def stranger(db: None) -> User:
    return user(Role.REGIONAL_MANAGER, username="stranger", region=region("S", "ภาคใต้", 5))
