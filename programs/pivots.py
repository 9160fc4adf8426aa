"""Cross tables of this room, and the dimensions that every subject with a place shares."""

from __future__ import annotations

from codi.figures.grid import Unit
from codi.pivot import (
    Dimension,
    Pivot,
    count_of,
    fiscal_quarter_of,
    month_of,
    register_pivot,
    sum_of,
)
from programs.models import CertificationState, OrganisationKind, ProgrammeKind
from programs.views.meetings import MeetingList
from programs.views.organisations import OrganisationList
from programs.views.programmes import ProgrammeList


def place_of(path: str) -> tuple[Dimension, Dimension]:
    """Region and province of what lies at ``path`` ("project__"; nothing for the row itself)."""
    return (
        Dimension(
            "region",
            "ภาค",
            f"{path}region",
            name_path=f"{path}region__name",
            order_path=f"{path}region__position",
            unset="ส่วนกลาง",
        ),
        Dimension(
            "province",
            "จังหวัด",
            f"{path}province",
            name_path=f"{path}province__name",
            order_path=f"{path}province__sort_key",
            unset="ไม่ระบุจังหวัด",
        ),
    )


def programme_of(path: str) -> Dimension:
    """The programme at ``path``."""
    return Dimension(
        "programme",
        "โครงการหลัก",
        path,
        name_path=f"{path}__name",
        order_path=f"{path}__code",
        read=int,
    )


register_pivot(
    Pivot(
        key="organisations",
        title="องค์กร",
        url_name="programs:organisations",
        page=OrganisationList,
        dimensions=(
            *place_of(""),
            Dimension("kind", "ประเภท", "kind", names=dict(OrganisationKind.choices)),
            Dimension(
                "certification",
                "การรับรองสถานภาพ",
                "certification_state",
                names=dict(CertificationState.choices),
            ),
        ),
        measures=(
            count_of("จำนวนองค์กร"),
            sum_of("projects", "จำนวนโครงการ", "project_count", unit=Unit.COUNT),
        ),
        first=("region", "kind", ("count",)),
    )
)

register_pivot(
    Pivot(
        key="meetings",
        title="การประชุม",
        url_name="programs:meetings",
        page=MeetingList,
        dimensions=(
            Dimension("fiscal_year", "ปีงบประมาณ", "fiscal_year", read=int),
            place_of("committee__")[0],
            Dimension("committee", "คณะ", "committee", name_path="committee__name", read=int),
            fiscal_quarter_of("quarter", "ไตรมาสที่ประชุม", "starts_on"),
            month_of("month", "เดือนที่ประชุม", "starts_on"),
        ),
        measures=(
            count_of("จำนวนการประชุม"),
            sum_of("resolutions", "จำนวนมติ", "resolution_count", unit=Unit.COUNT),
            sum_of(
                "projects",
                "โครงการที่ผ่าน",
                "project_count",
                unit=Unit.COUNT,
                definition="โครงการที่ผ่านการพิจารณาในการประชุมนั้นและท่านเห็นได้",
            ),
            sum_of(
                "certifications",
                "ผลการรับรององค์กร",
                "certification_count",
                unit=Unit.COUNT,
                definition="ผลการรับรองสถานภาพจากการประชุมนั้นขององค์กรที่ท่านเห็นได้",
            ),
        ),
        first=("committee", "quarter", ("count", "resolutions")),
    )
)

register_pivot(
    Pivot(
        key="programmes",
        title="แผนงาน",
        url_name="programs:programme_list",
        page=ProgrammeList,
        dimensions=(
            Dimension("fiscal_year", "ปีงบประมาณ", "fiscal_year", read=int),
            Dimension("kind", "ประเภท", "kind", names=dict(ProgrammeKind.choices)),
            Dimension(
                "funding_source",
                "แหล่งงบประมาณ",
                "funding_source",
                name_path="funding_source__name",
                order_path="funding_source__code",
                read=int,
            ),
            Dimension(
                "parent",
                "อยู่ภายใต้",
                "parent",
                name_path="parent__name",
                order_path="parent__code",
                read=int,
                unset="ชั้นบนสุด",
            ),
        ),
        measures=(
            count_of("จำนวนแผนงาน"),
            sum_of("frames", "จำนวนกรอบงบ", "frame_count", unit=Unit.COUNT),
            sum_of(
                "allocated",
                "จัดสรร (บาท)",
                "frame_baht",
                definition="กรอบงบจัดสรรเดิมที่ท่านเห็นได้ ก่อนปรับโอน",
            ),
            sum_of("projects", "จำนวนโครงการ", "project_count", unit=Unit.COUNT),
            sum_of(
                "approved",
                "อนุมัติ (บาท)",
                "approved_baht",
                definition="งบที่อนุมัติของโครงการที่ท่านเห็นได้ ไม่นับโครงการที่ยกเลิก",
            ),
        ),
        first=("fiscal_year", "kind", ("count", "allocated")),
    )
)
