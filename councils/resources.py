"""Spreadsheets of councils, their members and terms, out and in: the columns and who writes.

A council is told by its code, everywhere. What a file brings is held by the same services as the
forms; today is the day on which the file is written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from codi.accounts.models import User
from codi.imports import Own, Register, Row, UndoOf, Upload, UploadColumn, register_upload
from codi.imports.cells import choice, text
from codi.imports.places import PLACE_COLUMNS, settle_places
from codi.imports.registers import Settle
from codi.thai.normalise import search_key
from councils import resources_of_work, services
from councils.columns import COUNCIL, past_day, settle_councils
from councils.models import AuthorityKind, Council, Member, MemberKind, Term
from councils.permissions import can_manage_councils
from councils.rules import name_contradicts, name_of_kind

__all__ = ["COUNCILS", "MEMBERS", "TERMS", "resources_of_work"]

KINDS = dict(AuthorityKind.choices)
MEMBER_KINDS = dict(MemberKind.choices)
# The short words of real files; "เทศบาล" alone could be any of three and is asked about.
_KIND_WORDS = {
    search_key(word): kind
    for word, kind in (
        ("อบต.", AuthorityKind.SUBDISTRICT),
        ("อบต", AuthorityKind.SUBDISTRICT),
        ("องค์การบริหารส่วนตำบล", AuthorityKind.SUBDISTRICT),
        ("ทต.", AuthorityKind.TAMBON_TOWN),
        ("ทม.", AuthorityKind.TOWN),
        ("ทน.", AuthorityKind.CITY),
    )
}
_kind_named = choice(KINDS)


def _kind(value: Any, today: dt.date) -> str:
    """The kind of area by its name or the short word for it."""
    return _KIND_WORDS.get(search_key(str(value))) or _kind_named(value, today)


def _settle_places_of_councils() -> Settle:
    """The reader of places of a file of councils, which also meets codes that are taken."""
    places = settle_places()

    def settle(rows: Sequence[Row], user: User) -> None:
        places(rows, user)
        codes = {row.values.get("code") for row in rows}
        seen = Council.objects.visible_to(user).filter(withdrawn_on=None).values("pk")
        taken = Council.objects.filter(code__in=codes).exclude(pk__in=seen)
        barred = set(taken.values_list("code", flat=True))
        for row in rows:
            if row.values.get("code") in barred:
                row.refuse("code", "รหัสนี้เป็นของสภานอกพื้นที่ของท่าน หรือสภาที่ถอนออกจากทะเบียนแล้ว")
            if row.ok and row.values.get("province") is None:
                row.refuse("province", "กรุณาระบุจังหวัด")

    return settle


def _misnamed(facts: Mapping[str, Any]) -> str:
    """What to look at where a name's own word says another kind of area; it is written as it stands."""
    name, kind = facts["name"], facts["kind"]
    if not name_contradicts(name, kind):
        return ""
    right = name_of_kind(name, kind)
    proposal = f" ชื่อที่ตรงกับประเภทคือ “{right}”" if right else ""
    return f"ชื่อ “{name}” ไม่ตรงกับประเภท{KINDS[kind]}{proposal} แก้ในไฟล์แล้วอัปโหลดใหม่ หรือยืนยันถ้าถูกต้องทั้งคู่"


