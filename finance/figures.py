"""Figures of projects and their money, from frames, projects and the ledger.

All of them know what was true at the end of a day: a project counts from its approval until its
cancellation, an entry from its effective day. Net paid is payments less returns, reversals and
adjustments; an instalment's column adds the entries of the instalments with that number.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db.models import (
    CharField,
    Count,
    DecimalField,
    Exists,
    F,
    Func,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, JSONObject

from codi.figures.declared import (
    Derived,
    Difference,
    ListColumn,
    ListFigure,
    Measure,
    MeasureFigure,
    Percentage,
    Source,
)
from codi.figures.figure import FigureScope, register
from codi.figures.grid import Basis, Cell, Grid, Row, Unit
from codi.fiscal import FiscalYear
from codi.places.models import Province, Region
from codi.thai.dates import date_range, short_month
from finance.models import BudgetMove, EntryKind, Instalment, LedgerEntry
from finance.queries import late_as_of
from programs.models import BudgetFrame, Programme, Project, ProjectLevel

BAHT_SUM = DecimalField(max_digits=18, decimal_places=2)


def _in(scope: FigureScope, prefix: str = "") -> Q:
    """The part of the work that the scope names, on rows that reach a project by ``prefix``."""
    wanted = Q()
    if scope.programme is not None:
        wanted &= Q(**{f"{prefix}programme__code": scope.programme})
    if scope.region is not None:
        wanted &= Q(**{f"{prefix}region": scope.region})
    if scope.province is not None:
        wanted &= Q(**{f"{prefix}province": scope.province})
    if scope.fiscal_year is not None:
        wanted &= Q(**{f"{prefix}fiscal_year": scope.fiscal_year})
    return wanted


def approved_projects(scope: FigureScope, as_of: dt.date) -> QuerySet[Any]:
    """Projects whose approval stood on the day."""
    standing: QuerySet[Any] = Project.objects.approved_as_of(as_of).filter(_in(scope))
    return standing


def entries(scope: FigureScope, as_of: dt.date) -> QuerySet[Any]:
    """Entries in effect on the day, of projects whose approval stood then."""
    standing = Q(project__cancelled_on=None) | Q(project__cancelled_on__gt=as_of)
    return LedgerEntry.objects.as_of(as_of).filter(
        standing, _in(scope, "project__"), project__approved_on__lte=as_of
    )


def frames(scope: FigureScope, as_of: dt.date) -> QuerySet[BudgetFrame]:
    """Frames allocated by the day, with ``current_baht``: allocated, plus moves in, less moves out.

    A frame belongs to a region, not to a province: a scope of one province has none.
    """
    found = BudgetFrame.objects.as_of(as_of)
    if scope.programme is not None:
        found = found.filter(programme__code=scope.programme)
    if scope.region is not None:
        found = found.filter(region=scope.region)
    if scope.fiscal_year is not None:
        found = found.filter(programme__fiscal_year=scope.fiscal_year)
    if scope.province is not None:
        found = found.none()

    def moved(side: str) -> Coalesce:
        moves = BudgetMove.objects.as_of(as_of).filter(**{side: OuterRef("pk")})
        total = moves.order_by().values(side).annotate(total=Sum("amount_baht")).values("total")
        return Coalesce(Subquery(total), Value(Decimal(0)), output_field=BAHT_SUM)

    return found.annotate(
        current_baht=F("allocated_baht") + moved("to_frame") - moved("from_frame")
    )


def _as_month(path: str) -> Func:
    """A day as its month, "2021-02"."""
    return Func(F(path), Value("YYYY-MM"), function="to_char", output_field=CharField())


def entries_by_month(scope: FigureScope, as_of: dt.date) -> QuerySet[Any]:
    """Entries with the ``month`` in which they took effect."""
    found: QuerySet[Any] = entries(scope, as_of).annotate(month=_as_month("effective_on"))
    return found


def late_projects(scope: FigureScope, as_of: dt.date) -> QuerySet[Any]:
    """Projects not fully paid within six months of approval.

    Each with the ``month`` it was due and what was paid of it, ``paid_in_all_baht``.
    """
    late = late_as_of(as_of, Project.objects.filter(_in(scope)))
    found: QuerySet[Any] = late.annotate(month=_as_month("due_on"))
    return found


def paid_projects(scope: FigureScope, as_of: dt.date) -> QuerySet[Any]:
    """Approved projects with a payment that stood on the day; one reversed by then does not count.

    Reversals are few: looking payments up among them spares joining the ledger to itself.
    """
    reversals = LedgerEntry.objects.as_of(as_of).filter(reverses__isnull=False).order_by()
    standing = LedgerEntry.objects.as_of(as_of).filter(kind=EntryKind.PAYMENT)
    paid = standing.exclude(pk__in=reversals.values("reverses")).filter(project=OuterRef("pk"))
    return approved_projects(scope, as_of).filter(Exists(paid))


def instalment_numbers(scope: FigureScope, as_of: dt.date) -> list[int]:
    """The instalment numbers paid by the day, from 1 without a gap; at least the first.

    Without a programme the answer lies near the highest number of all, and the index of numbers
    is read from there; within one programme its own entries are fewer.
    """
    paid = entries(scope, as_of)
    if scope.programme is None:
        of_scope = Instalment.objects.filter(Exists(paid.filter(instalment=OuterRef("pk"))))
        highest = of_scope.order_by("-number").values_list("number", flat=True).first()
    else:
        highest = paid.aggregate(highest=Max("instalment__number"))["highest"]
    return list(range(1, (highest or 1) + 1))


def first_effective_on(scope: FigureScope, as_of: dt.date) -> dt.date | None:
    """The day of the first entry; looked for as in :func:`instalment_numbers`."""
    found = entries(scope, as_of).order_by()
    if scope.programme is None:
        return found.order_by("effective_on").values_list("effective_on", flat=True).first()
    day: dt.date | None = found.aggregate(first=Min("effective_on"))["first"]
    return day


def _paid(number: int, source: Source) -> Measure:
    return Measure(
        f"paid_{number}_baht",
        f"งวด {number}",
        Unit.BAHT,
        source,
        Sum("net_baht"),
        condition=Q(instalment__number=number),
        group="เบิกจ่าย (บาท)",
    )


class Disbursement(MeasureFigure):
    """State of disbursement by one dimension of projects; the dimension is a subclass's."""

    unit = "บาท"
    basis = Basis.STOCK
    takes_programme = True
    source = "ทะเบียนโครงการ กรอบงบประมาณ และบัญชีเบิกจ่าย"
    definition = (
        "กรอบงบ = งบจัดสรรบวกงบโอนเข้าลบงบโอนออก · อนุมัติ = งบของโครงการที่อนุมัติแล้วและไม่ถูกยกเลิก · "
        "เบิกจ่าย = เงินจ่ายสุทธิหลังหักคืนงบและรายการกลับ · คงเหลือ = อนุมัติลบเบิกจ่าย · "
        "ทุกยอดนับตามวันที่มีผล ณ วันที่ของรายงาน"
    )
    total_title = "รวมทั้งสิ้น"
    columns = ()
    row_path: str

    def _source(self, of: Any, prefix: str = "") -> Source:
        return Source(of, prefix + self.row_path)

    def columns_for(self, scope: FigureScope, as_of: dt.date) -> Sequence[Measure | Derived]:
        """Approval, one column per paid instalment, net paid and what remains."""
        paid = self._source(entries, "project__")
        return (
            *self._approval(),
            *(_paid(number, paid) for number in instalment_numbers(scope, as_of)),
            Measure("paid_baht", "รวม", Unit.BAHT, paid, Sum("net_baht"), group="เบิกจ่าย (บาท)"),
            Measure(
                "paid_count",
                "โครงการที่เบิกจ่าย",
                Unit.COUNT,
                self._source(paid_projects),
                Count("pk"),
            ),
            Percentage("paid_pct", "ร้อยละเบิกจ่าย", "paid_baht", "approved_baht"),
            Difference(
                "remaining_baht", "คงเหลือ (บาท)", Unit.BAHT, ("approved_baht",), ("paid_baht",)
            ),
            Percentage("remaining_pct", "ร้อยละคงเหลือ", "remaining_baht", "approved_baht"),
        )

    def _approval(self) -> Sequence[Measure | Derived]:
        projects = self._source(approved_projects)
        return (
            Measure("approved_baht", "อนุมัติ (บาท)", Unit.BAHT, projects, Sum("approved_baht")),
            Measure("approved_count", "โครงการที่อนุมัติ", Unit.COUNT, projects, Count("pk")),
        )

    def scope_label(self, scope: FigureScope) -> str:
        """Programme and region by name."""
        return scope_name(scope)


