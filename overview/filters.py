"""Filters of the list of tambons."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet

from codi.places.filters import provinces_in_sight, regions_in_sight
from codi.ui.lists import ListFilter, ThaiDateFilter
from overview.tambons import ALL, SHOWN, WITHOUT_COUNCIL, WITHOUT_FUND

LACKING = {WITHOUT_COUNCIL: "councils_count", WITHOUT_FUND: "funds_count"}


class TambonFilter(ListFilter):
    """By place, what is lacking, and the day of which the list tells."""

    region = django_filters.ModelChoiceFilter(
        label="ภาค", field_name="district__province__region", queryset=regions_in_sight
    )
    province = django_filters.ModelChoiceFilter(
        label="จังหวัด", field_name="district__province", queryset=provinces_in_sight
    )
    shown = django_filters.ChoiceFilter(
        label="แสดง",
        method="filter_lacking",
        choices=[(word, label) for word, label in SHOWN.items() if word != ALL],
    )
    as_of = ThaiDateFilter(label="ข้อมูล ณ วันที่", method="keep_all")

    def filter_lacking(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Tambons without a council, or without a fund."""
        return rows.filter(**{LACKING[value]: 0})

    def keep_all(self, rows: QuerySet[Any], name: str, value: object) -> QuerySet[Any]:
        """The day takes no tambon away: the rows were counted as of it."""
        return rows
