"""Spreadsheets of organisations, out and in: the columns and who writes; the rest is the kit's."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from codi.errors import Refused
from codi.imports import Own, Register, UndoOf, Upload, UploadColumn, register_upload
from codi.imports.cells import choice, day, text, whole
from codi.imports.places import PLACE_COLUMNS, regions_of, settle_places
from codi.places.models import Region
from codi.places.resolver import resolve_region
from programs import services
from programs.models import BaseKind, Organisation, OrganisationKind, RegionBase
from programs.models.organisations import search_key_of
from programs.permissions import can_manage_organisations, can_set_bases
from programs.services import bases

KINDS = dict(OrganisationKind.choices)

ORGANISATIONS = register_upload(
    Upload(
        key="organisations",
        title="องค์กร",
        columns=(
            UploadColumn(
                "name", "ชื่อองค์กร", ("องค์กร", "ชื่อ"), text(300), required=True,
                example="เครือข่ายองค์กรชุมชนจังหวัดเชียงใหม่",
            ),
            UploadColumn("kind", "ประเภทองค์กร", ("ประเภท",), choice(KINDS), required=True, labels=KINDS),
            *PLACE_COLUMNS,
            UploadColumn("contact", "ผู้ประสานงาน/ช่องทางติดต่อ", ("ผู้ประสานงาน", "โทรศัพท์"), text(300)),
        ),
        register=Register(
            Organisation,
            identity=("name", "region", "province", "district", "subdistrict"),
            key_field="search_key",
            key_of=search_key_of,
            settle=settle_places,
            create=services.create_organisations,
            change=services.change_organisations,
        ),
        own=Own("programs:organisations"),
        undo=(
            UndoOf(
                Organisation,
                fields=("name", "kind", "region", "province", "district", "subdistrict", "contact"),
                unmake=services.remove_organisations,
                restore=services.restore_organisations,
            ),
        ),
        can_upload=can_manage_organisations,
        max_row_count=100_000,
    )
)  # fmt: skip

BASE_KINDS = dict(BaseKind.choices)


def _region_named(value: Any, today: dt.date) -> Region:
    """A region by any of its names."""
    return resolve_region(str(value))


def _past_day(value: Any, today: dt.date) -> dt.date:
    """A day that has come."""
    found = day(value, today)
    if found > today:
        raise Refused("วันที่ยังมาไม่ถึง กรุณาตรวจวันที่")
    return found


BASES = register_upload(
    Upload(
        key="region-bases",
        title="ฐานและเป้าหมายรายภาค",
        columns=(
            UploadColumn(
                "kind", "รายการ", (), choice(BASE_KINDS), required=True, labels=BASE_KINDS
            ),
            UploadColumn(
                "region", "ภาค", ("สำนักงานภาค",), _region_named, required=True, choices=regions_of
            ),
            UploadColumn("fiscal_year", "ปีงบประมาณ", (), whole, required=True, example="2562"),
            UploadColumn("stands_on", "ข้อมูล ณ วันที่", ("ณ วันที่",), _past_day, required=True),
            UploadColumn("base_count", "จำนวน", (), whole, required=True),
            UploadColumn("source", "ที่มา", (), text(300), required=True),
        ),
        register=Register(
            RegionBase,
            identity=("kind", "region", "fiscal_year", "stands_on"),
            create=lambda actor, records: bases.add_bases(
                actor=actor, records=records, today=timezone.localdate()
            ),
            change=lambda actor, records: bases.change_bases(
                actor=actor, records=records, today=timezone.localdate()
            ),
        ),
        own=Own("programs:bases"),
        undo=(
            UndoOf(
                RegionBase,
                fields=("kind", "region", "fiscal_year", "stands_on", "base_count", "source"),
                unmake=bases.remove_bases,
                restore=bases.restore_bases,
            ),
        ),
        can_upload=can_set_bases,
    )
)
