"""What every page needs: the product's name and the navigation."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from codi.ui.navigation import navigation_for

PRODUCT_NAME = "ระบบข้อมูลและรายงานองค์กรชุมชน"
OWNER_NAME = "สถาบันพัฒนาองค์กรชุมชน (พอช.)"


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor of the frame around every page."""
    return {
        "product_name": PRODUCT_NAME,
        "owner_name": OWNER_NAME,
        "navigation": SimpleLazyObject(
            lambda: navigation_for(request) if hasattr(request, "user") else []
        ),
    }
