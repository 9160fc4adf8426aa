"""The state's contribution to funds in a year: members, what was approved, paid and came back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Aggregate, Count, F, Q, QuerySet, Sum

from codi.figures.declared import Derived, Difference, Measure, Percentage
from codi.figures.figure import FigureScope, register
from codi.figures.grid import Basis, Unit
from codi.places.figures import PlaceFigure, PlaceSource, RegionSource, shows_regions, within
from finance.figures import entries, frames, paid_projects
from programs.figures import base
from programs.models.region_bases import BaseKind
from welfare.figures.sources import year_of
from welfare.models import Contribution

FRAME, FUNDS, RESULT, PAID = "กรอบงบจัดสรร", "กองทุน (กองทุน)", "ผลการอนุมัติ", "การเบิกจ่าย"


def contributions(scope: FigureScope, day: dt.date) -> QuerySet[Any]:
    """Contributions of the day's fiscal year that were asked for by the day."""
    found = Contribution.objects.filter(
        within(scope, "fund__"), fiscal_year=year_of(day), requested_on__lte=day
    )
    if scope.programme is not None:
        found = found.filter(project__programme__code=scope.programme)
    return found


def approved(day: dt.date) -> Q:
    """The condition that a contribution's project stood approved on the day."""
    standing = Q(project__cancelled_on=None) | Q(project__cancelled_on__gt=day)
    return Q(project__approved_on__lte=day) & standing


def of_everywhere(scope: FigureScope) -> FigureScope:
    """The scope without its place: contributions are placed by their funds, not their projects."""
    return FigureScope(programme=scope.programme)


def paid_entries(scope: FigureScope, day: dt.date) -> QuerySet[Any]:
    """Entries in effect of the contributions' projects.

    ``returned_baht`` is what an entry takes back: what it pays less its net, so that the reversal of
    a return counts against returns and the reversal of a payment against payments.
    """
    projects = contributions(scope, day).order_by().values("project")
    of_projects = entries(of_everywhere(scope), day).filter(project__in=projects)
    found: QuerySet[Any] = of_projects.annotate(returned_baht=F("paid_baht") - F("net_baht"))
    return found


def contribution_frames(scope: FigureScope, day: dt.date) -> QuerySet[Any]:
    """Frames, moves included, of the programmes that the contributions' projects belong to."""
    programmes = contributions(scope, day).order_by().values("project__programme")
    found: QuerySet[Any] = frames(replace(scope, fiscal_year=None), day)
    return found.filter(programme__in=programmes)


CONTRIBUTIONS = PlaceSource(contributions, "fund__")
ENTRIES = PlaceSource(paid_entries, "project__contribution__fund__")
FRAMES = RegionSource(contribution_frames, "region")


def _of_contributions(
    key: str,
    title: str,
    group: str,
    aggregate: Aggregate | None = None,
    condition: Q | None = None,
    unit: Unit = Unit.COUNT,
) -> Measure:
    counted = aggregate or Count("pk")
    return Measure(key, title, unit, CONTRIBUTIONS, counted, condition, group)


def _framed() -> tuple[Measure | Derived, ...]:
    return (
        _of_contributions(
            "allocated_funds_round1", "กองทุนรอบแรก", FRAME, condition=Q(round_number=1)
        ),
        _of_contributions(
            "allocated_members_requested", "สมาชิกที่เสนอ (คน)", FRAME, Sum("requested_member_count")
        ),
        base("allocated_funds_in_region", "กองทุนในพื้นที่ (CODI PMS)", BaseKind.FUNDS_IN_PMS, FRAME),
        Measure(
            "allocated_budget_frame_baht",
            "กรอบงบ (บาท)",
            Unit.BAHT,
            FRAMES,
            Sum("current_baht"),
            group=FRAME,
        ),
    )


