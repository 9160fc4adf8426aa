"""One good row of every table of finance."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

from finance.models import BudgetMove, Instalment, LedgerEntry
from programs.models import Project
from tests import world as build
from tests.world import World

KEY = uuid.UUID("6d3f2c0e-6a54-4a0e-9a53-1f0f6d1b2a01")
PAID_ON = dt.date(2021, 2, 25)


def planned(w: World, *plan: int) -> Project:
    """An approved project of 1,000,000 baht with the plan in baht, made once per world."""
    found = Project.objects.filter(programme=w.programme).first()
    return found or build.project(w, plan=plan or (600_000, 300_000))


def instalment(w: World) -> Instalment:
    return Instalment(project=planned(w), number=3, planned_baht=Decimal(100_000))


def payment(w: World, **facts: object) -> LedgerEntry:
    """A payment of 100,000 of the first instalment, not stored."""
    project = planned(w)
    entry = LedgerEntry(
        project=project,
        instalment=project.instalments.get(number=1),
        kind="payment",
        direction=1,
        amount_baht=Decimal(100_000),
        effective_on=PAID_ON,
        document_number="ฎ. 1/2564",
        actor=w.finance,
    )
    for name, value in facts.items():
        setattr(entry, name, value)
    return entry


def paid(w: World) -> LedgerEntry:
    """The payment of the world, stored once."""
    found = LedgerEntry.objects.filter(kind="payment").first()
    return found or LedgerEntry.objects.bulk_create([payment(w)])[0]


def reversal(w: World) -> LedgerEntry:
    return payment(
        w,
        kind="reversal",
        direction=-1,
        note="ผิดโครงการ",
        reverses=paid(w),
        reversed_kind="payment",
    )


def returned(w: World) -> LedgerEntry:
    paid(w)
    return payment(w, kind="return", direction=-1, amount_baht=Decimal(40_000))


def adjustment(w: World) -> LedgerEntry:
    return payment(w, kind="adjustment", note="ยอดตามใบเสร็จ")


def move(w: World, **facts: object) -> BudgetMove:
    return BudgetMove(
        **facts,
        from_frame=w.frames["region"],
        to_frame=w.frames["province"],
        amount_baht=Decimal(50_000),
        moved_on=PAID_ON,
        reason="ปรับตามแผน",
        approval_document="พอช. 1/2564",
        actor=w.finance,
    )


def other_project(w: World) -> Project:
    """A second approved project with one instalment of 500,000 baht."""
    planned(w)
    return build.project(w, baht=500_000, title="โครงการที่สอง", plan=(500_000,))


ROWS = {
    "instalment": instalment,
    "payment": payment,
    "keyed": lambda w: payment(w, amount_baht=Decimal(1), request_key=KEY),
    "reversal": reversal,
    "return": returned,
    "adjustment": adjustment,
    "move": move,
    "keyed_move": lambda w: move(w, request_key=KEY),
}