def scope_name(scope: FigureScope) -> str:
    """Thai name of a scope: programme, then province, region or the whole country."""
    names: list[str] = []
    if scope.programme is not None:
        names += Programme.objects.filter(code=scope.programme).values_list("name", flat=True)
    if scope.province is not None:
        names += Province.objects.filter(pk=scope.province).values_list("name", flat=True)
    elif scope.region is not None:
        names += Region.objects.filter(pk=scope.region).values_list("name", flat=True)
    else:
        names.append("ทั้งประเทศ")
    if scope.fiscal_year is not None:
        names.append(f"ปีงบประมาณ {scope.fiscal_year}")
    return " ".join(names)


@register
class DisbursementByLevel(Disbursement):
    """The main table of a status report: levels of projects, frame to remaining."""

    key = "projects.disbursement_by_level"
    title = "สถานะการเบิกจ่าย จำแนกตามระดับโครงการ"
    row_path = "level"

    def rows(self, scope: FigureScope, as_of: dt.date) -> Sequence[Row]:
        """The levels that have a frame or an approved project, widest first."""
        with_frame = frames(scope, as_of).order_by().values_list("level", flat=True)
        with_project = approved_projects(scope, as_of).order_by().values_list("level", flat=True)
        present = set(with_frame.union(with_project))
        return [
            Row(level.value, f"โครงการ{level.label}")
            for level in ProjectLevel
            if level.value in present
        ]

    def _approval(self) -> Sequence[Measure | Derived]:
        projects, framed = self._source(approved_projects), self._source(frames)
        return (
            Measure("frame_baht", "กรอบงบ (บาท)", Unit.BAHT, framed, Sum("current_baht")),
            *super()._approval(),
            Percentage("approved_pct", "ร้อยละกรอบงบอนุมัติ", "approved_baht", "frame_baht"),
            Measure(
                "recorded_count",
                "โครงการที่บันทึกในโปรแกรม CODI-PM",
                Unit.COUNT,
                projects,
                Count("pk"),
                condition=lambda scope, as_of: Q(recorded_on__lte=as_of),
            ),
        )


