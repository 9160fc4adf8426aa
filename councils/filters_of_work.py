"""Filters of the lists of groups and proposals, and of what programs read of a council's work."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from codi.fiscal import FiscalYear
from codi.places.filters import provinces_in_sight, regions_in_sight
from codi.ui.lists import ListFilter
from councils.forms_of_work import years_to
from councils.models import (
    CommunityGroup,
    Council,
    GroupCertification,
    ProposalOfCouncil,
    ProposalState,
)
from councils.queries_of_work import GROUP_STATES


def _years(request: Any = None) -> list[tuple[str, str]]:
    return [(str(year), str(year)) for year, _label in years_to(timezone.localdate())]


def _groups(request: Any) -> QuerySet[Any]:
    return CommunityGroup.objects.visible_to(request.user)


class OfCouncilFilter(ListFilter):
    """Of which council and year: for programs."""

    council = django_filters.CharFilter(label="รหัสสภา", field_name="council__code")
    fiscal_year = django_filters.NumberFilter(label="ปีงบประมาณ")


class CertificationFilter(ListFilter):
    """Of which group and year: for programs, which know the keys."""

    group = django_filters.ModelChoiceFilter(label="กลุ่ม (id)", queryset=_groups)
    fiscal_year = django_filters.NumberFilter(label="ปีงบประมาณ")


class LetterFilter(ListFilter):
    """Of which council and year, and whether in force: for programs."""

    council = django_filters.CharFilter(label="รหัสสภา", field_name="council__code")
    fiscal_year = django_filters.NumberFilter(label="ปีงบประมาณ")
    is_revoked = django_filters.BooleanFilter(
        label="ยกเลิกแล้ว", field_name="revoked_on", lookup_expr="isnull", exclude=True
    )


class GroupFilter(ListFilter):
    """By place, council, year of registration, and the yearly certification."""

    region = django_filters.ModelChoiceFilter(
        label="ภาค", field_name="council__region", queryset=regions_in_sight
    )
    province = django_filters.ModelChoiceFilter(
        label="จังหวัด", field_name="council__province", queryset=provinces_in_sight
    )
    council = django_filters.CharFilter(label="รหัสสภา", field_name="council__code")
    state = django_filters.ChoiceFilter(
        label="การรับรองปีนี้", field_name="state", choices=list(GROUP_STATES.items())
    )
    registered = django_filters.ChoiceFilter(
        label="จดแจ้งในปีงบประมาณ", method="filter_registered", choices=_years
    )
    certified = django_filters.ChoiceFilter(
        label="รับรองของปีงบประมาณ", method="filter_certified", choices=_years
    )

    def filter_registered(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Groups registered within a fiscal year."""
        year = FiscalYear(int(value))
        return rows.filter(registered_on__range=(year.start, year.end))

    def filter_certified(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Groups with a certification of a fiscal year."""
        of_year = GroupCertification.objects.filter(group=OuterRef("pk"), fiscal_year=int(value))
        return rows.filter(Exists(of_year))


class ProposalFilter(ListFilter):
    """By year, state and council."""

    fiscal_year = django_filters.ChoiceFilter(label="ปีงบประมาณ", choices=_years)
    state = django_filters.ChoiceFilter(
        label="ความคืบหน้า", field_name="state_key", choices=ProposalState.choices
    )
    council = django_filters.CharFilter(label="รหัสสภา", method="filter_council")

    def filter_council(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Proposals that a council in sight stands behind."""
        seen = Council.objects.visible_to(self.request.user).filter(code=value)
        shares = ProposalOfCouncil.objects.filter(proposal=OuterRef("pk"), council__in=seen)
        return rows.filter(Exists(shares))
