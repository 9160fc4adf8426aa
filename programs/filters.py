"""Filters of the lists of programmes, organisations, committees and meetings."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet

from codi.places.filters import provinces_in_sight, regions_in_sight
from codi.ui.lists import ListFilter
from programs.models import (
    BaseKind,
    CertificationState,
    Committee,
    FundingSource,
    Meeting,
    Organisation,
    OrganisationKind,
    Programme,
    ProgrammeKind,
    ResolutionKind,
)


def _committees(request: Any) -> QuerySet[Committee]:
    return Committee.objects.visible_to(request.user)


def _meetings(request: Any) -> QuerySet[Meeting]:
    return Meeting.objects.visible_to(request.user)


def _organisations(request: Any) -> QuerySet[Organisation]:
    return Organisation.objects.visible_to(request.user)


def _years(request: Any) -> list[tuple[int, str]]:
    years = Meeting.objects.visible_to(request.user).order_by("-fiscal_year")
    found = years.values_list("fiscal_year", flat=True).distinct()
    return [(year, str(year)) for year in found]


def _programme_years() -> list[tuple[int, str]]:
    years = Programme.objects.order_by("-fiscal_year").values_list("fiscal_year", flat=True)
    return [(year, str(year)) for year in years.distinct()]


class OrganisationFilter(ListFilter):
    """By kind, place and the state of certification."""

    kind = django_filters.ChoiceFilter(label="ประเภท", choices=OrganisationKind.choices)
    region = django_filters.ModelChoiceFilter(label="ภาค", queryset=regions_in_sight)
    province = django_filters.ModelChoiceFilter(label="จังหวัด", queryset=provinces_in_sight)
    certification = django_filters.ChoiceFilter(
        label="การรับรองสถานภาพ",
        field_name="certification_state",
        choices=CertificationState.choices,
    )


class ProgrammeFilter(ListFilter):
    """By fiscal year, storey of the tree and source of money."""

    fiscal_year = django_filters.ChoiceFilter(label="ปีงบประมาณ", choices=_programme_years)
    kind = django_filters.ChoiceFilter(label="ประเภท", choices=ProgrammeKind.choices)
    funding_source = django_filters.ModelChoiceFilter(
        label="แหล่งงบประมาณ", queryset=FundingSource.objects.all()
    )


class CommitteeFilter(ListFilter):
    """By region."""

    region = django_filters.ModelChoiceFilter(label="ภาค", queryset=regions_in_sight)


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


class BaseFilter(ListFilter):
    """By what is counted, region and year."""

    kind = django_filters.ChoiceFilter(label="รายการ", choices=BaseKind.choices)
    region = django_filters.ModelChoiceFilter(label="ภาค", queryset=regions_in_sight)
    fiscal_year = django_filters.NumberFilter(label="ปีงบประมาณ")


class ResolutionFilter(ListFilter):
    """Of which meeting, and what kind: for programs, which know its key."""

    meeting = django_filters.ModelChoiceFilter(label="การประชุม (id)", queryset=_meetings)
    kind = django_filters.ChoiceFilter(label="ประเภทมติ", choices=ResolutionKind.choices)


class CertificationFilter(ListFilter):
    """Of which organisation and meeting: for programs, which know their keys."""

    organisation = django_filters.ModelChoiceFilter(label="องค์กร (id)", queryset=_organisations)
    meeting = django_filters.ModelChoiceFilter(label="การประชุม (id)", queryset=_meetings)