@register
class DisbursementByProvince(Disbursement):
    """Provinces of the region, and the projects that belong to no province."""

    key = "projects.disbursement_by_province"
    title = "สถานะการเบิกจ่าย จำแนกตามจังหวัด"
    row_path = "province"
    row_heading = "จังหวัด"
    unset_title = "งบภาค"

    def rows(self, scope: FigureScope, as_of: dt.date) -> Sequence[Row]:
        """Every province of the scope, one without projects as well."""
        provinces = Province.objects.current_on(as_of)
        if scope.region is not None:
            provinces = provinces.filter(region=scope.region)
        if scope.province is not None:
            provinces = provinces.filter(pk=scope.province)
        ordered = provinces.order_by("sort_key").values_list("pk", "name")
        return [Row(code, name) for code, name in ordered]


@register
class DisbursementByRegion(Disbursement):
    """The five regions, for the whole country."""

    key = "projects.disbursement_by_region"
    title = "สถานะการเบิกจ่าย จำแนกตามภาค"
    row_path = "region"
    row_heading = "ภาค"
    unset_title = "ส่วนกลาง"

    def rows(self, scope: FigureScope, as_of: dt.date) -> Sequence[Row]:
        """The regions in the order of reports."""
        regions = Region.objects.all()
        if scope.region is not None:
            regions = regions.filter(pk=scope.region)
        return [Row(code, name) for code, name in regions.values_list("pk", "name")]


MONTHLY = Source(entries_by_month, "month")


def _flow(key: str, title: str, condition: Q) -> Measure:
    return Measure(key, title, Unit.BAHT, MONTHLY, Sum("net_baht"), condition=condition)


