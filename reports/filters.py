"""Filters of the list of editions."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet

from codi.places.filters import regions_in_sight
from codi.ui.lists import ListFilter
from reports.models import Edition, EditionState, ReportingQuarter
from reports.outlines import OUTLINES


def years_reported() -> list[tuple[int, str]]:
    """The fiscal years of which quarters are reported, the latest first."""
    years = ReportingQuarter.objects.order_by("-fiscal_year").values_list("fiscal_year", flat=True)
    return [(year, str(year)) for year in years.distinct()]


class EditionFilter(ListFilter):
    """By kind of report, state and region."""

    outline = django_filters.ChoiceFilter(
        label="แบบรายงาน", choices=[(key, one.title) for key, one in OUTLINES.items()]
    )
    state = django_filters.ChoiceFilter(label="สถานะ", choices=EditionState.choices)
    region = django_filters.ModelChoiceFilter(label="ภาค", queryset=regions_in_sight)


STANDINGS = [("open", "เปิด"), ("closed", "ปิดแล้ว")]


class QuarterFilter(ListFilter):
    """By fiscal year, and whether the quarter is closed."""

    fiscal_year = django_filters.ChoiceFilter(label="ปีงบประมาณ", choices=years_reported)
    standing = django_filters.ChoiceFilter(label="สถานะ", choices=STANDINGS)


def _editions(request: Any) -> QuerySet[Edition]:
    return Edition.objects.visible_to(request.user)


class TextFilter(ListFilter):
    """Of which edition: for programs, which know its key."""

    edition = django_filters.ModelChoiceFilter(label="ฉบับ (id)", queryset=_editions)


class CheckFilter(TextFilter):
    """Of which edition, and whether it passed."""

    is_ok = django_filters.ChoiceFilter(
        label="ผ่านหรือไม่", choices=[("True", "ผ่าน"), ("False", "ไม่ผ่าน")]
    )
