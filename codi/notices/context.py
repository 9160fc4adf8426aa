"""What the bell in the head of every page needs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from codi.notices.queries import MOST_COUNTED, unread_count


def bell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``unread_notices`` asks the database once, where the page shows it."""

    def unread_notices() -> str:
        count = unread_count(request.user) if request.user.is_authenticated else 0
        if not count:
            return ""
        return f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else str(count)

    return {"unread_notices": unread_notices}
