"""The records behind a cell as a list for people: one line per record, with what it adds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.urls import NoReverseMatch, reverse

from codi.thai.dates import short_date
from codi.thai.numbers import baht


@dataclass(frozen=True)
class Listed:
    """One record: its texts under the headings, its page, and its amount as printed."""

    texts: tuple[str, ...]
    url: str
    amount: str


@dataclass(frozen=True)
class _Kind:
    """How the records of one model are listed; ``page`` names the address of a record's page."""

    headings: tuple[str, ...]
    related: tuple[str, ...]
    texts: Callable[[Any], tuple[str, ...]]
    page: str
    page_key: str


def _project(project: Any) -> tuple[str, ...]:
    approved = short_date(project.approved_on) if project.approved_on else "-"
    return (project.code, project.title, project.place_name, approved)


def _entry(entry: Any) -> tuple[str, ...]:
    return (
        entry.project.code,
        f"{entry.get_kind_display()} งวด {entry.instalment.number}",
        entry.document_number or "-",
        short_date(entry.effective_on),
    )


def _frame(frame: Any) -> tuple[str, ...]:
    return (str(frame), frame.note or "-", short_date(frame.allocated_on))


KINDS = {
    "programs.project": _Kind(
        ("รหัสโครงการ", "โครงการ", "พื้นที่", "วันที่อนุมัติ"),
        ("province", "district", "subdistrict"),
        _project,
        "finance:project",
        "pk",
    ),
    "finance.ledgerentry": _Kind(
        ("รหัสโครงการ", "รายการ", "เลขที่เอกสาร", "วันที่มีผล"),
        ("project", "instalment"),
        _entry,
        "finance:project",
        "project_id",
    ),
    "programs.budgetframe": _Kind(
        ("กรอบงบ", "เอกสารอ้างอิง", "วันที่จัดสรร"),
        ("programme", "region"),
        _frame,
        "programs:programme",
        "programme_id",
    ),
}
OTHER = _Kind(("รายการ",), (), lambda record: (str(record),), "", "pk")


def headings_of(label: str) -> tuple[str, ...]:
    """The headings of the list of a model's records."""
    return KINDS.get(label, OTHER).headings


def listed(label: str, pairs: Sequence[tuple[int, Decimal | None]]) -> list[Listed]:
    """The records of keys, in the order given; one query. A deleted record shows its key."""
    kind = KINDS.get(label, OTHER)
    model = apps.get_model(label)
    rows = (
        model._default_manager.select_related(*kind.related)
        if kind.related
        else model._default_manager
    )
    found = rows.in_bulk([key for key, _ in pairs])
    lines = []
    for key, amount in pairs:
        record = found.get(key)
        texts = kind.texts(record) if record else (f"รายการ {key} ถูกลบแล้ว",)
        url = _page(kind, record) if record else ""
        lines.append(Listed(texts, url, "" if amount is None else baht(amount)))
    return lines


def _page(kind: _Kind, record: Any) -> str:
    """The record's page, where the room that shows it is installed."""
    try:
        return reverse(kind.page, args=[getattr(record, kind.page_key)]) if kind.page else ""
    except NoReverseMatch:
        return ""
