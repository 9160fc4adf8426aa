"""The scope of a person as a condition on rows that stand in a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

if TYPE_CHECKING:
    from codi.accounts.models import User


def in_scope(user: User, prefix: str = "") -> Q:
    """Rows inside the person's scope: the nation, the own region or the own province.

    ``prefix`` leads from a row to the record that has ``region`` and ``province``.
    """
    if user.sees_nation:
        return Q()
    if user.province_id:
        return Q(**{f"{prefix}province": user.province_id})
    return Q(**{f"{prefix}region": user.region_id})
