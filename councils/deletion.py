"""What of this room may be deleted: a meeting, a review, and a group that nothing rests on.

Councils and terms are withdrawn with a reason instead, letters revoked, certifications taken back.
"""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from codi.desk.bin import Deletable, register_deletable
from councils import permissions_of_work as permissions
from councils.models import CommunityGroup, CouncilMeeting, QualityReview


def _place_of_council(record: Any) -> tuple[str | None, str | None]:
    return record.council.region_id, record.council.province_id


def _council_page(record: Any) -> str:
    return str(record.council.get_absolute_url())


for model in (CouncilMeeting, QualityReview):
    register_deletable(
        Deletable(model, permissions.can_delete_work, _place_of_council, after=_council_page)
    )
register_deletable(
    Deletable(
        CommunityGroup,
        permissions.can_delete_group,
        _place_of_council,
        after=lambda group: reverse("councils:groups"),
    )
)
