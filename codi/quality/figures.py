"""The figure of what is wrong with the data: findings by place and topic, as of any day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet

from codi.figures.declared import Derived, Measure
from codi.figures.figure import FigureScope, register
from codi.figures.grid import Basis, Unit
from codi.places.figures import PlaceFigure, PlaceSource, within
from codi.quality.declared import Severity, Topic
from codi.quality.models import Finding


def open_findings(scope: FigureScope, day: dt.date) -> QuerySet[Any]:
    """Findings of the scope that waited for somebody at the end of the day."""
    return Finding.objects.open_as_of(day).filter(within(scope))


def explained_findings(scope: FigureScope, day: dt.date) -> QuerySet[Any]:
    """Findings of the scope that stood explained at the end of the day."""
    waiting = Finding.objects.open_as_of(day).order_by().values("pk")
    return Finding.objects.seen_as_of(day).filter(within(scope)).exclude(pk__in=waiting)


OPEN = PlaceSource(open_findings, "")
EXPLAINED = PlaceSource(explained_findings, "")
TOPICS = "รอแก้ไข จำแนกตามหมวด"


@register
class Findings(PlaceFigure):
    """Findings by place: all that wait, the serious ones, each topic, and those explained."""

    key = "quality.findings"
    title = "ปัญหาข้อมูลที่ระบบตรวจพบ"
    unit = "รายการ"
    basis = Basis.STOCK
    source = "การตรวจคุณภาพข้อมูลของระบบ"
    definition = (
        "นับรายการในทะเบียนที่ผิดกฎคุณภาพข้อมูล ตามการตรวจครั้งล่าสุดที่ไม่หลังวันที่ของรายงาน"
        " · รอแก้ไข = ยังไม่หมดไปและยังไม่มีผู้ยืนยันว่าถูกต้องเมื่อสิ้นวัน"
        " · ถูกต้องแล้ว = มีผู้ยืนยันพร้อมเหตุผลว่าข้อมูลถูกต้องตามที่เป็น"
        " · รายการหนึ่งผิดได้หลายกฎ จึงนับได้มากกว่าหนึ่งครั้ง"
    )

    def measures(self, scope: FigureScope, as_of: dt.date) -> Sequence[Measure | Derived]:
        """All, the serious, one column for each topic, and the explained."""
        count = Count("pk")
        serious = Q(severity=Severity.SERIOUS)
        return (
            Measure("open", "รอแก้ไขทั้งหมด", Unit.COUNT, OPEN, count),
            Measure("serious", "ในจำนวนนี้ต้องแก้ไข", Unit.COUNT, OPEN, count, serious),
            *(
                Measure(
                    topic.value, topic.label, Unit.COUNT, OPEN, count, Q(topic=topic.value), TOPICS
                )
                for topic in Topic
            ),
            Measure("explained", "ยืนยันว่าถูกต้องแล้ว", Unit.COUNT, EXPLAINED, count),
        )
