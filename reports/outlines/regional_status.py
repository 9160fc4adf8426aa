"""รายงานสถานการณ์โครงการ: the status of one programme in one region."""

from __future__ import annotations

from reports.narrative import regional_status
from reports.outlines.outline import ChartSlot, FigureSlot, Outline, TextSlot, When

BY_LEVEL = "projects.disbursement_by_level"
BY_PROVINCE = "projects.disbursement_by_province"
BY_MONTH = "projects.disbursement_by_month"
DETAIL = "projects.detail"
LATE = "projects.late"

REGIONAL_STATUS = Outline(
    key="regional-status",
    title="รายงานสถานการณ์โครงการ",
    description="สถานะการอนุมัติและเบิกจ่ายของโครงการหลักหนึ่งโครงการในภาคหนึ่ง ณ วันที่เลือก",
    figures=(
        FigureSlot(BY_LEVEL, When.EACH, wide=True),
        FigureSlot(DETAIL, wide=True),
        FigureSlot(BY_PROVINCE, charts=(ChartSlot(("paid_baht", "remaining_baht")),)),
        FigureSlot(BY_MONTH),
        FigureSlot(LATE),
    ),
    texts=(
        TextSlot(
            "approach",
            "แนวทางและหลักสูตร",
            "แนวทางการดำเนินงาน หลักสูตรระดับภาคและระดับพื้นที่ (เว้นว่างได้)",
        ),
        TextSlot(
            "results",
            "ผลการดำเนินงาน",
            "ผลสำเร็จที่เป็นรูปธรรม ผู้ได้รับประโยชน์ กิจกรรมสำคัญพร้อมวันที่และสถานที่",
        ),
        TextSlot("problems", "ปัญหาและอุปสรรค", "เขียนเป็นข้อ ขึ้นต้นบรรทัดด้วย 1. 2. 3."),
        TextSlot("suggestions", "ข้อเสนอแนะและแนวทางแก้ไข", "เขียนเป็นข้อ ขึ้นต้นบรรทัดด้วย 1. 2. 3."),
    ),
    template="reports/paper/report.html",
    narrate=regional_status.narrate,
)
