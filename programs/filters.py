"""Filters of the lists of organisations, committees and meetings."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet

from codi.places.models import Province, Region
from codi.ui.lists import ListFilter
from programs.models import CertificationState, Committee, Meeting, OrganisationKind


def _regions(request: Any) -> QuerySet[Region]:
    return Region.objects.visible_to(request.user).current()


def _provinces(request: Any) -> QuerySet[Province]:
    return Province.objects.visible_to(request.user).current()


def _committees(request: Any) -> QuerySet[Committee]:
    return Committee.objects.visible_to(request.user)


def _years(request: Any) -> list[tuple[int, str]]:
    years = Meeting.objects.visible_to(request.user).order_by("-fiscal_year")
    found = years.values_list("fiscal_year", flat=True).distinct()
    return [(year, str(year)) for year in found]


class OrganisationFilter(ListFilter):
    """By kind, place and the state of certification."""

    kind = django_filters.ChoiceFilter(label="ประเภท", choices=OrganisationKind.choices)
    region = django_filters.ModelChoiceFilter(label="ภาค", queryset=_regions)
    province = django_filters.ModelChoiceFilter(label="จังหวัด", queryset=_provinces)
    certification = django_filters.ChoiceFilter(
        label="การรับรองสถานภาพ",
        field_name="certification_state",
        choices=CertificationState.choices,
    )


class CommitteeFilter(ListFilter):
    """By region."""

    region = django_filters.ModelChoiceFilter(label="ภาค", queryset=_regions)


class MeetingFilter(ListFilter):
    """By committee and fiscal year."""

    committee = django_filters.ModelChoiceFilter(label="คณะ", queryset=_committees)
    fiscal_year = django_filters.TypedChoiceFilter(label="ปีงบประมาณ", coerce=int)
    resolutions = django_filters.ChoiceFilter(
        label="มติ",
        method="filter_resolutions",
        choices=[("none", "ยังไม่บันทึกมติ"), ("some", "บันทึกมติแล้ว")],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["fiscal_year"].extra["choices"] = _years(self.request)

    def filter_resolutions(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Meetings with, or without, a resolution."""
        return (
            rows.filter(resolution_count=0) if value == "none" else rows.exclude(resolution_count=0)
        )