COUNCILS = register_upload(
    Upload(
        key="councils",
        title="สภาองค์กรชุมชน",
        columns=(
            UploadColumn("code", "รหัสสภา", ("รหัส",), text(20), required=True, example="30307"),
            UploadColumn(
                "name", "ชื่อสภา", ("ชื่อสภาองค์กรชุมชน", "ชื่อ"), text(300), required=True,
                example="สภาองค์กรชุมชนเทศบาลตำบลช้างเผือก",
            ),
            UploadColumn(
                "kind", "ประเภทพื้นที่", ("ประเภท",), _kind, required=True, labels=KINDS
            ),
            *PLACE_COLUMNS,
            UploadColumn(
                "registered_on", "วันที่จดแจ้งจัดตั้ง", ("วันที่จดแจ้ง",), past_day, required=True,
                example="2 พ.ย. 2563",
            ),
        ),
        register=Register(
            Council,
            identity=("code",),
            settle=_settle_places_of_councils,
            doubt=_misnamed,
            create=lambda actor, records: services.create_councils(
                actor=actor, records=records, today=timezone.localdate()
            ),
            change=lambda actor, records: services.change_councils(
                actor=actor, records=records, today=timezone.localdate()
            ),
        ),
        own=Own("councils:councils"),
        undo=(
            UndoOf(
                Council,
                fields=(
                    "name", "kind", "region", "province", "district", "subdistrict", "registered_on",
                ),
                unmake=services.withdraw_registered,
                restore=services.restore_councils,
            ),
        ),
        can_upload=can_manage_councils,
        max_row_count=20_000,
    )
)  # fmt: skip

MEMBERS = register_upload(
    Upload(
        key="council-members",
        title="สมาชิกสภาองค์กรชุมชน",
        columns=(
            UploadColumn("name", "ชื่อ-สกุล", ("ชื่อสมาชิก", "ชื่อ"), text(200), required=True),
            COUNCIL,
            UploadColumn(
                "kind", "ประเภทสมาชิก", ("ประเภท",), choice(MEMBER_KINDS), required=True,
                labels=MEMBER_KINDS,
            ),
            UploadColumn("selected_on", "วันคัดเลือก", (), past_day, required=True),
            UploadColumn("left_on", "พ้นจากตำแหน่งเมื่อ", ("วันที่พ้นจากตำแหน่ง",), past_day),
        ),
        register=Register(
            Member,
            identity=("name", "council", "selected_on"),
            settle=settle_councils,
            create=lambda actor, records: services.create_members(
                actor=actor, records=records, today=timezone.localdate()
            ),
            change=lambda actor, records: services.change_members(
                actor=actor, records=records, today=timezone.localdate()
            ),
            lock_first="council",
        ),
        own=Own("councils:members"),
        undo=(
            UndoOf(
                Member,
                fields=("name", "kind", "selected_on", "left_on", "council"),
                unmake=services.remove_members,
                restore=services.restore_members,
                lock_first="council",
            ),
        ),
        can_upload=can_manage_councils,
        max_row_count=300_000,
        note="ผู้ทรงคุณวุฒิมีได้ไม่เกินหนึ่งในห้าของผู้แทนชุมชน ให้ผู้แทนชุมชนของแต่ละสภาอยู่ก่อนในไฟล์",
    )
)  # fmt: skip

TERMS = register_upload(
    Upload(
        key="council-terms",
        title="วาระสมาชิกสภา",
        columns=(
            COUNCIL,
            UploadColumn("selected_on", "วันคัดเลือก", (), past_day, required=True),
            UploadColumn("renewed_on", "วันที่ทบทวน", ("ทบทวนเมื่อ",), past_day),
        ),
        register=Register(
            Term,
            # A withdrawn term is no twin: its day may be told again.
            identity=("council", "selected_on", "withdrawn_on"),
            key_field="council_id",
            key_of=lambda council: council.pk,
            settle=settle_councils,
            create=lambda actor, records: services.create_terms(
                actor=actor, records=records, today=timezone.localdate()
            ),
            change=lambda actor, records: services.change_terms(
                actor=actor, records=records, today=timezone.localdate()
            ),
            lock_first="council",
        ),
        own=Own("councils:terms"),
        undo=(
            UndoOf(
                Term,
                fields=("council", "selected_on", "renewed_on"),
                unmake=services.withdraw_terms,
                restore=services.restore_terms,
                lock_first="council",
            ),
        ),
        can_upload=can_manage_councils,
        max_row_count=50_000,
    )
)
