"""What entry grids ask of reports: which quarters are closed."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import timezone

from codi.entry import closes_quarters
from codi.fiscal import Quarter
from codi.thai.dates import long_date
from reports.models import ReportingQuarter

CLOSED = (
    "{quarter} ปิดเมื่อ {day} จึงกรอกเป็นตารางไม่ได้ แก้ทีละรายการได้ที่หน้าของรายการนั้น "
    "ซึ่งจะอยู่ในทะเบียนการแก้ไขภายหลัง หรือขอให้ผู้มีสิทธิเปิดไตรมาสอีกครั้งที่หน้าไตรมาสที่รายงาน"
)


@closes_quarters
def closed_quarters() -> Mapping[Quarter, str]:
    """Closed quarters: what changes in them is told one by one in the register of later changes."""
    closed = ReportingQuarter.objects.filter(closed_at__isnull=False)
    return {
        one.period: CLOSED.format(
            quarter=one.period.label, day=long_date(timezone.localdate(one.closed_at))
        )
        for one in closed
        if one.closed_at is not None
    }
