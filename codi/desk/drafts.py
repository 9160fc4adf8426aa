"""Drafts of forms: kept as typed, given back as typed, private to their person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict

from codi.accounts.models import User
from codi.desk.models import KEPT, MOST_LETTERS, Draft
from codi.errors import Refused
from codi.ui.forms import UserForm
from codi.writing import service


@dataclass(frozen=True)
class Place:
    """Where a draft belongs: whose it is, which form, of which record (empty for a new one)."""

    user: User
    form_key: str
    object_key: str

    def found(self) -> Draft | None:
        """The draft that lies here."""
        return Draft.objects.filter(
            user=self.user, form_key=self.form_key, object_key=self.object_key
        ).first()


def _is_kept(field: forms.Field) -> bool:
    """Whether a draft keeps the field: nothing hidden, no file, no password."""
    widget = field.widget
    return not (
        widget.is_hidden
        or isinstance(field, forms.FileField)
        or isinstance(widget, forms.PasswordInput)
    )


def typed_values(form_class: type[UserForm], posted: QueryDict) -> dict[str, list[str]]:
    """What was typed into the fields of a form, raw, by field; the database takes no NUL."""
    return {
        name: [value.replace("\x00", "") for value in posted.getlist(name)]
        for name, field in form_class.base_fields.items()
        if _is_kept(field)
    }


def as_initial(form_class: type[UserForm], draft: Draft) -> dict[str, Any]:
    """The draft as a form shows it; a field that the page did not have keeps its stored value."""
    initial: dict[str, Any] = {}
    for name, field in form_class.base_fields.items():
        values = draft.data.get(name)
        if values is None or not _is_kept(field):
            continue
        if isinstance(field.widget, forms.CheckboxInput):
            initial[name] = bool(values)
        elif getattr(field.widget, "allow_multiple_selected", False):
            initial[name] = values
        elif values:
            initial[name] = values[-1]
    if draft.base_version is not None:
        initial["version"] = draft.base_version
    return initial


@service
def keep_draft(
    *,
    place: Place,
    page: UUID,
    sequence: int,
    data: Mapping[str, list[str]],
    base_version: int | None,
    now: dt.datetime,
) -> Draft:
    """Keep what was typed on one opened ``page``; a state with a lower ``sequence`` comes too late.

    Raises :class:`Refused` when it is too long, or when another page's draft lies there: that one
    is used or thrown away first, and never written over.
    """
    if sum(len(value) for values in data.values() for value in values) > MOST_LETTERS:
        raise Refused("ข้อความยาวเกินกว่าจะเก็บเป็นร่าง กรุณากดบันทึก", code="draft_too_long")
    state = {
        "sequence": sequence,
        "data": dict(data),
        "base_version": base_version,
        "saved_at": now,
    }
    draft, is_new = Draft.objects.select_for_update().get_or_create(
        user=place.user,
        form_key=place.form_key,
        object_key=place.object_key,
        defaults={"page": page, **state},
    )
    if draft.page != page:
        raise Refused(
            "มีร่างเดิมของแบบฟอร์มนี้อยู่ ยังไม่ได้เก็บร่างใหม่ เปิดหน้านี้ใหม่แล้วเลือกใช้ร่างหรือทิ้งร่างก่อน",
            code="draft_of_another_page",
        )
    if not is_new and sequence > draft.sequence:
        Draft.objects.filter(pk=draft.pk).update(**state)
        draft.refresh_from_db()
    return draft


@service
def drop_draft(*, place: Place, page: UUID | None = None) -> None:
    """Forget the draft: its person threw it away, or the form of its ``page`` was saved.

    A draft that another page left stays: it was offered, and holds what is saved nowhere else.
    """
    rows = Draft.objects.filter(
        user=place.user, form_key=place.form_key, object_key=place.object_key
    )
    (rows if page is None else rows.filter(page=page)).delete()


@service
def drop_old_drafts(*, now: dt.datetime) -> int:
    """Forget the drafts that nobody touched for 30 days; how many."""
    count, _ = Draft.objects.filter(saved_at__lt=now - KEPT).delete()
    return count
