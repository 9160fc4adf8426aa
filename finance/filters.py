"""Filters of the lists that show money; the choices are what the person may see."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from codi.places.filters import provinces_in_sight, regions_in_sight
from codi.ui.lists import ListFilter, ThaiDateFilter
from finance.models import BudgetMove, EntryKind, Instalment, LedgerEntry
from finance.queries import late_now
from programs.models import BudgetFrame, Programme, Project, ProjectLevel, ProjectStatus

ANY = "ทั้งหมด"


def _programmes(request: Any) -> QuerySet[Programme]:
    return Programme.objects.visible_to(request.user).with_projects()


def _years(request: Any = None) -> list[tuple[int, str]]:
    years = Programme.objects.order_by("-fiscal_year").values_list("fiscal_year", flat=True)
    return [(year, str(year)) for year in years.distinct()]


def _projects(request: Any) -> QuerySet[Project]:
    return Project.objects.visible_to(request.user)


class OfProjectFilter(ListFilter):
    """Of which project: for programs, which know its key."""

    project = django_filters.ModelChoiceFilter(label="โครงการ (id)", queryset=_projects)


class LateFilter(ListFilter):
    """Which late projects."""

    programme = django_filters.ModelChoiceFilter(
        label="โครงการหลัก", queryset=_programmes, empty_label=ANY
    )
    region = django_filters.ModelChoiceFilter(
        label="ภาค", queryset=regions_in_sight, empty_label=ANY
    )
    province = django_filters.ModelChoiceFilter(
        label="จังหวัด", queryset=provinces_in_sight, empty_label=ANY
    )
    level = django_filters.ChoiceFilter(
        label="ระดับโครงการ", choices=ProjectLevel.choices, empty_label=ANY
    )

    class Meta:
        model = Project
        fields: list[str] = []


class ProjectFilter(LateFilter):
    """Which projects."""

    fiscal_year = django_filters.ChoiceFilter(label="ปีงบประมาณ", choices=_years, empty_label=ANY)
    status = django_filters.ChoiceFilter(
        label="สถานะ", choices=ProjectStatus.choices, empty_label=ANY
    )
    late = django_filters.ChoiceFilter(
        label="การเบิกจ่ายตามกำหนด",
        choices=[("1", "จ่ายไม่ครบใน 6 เดือน")],
        empty_label=ANY,
        method="only_late",
    )

    def only_late(self, rows: QuerySet[Project], name: str, value: str) -> QuerySet[Project]:
        """Those late today."""
        return late_now(timezone.localdate(), rows)


class LedgerFilter(ListFilter):
    """Which entries."""

    kind = django_filters.ChoiceFilter(
        label="ประเภทรายการ", choices=EntryKind.choices, empty_label=ANY
    )
    since = ThaiDateFilter(
        label="มีผลตั้งแต่วันที่", field_name="effective_on", lookup_expr="gte", required=False
    )
    until = ThaiDateFilter(
        label="มีผลถึงวันที่", field_name="effective_on", lookup_expr="lte", required=False
    )
    programme = django_filters.ModelChoiceFilter(
        label="โครงการหลัก",
        field_name="project__programme",
        queryset=_programmes,
        empty_label=ANY,
    )
    region = django_filters.ModelChoiceFilter(
        label="ภาค", field_name="project__region", queryset=regions_in_sight, empty_label=ANY
    )
    province = django_filters.ModelChoiceFilter(
        label="จังหวัด", field_name="project__province", queryset=provinces_in_sight, empty_label=ANY
    )

    class Meta:
        model = LedgerEntry
        fields: list[str] = []


class FrameFilter(ListFilter):
    """Which frames."""

    fiscal_year = django_filters.ChoiceFilter(
        label="ปีงบประมาณ", field_name="programme__fiscal_year", choices=_years, empty_label=ANY
    )
    programme = django_filters.ModelChoiceFilter(
        label="โครงการหลัก", queryset=_programmes, empty_label=ANY
    )
    region = django_filters.ModelChoiceFilter(
        label="ภาค", queryset=regions_in_sight, empty_label=ANY
    )
    level = django_filters.ChoiceFilter(
        label="ระดับโครงการ", choices=ProjectLevel.choices, empty_label=ANY
    )

    class Meta:
        model = BudgetFrame
        fields: list[str] = []


class EntryFilter(LedgerFilter, OfProjectFilter):
    """Which entries, and of which project."""


class MoveFilter(ListFilter):
    """Which budget moves."""

    programme = django_filters.ModelChoiceFilter(
        label="โครงการหลัก", queryset=_programmes, empty_label=ANY, method="of_programme"
    )
    since = ThaiDateFilter(
        label="โอนตั้งแต่วันที่", field_name="moved_on", lookup_expr="gte", required=False
    )
    until = ThaiDateFilter(
        label="โอนถึงวันที่", field_name="moved_on", lookup_expr="lte", required=False
    )

    class Meta:
        model = BudgetMove
        fields: list[str] = []

    def of_programme(
        self, rows: QuerySet[BudgetMove], name: str, value: Programme
    ) -> QuerySet[BudgetMove]:
        """Moves out of or into a frame of the programme."""
        return rows.filter(Q(from_frame__programme=value) | Q(to_frame__programme=value))


class InstalmentFilter(ListFilter):
    """Which instalments."""

    since = ThaiDateFilter(
        label="กำหนดเบิกตั้งแต่วันที่", field_name="planned_on", lookup_expr="gte", required=False
    )
    until = ThaiDateFilter(
        label="กำหนดเบิกถึงวันที่", field_name="planned_on", lookup_expr="lte", required=False
    )
    paid = django_filters.ChoiceFilter(
        label="การเบิกจ่าย",
        choices=[("none", "ยังไม่จ่าย"), ("part", "จ่ายบางส่วน"), ("full", "จ่ายครบงวด")],
        empty_label=ANY,
        method="by_payment",
    )
    programme = django_filters.ModelChoiceFilter(
        label="โครงการหลัก",
        field_name="project__programme",
        queryset=_programmes,
        empty_label=ANY,
    )
    region = django_filters.ModelChoiceFilter(
        label="ภาค", field_name="project__region", queryset=regions_in_sight, empty_label=ANY
    )
    province = django_filters.ModelChoiceFilter(
        label="จังหวัด", field_name="project__province", queryset=provinces_in_sight, empty_label=ANY
    )

    class Meta:
        model = Instalment
        fields: list[str] = []

    def by_payment(self, rows: QuerySet[Instalment], name: str, value: str) -> QuerySet[Instalment]:
        """By what is paid of each, net of returns."""
        wanted = {
            "none": Q(net_baht__lte=0),
            "part": Q(net_baht__gt=0, left_baht__gt=0),
            "full": Q(left_baht__lte=0),
        }
        return rows.filter(wanted[value])


class InstalmentOfProjectFilter(InstalmentFilter, OfProjectFilter):
    """Which instalments, and of which project."""
