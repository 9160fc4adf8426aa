"""How many notices wait for a person."""

from __future__ import annotations

from codi.accounts.models import User
from codi.notices.models import Notice

MOST_COUNTED = 100


def unread_count(user: User) -> int:
    """Unread notices in sight, counted up to 100 by one query."""
    return Notice.objects.visible_to(user).unread().order_by()[:MOST_COUNTED].count()
