"""Columns and filters of the lists of doubles."""

from __future__ import annotations

from typing import Any

import django_filters

from codi.places.filters import provinces_in_sight, regions_in_sight
from codi.ui.lists import ListFilter
from codi.ui.tables import DateColumn, ListTable, NumberColumn, StateColumn, TextColumn
from programs.models.duplicates import CaseState, Suspicion

STATE_TONES = {
    "found": "warn",
    "requested": "info",
    "sent_back": "warn",
    "merged": "good",
    "taken_back": "neutral",
    "not_double": "neutral",
    "reopened": "warn",
}


class DoubleTable(ListTable):
    """Two records, how alike their names are, and what people decided."""

    first_name = TextColumn("ระเบียนที่ 1", accessor="first__name", wide=True, linkify=True)
    first_code = TextColumn("รหัส", accessor="first__code", css_class="code")
    second_name = TextColumn("ระเบียนที่ 2", accessor="second__name", wide=True)
    second_code = TextColumn("รหัส", accessor="second__code", css_class="code")
    province = TextColumn("จังหวัด", accessor="first__province__name")
    similarity_pct = NumberColumn(
        "ชื่อคล้ายกัน",
        unit="ร้อยละ",
        orderable=True,
        definition="เทียบชื่อโดยไม่นับคำบอกประเภทและวรรณยุกต์ 100 คือตรงกันทั้งชื่อ ว่างเมื่อแจ้งเอง",
    )
    suspicion = StateColumn(
        "ลักษณะ", choices=dict(Suspicion.choices), tones={"double": "bad", "kind": "warn"}
    )
    state = StateColumn("สถานะ", choices=dict(CaseState.choices), tones=STATE_TONES)
    region = TextColumn("ภาค", accessor="first__region__short_name", css_class="nowrap")
    found_on = DateColumn("พบเมื่อ", orderable=True)
    requested_on = DateColumn("ขอรวมเมื่อ", orderable=True)
    merged_on = DateColumn("รวมเมื่อ", orderable=True)


class GroupDoubleTable(DoubleTable):
    """As doubles of councils; a group's place is that of its council."""

    council = TextColumn("สภาองค์กรชุมชน", accessor="first__council__name", css_class="middling")
    region = TextColumn("ภาค", accessor="first__council__region__short_name", css_class="nowrap")
    province = TextColumn("จังหวัด", accessor="first__council__province__name")


class DoubleFilter(ListFilter):
    """By state, suspicion and place."""

    state = django_filters.ChoiceFilter(label="สถานะ", choices=CaseState.choices)
    suspicion = django_filters.ChoiceFilter(label="ลักษณะ", choices=Suspicion.choices)
    region = django_filters.ModelChoiceFilter(
        label="ภาค", field_name="first__region", queryset=regions_in_sight
    )
    province = django_filters.ModelChoiceFilter(
        label="จังหวัด", field_name="first__province", queryset=provinces_in_sight
    )


class GroupDoubleFilter(DoubleFilter):
    """As doubles of councils, by the place of the council."""

    region = django_filters.ModelChoiceFilter(
        label="ภาค", field_name="first__council__region", queryset=regions_in_sight
    )
    province = django_filters.ModelChoiceFilter(
        label="จังหวัด", field_name="first__council__province", queryset=provinces_in_sight
    )


def joined(rows: Any, path: str = "") -> Any:
    """The rows with the records and places that their columns show."""
    return whole(rows).select_related(f"first__{path}region", f"first__{path}province")


def whole(rows: Any) -> Any:
    """The rows with both records and the people who spoke of them."""
    return rows.select_related("first", "second", "kept", "requested_by", "decided_by")
