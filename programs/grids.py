"""Entry grids of this room: organisations, base figures of regions."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.urls import reverse

from codi.accounts.permissions import Decision, allow, deny
from codi.entry import EntryColumn, EntryGrid, Hand, Listed, Scope, ShownColumn, register_grid
from codi.places.resolver import resolve_province, resolve_region
from codi.ui.fields import CountField, NamedChoiceField, NamedField, TextField, ThaiDateField
from programs import services
from programs.forms_of_bases import MOST_COUNTED, YEAR, YearField
from programs.models import BaseKind, OrganisationKind, RegionBase
from programs.permissions import can_manage_organisations, can_set_bases
from programs.queries import names_of_provinces, names_of_regions, organisations_for_list
from programs.services import bases
from programs.views.bases import BaseList
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


def _stays(scope: Scope, row: Any) -> Decision:
    return (
        allow() if row is None else deny("รายการ ภาค และปีของจำนวนที่บันทึกแล้วไม่เปลี่ยน เพิ่มเป็นแถวใหม่แทน")
    )


def _save_base(hand: Hand) -> Model:
    facts = {"actor": hand.scope.user, "today": hand.scope.today, **hand.facts}
    if hand.row is None:
        return bases.add_base(**facts)
    return bases.correct_base(base=hand.row, expected_version=hand.version, **facts)


register_grid(
    EntryGrid(
        key="region-bases",
        title="ฐานและเป้าหมายแบบตาราง",
        unit="รายการ",
        lead="กรอกหรือวางทั้งปีจากตารางในแถวว่างด้านล่าง แถวหนึ่งคือจำนวนหนึ่งของภาคหนึ่ง แต่ละแถวบันทึกเองเมื่อครบทุกช่อง",
        shown=(ShownColumn("รายการ", str),),
        columns=(
            EntryColumn(
                "kind",
                NamedChoiceField(label="นับอะไร", choices=BaseKind.choices),
                "wide",
                lock=_stays,
            ),
            EntryColumn(
                "region",
                NamedField(
                    label="ภาค",
                    read=resolve_region,
                    shown=lambda region: region.name,
                    names=names_of_regions,
                ),
                lock=_stays,
            ),
            EntryColumn("fiscal_year", YearField(**YEAR), lock=_stays),
            EntryColumn("stands_on", ThaiDateField(label="ข้อมูล ณ วันที่", latest="today")),
            EntryColumn("base_count", CountField(label="จำนวน", maximum=MOST_COUNTED)),
            EntryColumn("source", TextField(label="ที่มา", max_length=300), "wide"),
        ),
        rows=lambda scope: (
            RegionBase.objects.visible_to(scope.user)
            .select_related("region")
            .order_by("-fiscal_year", "kind", "region__position", "-stands_on", "pk")
        ),
        save=_save_base,
        may_open=lambda scope: can_set_bases(scope.user),
        may_add=lambda scope: can_set_bases(scope.user),
        listed=Listed(BaseList, "กรอกแบบตาราง"),
        back=lambda scope: ("ฐานและเป้าหมายรายภาค", reverse("programs:bases")),
    )
)
