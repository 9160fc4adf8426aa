"""Councils with their places, codes, certification and terms."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from codi.accounts.models import User
from codi.thai.normalise import search_key
from codi.thai.sorting import sort_key
from councils.models import AuthorityKind, CertificationBasis, Council, Term
from reports.samples.national_2562.days import BEFORE_YEAR, LAST, QUARTERS, between, soon_after
from reports.samples.national_2562.places import Area, Areas, settle
from reports.samples.national_2562.published import REGIONS, by_region, text
from reports.samples.national_2562.storing import keys, store
from reports.samples.national_2562.terms import ENTERED_TWICE, History, PlannedTerm, histories

NO_JS02, NO_JS03 = "แนบไฟล์แบบ จส.02", "แนบไฟล์แบบ จส.03"
TAMBON = "สภาองค์กรชุมชนตำบล"
WORDS = {
    AuthorityKind.SUBDISTRICT: TAMBON,
    AuthorityKind.TAMBON_TOWN: "สภาองค์กรชุมชนเทศบาลตำบล",
    AuthorityKind.TOWN: "สภาองค์กรชุมชนเทศบาลเมือง",
    AuthorityKind.CITY: "สภาองค์กรชุมชนเทศบาลนคร",
    AuthorityKind.DISTRICT: "สภาองค์กรชุมชน",
}
# How common each kind of area is among the councils that are the only one of their tambon.
KINDS = (AuthorityKind.SUBDISTRICT, AuthorityKind.TAMBON_TOWN, AuthorityKind.TOWN)
KIND_WEIGHTS = (70, 28, 2)
DOUBLES_IN = "NE"
FIRST_OLD, FIRST_NEW = 10001, 30001


@dataclass(slots=True)
class PlannedCouncil:
    """One council before it is stored; ``forms_on`` is filled by the part that attaches files."""

    area: Area
    kind: AuthorityKind
    name: str
    history: History
    registered_in: int = 0
    key: int = 0
    code: str = ""
    certified_on: dt.date | None = None
    forms_on: dt.date | None = None
    has_one_form: bool = False

    @property
    def registered_on(self) -> dt.date:
        """The day of registration: the first selection of its members."""
        return self.history.terms[0].selected_on

    @property
    def selected_on(self) -> dt.date:
        """When its present members were selected."""
        return self.history.terms[-1].selected_on

    @property
    def is_new(self) -> bool:
        """Whether it was registered in the year of the report."""
        return bool(self.registered_in)


def plan(areas: Areas, dice: random.Random) -> list[PlannedCouncil]:
    """All councils of the country, in the order of their registration."""
    planned = []
    for region in REGIONS:
        planned += _of_region(areas, region, dice)
    planned.sort(key=lambda one: (one.registered_on, one.area.district, one.name))
    old = [one for one in planned if not one.is_new]
    doubles = _doubles([one for one in planned if one.area.region == DOUBLES_IN], dice)
    for number, one in enumerate(old, start=FIRST_OLD):
        one.code = str(number)
    _number_new([one for one in planned if one.is_new], doubles)
    planned += doubles
    for region in REGIONS:
        _certify([one for one in planned if one.area.region == region], dice)
    for key, one in zip(keys(Council, len(planned)), planned, strict=True):
        one.key = key
    return planned


def _of_region(areas: Areas, region: str, dice: random.Random) -> list[PlannedCouncil]:
    """The councils of a region, the doubled ones left out."""
    told = by_region("new_councils")[region]
    count = by_region("establishment")[region]["councils"]
    quarters = [number for number in (1, 2, 3, 4) for _ in range(told[f"q{number}"])]
    if region == DOUBLES_IN:
        count -= len(text()["double_codes"])
        quarters = quarters[: -len(text()["double_codes"])]
    founded = [(History([PlannedTerm(between(*QUARTERS[number - 1], dice))]), number) for number in quarters]  # fmt: skip
    founded += [(one, 0) for one in histories(by_region("terms")[region], count - len(quarters), dice)]  # fmt: skip
    dice.shuffle(founded)
    homes = settle(areas[region], count, dice)
    shared = {area.subdistrict for area, is_second in homes if is_second}
    return [
        _council(area, is_second, area.subdistrict in shared, *had, dice)
        for (area, is_second), had in zip(homes, founded, strict=True)
    ]


def _council(
    area: Area,
    is_second: bool,
    is_shared: bool,
    history: History,
    quarter: int,
    dice: random.Random,
) -> PlannedCouncil:
    kind: AuthorityKind
    if area.subdistrict is None:
        kind = AuthorityKind.DISTRICT
    elif is_shared:
        kind = AuthorityKind.TAMBON_TOWN if is_second else AuthorityKind.SUBDISTRICT
    else:
        (kind,) = dice.choices(KINDS, KIND_WEIGHTS)
    return PlannedCouncil(area, kind, WORDS[kind] + area.name, history, quarter)


def _doubles(candidates: Sequence[PlannedCouncil], dice: random.Random) -> list[PlannedCouncil]:
    """The records that the report names as doubled: the same council once more in the last quarter.

    Some carry the wrong kind of name, the others the very same one (the report's two cases).
    """
    rural = [one for one in candidates if one.kind == AuthorityKind.SUBDISTRICT]
    codes = text()["double_codes"]
    doubles = []
    for at, (code, twin) in enumerate(zip(codes, dice.sample(rural, len(codes)), strict=True)):
        word = WORDS[AuthorityKind.TAMBON_TOWN] if at % 2 else TAMBON
        day = between(*QUARTERS[-1], dice)
        double = PlannedCouncil(
            twin.area, twin.kind, word + twin.area.name, History([PlannedTerm(day)]), len(QUARTERS)
        )
        double.code = code
        doubles.append(double)
    return doubles


def _number_new(new: Sequence[PlannedCouncil], doubles: Sequence[PlannedCouncil]) -> None:
    """Codes in the order of registration, past those of the doubled records."""
    taken = {one.code for one in doubles}
    numbers = range(FIRST_NEW, FIRST_NEW + len(new) + len(doubles))
    free = [str(number) for number in numbers if str(number) not in taken]
    for one, code in zip(new, free, strict=True):
        one.code = code


def _certify(councils: Sequence[PlannedCouncil], dice: random.Random) -> None:
    """Certify the older councils, and as many of the year's new ones as the report tells."""
    if not councils:
        return
    new = [one for one in councils if one.is_new]
    count = by_region("new_certification")[councils[0].area.region]["certified"]
    for one in dice.sample(new, count):
        one.certified_on = between(one.registered_on, LAST, dice)
    for one in councils:
        if not one.is_new:
            one.certified_on = min(soon_after(one.registered_on, 200, dice), BEFORE_YEAR)


COLUMNS = (
    "id", "code", "name", "kind", "region_id", "province_id", "district_id", "subdistrict_id",
    "registered_on", "certified_on", "certified_by_id", "certification_basis",
    "certification_gaps", "withdrawn_on", "withdrawal_reason", "merged_into_id",
    "search_key", "sort_key", "version",
)  # fmt: skip


def store_councils(councils: Sequence[PlannedCouncil], actor: User) -> None:
    """Write the councils and their terms."""
    store(Council, COLUMNS, (_row(one, actor) for one in councils))
    terms = [term for one in councils for term in (*one.history.terms, *one.history.doubles)]
    for key, term in zip(keys(Term, len(terms)), terms, strict=True):
        term.key = key
    columns = (
        "id", "council_id", "selected_on", "expires_on", "renewed_on", "withdrawn_on",
        "withdrawal_reason", "version",
    )  # fmt: skip
    store(Term, columns, _terms(councils))


def _row(one: PlannedCouncil, actor: User) -> tuple[Any, ...]:
    area = one.area
    taken_over = (
        (one.certified_on, actor.pk, CertificationBasis.TAKEN_OVER.value, _gaps(one))
        if one.certified_on
        else (None, None, "", "{}")
    )
    return (
        one.key, one.code, one.name, one.kind.value, area.region, area.province, area.district,
        area.subdistrict, one.registered_on, *taken_over, None, "", None,
        search_key(f"{one.code} {one.name}")[:400], sort_key(one.name)[:640], 1,
    )  # fmt: skip


def _gaps(one: PlannedCouncil) -> str:
    """What was missing when the certification was taken over, as an array of the database."""
    if one.forms_on and one.certified_on and one.forms_on <= one.certified_on:
        return "{}"
    return f'{{"{NO_JS02}","{NO_JS03}"}}'


def _terms(councils: Sequence[PlannedCouncil]) -> Iterator[tuple[Any, ...]]:
    for one in councils:
        for term in (*one.history.terms, *one.history.doubles):
            reason = ENTERED_TWICE if term.withdrawn_on else ""
            yield (
                term.key, one.key, term.selected_on, term.expires_on, term.renewed_on,
                term.withdrawn_on, reason, 1,
            )  # fmt: skip
