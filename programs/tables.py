"""Columns of the lists of organisations, committees and meetings."""

from __future__ import annotations

from django.urls import reverse

from codi.ui.tables import DateColumn, ListTable, NumberColumn, StateColumn, TextColumn
from programs.models import CertificationState

STATE_TONES = {
    CertificationState.CERTIFIED: "good",
    CertificationState.EXPIRED: "warn",
    CertificationState.REFUSED: "bad",
    CertificationState.NONE: "neutral",
}


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
