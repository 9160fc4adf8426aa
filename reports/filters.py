"""Filters of the list of editions."""

from __future__ import annotations

from typing import Any

import django_filters
from django.http import HttpRequest

from codi.places.models import Region
from codi.ui.lists import ListFilter
from reports.models import EditionState


def _regions(request: HttpRequest | None) -> Any:
    """The regions that the person sees."""
    regions = Region.objects.all()
    user: Any = request.user if request else None
    return regions if user is None or user.sees_nation else regions.filter(pk=user.region_id)


class EditionFilter(ListFilter):
    """By state and region."""

    state = django_filters.ChoiceFilter(label="สถานะ", choices=EditionState.choices)
    region = django_filters.ModelChoiceFilter(label="ภาค", queryset=_regions)
