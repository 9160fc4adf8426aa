"""The kinds of records that reports are made of: when one counts, what withdraws it, whose it is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils import timezone

from codi.fiscal import FiscalYear, Quarter


@dataclass(frozen=True)
class Reported:
    """How records of one model stand in reports.

    ``day`` is the field with the day (or moment) from which a record counts; a model that tells of
    a quarter has ``fiscal_year`` and ``quarter`` and is known by them. Filling one of ``ends``
    withdraws it. ``wholes`` are its keys to the record that it is told with, the nearest first:
    they lead to its region, and ``shown_in`` are the figures that count the whole because of it.
    """

    day: str = ""
    ends: tuple[str, ...] = ()
    wholes: tuple[str, ...] = ()
    shown_in: tuple[str, ...] = ()

    def day_of(self, record: Any) -> dt.date | None:
        """The day from which a record, or an event of it, counts."""
        found = getattr(record, self.day) if self.day else None
        return timezone.localdate(found) if isinstance(found, dt.datetime) else found

    def quarter_of(self, record: Any) -> Quarter | None:
        """The quarter to which a record, or an event of it, belongs."""
        number, year = getattr(record, "quarter", None), getattr(record, "fiscal_year", None)
        if number and year:
            return Quarter(FiscalYear(year), number)
        day = self.day_of(record)
        return Quarter.of(day) if day else None

    def has_ended(self, record: Any) -> bool:
        """Whether it was withdrawn."""
        return any(getattr(record, name) is not None for name in self.ends)


COUNCIL, GROUP, FUND, SUBJECT = ("council",), ("group",), ("fund",), ("subject",)
REPORTED: dict[str, Reported] = {
    "councils.council": Reported("registered_on", ("withdrawn_on",)),
    "councils.member": Reported("selected_on", ("left_on",), COUNCIL),
    "councils.communitygroup": Reported("registered_on", ("ended_on",), COUNCIL),
    "councils.groupcertification": Reported("certified_on", (), GROUP),
    "councils.statusletter": Reported(
        "issued_on", ("revoked_on",), ("council", "group"), ("councils.letters",)
    ),
    "councils.term": Reported("selected_on", ("withdrawn_on",), COUNCIL),
    "councils.councilmeeting": Reported("held_on", (), COUNCIL, ("councils.concrete",)),
    "councils.section21mission": Reported("reported_on", (), COUNCIL, ("councils.concrete",)),
    "councils.capabilityresult": Reported("reported_on", (), COUNCIL),
    "councils.qualityreview": Reported("reviewed_on", (), COUNCIL),
    "councils.councilfile": Reported(
        "attached_at", ("removed_at",), SUBJECT, ("councils.forms", "councils.new_certification")
    ),
    "councils.capabilityfile": Reported(
        "attached_at", ("removed_at",), SUBJECT, ("councils.capability",)
    ),
    "welfare.welfarefund": Reported("founded_on", ("withdrawn_on",)),
    "welfare.fundstatus": Reported("reported_on", (), FUND, ("welfare.completeness",)),
    "welfare.benefit": Reported("", (), ("status",)),
    "welfare.contribution": Reported("requested_on", (), FUND),
    "welfare.fundindicators": Reported("reported_on", (), FUND),
    "welfare.fundreview": Reported("reviewed_on", (), FUND),
    "programs.regionbase": Reported("stands_on"),
    "programs.project": Reported("approved_on", ("cancelled_on",)),
    "programs.budgetframe": Reported("allocated_on"),
    "finance.ledgerentry": Reported("effective_on", (), ("project",)),
}


def whole_label(label: str, key: str) -> str:
    """The label of the record that ``key`` of a kind leads to."""
    target: Any = apps.get_model(label)._meta.get_field(key).related_model
    return str(target._meta.label_lower)


def region_path(label: str) -> str:
    """The way from a record to the code of its region: ``council__region_id``."""
    wholes = REPORTED[label].wholes
    return f"{wholes[0]}__{region_path(whole_label(label, wholes[0]))}" if wholes else "region_id"
