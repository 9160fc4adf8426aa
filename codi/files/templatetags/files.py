"""``{% files_panel record %}``: the files of a record with a place to drop more; sizes in words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.template.context import Context
from django.utils import timezone

from codi.files.forms import AttachForm
from codi.files.inspection import MAX_BYTE_COUNT
from codi.files.models import Format
from codi.files.queries import files_of
from codi.thai.numbers import number

register = template.Library()

ICONS: dict[str, str] = {
    Format.PDF: "file-text",
    Format.JPEG: "image",
    Format.PNG: "image",
    Format.XLSX: "file-spreadsheet",
    Format.DOCX: "file-type",
}
_KB, _MB = 1_000, 1_000_000


@register.inclusion_tag("files/panel.html", takes_context=True)
def files_panel(
    context: Context, record: Any, title: str = "ไฟล์แนบ", form: Any = None
) -> dict[str, Any]:
    """The panel of a record's files; ``form`` is the one that was sent, when it had errors."""
    user = context["request"].user
    panel = files_of(record, user)
    return {
        "request": context["request"],
        "csrf_token": context.get("csrf_token"),
        "panel": panel,
        "title": title,
        "form": form or AttachForm(user=user, today=timezone.localdate(), kind=panel.kind),
        "max_byte_count": MAX_BYTE_COUNT,
    }


@register.filter
def file_size(byte_count: int) -> str:
    """A size as people say it: "640 ไบต์", "12 kB", "1.4 MB"."""
    if byte_count < _KB:
        return f"{byte_count} ไบต์"
    if byte_count < _MB:
        return f"{byte_count // _KB} kB"
    return f"{number(Decimal(byte_count) / _MB, 1)} MB"


@register.filter
def file_icon(form: str) -> str:
    """The icon of a format."""
    return ICONS[form]
