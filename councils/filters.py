"""Filters of the lists of councils, their members and terms."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Max, Min, Q, QuerySet
from django.utils import timezone

from codi.fiscal import FiscalYear, Quarter
from codi.places.filters import provinces_in_sight, regions_in_sight
from codi.ui.lists import ListFilter, ThaiDateFilter
from councils.models import AuthorityKind, Council, MemberKind, TermState

QUARTERS = [(str(number), f"ไตรมาส {number}") for number in range(1, 5)]


def _registration_years(request: Any) -> list[tuple[str, str]]:
    """The fiscal years in which councils in sight were registered, the latest first."""
    days = Council.objects.visible_to(request.user).aggregate(
        first=Min("registered_on"), last=Max("registered_on")
    )
    if days["first"] is None:
        return []
    first, last = (FiscalYear.of(days[name]).number for name in ("first", "last"))
    return [(str(year), str(year)) for year in range(last, first - 1, -1)]


class CouncilFilter(ListFilter):
    """By place, kind, term, forms, certification and the quarter of registration."""

    region = django_filters.ModelChoiceFilter(label="ภาค", queryset=regions_in_sight)
    province = django_filters.ModelChoiceFilter(label="จังหวัด", queryset=provinces_in_sight)
    kind = django_filters.ChoiceFilter(label="ประเภทพื้นที่", choices=AuthorityKind.choices)
    term = django_filters.ChoiceFilter(
        label="วาระสมาชิก", field_name="term_state", choices=TermState.choices
    )
    forms = django_filters.ChoiceFilter(
        label="แบบ จส.02 และ จส.03",
        method="filter_forms",
        choices=[
            ("whole", "แนบครบ"),
            ("missing", "ยังขาด"),
            ("js02", "ขาด จส.02"),
            ("js03", "ขาด จส.03"),
        ],
    )
    certified = django_filters.ChoiceFilter(
        label="การรับรอง",
        method="filter_certified",
        choices=[("yes", "รับรองแล้ว"), ("no", "ยังไม่รับรอง")],
    )
    registered = django_filters.ChoiceFilter(
        label="จดแจ้งในปีงบประมาณ", method="filter_year", choices=[]
    )
    quarter = django_filters.ChoiceFilter(
        label="ไตรมาสที่จดแจ้ง", method="filter_quarter", choices=QUARTERS
    )
    standing = django_filters.ChoiceFilter(
        label="สถานะในทะเบียน",
        method="filter_standing",
        choices=[("in", "อยู่ในทะเบียน"), ("out", "ถอนออกแล้ว")],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["registered"].extra["choices"] = _registration_years(self.request)

    def filter_forms(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Councils by which of the two forms is attached."""
        if value == "whole":
            return rows.filter(has_js02=True, has_js03=True)
        if value == "missing":
            return rows.exclude(has_js02=True, has_js03=True)
        return rows.filter(**{f"has_{value}": False})

    def filter_certified(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Councils that were certified, or not yet."""
        return rows.filter(certified_on__isnull=value == "no")

    def filter_year(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Councils registered within a fiscal year."""
        year = FiscalYear(int(value))
        return rows.filter(registered_on__range=(year.start, year.end))

    def filter_quarter(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Councils registered in that quarter of any fiscal year."""
        begins = Quarter(FiscalYear.of(timezone.localdate()), int(value)).start
        return rows.filter(registered_on__quarter=(begins.month + 2) // 3)

    def filter_standing(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Councils that stand in the register, or were withdrawn."""
        return rows.filter(withdrawn_on__isnull=value == "in")


def _councils(request: Any) -> QuerySet[Council]:
    return Council.objects.visible_to(request.user)


class OfCouncilFilter(ListFilter):
    """By the place of the council, and (for links and programs) the council itself."""

    region = django_filters.ModelChoiceFilter(
        label="ภาค", field_name="council__region", queryset=regions_in_sight
    )
    province = django_filters.ModelChoiceFilter(
        label="จังหวัด", field_name="council__province", queryset=provinces_in_sight
    )
    council = django_filters.CharFilter(
        label="รหัสสภา", field_name="council__code", lookup_expr="exact"
    )


class TermFilter(OfCouncilFilter):
    """By place and by how the term stands."""

    state = django_filters.ChoiceFilter(
        label="สถานะ",
        field_name="state",
        choices=[(value, label) for value, label in TermState.choices if value != TermState.NONE],
    )
    expires = ThaiDateFilter(label="ครบวาระภายใน", field_name="expires_on", lookup_expr="lte")
    counted = django_filters.ChoiceFilter(
        label="การนับ",
        method="filter_counted",
        choices=[("yes", "นับอยู่"), ("no", "ถอนออกแล้ว")],
    )

    def filter_counted(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Terms that count, or were withdrawn."""
        return rows.filter(withdrawn_on__isnull=value == "yes")


class MemberFilter(OfCouncilFilter):
    """By place, kind, and whether the member still serves."""

    kind = django_filters.ChoiceFilter(label="ประเภทสมาชิก", choices=MemberKind.choices)
    serving = django_filters.ChoiceFilter(
        label="การดำรงตำแหน่ง",
        method="filter_serving",
        choices=[("yes", "ดำรงตำแหน่งอยู่"), ("no", "พ้นจากตำแหน่งแล้ว")],
    )

    def filter_serving(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Members who serve today, or left."""
        today = timezone.localdate()
        serving = Q(left_on=None) | Q(left_on__gt=today)
        return rows.filter(serving if value == "yes" else ~serving)
