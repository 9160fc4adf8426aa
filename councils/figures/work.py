"""What councils did in the year: missions of section 21, concrete results, the capability indicator."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet

from codi.figures.declared import Derived, Measure, MeasureFigure, Percentage, Source
from codi.figures.figure import FigureScope, register
from codi.figures.grid import Basis, Row, Unit
from codi.files.models import DocumentKind
from codi.places.figures import PlaceFigure, place_name
from councils.figures.sources import CAPABLE, COUNCILS, SOURCE, councils, missions, year_of
from councils.models import BASIC_MISSIONS, CapabilityFile, CouncilMeeting, Mission
from programs.figures import base
from programs.models.region_bases import BaseKind

MEETINGS_OF_YEAR = 4
OTHER_MISSIONS = 3


@register
class Missions(MeasureFigure):
    """How many councils performed each of the twelve missions of section 21 in the year."""

    key = "councils.missions"
    title = "สภาองค์กรชุมชนที่ดำเนินงานตามภารกิจมาตรา 21"
    unit = "แห่ง"
    basis = Basis.FLOW
    source = SOURCE
    row_heading = "ภารกิจตามมาตรา 21"
    total_title = None
    definition = "นับสภาที่บันทึกว่าได้ทำภารกิจข้อนั้นในปีงบประมาณ และรายงานภายในวันที่ของรายงาน · สภาหนึ่งทำได้หลายภารกิจ จึงไม่นำมารวมกัน"
    columns = (
        Measure("councils", "สภา (แห่ง)", Unit.COUNT, Source(missions, "mission"), Count("pk")),
    )

    def rows(self, scope: FigureScope, as_of: dt.date) -> Sequence[Row]:
        """The twelve missions, one that nobody performed as well."""
        return [Row(str(mission.value), f"{mission.value}. {mission.label}") for mission in Mission]

    def scope_label(self, scope: FigureScope) -> str:
        """The province, the region or the whole country."""
        return place_name(scope)


def _councils_of(rows: QuerySet[Any], least: int) -> Q:
    """The condition that a council has at least so many of the rows."""
    counted = rows.order_by().values("council").annotate(found=Count("pk"))
    return Q(pk__in=counted.filter(found__gte=least).values("council"))


@register
class Concrete(PlaceFigure):
    """Councils with concrete results of the year (มาตรา 19 and 21)."""

    key = "councils.concrete"
    title = "สภาองค์กรชุมชนที่มีผลการดำเนินงานเป็นรูปธรรม"
    unit = "แห่ง"
    basis = Basis.FLOW
    source = SOURCE
    definition = (
        "มีผลเป็นรูปธรรม = ในปีงบประมาณประชุมอย่างน้อย 4 ครั้ง (มาตรา 19) ทำภารกิจข้อ 10 11 และ 12 ครบ"
        " และทำภารกิจข้ออื่นอีกอย่างน้อย 3 ข้อ (มาตรา 21) โดยนับที่เกิดขึ้นหรือรายงานภายในวันที่ของรายงาน"
    )

    def measures(self, scope: FigureScope, as_of: dt.date) -> Sequence[Measure | Derived]:
        """Each condition alone, and the councils that meet all of them."""
        held = CouncilMeeting.objects.filter(
            fiscal_year=year_of(as_of), held_on__lte=as_of, council__in=councils(scope, as_of)
        )
        done = missions(scope, as_of)
        basic = done.filter(mission__in=BASIC_MISSIONS)
        met = {
            "enough_meetings": _councils_of(held, MEETINGS_OF_YEAR),
            "basic_missions": _councils_of(basic, len(BASIC_MISSIONS)),
            "other_missions": _councils_of(
                done.exclude(mission__in=BASIC_MISSIONS), OTHER_MISSIONS
            ),
        }
        titles = ("ประชุมอย่างน้อย 4 ครั้ง", "ครบภารกิจ 10-12", "ภารกิจอื่นอย่างน้อย 3 ข้อ")
        whole = met["enough_meetings"] & met["basic_missions"] & met["other_missions"]
        return (
            Measure("councils", "สภา (แห่ง)", Unit.COUNT, COUNCILS, Count("pk"), basis=Basis.STOCK),
            *(
                Measure(key, title, Unit.COUNT, COUNCILS, Count("pk"), condition, "เข้าเงื่อนไข (แห่ง)")
                for (key, condition), title in zip(met.items(), titles, strict=True)
            ),
            Measure(
                "concrete",
                "มีผลเป็นรูปธรรม (แห่ง)",
                Unit.COUNT,
                COUNCILS,
                Count("pk"),
                whole,
                pair="concrete_pct",
            ),
            Percentage("concrete_pct", "ร้อยละ", "concrete", "councils"),
        )


def _with_file(document: DocumentKind, day: dt.date) -> Q:
    files: Any = CapabilityFile.objects.attached_as_of(day)
    return Q(pk__in=files.filter(document=document).order_by().values("subject"))


@register
class Capability(PlaceFigure):
    """The indicator of ก.พ.ร.: capable councils against the target, and their three files."""

    key = "councils.capability"
    title = "สภาองค์กรชุมชนที่มีศักยภาพยกระดับบทบาทการพัฒนาชุมชนท้องถิ่น (ตัวชี้วัด ก.พ.ร.)"
    unit = "แห่ง"
    basis = Basis.STOCK
    source = SOURCE
    definition = (
        "ผลตัวชี้วัดของปีงบประมาณที่รายงานภายในวันที่ของรายงาน ซึ่งทำภารกิจ (4) หรือ (5) และ (9) ตามมาตรา 21"
        " · ไฟล์ที่แนบนับตามที่มีอยู่ในวันนั้น · ร้อยละเทียบกับเป้าหมายของปี"
    )
    notes = ("ดูวันที่แนบของแต่ละไฟล์ได้ที่หน้าของผลตัวชี้วัด",)

    def measures(self, scope: FigureScope, as_of: dt.date) -> Sequence[Measure | Derived]:
        """Target, results, each of the three files, and all of them."""
        met = "councils_with_capability_s21_4or5_and_9"
        problems = _with_file(DocumentKind.PROBLEMS, as_of)
        letter = _with_file(DocumentKind.LETTER_COPY, as_of)
        follow_up = _with_file(DocumentKind.FOLLOW_UP, as_of)
        files = (
            ("file1_problem_and_proposal_report", "1. รายงานปัญหาและข้อเสนอ", problems),
            ("file2_letter_copy_evidence", "2. สำเนาจดหมาย", letter),
            ("file3_followup_report", "3. รายงานผลการติดตาม", follow_up),
            ("summary_files_1_to_3", "ครบทั้ง 3 ไฟล์", problems & letter & follow_up),
        )
        pct = "councils_with_capability_pct"
        return (
            base("target", "เป้าหมาย (แห่ง)", BaseKind.CAPABLE_COUNCILS),
            Measure(
                met, "ทำภารกิจ (4) หรือ (5) และ (9) (แห่ง)", Unit.COUNT, CAPABLE, Count("pk"), pair=pct
            ),
            Percentage(pct, "ร้อยละของเป้าหมาย", met, "target"),
            *(
                Measure(key, title, Unit.COUNT, CAPABLE, Count("pk"), condition, "แนบไฟล์แล้ว (แห่ง)")
                for key, title, condition in files
            ),
        )
