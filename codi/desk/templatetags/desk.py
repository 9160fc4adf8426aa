"""The button that deletes a record."""

from __future__ import annotations

from typing import Any

from django import template
from django.db.models import Model

from codi.desk.bin import declared_for

register = template.Library()


@register.inclusion_tag("desk/delete_button.html", takes_context=True)
def delete_button(context: Any, record: Model, small: bool = False) -> dict[str, Any]:
    """The button, for whoever may delete the record as it stands; nothing for the others."""
    declared = declared_for(record)
    may = declared and declared.can_delete(context["request"].user, record)
    return {
        "may": bool(may),
        "record": record,
        "model": record._meta.label_lower,
        "small": small,
        "csrf_token": context.get("csrf_token"),
    }
