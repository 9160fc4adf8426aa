"""Rules about the data of welfare funds: files, quarterly reports, sums, the two registers.

Source: the quarterly report of fiscal year 2562, chapter 2, whose remarks name these problems.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import (
    Count,
    DecimalField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce
from django.urls import reverse

from codi.figures.figure import FigureScope
from codi.files.models import DocumentKind
from codi.fiscal import FiscalYear, Quarter
from codi.quality.declared import (
    Baht,
    Rule,
    Severity,
    ThaiDate,
    Thousands,
    Topic,
    page,
    part_of,
    register,
    words,
)
from programs.models import RegionBase
from programs.models.region_bases import BaseKind
from programs.quality_of_doubles import doubles_rule
from welfare.figures.sources import funds, statuses
from welfare.merging import FUND_MERGER
from welfare.models import Contribution, FundFile, FundReview, FundStatus
from welfare.queries import money_total

SUBJECT = "กองทุนสวัสดิการชุมชน"
NATION = FigureScope()
LABEL = words(F("code"), " ", F("name"))
OF_FUND = part_of("fund")
DAYS_BEFORE_END = 15
"""A quarter is asked for from so many days before its end (own rule)."""
LEAP_FACTOR = 3
"""Members or money that grew or fell by more than this factor in a quarter are looked into (own)."""
UNCLASSIFIED_SHARE = 10
"""More than one member in so many without a group is looked into (own rule)."""


def working(today: dt.date) -> QuerySet[Any]:
    """Funds in the register that did not stop working by the day."""
    return funds(NATION, today).filter(Q(stopped_on=None) | Q(stopped_on__gt=today))


def quarter_asked_for(today: dt.date) -> Quarter:
    """The latest quarter that is over, or will be within :data:`DAYS_BEFORE_END` days."""
    soon = Quarter.of(today + dt.timedelta(days=DAYS_BEFORE_END))
    return Quarter.of(soon.start - dt.timedelta(days=1))


def without_file(document: DocumentKind) -> Any:
    """A queryset maker: working funds without a document."""

    def offending(today: dt.date) -> QuerySet[Any]:
        files: Any = FundFile.objects.attached_as_of(today)
        held = files.filter(document=document).order_by().values("subject")
        return working(today).exclude(pk__in=held)

    return offending


def not_reported(today: dt.date) -> QuerySet[Any]:
    """Working funds without an answer for the quarter that is asked for."""
    quarter = quarter_asked_for(today)
    told: Any = FundStatus.objects.filter(
        fiscal_year=quarter.fiscal_year.number, quarter=quarter.number, reported_on__lte=today
    )
    rows = working(today).filter(founded_on__lte=quarter.end)
    marked = rows.annotate(asked=Value(quarter.label), asked_until=Value(quarter.end))
    found: QuerySet[Any] = marked.exclude(pk__in=told.order_by().values("fund"))
    return found


def unclassified(today: dt.date) -> QuerySet[Any]:
    """Latest reports in which more than a tenth of the members stand in no group."""
    return statuses(NATION, today).filter(
        unclassified_count__gt=F("member_count") / UNCLASSIFIED_SHARE
    )


def with_quarter_before(today: dt.date) -> QuerySet[Any]:
    """Latest reports with what the fund told the time before (``before_members``, ``before_baht``)."""
    earlier = FundStatus.objects.filter(
        Q(fiscal_year__lt=OuterRef("fiscal_year"))
        | Q(fiscal_year=OuterRef("fiscal_year"), quarter__lt=OuterRef("quarter")),
        fund=OuterRef("fund"),
        has_nothing_to_report=False,
    ).order_by("-fiscal_year", "-quarter")
    baht = DecimalField(max_digits=18, decimal_places=2)
    summed = earlier.annotate(summed_baht=money_total()).values("summed_baht")[:1]
    found: QuerySet[Any] = statuses(NATION, today).annotate(
        before_members=Subquery(earlier.values("member_count")[:1], output_field=IntegerField()),
        before_baht=Subquery(summed, output_field=baht),
    )
    return found


def leaps(today: dt.date, now: str, before: str) -> QuerySet[Any]:
    """Latest reports in which a number is more than :data:`LEAP_FACTOR` times that before, or less."""
    rows = with_quarter_before(today).filter(**{f"{before}__gt": 0})
    grown = Q(**{f"{now}__gt": F(before) * LEAP_FACTOR})
    fallen = Q(**{f"{before}__gt": F(now) * LEAP_FACTOR})
    return rows.filter(grown | fallen)


def benefits_differ(today: dt.date) -> QuerySet[Any]:
    """Latest reports whose benefits by kind do not add up to the total of benefits paid."""
    rows = statuses(NATION, today).annotate(kinds_baht=Sum("benefits__paid_baht"))
    found: QuerySet[Any] = rows.filter(kinds_baht__isnull=False).exclude(
        kinds_baht=F("benefit_baht")
    )
    return found


def registers_differ(today: dt.date) -> QuerySet[Any]:
    """Regions whose funds here are not as many as CODI PMS tells."""
    latest = RegionBase.objects.latest_as_of(
        BaseKind.FUNDS_IN_PMS, FiscalYear.of(today).number, today
    )
    counted = (
        funds(NATION, today)
        .filter(region=OuterRef("region"))
        .order_by()
        .values("region")
        .annotate(count=Count("pk"))
        .values("count")
    )
    here = Coalesce(Subquery(counted, output_field=IntegerField()), 0)
    rows = RegionBase.objects.filter(pk__in=latest.values("pk")).annotate(here_count=here)
    return rows.exclude(here_count=F("base_count"))


def stopped_by_review(today: dt.date) -> QuerySet[Any]:
    """Funds found stopped by their latest review that the register still has as working."""
    later = FundReview.objects.filter(
        fund=OuterRef("fund"), fiscal_year__gt=OuterRef("fiscal_year"), reviewed_on__lte=today
    )
    reviews = FundReview.objects.filter(reviewed_on__lte=today, is_stopped=True)
    return reviews.filter(~Exists(later), fund__in=working(today))


def graded_after_stop(today: dt.date) -> QuerySet[Any]:
    """Latest reviews that graded a fund which the register has as stopped by then."""
    later = FundReview.objects.filter(
        fund=OuterRef("fund"), fiscal_year__gt=OuterRef("fiscal_year"), reviewed_on__lte=today
    )
    reviews = FundReview.objects.filter(reviewed_on__lte=today, is_stopped=False)
    stopped = reviews.filter(fund__in=funds(NATION, today), fund__stopped_on__lt=F("reviewed_on"))
    return stopped.filter(~Exists(later))


def without_project(today: dt.date) -> QuerySet[Any]:
    """Contributions of funds that are no project: in one register only."""
    rows = Contribution.objects.filter(project=None, requested_on__lte=today)
    return rows.filter(fund__in=funds(NATION, today))


register(
    *(
        Rule(
            key=f"welfare.{key}",
            title=f"กองทุนยังไม่แนบ{document.label}",
            topic=Topic.DOCUMENTS,
            severity=severity,
            subject=SUBJECT,
            advice=f"เปิดหน้าของกองทุน แล้วแนบไฟล์{document.label}",
            offending=without_file(document),
            label=LABEL,
            detail=words(f"ยังไม่มีไฟล์{document.label}"),
            link=page("welfare:fund"),
        )
        for key, document, severity in (
            ("rules_file", DocumentKind.FUND_RULES, Severity.WARNING),
            ("one_page", DocumentKind.ONE_PAGE, Severity.NOTE),
        )
    ),
    Rule(
        key="welfare.not_reported",
        title="กองทุนยังไม่รายงานสถานะของไตรมาส",
        topic=Topic.REPORTING,
        severity=Severity.SERIOUS,
        subject=SUBJECT,
        advice="บันทึกสถานะกองทุนของไตรมาส หรือบันทึกว่าไม่มีข้อมูลเปลี่ยนแปลง",
        offending=not_reported,
        label=LABEL,
        detail=words("ยังไม่รายงาน", F("asked")),
        due="asked_until",
        link=page("welfare:status_new"),
    ),
    Rule(
        key="welfare.unclassified",
        title="สมาชิกกองทุนที่ไม่ระบุกลุ่มเกินหนึ่งในสิบ",
        topic=Topic.SUMS,
        severity=Severity.NOTE,
        subject="สถานะกองทุน",
        advice="แก้ไขสถานะของไตรมาส จำแนกสมาชิกลงกลุ่มให้ครบ",
        offending=unclassified,
        detail=words(
            "สมาชิก ",
            Thousands("member_count"),
            " คน ไม่ระบุกลุ่ม ",
            Thousands("unclassified_count"),
            " คน",
        ),
        link=page("welfare:status_edit"),
        **OF_FUND,
    ),
    Rule(
        key="welfare.member_leap",
        title=f"สมาชิกกองทุนเปลี่ยนเกิน {LEAP_FACTOR} เท่าจากครั้งก่อน",
        topic=Topic.SUMS,
        severity=Severity.WARNING,
        subject="สถานะกองทุน",
        advice="ตรวจจำนวนสมาชิกกับเอกสารของกองทุน แล้วแก้ไข หรือยืนยันว่าถูกต้องพร้อมเหตุผล",
        offending=lambda today: leaps(today, "member_count", "before_members"),
        detail=words(
            "จาก ", Thousands("before_members"), " คน เป็น ", Thousands("member_count"), " คน"
        ),
        link=page("welfare:status_edit"),
        **OF_FUND,
    ),
    Rule(
        key="welfare.money_leap",
        title=f"เงินกองทุนเปลี่ยนเกิน {LEAP_FACTOR} เท่าจากครั้งก่อน",
        topic=Topic.SUMS,
        severity=Severity.WARNING,
        subject="สถานะกองทุน",
        advice="ตรวจยอดเงินกับบัญชีของกองทุน แล้วแก้ไข หรือยืนยันว่าถูกต้องพร้อมเหตุผล",
        offending=lambda today: leaps(today, "money_baht", "before_baht"),
        detail=words("จาก ", Baht("before_baht"), " บาท เป็น ", Baht("money_baht"), " บาท"),
        link=page("welfare:status_edit"),
        **OF_FUND,
    ),
    Rule(
        key="welfare.benefits_differ",
        title="สวัสดิการรายประเภทรวมไม่เท่ายอดที่รายงาน",
        topic=Topic.SUMS,
        severity=Severity.WARNING,
        subject="สถานะกองทุน",
        advice="แก้ไขสวัสดิการรายประเภทของไตรมาสให้รวมกันเท่ากับยอดเงินจ่ายสวัสดิการ",
        offending=benefits_differ,
        detail=words(
            "รายประเภทรวม ", Baht("kinds_baht"), " บาท รายงาน ", Baht("benefit_baht"), " บาท"
        ),
        link=page("welfare:status_edit"),
        **OF_FUND,
    ),
    Rule(
        key="welfare.registers_differ",
        title="จำนวนกองทุนต่างจากทะเบียน CODI PMS",
        topic=Topic.SUMS,
        severity=Severity.WARNING,
        subject="ฐานรายภาค",
        advice="กระทบยอดรายกองทุนกับทะเบียน CODI PMS ของภาค แล้วแก้ทะเบียนที่ผิด",
        offending=registers_differ,
        label=words("กองทุนของ", F("region__name"), " ปี ", F("fiscal_year")),
        detail=words(
            "ทะเบียนนี้ ",
            Thousands("here_count"),
            " กองทุน CODI PMS ",
            Thousands("base_count"),
            " กองทุน",
        ),
        province="",
        link=lambda key: reverse("programs:bases"),
    ),
    Rule(
        key="welfare.stopped",
        title="สอบทานพบว่าหยุดดำเนินการ แต่ทะเบียนยังดำเนินการ",
        topic=Topic.WORK,
        severity=Severity.WARNING,
        subject="การสอบทานกองทุน",
        advice="บันทึกวันที่หยุดดำเนินการที่หน้าของกองทุน หรือแก้ผลการสอบทาน",
        offending=stopped_by_review,
        detail=words("สอบทานเมื่อ ", ThaiDate("reviewed_on"), " พบว่าหยุดดำเนินการ"),
        subject_key="fund_id",
        link=page("welfare:fund_stop"),
        **OF_FUND,
    ),
    Rule(
        key="welfare.graded_after_stop",
        title="ทะเบียนหยุดดำเนินการ แต่สอบทานภายหลังได้ระดับ",
        topic=Topic.WORK,
        severity=Severity.WARNING,
        subject="การสอบทานกองทุน",
        advice="ลบวันที่หยุดดำเนินการที่หน้าของกองทุนหากกลับมาดำเนินการ หรือแก้ผลการสอบทาน",
        offending=graded_after_stop,
        detail=words(
            "หยุดดำเนินการเมื่อ ",
            ThaiDate("fund__stopped_on"),
            " แต่สอบทานเมื่อ ",
            ThaiDate("reviewed_on"),
            " ได้ระดับ ",
            F("grade"),
        ),
        subject_key="fund_id",
        link=page("welfare:fund_stop"),
        **OF_FUND,
    ),
    Rule(
        key="welfare.contribution_project",
        title="เงินสมทบกองทุนที่ไม่มีโครงการ",
        topic=Topic.MONEY,
        severity=Severity.WARNING,
        subject="เงินสมทบกองทุน",
        advice="จัดทำโครงการสมทบจากรายการเงินสมทบของกองทุน",
        offending=without_project,
        detail=words("เสนอเมื่อ ", ThaiDate("requested_on"), " ยังไม่มีโครงการสมทบ"),
        link=page("welfare:contribution_project"),
        **OF_FUND,
    ),
    Rule(
        key="welfare.unplaced",
        title="กองทุนไม่ระบุตำบล",
        topic=Topic.PLACES,
        severity=Severity.NOTE,
        subject=SUBJECT,
        advice="แก้ไขข้อมูลกองทุนให้มีตำบล",
        offending=lambda today: working(today).filter(subdistrict=None),
        label=LABEL,
        detail=words("ระบุพื้นที่ไม่ถึงตำบล"),
        link=page("welfare:fund_edit"),
    ),
    doubles_rule("welfare.doubles", FUND_MERGER, SUBJECT),
)
