"""Cross tables of projects and their money."""

from __future__ import annotations

from codi.pivot import (
    Dimension,
    Pivot,
    count_of,
    distinct_of,
    fiscal_quarter_of,
    fiscal_year_of,
    mean_of,
    month_of,
    percent_of,
    register_pivot,
    sum_of,
)
from finance.models import EntryKind
from finance.views.lists import Frames, Instalments, Ledger, Projects
from programs.models import OrganisationKind, ProjectLevel, ProjectStatus
from programs.pivots import place_of, programme_of

register_pivot(
    Pivot(
        key="projects",
        title="โครงการ",
        url_name="finance:projects",
        page=Projects,
        dimensions=(
            Dimension("fiscal_year", "ปีงบประมาณ", "fiscal_year", read=int),
            programme_of("programme"),
            *place_of(""),
            Dimension("level", "ระดับโครงการ", "level", names=dict(ProjectLevel.choices)),
            Dimension("status", "สถานะ", "status", names=dict(ProjectStatus.choices)),
            Dimension(
                "organisation_kind",
                "ประเภทองค์กรที่เสนอ",
                "organisation__kind",
                names=dict(OrganisationKind.choices),
            ),
            fiscal_quarter_of("approved_quarter", "ไตรมาสที่อนุมัติ", "approved_on"),
            month_of("approved_month", "เดือนที่อนุมัติ", "approved_on"),
        ),
        measures=(
            count_of("จำนวนโครงการ"),
            sum_of("requested", "งบที่ขอ (บาท)", "requested_baht"),
            sum_of(
                "approved",
                "อนุมัติ (บาท)",
                "standing_baht",
                definition="งบที่อนุมัติแล้ว ไม่นับโครงการที่ยกเลิก",
            ),
            sum_of(
                "paid",
                "จ่ายสุทธิ (บาท)",
                "net_paid_baht",
                definition="เงินที่จ่ายแล้วหักคืนงบและรายการกลับ",
            ),
            sum_of("remaining", "คงเหลือ (บาท)", "left_to_pay_baht", definition="อนุมัติลบจ่ายสุทธิ"),
            percent_of(
                "paid_pct",
                "จ่ายสุทธิร้อยละของอนุมัติ",
                "net_paid_baht",
                "standing_baht",
                definition="จ่ายสุทธิรวมหารด้วยอนุมัติรวมของแต่ละช่อง",
            ),
            mean_of(
                "mean_approved",
                "อนุมัติเฉลี่ย (บาท)",
                "standing_baht",
                definition="อนุมัติรวมหารด้วยจำนวนโครงการที่อนุมัติแล้ว",
            ),
            distinct_of(
                "organisation_count",
                "จำนวนองค์กรที่เสนอ",
                "organisation",
                definition="องค์กรที่ไม่ซ้ำกัน แต่ละองค์กรนับครั้งเดียวในแต่ละช่อง ผลรวมจึงไม่ใช่ผลบวกของช่อง",
            ),
        ),
        first=("region", "status", ("count", "approved")),
    )
)

register_pivot(
    Pivot(
        key="ledger",
        title="รายการเบิกจ่าย",
        url_name="finance:ledger",
        page=Ledger,
        dimensions=(
            fiscal_year_of("effective_year", "ปีงบประมาณที่มีผล", "effective_on"),
            fiscal_quarter_of("effective_quarter", "ไตรมาสที่มีผล", "effective_on"),
            month_of("effective_month", "เดือนที่มีผล", "effective_on"),
            Dimension("kind", "ประเภทรายการ", "kind", names=dict(EntryKind.choices)),
            Dimension("instalment", "งวดที่", "instalment__number", read=int),
            Dimension("project_year", "ปีงบประมาณของโครงการ", "project__fiscal_year", read=int),
            programme_of("project__programme"),
            *place_of("project__"),
            Dimension("level", "ระดับโครงการ", "project__level", names=dict(ProjectLevel.choices)),
        ),
        measures=(
            count_of("จำนวนรายการ"),
            sum_of(
                "net",
                "ยอดสุทธิ (บาท)",
                "net_baht",
                definition="จ่ายเป็นบวก คืนงบและรายการกลับเป็นลบ",
            ),
            sum_of(
                "paid",
                "ยอดจ่าย ไม่หักคืนงบ (บาท)",
                "paid_baht",
                definition="จ่ายหักรายการกลับของการจ่าย ไม่หักเงินคืน",
            ),
            distinct_of(
                "project_count",
                "จำนวนโครงการ",
                "project",
                definition="โครงการที่ไม่ซ้ำกัน แต่ละโครงการนับครั้งเดียวในแต่ละช่อง",
            ),
        ),
        first=("effective_quarter", "kind", ("net",)),
    )
)