@register
class DisbursementByMonth(MeasureFigure):
    """What each month of the fiscal year paid and took back, and the running sum."""

    key = "projects.disbursement_by_month"
    title = "การเบิกจ่ายรายเดือน"
    unit = "บาท"
    basis = Basis.FLOW
    takes_programme = True
    row_heading = "เดือน"
    source = "บัญชีเบิกจ่าย"
    definition = "ยอดของเดือนนับตามวันที่มีผลของรายการ · คืนงบและรายการกลับแสดงเป็นยอดติดลบ · สะสมรวมตั้งแต่รายการแรกถึงสิ้นเดือนนั้น"
    columns = (
        _flow("paid_baht", "เบิกจ่าย", Q(kind=EntryKind.PAYMENT)),
        _flow("returned_baht", "คืนงบ", Q(kind=EntryKind.RETURN)),
        _flow(
            "corrected_baht",
            "กลับ/ปรับปรุงรายการ",
            Q(kind__in=(EntryKind.REVERSAL, EntryKind.ADJUSTMENT)),
        ),
        Measure("net_baht", "สุทธิในเดือน", Unit.BAHT, MONTHLY, Sum("net_baht")),
        Measure("entry_count", "จำนวนรายการ", Unit.COUNT, MONTHLY, Count("pk")),
        Difference(
            "cumulative_baht",
            "สะสม",
            Unit.BAHT,
            ("net_baht",),
            records_of="net_baht",
            additive=False,
        ),
    )

    def rows(self, scope: FigureScope, as_of: dt.date) -> Sequence[Row]:
        """Months from the fiscal year's first, or the first entry's if earlier, to the day's."""
        first = first_effective_on(scope, as_of)
        opening = FiscalYear.of(as_of).start
        months, day = [], min(first or opening, opening).replace(day=1)
        while day <= as_of:
            months.append(Row(f"{day:%Y-%m}", short_month(day)))
            day = (day + dt.timedelta(days=32)).replace(day=1)
        return months

    def compute(self, scope: FigureScope, as_of: dt.date) -> Grid:
        """The months, with the running sum filled in the order of the rows."""
        grid = super().compute(scope, as_of)
        cells: dict[str, dict[str, Cell]] = {row: dict(line) for row, line in grid.cells.items()}
        running = Decimal(0)
        for row in grid.items:
            running += Decimal(cells[row.key]["net_baht"] or 0)  # type: ignore[arg-type]
            cells[row.key]["cumulative_baht"] = running
        cells["total"]["cumulative_baht"] = running
        return replace(grid, cells=cells)

    def records(self, scope: FigureScope, as_of: dt.date, row: str, column: str) -> QuerySet[Any]:
        """The month's entries; behind a running sum, all entries up to the end of its month."""
        if column != "cumulative_baht" or row == "total":
            return super().records(scope, as_of, row, column)
        return entries_by_month(scope, as_of).filter(month__lte=row)

    def scope_label(self, scope: FigureScope) -> str:
        """Programme and region by name."""
        return scope_name(scope)


LATE = Source(late_projects, "month")


@register
class LateProjects(MeasureFigure):
    """Projects not fully paid within six months of approval, by the month they were due."""

    key = "projects.late"
    title = "โครงการที่เบิกจ่ายไม่ครบภายใน 6 เดือนนับจากวันอนุมัติ"
    unit = "บาท"
    basis = Basis.STOCK
    takes_programme = True
    row_heading = "ครบกำหนดในเดือน"
    source = "ทะเบียนโครงการ และบัญชีเบิกจ่าย"
    definition = "ครบกำหนด = วันที่อนุมัติบวก 6 เดือน · นับโครงการที่เลยกำหนดแล้วและยอดจ่าย (ไม่หักคืนงบ) ยังไม่ถึงงบที่อนุมัติ · ไม่นับโครงการที่ปิดหรือยกเลิกแล้ว"
    columns = (
        Measure("late_count", "จำนวนโครงการ", Unit.COUNT, LATE, Count("pk")),
        Measure("approved_baht", "อนุมัติ", Unit.BAHT, LATE, Sum("approved_baht")),
        Measure("paid_baht", "จ่ายแล้ว", Unit.BAHT, LATE, Sum("paid_in_all_baht")),
        Difference("unpaid_baht", "ยังไม่จ่าย", Unit.BAHT, ("approved_baht",), ("paid_baht",)),
    )

    def rows(self, scope: FigureScope, as_of: dt.date) -> Sequence[Row]:
        """None are known beforehand: the months are those in which late projects were due."""
        return ()

    def row_title(self, key: str) -> str:
        """The month."""
        return short_month(dt.date.fromisoformat(f"{key}-01"))

    def scope_label(self, scope: FigureScope) -> str:
        """Programme and region by name."""
        return scope_name(scope)


def _meeting(value: dict[str, Any]) -> str | None:
    """ครั้งที่ 2/2564 วันที่ 20-21 ม.ค. 64."""
    if value["number"] is None:
        return None
    days = date_range(dt.date.fromisoformat(value["from"]), dt.date.fromisoformat(value["to"]))
    return f"ครั้งที่ {value['number']}/{value['year']} วันที่ {days}"


PAID_OF_PROJECTS = Source(entries, "project")


