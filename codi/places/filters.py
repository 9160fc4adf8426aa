"""Places to filter a list by: those in the scope of whoever asks."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from codi.places.models import Province, Region


def regions_in_sight(request: Any) -> QuerySet[Region]:
    """The regions of the person's scope; abolished ones too, for records still hang on them."""
    return Region.objects.visible_to(request.user)


def provinces_in_sight(request: Any) -> QuerySet[Province]:
    """The provinces of the person's scope that exist."""
    return Province.objects.visible_to(request.user).current()