register_pivot(
    Pivot(
        key="instalments",
        title="งวดเงิน",
        url_name="finance:instalments",
        page=Instalments,
        dimensions=(
            fiscal_quarter_of("planned_quarter", "ไตรมาสที่กำหนดเบิก", "planned_on"),
            month_of("planned_month", "เดือนที่กำหนดเบิก", "planned_on"),
            Dimension("number", "งวดที่", "number", read=int),
            Dimension("project_year", "ปีงบประมาณของโครงการ", "project__fiscal_year", read=int),
            programme_of("project__programme"),
            *place_of("project__"),
            Dimension(
                "status", "สถานะโครงการ", "project__status", names=dict(ProjectStatus.choices)
            ),
        ),
        measures=(
            count_of("จำนวนงวด"),
            sum_of("planned", "ตามแผน (บาท)", "planned_baht"),
            sum_of(
                "net",
                "จ่ายสุทธิ (บาท)",
                "net_baht",
                definition="ยอดจ่ายของงวดหักคืนงบและรายการกลับ",
            ),
            sum_of("left", "คงเหลือ (บาท)", "left_baht", definition="ตามแผนลบจ่ายสุทธิของงวด"),
            percent_of(
                "net_pct",
                "จ่ายสุทธิร้อยละของแผน",
                "net_baht",
                "planned_baht",
                definition="จ่ายสุทธิรวมหารด้วยแผนรวมของแต่ละช่อง",
            ),
            distinct_of(
                "project_count",
                "จำนวนโครงการ",
                "project",
                definition="โครงการที่ไม่ซ้ำกัน แต่ละโครงการนับครั้งเดียวในแต่ละช่อง",
            ),
        ),
        first=("planned_quarter", "number", ("planned", "net")),
    )
)

register_pivot(
    Pivot(
        key="frames",
        title="กรอบงบประมาณ",
        url_name="finance:frames",
        page=Frames,
        dimensions=(
            Dimension("fiscal_year", "ปีงบประมาณ", "programme__fiscal_year", read=int),
            programme_of("programme"),
            place_of("")[0],
            Dimension("level", "ระดับโครงการ", "level", names=dict(ProjectLevel.choices)),
            Dimension(
                "funding_source",
                "แหล่งงบประมาณ",
                "programme__funding_source",
                name_path="programme__funding_source__name",
                order_path="programme__funding_source__code",
                read=int,
            ),
        ),
        measures=(
            count_of("จำนวนกรอบงบ"),
            sum_of("allocated", "จัดสรร (บาท)", "allocated_baht"),
            sum_of("moved", "ปรับโอนสุทธิ (บาท)", "moved_baht", definition="โอนเข้าลบโอนออก"),
            sum_of(
                "current",
                "กรอบหลังปรับโอน (บาท)",
                "current_baht",
                definition="จัดสรรบวกปรับโอนสุทธิ",
            ),
            sum_of(
                "committed",
                "ผูกพัน (บาท)",
                "committed_baht",
                definition="งบที่อนุมัติแล้วของโครงการในกรอบ ไม่นับโครงการที่ยกเลิก",
            ),
            sum_of("free", "คงเหลือ (บาท)", "free_baht", definition="กรอบหลังปรับโอนลบผูกพัน"),
            percent_of(
                "committed_pct",
                "ผูกพันร้อยละของกรอบ",
                "committed_baht",
                "current_baht",
                definition="ผูกพันรวมหารด้วยกรอบหลังปรับโอนรวมของแต่ละช่อง",
            ),
        ),
        first=("region", "level", ("current", "committed", "free")),
    )
)
