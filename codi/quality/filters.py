"""Filters of the list of findings."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet

from codi.places.filters import provinces_in_sight, regions_in_sight
from codi.quality.declared import Severity, Topic, rules
from codi.quality.models import Finding, FindingState
from codi.ui.lists import ListFilter

WHOLE = "all"


def _rules() -> list[tuple[str, str]]:
    return [(rule.key, rule.title) for rule in rules()]


class FindingFilter(ListFilter):
    """By state (those that wait unless asked otherwise), weight, topic, rule, place and person."""

    state = django_filters.ChoiceFilter(
        label="สถานะ",
        choices=[*FindingState.choices[1:], (WHOLE, "ทุกสถานะ")],
        empty_label=FindingState.OPEN.label,
        method="of_state",
    )
    severity = django_filters.ChoiceFilter(label="ความสำคัญ", choices=Severity.choices)
    topic = django_filters.ChoiceFilter(label="หมวด", choices=Topic.choices)
    rule = django_filters.ChoiceFilter(label="กฎ", choices=_rules, field_name="rule_key")
    region = django_filters.ModelChoiceFilter(label="ภาค", queryset=regions_in_sight)
    province = django_filters.ModelChoiceFilter(label="จังหวัด", queryset=provinces_in_sight)
    mine = django_filters.ChoiceFilter(
        label="ผู้บันทึก", choices=[("1", "ฉันบันทึกล่าสุด"), ("0", "ไม่ทราบผู้บันทึก")], method="of_person"
    )

    class Meta:
        model = Finding
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Without a state, what waits for somebody."""
        rows: QuerySet[Any] = super().filter_queryset(queryset)
        if self.form.cleaned_data.get("state"):
            return rows
        return rows.filter(state=FindingState.OPEN)

    def of_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Findings of a state, or of all."""
        return rows if value == WHOLE else rows.filter(state=value)

    def of_person(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Records that the person wrote last, or of which nobody is known."""
        return rows.filter(owner=self.request.user if value == "1" else None)
