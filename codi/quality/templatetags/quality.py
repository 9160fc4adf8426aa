"""How the overview of data quality shows a change and the colour of a severity."""

from __future__ import annotations

from collections.abc import Mapping

from django import template

from codi.thai.numbers import number

register = template.Library()


@register.filter
def change(value: int | None) -> str:
    """+12, -3, เท่าเดิม, or ``-`` where nothing was counted so long ago."""
    if value is None:
        return "-"
    if not value:
        return "เท่าเดิม"
    return f"{'+' if value > 0 else '-'}{number(abs(value))}"


@register.filter
def tone_of(tones: Mapping[str, str], severity: str) -> str:
    """The colour of a severity."""
    return tones[severity]
