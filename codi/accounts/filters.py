"""Filters of the list of people."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet

from codi.accounts.models import Role
from codi.places.models import Region
from codi.ui.lists import ListFilter


def _regions(request: Any) -> QuerySet[Region]:
    return Region.objects.visible_to(request.user)


class UserFilter(ListFilter):
    """By role, region and whether they can log in."""

    role = django_filters.ChoiceFilter(label="บทบาท", choices=Role.choices)
    region = django_filters.ModelChoiceFilter(label="ภาค", queryset=_regions)
    is_active = django_filters.ChoiceFilter(
        label="สถานะ", choices=[("1", "ใช้งานได้"), ("0", "ระงับ")]
    )
