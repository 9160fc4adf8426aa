"""How many notices wait for a person."""

from __future__ import annotations

from codi.accounts.models import User
from codi.notices.models import Notice

MOST_COUNTED = 100


def unread_count(user: User) -> int:
    """Unread notices in sight, counted up to 100: one query, and a second one where there are any.

    The bell hangs on every page, and most people have read what they were told. Asking first which
    kinds are unread spares them the question what of thirty kinds is still in sight.
    """
    unread = Notice.objects.filter(recipient=user).unread().order_by()
    kinds = set(unread.values_list("kind", flat=True).distinct())
    if not kinds:
        return 0
    return Notice.objects.visible_to(user, kinds).unread().order_by()[:MOST_COUNTED].count()
