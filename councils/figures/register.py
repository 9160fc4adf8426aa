"""What the register of councils holds: councils, groups, members, forms, certification, letters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet

from codi.figures.declared import Blank, Derived, Measure, Percentage
from codi.figures.figure import FigureScope, register
from codi.figures.grid import Basis, Unit
from codi.figures.quarters import Period, current_period, on_day, periods
from codi.fiscal import FiscalYear
from codi.places.figures import PlaceFigure, PlaceSource, ProvinceFigure
from councils.figures.sources import (
    COUNCILS,
    GROUPS,
    MEMBERS,
    NEW_COUNCILS,
    SOURCE,
    certifications,
    councils,
    groups,
    with_both_forms,
    year_of,
)
from councils.models import StatusLetter
from programs.figures import base
from programs.models.region_bases import BaseKind


@register
class Established(PlaceFigure):
    """Councils, their groups and members, beside the local authorities that may have a council."""

    key = "councils.established"
    title = "การจัดตั้งสภาองค์กรชุมชน กลุ่มองค์กรที่จดแจ้ง และสมาชิกสภา"
    unit = "แห่ง กลุ่ม คน"
    basis = Basis.STOCK
    source = SOURCE
    definition = (
        "สภา = สภาที่จดแจ้งจัดตั้งแล้วและไม่ได้ถอนออกจากทะเบียน · กลุ่ม = กลุ่ม/องค์กร/เครือข่ายที่จดแจ้งกับสภาเหล่านั้นและยังไม่สิ้นสภาพ"
        " · สมาชิก = สมาชิกสภาเหล่านั้นที่ยังอยู่ในตำแหน่ง · ร้อยละเทียบกับพื้นที่ที่จัดตั้งสภาได้ (อปท. และเขต) ของปีงบประมาณ"
    )
    notes = ("ร้อยละเกิน 100 ได้ เมื่อมีสภามากกว่าพื้นที่ที่เป็นฐาน แสดงตามจริงโดยไม่ปัดลง",)

    def measures(self, scope: FigureScope, as_of: dt.date) -> Sequence[Measure | Derived]:
        """Base, councils with their share, groups, members."""
        return (
            base("local_units_total", "พื้นที่ทั้งหมด (แห่ง)", BaseKind.LOCAL_AUTHORITIES),
            Measure(
                "councils_established",
                "จัดตั้งสภาแล้ว (แห่ง)",
                Unit.COUNT,
                COUNCILS,
                Count("pk"),
                pair="councils_established_pct",
            ),
            Percentage(
                "councils_established_pct", "ร้อยละ", "councils_established", "local_units_total"
            ),
            Measure("groups_registered", "กลุ่ม/องค์กรที่จดแจ้ง (กลุ่ม)", Unit.COUNT, GROUPS, Count("pk")),
            Measure("members_total", "สมาชิกสภา (คน)", Unit.COUNT, MEMBERS, Count("pk")),
        )


@register
class ByProvince(ProvinceFigure):
    """The register by province, for the map: councils, those of the year, groups, members."""

    key = "councils.by_province"
    title = "สภาองค์กรชุมชน กลุ่มองค์กรที่จดแจ้ง และสมาชิกสภา รายจังหวัด"
    unit = "แห่ง กลุ่ม คน"
    basis = Basis.STOCK
    source = SOURCE
    definition = (
        "สภา = สภาที่จดแจ้งจัดตั้งแล้วและไม่ได้ถอนออกจากทะเบียน · จัดตั้งในปี = จดแจ้งตั้งแต่ต้นปีงบประมาณ"
        " · กลุ่ม = กลุ่ม/องค์กร/เครือข่ายที่จดแจ้งกับสภาเหล่านั้นและยังไม่สิ้นสภาพ · สมาชิก = สมาชิกสภาเหล่านั้นที่ยังอยู่ในตำแหน่ง"
    )

    def measures(self, scope: FigureScope, as_of: dt.date) -> Sequence[Measure | Derived]:
        """Councils, those registered in the year, groups, members."""
        since = Q(registered_on__gte=FiscalYear.of(as_of).start)
        return (
            Measure("councils_established", "สภา (แห่ง)", Unit.COUNT, COUNCILS, Count("pk")),
            Measure(
                "new_total",
                f"จัดตั้งในปี {year_of(as_of)} (แห่ง)",
                Unit.COUNT,
                COUNCILS,
                Count("pk"),
                since,
                basis=Basis.FLOW,
            ),
            Measure("groups_registered", "กลุ่ม/องค์กร (กลุ่ม)", Unit.COUNT, GROUPS, Count("pk")),
            Measure("members_total", "สมาชิกสภา (คน)", Unit.COUNT, MEMBERS, Count("pk")),
        )


def _new_in(period: Period) -> Measure | Blank:
    key, group = f"new_q{period.number}", "จัดตั้งใหม่ (แห่ง)"
    if not period.has_begun:
        return Blank(key, period.title, Unit.COUNT, group, basis=Basis.FLOW)
    return Measure(
        key,
        period.title,
        Unit.COUNT,
        NEW_COUNCILS,
        Count("pk"),
        period.holds("registered_on"),
        group,
        basis=Basis.FLOW,
        as_of=period.ends_on,
    )


@register
class New(PlaceFigure):
    """Councils registered in each quarter of the year, against the target of the year."""

    key = "councils.new"
    title = "สภาองค์กรชุมชนที่จัดตั้งใหม่ รายไตรมาส"
    unit = "แห่ง"
    basis = Basis.FLOW
    source = SOURCE
    definition = "นับสภาตามวันที่จดแจ้งจัดตั้งซึ่งอยู่ในไตรมาสนั้น และยังอยู่ในทะเบียน ณ วันที่ของรายงาน · รวม = จดแจ้งตั้งแต่ต้นปีงบประมาณ · ร้อยละเทียบกับเป้าหมายของปี"
    notes = ("แต่ละไตรมาสเป็นจำนวนที่เกิดขึ้นในช่วงนั้น รวมกันได้เป็นยอดทั้งปี",)

    def measures(self, scope: FigureScope, as_of: dt.date) -> Sequence[Measure | Derived]:
        """Target, a column per quarter, the year with its share of the target."""
        return (
            base("target", "เป้าหมาย (แห่ง)", BaseKind.NEW_COUNCILS),
            *(_new_in(period) for period in periods(as_of)),
            Measure(
                "new_total",
                "รวม (แห่ง)",
                Unit.COUNT,
                NEW_COUNCILS,
                Count("pk"),
                pair="new_total_pct_of_target",
            ),
            Percentage("new_total_pct_of_target", "ร้อยละของเป้าหมาย", "new_total", "target"),
        )


@register
class NewCertification(PlaceFigure):
    """How far the councils of the year are: certified, with their forms."""

    key = "councils.new_certification"
    title = "การรับรองตัวชี้วัดและแบบจัดตั้งของสภาที่จัดตั้งใหม่"
    unit = "แห่ง"
    basis = Basis.STOCK
    source = SOURCE
    definition = "สภาที่จดแจ้งในปีงบประมาณ · รับรองแล้ว = มีวันที่รับรองตัวชี้วัดไม่เกินวันที่ของรายงาน · แนบแบบแล้ว = มีไฟล์ จส.02 และ จส.03 ครบทั้งสองแบบในวันนั้น"

    def measures(self, scope: FigureScope, as_of: dt.date) -> Sequence[Measure | Derived]:
        """Registered, certified, still to certify, with both forms."""
        group = f"สภาที่จดแจ้งจัดตั้งใหม่ ปี {year_of(as_of)} (แห่ง)"
        to_certify = Q(certified_on=None) | Q(certified_on__gt=as_of)
        told: tuple[tuple[str, str, Q | None], ...] = (
            ("newly_registered", "จดแจ้งจัดตั้ง", None),
            ("indicator_certified_eis", "รับรองตัวชี้วัดแล้ว", Q(certified_on__lte=as_of)),
            ("must_certify_and_complete", "ยังต้องรับรองและเติมข้อมูล", to_certify),
            ("js02_03_files_attached", "แนบ จส.02 และ จส.03 แล้ว", with_both_forms(as_of)),
        )
        return tuple(
            Measure(key, title, Unit.COUNT, NEW_COUNCILS, Count("pk"), condition, group)
            for key, title, condition in told
        )


def _certified_by(period: Period, group: str) -> Measure | Blank:
    key = f"certified_q{period.number}"
    if not period.has_begun:
        return Blank(key, period.title, Unit.COUNT, group, basis=Basis.STOCK)
    source = PlaceSource(on_day(certifications, period.ends_on), "group__council__")
    return Measure(
        key,
        period.title,
        Unit.COUNT,
        source,
        Count("pk"),
        group=group,
        basis=Basis.STOCK,
        as_of=period.ends_on,
    )


@register
class GroupsCertified(PlaceFigure):
    """Groups, and how many had been certified for the year by the end of each quarter."""

    key = "councils.group_certification"
    title = "กลุ่มองค์กรชุมชนและเครือข่ายที่รับรองสถานภาพ"
    unit = "กลุ่ม"
    basis = Basis.STOCK
    source = SOURCE
    definition = "กลุ่มที่จดแจ้งแล้วและยังไม่สิ้นสภาพ · จดแจ้งในปี = วันที่จดแจ้งอยู่ในปีงบประมาณ · รับรองสถานภาพ = มีการรับรองของปีงบประมาณนั้นภายในวันสิ้นไตรมาส"
    notes = ("ยอดรับรองแต่ละไตรมาสเป็นยอดสะสมตั้งแต่ต้นปีงบประมาณ ไม่นำมารวมกัน",)

    def measures(self, scope: FigureScope, as_of: dt.date) -> Sequence[Measure | Derived]:
        """All groups, those of the year, a cumulative column per quarter."""
        year = year_of(as_of)
        group = f"รับรองสถานภาพ ปี {year} สะสม ณ สิ้นไตรมาส (กลุ่ม)"
        return (
            Measure("groups_cumulative", "จดแจ้งสะสม (กลุ่ม)", Unit.COUNT, GROUPS, Count("pk")),
            Measure(
                "groups_registered_in_year",
                f"จดแจ้งในปี {year} (กลุ่ม)",
                Unit.COUNT,
                GROUPS,
                Count("pk"),
                Q(registered_on__gte=FiscalYear.of(as_of).start),
                basis=Basis.FLOW,
                as_of=as_of,
            ),
            *(_certified_by(period, group) for period in periods(as_of)),
        )


def councils_with_forms(scope: FigureScope, day: dt.date) -> QuerySet[Any]:
    """Councils established on the day that had both forms attached then."""
    return councils(scope, day).filter(with_both_forms(day))


def _with_forms_by(period: Period, pair: str) -> Measure | Blank:
    key, group = f"attached_q{period.number}", "แนบ จส.02 และ จส.03 แล้ว สะสม ณ สิ้นไตรมาส (แห่ง)"
    if not period.has_begun:
        return Blank(key, period.title, Unit.COUNT, group, basis=Basis.STOCK)
    return Measure(
        key,
        period.title,
        Unit.COUNT,
        PlaceSource(on_day(councils_with_forms, period.ends_on), ""),
        Count("pk"),
        group=group,
        pair=pair,
        basis=Basis.STOCK,
        as_of=period.ends_on,
    )


@register
class Forms(PlaceFigure):
    """Councils with both forms of their registration at the end of each quarter."""

    key = "councils.forms"
    title = "การแนบแบบ จส.02 และ จส.03 ของสภาองค์กรชุมชน"
    unit = "แห่ง"
    basis = Basis.STOCK
    source = SOURCE
    definition = "สภาที่มีไฟล์ จส.02 และ จส.03 ครบทั้งสองแบบในวันสิ้นไตรมาส (ไตรมาสปัจจุบันถึงวันที่ของรายงาน) · ยังไม่แนบ = ขาดแบบใดแบบหนึ่งหรือทั้งสองแบบ · ร้อยละเทียบกับสภาทั้งหมด"

    def measures(self, scope: FigureScope, as_of: dt.date) -> Sequence[Measure | Derived]:
        """Councils, a column per quarter, and what is missing on the day."""
        now = current_period(as_of).number
        return (
            Measure("councils_cumulative", "สภาสะสม (แห่ง)", Unit.COUNT, COUNCILS, Count("pk")),
            *(
                _with_forms_by(period, "attached_pct" if period.number == now else "")
                for period in periods(as_of)
            ),
            Percentage("attached_pct", "ร้อยละ", f"attached_q{now}", "councils_cumulative"),
            Measure(
                "not_attached",
                "ยังไม่แนบ (แห่ง)",
                Unit.COUNT,
                COUNCILS,
                Count("pk"),
                ~with_both_forms(as_of),
                pair="not_attached_pct",
            ),
            Percentage("not_attached_pct", "ร้อยละ", "not_attached", "councils_cumulative"),
        )


def councils_with_letter(scope: FigureScope, day: dt.date) -> QuerySet[Any]:
    """Councils established on the day with a letter of status of their own in force."""
    letters = StatusLetter.objects.issued_as_of(day).filter(group=None)
    return councils(scope, day).filter(pk__in=letters.order_by().values("council"))


def groups_with_letter(scope: FigureScope, day: dt.date) -> QuerySet[Any]:
    """Groups registered on the day with a letter of status in force."""
    letters = StatusLetter.objects.issued_as_of(day).filter(group__isnull=False)
    return groups(scope, day).filter(pk__in=letters.order_by().values("group"))


@register
class Letters(PlaceFigure):
    """Councils and groups that hold a letter of status in force; a reissued one counts once."""

    key = "councils.letters"
    title = "จดหมายรับรองสถานภาพของสภาและกลุ่ม"
    unit = "แห่ง กลุ่ม"
    basis = Basis.STOCK
    source = SOURCE
    definition = "นับสภาและกลุ่มที่มีจดหมายรับรองสถานภาพออกแล้วและยังไม่ถูกยกเลิก · ออกใหม่แทนฉบับเดิมนับครั้งเดียว"

    def measures(self, scope: FigureScope, as_of: dt.date) -> Sequence[Measure | Derived]:
        """Councils and groups, each with its share of the register."""
        council_letters = PlaceSource(councils_with_letter, "")
        group_letters = PlaceSource(groups_with_letter, "council__")
        return (
            Measure("councils", "สภา (แห่ง)", Unit.COUNT, COUNCILS, Count("pk")),
            Measure(
                "councils_with_letter",
                "สภาที่มีจดหมาย (แห่ง)",
                Unit.COUNT,
                council_letters,
                Count("pk"),
                pair="councils_with_letter_pct",
            ),
            Percentage("councils_with_letter_pct", "ร้อยละ", "councils_with_letter", "councils"),
            Measure("groups", "กลุ่ม/องค์กร (กลุ่ม)", Unit.COUNT, GROUPS, Count("pk")),
            Measure(
                "groups_with_letter",
                "กลุ่มที่มีจดหมาย (กลุ่ม)",
                Unit.COUNT,
                group_letters,
                Count("pk"),
                pair="groups_with_letter_pct",
            ),
            Percentage("groups_with_letter_pct", "ร้อยละ", "groups_with_letter", "groups"),
        )