def _counted(as_of: dt.date) -> tuple[Measure | Derived, ...]:
    stands = approved(as_of)
    paid = paid_projects(FigureScope(), as_of).order_by().values("pk")
    return (
        _of_contributions("funds_total", "ทั้งหมด", FUNDS),
        _of_contributions("funds_approved_recorded", "อนุมัติ/บันทึก", FUNDS, condition=stands),
        _of_contributions(
            "funds_not_disbursed",
            "อนุมัติแล้วยังไม่เบิกจ่าย",
            FUNDS,
            condition=stands & ~Q(project__in=paid),
        ),
    )


def _results(as_of: dt.date, *, by_region: bool) -> tuple[Measure | Derived, ...]:
    left, title = "result_budget_remaining_after_approval_baht", "กรอบงบคงเหลือหลังอนุมัติ (บาท)"
    framed, granted = "allocated_budget_frame_baht", "result_budget_approved_baht"
    return (
        _of_contributions("result_members_total", "สมาชิกทั้งหมด (คน)", RESULT, Sum("member_count")),
        _of_contributions(
            "result_members_contributed",
            "สมาชิกที่ได้รับสมทบ (คน)",
            RESULT,
            Sum("contributed_member_count"),
        ),
        _of_contributions(
            granted,
            "งบที่อนุมัติ (บาท)",
            RESULT,
            Sum("project__approved_baht"),
            approved(as_of),
            Unit.BAHT,
        ),
        Difference(
            left,
            title,
            Unit.BAHT,
            (framed,),
            (granted,),
            RESULT,
            additive=by_region,
            needs_both=not by_region,
        ),
    )


def _disbursed() -> tuple[Measure | Derived, ...]:
    def told(key: str, title: str, path: str) -> Measure:
        return Measure(key, title, Unit.BAHT, ENTRIES, Sum(path), group=PAID)

    granted = "result_budget_approved_baht"
    return (
        told("disbursed_baht", "จ่าย (บาท)", "paid_baht"),
        Percentage("disbursed_pct", "ร้อยละของงบที่อนุมัติ", "disbursed_baht", granted, PAID),
        told("returned_baht", "คืนงบ (บาท)", "returned_baht"),
        told("net_disbursed_baht", "จ่ายสุทธิ (บาท)", "net_baht"),
        Difference(
            "remaining_undisbursed_baht",
            "คงเหลือยังไม่จ่าย (บาท)",
            Unit.BAHT,
            (granted,),
            ("net_disbursed_baht",),
            PAID,
        ),
    )


@register
class Contributions(PlaceFigure):
    """From the frame to what remains of the contributions of the year, by place of the fund."""

    key = "welfare.contributions"
    title = "เงินสมทบกองทุนสวัสดิการชุมชนของปีงบประมาณ"
    unit = "กองทุน คน บาท"
    basis = Basis.STOCK
    source = "ทะเบียนเงินสมทบกองทุน ทะเบียนโครงการ และบัญชีเบิกจ่าย"
    definition = (
        "กรอบงบ = งบจัดสรรของโครงการสมทบ บวกโอนเข้า ลบโอนออก · อนุมัติ = งบของโครงการที่อนุมัติแล้วและไม่ถูกยกเลิก"
        " · จ่าย = ยอดจ่ายหักรายการกลับของการจ่าย ไม่หักคืนงบ · จ่ายสุทธิ = จ่ายลบคืนงบ · คงเหลือ = อนุมัติลบจ่ายสุทธิ"
        " · ร้อยละ = จ่ายเทียบกับอนุมัติ จึงเกิน 100 ได้เมื่อเงินที่คืนถูกจ่ายออกใหม่ · ภาคและจังหวัดเป็นของกองทุน"
    )
    notes_of_provinces = (
        "กรอบงบและจำนวนกองทุนใน CODI PMS มีเป็นรายภาค ไม่มีรายจังหวัด จึงแสดงพร้อมกรอบงบคงเหลือในแถวรวมของภาคเท่านั้น",
    )

    def measures(self, scope: FigureScope, as_of: dt.date) -> Sequence[Measure | Derived]:
        """The frame, the funds, what was approved, what was paid."""
        return (
            *_framed(),
            *_counted(as_of),
            *_results(as_of, by_region=shows_regions(scope)),
            *_disbursed(),
        )