def _of_instalment(number: int) -> list[ListColumn | Derived]:
    """Baht and day of an instalment; behind both stand entries of the ledger, not the project."""
    of_number = Q(instalment__number=number)

    def standing(scope: FigureScope, as_of: dt.date) -> Q:
        kept = Q(reversed_by=None) | Q(reversed_by__effective_on__gt=as_of)
        return of_number & Q(kind=EntryKind.PAYMENT) & kept

    amount, day, group = f"paid_{number}_baht", f"paid_{number}_on", f"งวด {number}"
    source, net, last = PAID_OF_PROJECTS, Sum("net_baht"), Max("effective_on")
    paid = Measure(amount, "บาท", Unit.BAHT, source, net, of_number)
    transferred = Measure(day, "วันที่โอน", Unit.DATE, source, last, standing)
    return [
        ListColumn(amount, paid.title, paid.unit, f"paid_{number}", group, behind=paid),
        ListColumn(day, transferred.title, transferred.unit, day, group, behind=transferred),
    ]


def _place(value: dict[str, str | None]) -> str:
    if value["level"] == ProjectLevel.NATION:
        return "ส่วนกลาง"
    if value["level"] == ProjectLevel.REGION:
        return "งบภาค"
    parts = (value["subdistrict"], value["district"], value["province"])
    return " ".join(part for part in parts if part)


@register
class ProjectDetail(ListFigure):
    """The detailed list: each project's meeting, approval, place, organisation and instalments."""

    key = "projects.detail"
    title = "รายละเอียดการเบิกจ่ายรายโครงการ"
    unit = "บาท"
    basis = Basis.STOCK
    takes_programme = True
    source = "ทะเบียนโครงการ และบัญชีเบิกจ่าย"
    definition = (
        "โครงการที่อนุมัติแล้วและไม่ถูกยกเลิก ณ วันที่ของรายงาน · ยอดงวดเป็นยอดสุทธิ · วันที่โอนคือวันที่จ่ายครั้งล่าสุดของงวด"
    )
    row_title = "code"
    row_heading = "รหัสโครงการ"
    is_numbered = True
    total_title = "รวมทั้งสิ้น"
    columns = ()

    def columns_for(self, scope: FigureScope, as_of: dt.date) -> Sequence[ListColumn | Derived]:
        """The facts of approval, then baht and day of each paid instalment."""
        columns: list[ListColumn | Derived] = [
            ListColumn("meeting", "ประชุมคณะพิจารณาโครงการ", Unit.TEXT, "meeting", convert=_meeting),
            ListColumn("approved_on", "วันที่อนุมัติ", Unit.DATE, "approved_on"),
            ListColumn("place", "จังหวัด", Unit.TEXT, "place", convert=_place),
            ListColumn("title", "โครงการ", Unit.TEXT, "title"),
            ListColumn("organisation", "องค์กรที่เสนอ", Unit.TEXT, "organisation__name"),
            ListColumn("approved_baht", "งบอนุมัติ", Unit.BAHT, "approved_baht"),
        ]
        for number in instalment_numbers(scope, as_of):
            columns += _of_instalment(number)
        return columns

    def queryset(self, scope: FigureScope, as_of: dt.date) -> QuerySet[Any]:
        """Approved projects in the order of their codes; one join to the ledger sums them all."""
        paid: dict[str, Any] = {}
        in_effect = Q(entries__effective_on__lte=as_of)
        standing = Q(entries__kind=EntryKind.PAYMENT) & (
            Q(entries__reversed_by=None) | Q(entries__reversed_by__effective_on__gt=as_of)
        )
        for number in instalment_numbers(scope, as_of):
            of_number = in_effect & Q(entries__instalment__number=number)
            paid[f"paid_{number}"] = Sum("entries__net_baht", filter=of_number)
            paid[f"paid_{number}_on"] = Max("entries__effective_on", filter=of_number & standing)
        found: QuerySet[Any] = (
            approved_projects(scope, as_of)
            .annotate(
                meeting=JSONObject(
                    **{
                        "number": "endorsed_meeting__number",
                        "year": "endorsed_meeting__fiscal_year",
                        "from": "endorsed_meeting__starts_on",
                        "to": "endorsed_meeting__ends_on",
                    }
                ),
                place=JSONObject(
                    level="level",
                    province="province__name",
                    district="district__name",
                    subdistrict="subdistrict__name",
                ),
                **paid,
            )
            .order_by("code")
        )
        return found

    def scope_label(self, scope: FigureScope) -> str:
        """Programme and region by name."""
        return scope_name(scope)
