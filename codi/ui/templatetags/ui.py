"""The tags of our pages: icons, tags of state, Thai dates and numbers, error summaries."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import lru_cache
from typing import Any

import lucide
from django import template
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from codi.thai import dates, numbers
from codi.ui.forms import DETAIL
from codi.ui.toasts import Act, act_of

register = template.Library()

NOTICE_OF_LEVEL = {"success": "good", "warning": "warn", "error": "bad"}
ICON_OF_TONE = {
    "info": "info",
    "good": "circle-check",
    "warn": "triangle-alert",
    "bad": "circle-alert",
}


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, label: str = "") -> SafeString:
    """An inline drawing of the lucide set; without ``label`` it is decoration and stays unread."""
    spoken = {"role": "img", "aria_label": label} if label else {"aria_hidden": "true"}
    drawing: str = lucide._render_icon(str(name) + "", None, **{"class": "icon"}, **spoken)
    return mark_safe(drawing)  # noqa: S308 - a file of the package, no user's text but the escaped label


@register.simple_tag
def tag(text: str, tone: str = "neutral") -> SafeString:
    """A state in words on a tint: neutral, info, good, warn or bad."""
    return format_html('<span class="tag tag--{}">{}</span>', tone, text)


@register.inclusion_tag("components/notice.html")
def notice(text: str, tone: str = "info", title: str = "") -> dict[str, Any]:
    """A box with an icon: something the reader should know on this page."""
    return {"text": text, "tone": tone, "title": title, "icon_name": ICON_OF_TONE[tone]}


@register.inclusion_tag("components/empty.html")
def empty_state(
    title: str, text: str = "", icon: str = "inbox", url: str = "", label: str = ""
) -> dict[str, Any]:
    """An empty place that says why it is empty and what to do."""
    return {"title": title, "text": text, "icon_name": icon, "url": url, "label": label}


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: Any) -> dict[str, Any]:
    """All errors of the forms of a page, on top, each with a link to its field."""
    entries: list[tuple[str, str]] = []
    point_count = 0
    for form in forms:
        if not form or not form.is_bound:
            continue
        entries += [("", str(error)) for error in form.non_field_errors()]
        for bound in _in_order(form):
            entries += [(_target(bound), _named(bound, error)) for error in bound.errors.as_data()]
        point_count += _points(form)
    return {"entries": entries, "point_count": point_count}


def _points(form: Any) -> int:
    """How many things are to be mended: what only tells more of an error is none of its own."""
    return sum(
        error.code != DETAIL for errors in form.errors.as_data().values() for error in errors
    )


def _named(bound: Any, error: ValidationError) -> str:
    """The error as it reads away from its field: one that does not name the field gets its label.

    The label of a checkbox is a sentence of its own, and no name.
    """
    label, text = str(bound.label or ""), str(error.messages[0])
    is_named = error.code == DETAIL or label in text or getattr(bound, "is_checkbox", False)
    return text if is_named else f"{label}: {text}"


def _in_order(form: Any) -> list[Any]:
    """The fields as the page shows them, hidden ones last."""
    if not hasattr(form, "grouped_fields"):
        return list(form)
    shown = [bound for _title, group in form.grouped_fields() for bound in group]
    return [*shown, *form.hidden_fields()]


def _target(bound: Any) -> str:
    """The id to jump to; a group of radio buttons has its first one."""
    return str(bound.id_for_label or f"{bound.auto_id}_0")


@register.filter
def tone_of_message(message: Any) -> str:
    """The tone of a message of django.contrib.messages."""
    return NOTICE_OF_LEVEL.get(message.level_tag, "info")


@register.filter
def act_of_message(message: Any) -> Act | None:
    """The act that a message offers, for the toast below the page."""
    return act_of(message.extra_tags or "")


@register.filter
def icon_of_tone(tone: str) -> str:
    """The icon that goes with a tone."""
    return ICON_OF_TONE[tone]


@register.filter
def baht(value: Decimal | int | None) -> str:
    """Money with thousands separated, satang only when there are any, ``-`` for none."""
    return numbers.baht(value) if value is not None else "-"


@register.filter
def count(value: int | None) -> str:
    """A whole number with thousands separated, ``-`` for none."""
    return numbers.number(value) if value is not None else "-"


@register.filter
def thai_date(value: dt.date | dt.datetime | None) -> str:
    """A day as "31 พ.ค. 64", ``-`` for none."""
    return dates.short_date(_day(value)) if value else "-"


@register.filter
def thai_long_date(value: dt.date | dt.datetime | None) -> str:
    """A day as "31 พฤษภาคม 2564", ``-`` for none."""
    return dates.long_date(_day(value)) if value else "-"


@register.filter
def thai_moment(value: dt.datetime | None) -> str:
    """A moment as "31 พ.ค. 64 14.05 น." by the clock of Thailand, ``-`` for none."""
    if value is None:
        return "-"
    local = timezone.localtime(value)
    return f"{dates.short_date(local.date())} {local:%H.%M}\u00a0น."


def _day(value: dt.date | dt.datetime) -> dt.date:
    return timezone.localtime(value).date() if isinstance(value, dt.datetime) else value
