"""Entry grids of this room: organisations."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.urls import reverse

from codi.accounts.permissions import Decision, allow, deny
from codi.entry import EntryColumn, EntryGrid, Hand, Listed, Scope, ShownColumn, register_grid
from codi.places.resolver import resolve_province
from codi.ui.fields import NamedChoiceField, NamedField, TextField
from programs import services
from programs.models import OrganisationKind
from programs.permissions import can_manage_organisations
from programs.queries import names_of_provinces, organisations_for_list
from programs.views.organisations import OrganisationList


def _place(scope: Scope, row: Any) -> Decision:
    return allow() if row is None else deny("ย้ายพื้นที่ขององค์กรที่มีอยู่แล้วได้ที่หน้าองค์กร")


def _save(hand: Hand) -> Model:
    if hand.row is None:
        province = hand.facts["province"]
        return services.create_organisation(
            actor=hand.scope.user, region=province.region, **hand.facts
        )
    return services.update_organisation(
        actor=hand.scope.user, organisation=hand.row, expected_version=hand.version, **hand.facts
    )


register_grid(
    EntryGrid(
        key="organisations",
        title="แก้ไของค์กรแบบตาราง",
        unit="องค์กร",
        lead="แต่ละแถวบันทึกเองเมื่อพิมพ์เสร็จ แถวที่ผิดจะยังอยู่พร้อมเหตุผล แถวอื่นไม่ต้องรอ",
        shown=(ShownColumn("องค์กร", str, url=lambda row: row.get_absolute_url()),),
        columns=(
            EntryColumn("name", TextField(label="ชื่อองค์กร", max_length=300), "wide"),
            EntryColumn(
                "kind", NamedChoiceField(label="ประเภทองค์กร", choices=OrganisationKind.choices)
            ),
            EntryColumn(
                "province",
                NamedField(
                    label="จังหวัด",
                    read=resolve_province,
                    shown=lambda province: province.name,
                    names=names_of_provinces,
                ),
                lock=_place,
            ),
            EntryColumn(
                "contact", TextField(label="ผู้ประสานงาน", required=False, max_length=300), "wide"
            ),
        ),
        rows=lambda scope: organisations_for_list(scope.user, scope.today),
        save=_save,
        may_open=lambda scope: can_manage_organisations(scope.user),
        may_add=lambda scope: can_manage_organisations(scope.user),
        listed=Listed(OrganisationList, "แก้แบบตาราง"),
        back=lambda scope: ("องค์กร", reverse("programs:organisations")),
    )
)
