"""``{% history_link obj %}``: from any record to who changed it, in one click."""

from __future__ import annotations

from django import template
from django.db import models
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from codi.ui.templatetags.ui import icon

register = template.Library()


@register.simple_tag
def history_link(record: models.Model, label: str = "ประวัติการแก้ไข") -> SafeString:
    """A link to the history of a tracked record."""
    address = reverse("history:detail", args=[record._meta.label_lower, record.pk])
    return format_html(
        '<a class="btn btn-link" href="{}">{} {}</a>', address, icon("history"), label
    )
