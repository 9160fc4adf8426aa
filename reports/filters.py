"""Filters of the list of editions."""

from __future__ import annotations

from typing import Any

import django_filters
from django.apps import apps
from django.db.models import QuerySet

from codi.places.filters import regions_in_sight
from codi.places.models import Region
from codi.ui.lists import ListFilter
from reports.models import (
    FROZEN_STATES,
    Edition,
    EditionState,
    ReportingQuarter,
    TouchedEdition,
    TouchedQuarter,
    Verb,
)
from reports.outlines import OUTLINES
from reports.reported import REPORTED


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
    standing = django_filters.ChoiceFilter(label="สถานะ", choices=STANDINGS, method="standing_as")

    def standing_as(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Open or closed; of any rows of quarters, those of the API as well."""
        return rows.filter(closed_at__isnull=value == "open")


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


def _closed(request: Any) -> QuerySet[ReportingQuarter]:
    return ReportingQuarter.objects.visible_to(request.user).filter(
        pk__in=TouchedQuarter.objects.values("quarter")
    )


def _touched(request: Any) -> QuerySet[Edition]:
    touched = Edition.objects.visible_to(request.user).filter(
        pk__in=TouchedEdition.objects.values("edition"), state__in=FROZEN_STATES
    )
    return touched.select_related("programme", "region")


KINDS = [(label, str(apps.get_model(label)._meta.verbose_name)) for label in REPORTED]


class LaterChangeFilter(ListFilter):
    """By closed quarter, edition, region, kind of record, and what was done."""

    quarter = django_filters.ModelChoiceFilter(
        label="ไตรมาสที่ปิดแล้ว", field_name="quarters__quarter", queryset=_closed
    )
    edition = django_filters.ModelChoiceFilter(
        label="ฉบับที่กระทบ", method="touching", queryset=_touched
    )
    region = django_filters.ModelChoiceFilter(
        label="ภาค", method="of_region", queryset=regions_in_sight
    )
    model_label = django_filters.ChoiceFilter(label="ชนิดของรายการ", choices=KINDS)
    verb = django_filters.ChoiceFilter(label="ทำอะไร", choices=Verb.choices)

    def of_region(self, rows: Any, name: str, value: Region) -> Any:
        """Of records that are in the region, or left it by this change."""
        return rows.in_region(value.pk)

    def touching(self, rows: Any, name: str, value: Edition) -> Any:
        """Those that the page of the edition counts."""
        return rows.touching(value)
