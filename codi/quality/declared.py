"""What a room says of its data: rules, each a queryset of the records that break it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import F, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast
from django.urls import reverse

Said = str | Combinable
"""A path from the offending record, or an expression over it (``words`` makes one of pieces)."""


class Severity(models.TextChoices):
    """How much a finding weighs."""

    SERIOUS = "serious", "ต้องแก้ไข"
    WARNING = "warning", "ควรตรวจสอบ"
    NOTE = "note", "ควรเติมให้ครบ"


TONES: dict[str, str] = {
    Severity.SERIOUS: "bad",
    Severity.WARNING: "warn",
    Severity.NOTE: "info",
}


class Topic(models.TextChoices):
    """What a rule is about: the columns of the report's table."""

    DOCUMENTS = "documents", "เอกสารและไฟล์"
    TERMS = "terms", "วาระและสมาชิก"
    WORK = "work", "การดำเนินงาน"
    REPORTING = "reporting", "การรายงาน"
    SUMS = "sums", "ยอดไม่สอดคล้อง"
    MONEY = "money", "โครงการและงวดเงิน"
    PLACES = "places", "ชื่อและพื้นที่"
    DUPLICATES = "duplicates", "รายการซ้ำ"


@dataclass(frozen=True)
class Rule:
    """One rule about data.

    ``offending(today)`` are the records that break it; one query, whatever their number. ``label``
    names a record, ``detail`` says what is wrong with it in Thai, both as paths or expressions over
    the queryset. ``region`` and ``province`` lead to its place (``province`` may be empty: then
    people of one province do not see it), ``due`` to the day by which it was to be mended.
    ``link(key)`` is the page that mends it; ``key`` tells the findings of a rule apart and is the
    record's primary key unless another path or expression is given. ``facts`` are what an
    explanation ("right as it is, because …") holds for: when one of them changes, the finding opens
    anew; without them it is the detail.
    ``record`` is the model whose trail tells who brought the record last (``record_key`` leads to
    its primary key); that of the queryset unless given.
    """

    key: str
    title: str
    topic: Topic
    severity: Severity
    subject: str
    advice: str
    offending: Callable[[dt.date], QuerySet[Any]]
    label: Said
    detail: Said
    link: Callable[[str], str]
    region: str = "region"
    province: str = "province"
    due: Said = ""
    subject_key: Said = "pk"
    facts: Sequence[Said] = ()
    record: type[models.Model] | None = None
    record_key: str = "pk"


RULES: dict[str, Rule] = {}


def register(*rules: Rule) -> None:
    """Add rules; raises ``ValueError`` when a key is another's."""
    for rule in rules:
        if RULES.setdefault(rule.key, rule) is not rule:
            raise ValueError(f"Two rules about data with the key {rule.key!r}")


def rules() -> list[Rule]:
    """Every rule, by severity, topic and title."""
    weight, order = Severity.values, Topic.values
    return sorted(
        RULES.values(),
        key=lambda rule: (weight.index(rule.severity), order.index(rule.topic), rule.key),
    )


def words(*pieces: Said) -> Combinable:
    """One text of pieces: ``F`` objects and expressions as their values, text as it stands."""
    told = [Value(piece) if isinstance(piece, str) else piece for piece in pieces]
    texts = [Cast(piece, models.TextField()) for piece in told]
    return models.Func(*texts, function="CONCAT", output_field=models.TextField())


def page(url_name: str) -> Callable[[str], str]:
    """The link to a page by the record's key."""
    return lambda key: reverse(url_name, args=[key])


def part_of(whole: str, *, name: str = "name") -> dict[str, Any]:
    """What a rule about parts tells of their whole: code and name, and in which place it lies."""
    return {
        "label": words(F(f"{whole}__code"), " ", F(f"{whole}__{name}")),
        "region": f"{whole}__region",
        "province": f"{whole}__province",
    }


class ThaiDate(models.Func):
    """A day as "2 ม.ค. 64": the same words as :func:`codi.thai.dates.short_date`."""

    output_field: Any = models.TextField()
    template = (
        "(SELECT EXTRACT(DAY FROM told)::int || ' ' || "
        "(ARRAY['ม.ค.','ก.พ.','มี.ค.','เม.ย.','พ.ค.','มิ.ย.','ก.ค.','ส.ค.','ก.ย.','ต.ค.','พ.ย.','ธ.ค.'])"
        "[EXTRACT(MONTH FROM told)::int] || ' ' || "
        "LPAD(MOD(EXTRACT(YEAR FROM told)::int + 543, 100)::text, 2, '0') "
        "FROM (SELECT %(expressions)s AS told) days)"
    )


class Thousands(models.Func):
    """A whole number with its thousands separated."""

    output_field: Any = models.TextField()
    template = "TO_CHAR(%(expressions)s, 'FM999,999,999,999,990')"


class Baht(models.Func):
    """An amount as people write it, with its satang."""

    output_field: Any = models.TextField()
    template = "TO_CHAR(%(expressions)s, 'FM999,999,999,999,990.00')"
