"""What the models of this room share: amounts, named checks, and the level of a place."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q


def BahtField(verbose_name: str, **options: Any) -> models.DecimalField[Any, Any]:  # noqa: N802
    """An amount of money in baht, exact to the satang."""
    return models.DecimalField(verbose_name, max_digits=14, decimal_places=2, **options)


def fiscal_year_field() -> models.PositiveSmallIntegerField[Any, Any]:
    """ปีงบประมาณ, as the Buddhist-era number that is its name."""
    return models.PositiveSmallIntegerField(
        "ปีงบประมาณ", validators=[MinValueValidator(2500), MaxValueValidator(2700)]
    )


def check(name: str, condition: Q, message: str) -> models.CheckConstraint:
    """A named check with the Thai message that a person sees when it is broken."""
    return models.CheckConstraint(condition=condition, name=name, violation_error_message=message)


def unique(name: str, message: str, *fields: str, **options: Any) -> models.UniqueConstraint:
    """A named uniqueness with its Thai message; blanks count as equal."""
    return models.UniqueConstraint(
        fields=fields,
        name=name,
        violation_error_message=message,
        **({"nulls_distinct": False} | options),
    )


def fiscal_year_check(table: str) -> models.CheckConstraint:
    """The fiscal year is a Buddhist-era year, not a common-era one typed by mistake."""
    return check(
        f"{table}_fiscal_year_be",
        Q(fiscal_year__gte=2500, fiscal_year__lte=2700),
        "ปีงบประมาณต้องเป็นปี พ.ศ. สี่หลัก เช่น 2564",
    )


def not_blank(name: str, field: str, message: str) -> models.CheckConstraint:
    """The text says something: blanks alone do not count."""
    return check(name, Q(**{f"{field}__regex": r"\S"}), message)


def together(*fields: str) -> Q:
    """All of the fields are filled or none is."""
    return Q(**{f"{field}__isnull": True for field in fields}) | Q(
        **{f"{field}__isnull": False for field in fields}
    )
