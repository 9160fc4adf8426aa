"""A saved filter may be deleted, and comes back, by its owner alone."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from codi.desk.bin import Deletable, register_deletable
from codi.kept.models import SavedFilter
from codi.kept.permissions import can_change_filter


def _office(saved: Any) -> tuple[str | None, str | None]:
    return saved.region_id, saved.province_id


register_deletable(
    Deletable(
        SavedFilter,
        can_change_filter,
        _office,
        after=lambda saved: reverse("kept:settings", args=[saved.list_name]),
        owner=lambda saved: saved.owner_id,
    )
)
