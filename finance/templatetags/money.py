"""Amounts as the money pages print them."""

from __future__ import annotations

from decimal import Decimal

from django import template

from codi.thai.numbers import baht
from codi.thai.words import baht_text

register = template.Library()


@register.filter
def baht_words(value: Decimal | None) -> str:
    """An amount in Thai words: หนึ่งแสนบาทถ้วน."""
    return baht_text(value) if value is not None else "-"


@register.filter
def signed_baht(value: Decimal) -> str:
    """An amount with its sign, + for money that went out: +700,000."""
    return f"{'+' if value > 0 else '−'}{baht(abs(value))}"
