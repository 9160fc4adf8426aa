"""A saved analysis may be deleted, and comes back, by its owner alone."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from codi.desk.bin import Deletable, register_deletable
from overview import services
from overview.models import SavedAnalysis
from overview.permissions import can_change_analysis


def _office(saved: Any) -> tuple[str | None, str | None]:
    return saved.region_id, saved.province_id


register_deletable(
    Deletable(
        SavedAnalysis,
        can_change_analysis,
        _office,
        after=lambda saved: reverse("overview:analyses"),
        owner=lambda saved: saved.owner_id,
        make_room=lambda saved: services.make_room(saved.owner_id),
    )
)
