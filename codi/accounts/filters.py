"""Filters of the list of people."""

from __future__ import annotations

import django_filters

from codi.accounts.models import Role
from codi.places.filters import regions_in_sight
from codi.ui.lists import ListFilter


class UserFilter(ListFilter):
    """By role, region and whether they can log in."""

    role = django_filters.ChoiceFilter(label="บทบาท", choices=Role.choices)
    region = django_filters.ModelChoiceFilter(label="ภาค", queryset=regions_in_sight)
    is_active = django_filters.ChoiceFilter(
        label="สถานะ", choices=[("1", "ใช้งานได้"), ("0", "ระงับ")]
    )
