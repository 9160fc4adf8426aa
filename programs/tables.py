"""Columns of the lists of programmes, organisations, committees and meetings."""

from __future__ import annotations

from django.urls import reverse

from codi.ui.tables import (
    BahtColumn,
    DateColumn,
    ListTable,
    NumberColumn,
    StateColumn,
    TextColumn,
)
from programs.models import CertificationState

STATE_TONES = {
    CertificationState.CERTIFIED: "good",
    CertificationState.EXPIRED: "warn",
    CertificationState.REFUSED: "bad",
    CertificationState.NONE: "neutral",
}


class ProgrammeTable(ListTable):
    """Programmes with what was allocated to them and approved out of that, in sight."""

    code = TextColumn("รหัส", css_class="code", orderable=True)
    name = TextColumn("ชื่อ", wide=True, linkify=True)
    kind = TextColumn("ประเภท", accessor="get_kind_display", order_by="kind", orderable=True)
    fiscal_year = TextColumn("ปีงบประมาณ", orderable=True)
    parent = TextColumn("อยู่ภายใต้", accessor="parent__code", css_class="code")
    funding_source = TextColumn("แหล่งงบประมาณ", accessor="funding_source__name")
    frame_count = NumberColumn("กรอบงบ", unit="กรอบ", definition="กรอบงบที่ท่านเห็นได้")
    frame_baht = BahtColumn("จัดสรร", orderable=True, definition="กรอบงบจัดสรรเดิมที่ท่านเห็นได้ ก่อนปรับโอน")
    project_count = NumberColumn(
        "โครงการ", unit="โครงการ", orderable=True, definition="โครงการทุกสถานะที่ท่านเห็นได้"
    )
    approved_baht = BahtColumn(
        "อนุมัติ",
        orderable=True,
        definition="งบที่อนุมัติของโครงการที่ท่านเห็นได้ ไม่นับโครงการที่ยกเลิก",
    )


class OrganisationTable(ListTable):
    """Who proposes projects, where, and whether their status is certified."""

    name = TextColumn(
        "ชื่อองค์กร",
        order_by="sort_key",
        orderable=True,
        wide=True,
        linkify=True,
    )
    kind = TextColumn("ประเภท", accessor="get_kind_display", order_by="kind", orderable=True)
    region = TextColumn("ภาค", accessor="region__name", order_by="region__position", orderable=True)
    province = TextColumn(
        "จังหวัด", accessor="province__name", order_by="province__sort_key", orderable=True
    )
    certification = StateColumn(
        "การรับรองสถานภาพ",
        accessor="certification_state",
        choices=dict(CertificationState.choices),
        tones={str(state): tone for state, tone in STATE_TONES.items()},
        definition="ผลการพิจารณาครั้งล่าสุดของคณะพิจารณาโครงการ ณ วันที่ดูรายการ",
    )
    certified_until = DateColumn("รับรองถึง", orderable=True)
    project_count = NumberColumn(
        "จำนวน",
        unit="โครงการ",
        orderable=True,
        definition="โครงการทุกสถานะขององค์กรที่ท่านเห็นได้",
    )


class CommitteeTable(ListTable):
    """Who considers projects, and how often they met."""

    name = TextColumn(
        "ชื่อคณะ",
        orderable=True,
        wide=True,
        linkify=lambda record: f"{reverse('programs:meetings')}?committee={record.pk}",
    )
    region = TextColumn(
        "ภาค",
        accessor="region__name",
        order_by="region__position",
        orderable=True,
        default="ส่วนกลาง",
    )
    meeting_count = NumberColumn("การประชุม", unit="ครั้ง", orderable=True)
    last_met_on = DateColumn("ประชุมล่าสุด", orderable=True)


class MeetingTable(ListTable):
    """When a committee met, and what came of it."""

    label = TextColumn(
        "ครั้งที่",
        accessor="label",
        order_by=("fiscal_year", "number"),
        orderable=True,
        linkify=True,
    )
    committee = TextColumn(
        "คณะ", accessor="committee__name", order_by="committee__name", orderable=True, wide=True
    )
    starts_on = DateColumn("วันที่ประชุม", orderable=True)
    venue = TextColumn("สถานที่")
    resolution_count = NumberColumn("มติ", unit="ข้อ", orderable=True)
    project_count = NumberColumn(
        "โครงการที่ผ่าน",
        unit="โครงการ",
        orderable=True,
        definition="โครงการที่ผ่านการพิจารณาในครั้งนี้และท่านเห็นได้",
    )
    certification_count = NumberColumn("ผลรับรององค์กร", unit="องค์กร", orderable=True)


class BaseTable(ListTable):
    """What counts of a region are compared with."""

    kind = TextColumn(
        "รายการ",
        accessor="get_kind_display",
        order_by="kind",
        orderable=True,
        wide=True,
        linkify=lambda record: reverse("programs:base_edit", args=[record.pk]),
    )
    region = TextColumn("ภาค", accessor="region__name", order_by="region__position", orderable=True)
    fiscal_year = TextColumn("ปีงบประมาณ", orderable=True)
    base_count = NumberColumn("จำนวน", orderable=True)
    stands_on = DateColumn("ณ วันที่", orderable=True)
    source = TextColumn("ที่มา", css_class="middling")
