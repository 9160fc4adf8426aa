"""Spreadsheets of organisations, out and in: the columns and who writes; the rest is the kit's."""

from __future__ import annotations

from codi.imports import Own, Register, UndoOf, Upload, UploadColumn, register_upload
from codi.imports.cells import choice, text
from codi.imports.places import PLACE_COLUMNS, settle_places
from programs import services
from programs.models import Organisation, OrganisationKind
from programs.models.organisations import search_key_of
from programs.permissions import can_manage_organisations

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
