"""Tambons: what each of them has, counted from the records that figures count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import (
    Count,
    DecimalField,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce

from codi.figures.figure import FigureScope
from codi.places.models import Province, Subdistrict
from codi.thai.normalise import search_key
from councils.figures.sources import councils, members
from finance.figures import approved_projects, entries
from welfare.figures.sources import funds, statuses

if TYPE_CHECKING:
    from codi.accounts.models import User

UNPLACED = "ไม่ระบุตำบล"
ALL, WITHOUT_COUNCIL, WITHOUT_FUND = "", "no-council", "no-fund"
SHOWN = {ALL: "ทุกตำบล", WITHOUT_COUNCIL: "ยังไม่มีสภา", WITHOUT_FUND: "ยังไม่มีกองทุน"}


@dataclass(frozen=True)
class TambonLine:
    """A tambon with its counts and amounts; without a code, what names no tambon."""

    code: str
    name: str
    district: str
    key: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    amounts: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def has_something(self) -> bool:
        """Whether any record stands here."""
        return any(self.counts.values())


# What is counted of the records of a scope and day: key, records, path of the tambon, aggregate.
COUNTED: tuple[tuple[str, Any, str, Any], ...] = (
    ("councils", councils, "subdistrict", Count("pk")),
    ("members", members, "council__subdistrict", Count("pk")),
    ("funds", funds, "subdistrict", Count("pk")),
    ("fund_members", statuses, "fund__subdistrict", Sum("member_count")),
    ("projects", approved_projects, "subdistrict", Count("pk")),
)
SUMMED: tuple[tuple[str, Any, str, Any], ...] = (
    ("approved", approved_projects, "subdistrict", Sum("approved_baht")),
    ("paid", entries, "project__subdistrict", Sum("net_baht")),
)


def _grouped(rows: QuerySet[Any], path: str, aggregate: Any) -> dict[str | None, Any]:
    found = rows.order_by().values(path).annotate(told=aggregate)
    return {line[path]: line["told"] for line in found}


def tambons_of(province: Province, day: dt.date) -> list[TambonLine]:
    """Every tambon that existed on the day or has a record, in the order of district and name.

    What names no tambon comes last, so that the lines add up to the province: eight queries.
    """
    scope = FigureScope(region=province.region_id, province=province.pk)
    counts = {key: _grouped(of(scope, day), path, told) for key, of, path, told in COUNTED}
    sums = {key: _grouped(of(scope, day), path, told) for key, of, path, told in SUMMED}
    met = {code for found in (*counts.values(), *sums.values()) for code in found if code}
    existing = Subdistrict.objects.current_on(day).order_by().values("pk")
    known = Subdistrict.objects.filter(Q(pk__in=met) | Q(pk__in=existing))
    in_order = known.filter(district__province=province).select_related("district")
    places: list[tuple[str | None, str, str, str]] = [
        (one.pk, one.name, one.district.name, one.search_key)
        for one in in_order.order_by("district__sort_key", "sort_key", "pk")
    ]
    lines = [
        TambonLine(
            code or "",
            name,
            district,
            key,
            {name: found.get(code) or 0 for name, found in counts.items()},
            {name: found.get(code) or Decimal(0) for name, found in sums.items()},
        )
        for code, name, district, key in (*places, (None, UNPLACED, "-", ""))
    ]
    return lines if lines[-1].has_something else lines[:-1]


def chosen(lines: Sequence[TambonLine], text: str, shown: str) -> list[TambonLine]:
    """The lines whose tambon or district is called so, and that lack what is asked for."""
    key = search_key(text)
    lacks = {WITHOUT_COUNCIL: "councils", WITHOUT_FUND: "funds"}.get(shown)
    return [
        line
        for line in lines
        if (not key or key in line.key or key in search_key(line.district))
        and (lacks is None or (line.code and not line.counts[lacks]))
    ]


def sums_of(lines: Sequence[TambonLine]) -> TambonLine:
    """All lines together."""
    counts = {key: sum(line.counts[key] for line in lines) for key, *_ in COUNTED}
    amounts = {key: sum((line.amounts[key] for line in lines), Decimal(0)) for key, *_ in SUMMED}
    return TambonLine("", "รวม", "", "", counts, amounts)


# The list of tambons of the whole scope

COUNT, BAHT = IntegerField(), DecimalField(max_digits=18, decimal_places=2)


def tambons_for_list(user: User, day: dt.date) -> QuerySet[Any]:
    """Tambons in sight that exist on the day or have a record, each with its counts and amounts.

    Annotates ``…_count`` and ``…_baht`` for the keys of :data:`COUNTED` and :data:`SUMMED`.
    """
    scope = _scope_of(user)
    rows = Subdistrict.objects.filter(district__province__in=Province.objects.visible_to(user))
    existing = Subdistrict.objects.current_on(day).order_by().values("pk")
    here = [
        Exists(of(scope, day).filter(**{path: OuterRef("pk")}))
        for _key, of, path, _told in (*COUNTED, *SUMMED)
        if path == "subdistrict"
    ]
    known = Q(pk__in=existing)
    for has_record in here:
        known |= Q(has_record)
    found: QuerySet[Any] = rows.filter(known).select_related("district__province__region")
    counted: QuerySet[Any] = found.annotate(
        **{
            f"{key}_count": _told(of(scope, day), path, told, COUNT)
            for key, of, path, told in COUNTED
        },
        **{
            f"{key}_baht": _told(of(scope, day), path, told, BAHT) for key, of, path, told in SUMMED
        },
    )
    return counted


def _scope_of(user: User) -> FigureScope:
    """What the person sees, as figures take it."""
    if user.sees_nation:
        return FigureScope()
    return FigureScope(region=user.region_id, province=user.province_id)


def _told(rows: QuerySet[Any], path: str, aggregate: Any, field: Any) -> Coalesce:
    """What the rows of one tambon come to; nothing is 0."""
    own = rows.filter(**{path: OuterRef("pk")}).order_by().values(path)
    told = Subquery(own.annotate(told=aggregate).values("told"), output_field=field)
    return Coalesce(told, 0, output_field=field)
