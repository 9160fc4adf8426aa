"""Every rule of the tables of money: a good row passes, the row with one part broken does not."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from codi.constraints import as_refusals
from codi.errors import Refused
from finance.models import Instalment, LedgerEntry
from programs.models import BudgetFrame, Project
from tests import world as build
from tests.broken import Broken, assert_refused, made, refused_by, store
from tests.finance.rows import PAID_ON, ROWS, other_project, paid, payment, planned
from tests.programs import rows as projects
from tests.world import World

pytestmark = pytest.mark.django_db

BLANKS = " \t\n"
SATANG = Decimal("0.01")


def of_other(w: World) -> dict[str, object]:
    return {"instalment": other_project(w).instalments.get()}


def wholly_of(step: str):
    """A project at ``step`` that has one instalment, and the entry's place in it."""

    def facts(w: World) -> dict[str, object]:
        planned(w)
        project = build.project(w, step, baht=500_000, title="โครงการที่สอง", plan=(500_000,))
        return {"project": project, "instalment": project.instalments.get()}

    return facts


INSTALMENTS = [
    Broken("finance_instalment_once", "instalment", {"planned_baht": Decimal(1)}, "again"),
    Broken("finance_instalment_number_positive", "instalment", {"number": 0}),
    Broken("finance_instalment_planned_positive", "instalment", {"planned_baht": Decimal(0)}),
    Broken("finance_instalment_evidence_whole", "instalment", {"evidence_cleared_on": PAID_ON}),
    Broken(
        "finance_instalment_evidence_whole",
        "instalment",
        lambda w: {"evidence_cleared_by": w.finance},
    ),
    Broken(
        "finance_instalment_stays_with_project",
        "instalment",
        lambda w: {"project": other_project(w)},
        "update",
    ),
    Broken(
        "finance_plan_within_approved", "instalment", {"planned_baht": Decimal(100_000) + SATANG}
    ),
    Broken(
        "finance_plan_within_approved",
        "instalment",
        {"planned_baht": Decimal(100_000) + SATANG},
        "update",
    ),
]

ENTRIES = [
    Broken("finance_entry_key_once", "keyed", {}, "again"),
    Broken("finance_entry_amount_positive", "payment", {"amount_baht": Decimal(0)}),
    Broken("finance_entry_amount_positive", "payment", {"amount_baht": Decimal(-1)}),
    Broken("finance_entry_direction_of_kind", "payment", {"direction": -1}),
    Broken("finance_entry_direction_of_kind", "payment", {"direction": 2}),
    Broken("finance_entry_direction_of_kind", "payment", {"kind": "gift"}),
    Broken("finance_entry_direction_of_kind", "return", {"direction": 1}),
    Broken("finance_entry_direction_of_kind", "reversal", {"direction": 0}),
    Broken("finance_entry_direction_of_kind", "adjustment", {"direction": 0}),
    Broken("finance_entry_reversal_names_entry", "reversal", {"reverses": None}),
    Broken("finance_entry_reversal_names_entry", "reversal", {"reversed_kind": None}),
    Broken("finance_entry_reversal_names_entry", "payment", lambda w: {"reverses": paid(w)}),
    Broken("finance_entry_reversal_names_entry", "payment", {"reversed_kind": "payment"}),
    Broken("finance_entry_correction_explained", "reversal", {"note": BLANKS}),
    Broken("finance_entry_correction_explained", "adjustment", {"note": BLANKS}),
    Broken("finance_ledger_append_only", "payment", {"note": "แก้"}, "update"),
    Broken("finance_ledger_append_only", "payment", {}, "delete"),
    Broken("finance_entry_instalment_of_project", "payment", of_other),
    Broken("finance_entry_project_payable", "payment", {"effective_on": dt.date(2021, 2, 3)}),
    Broken(
        "finance_entry_not_in_future",
        "payment",
        lambda _: {"effective_on": timezone.localdate() + dt.timedelta(days=1)},
    ),
    *(
        Broken("finance_entry_project_payable", "payment", wholly_of(step))
        for step in ("draft", "submitted", "endorsed", "closed")
    ),
    Broken("finance_entry_reversal_equals_entry", "reversal", {"amount_baht": Decimal(99_999)}),
    Broken("finance_entry_reversal_equals_entry", "reversal", {"direction": 1}),
    Broken("finance_entry_reversal_equals_entry", "reversal", {"reversed_kind": "return"}),
    Broken(
        "finance_entry_reversal_equals_entry",
        "reversal",
        lambda w: {"instalment": planned(w).instalments.get(number=2)},
    ),
    Broken(
        "finance_entry_reversal_equals_entry",
        "reversal",
        lambda w: {"effective_on": PAID_ON - dt.timedelta(days=1)},
    ),
    Broken(
        "finance_net_paid_within_approved", "payment", {"amount_baht": Decimal(1_000_000) + SATANG}
    ),
    Broken(
        "finance_net_paid_within_instalment", "payment", {"amount_baht": Decimal(600_000) + SATANG}
    ),
    Broken(
        "finance_net_paid_within_instalment",
        "adjustment",
        lambda w: {"amount_baht": Decimal(500_000) + SATANG} if paid(w) else {},
    ),
    Broken("finance_net_paid_not_negative", "return", {"amount_baht": Decimal(100_000) + SATANG}),
    Broken(
        "finance_net_paid_not_negative",
        "return",
        {"effective_on": PAID_ON - dt.timedelta(days=1)},
    ),
]

MOVES = [
    Broken("finance_move_key_once", "keyed_move", {}, "again"),
    Broken("finance_move_amount_positive", "move", {"amount_baht": Decimal(0)}),
    Broken("finance_move_between_two_frames", "move", lambda w: {"to_frame": w.frames["region"]}),
    Broken("finance_move_reason_given", "move", {"reason": BLANKS}),
    Broken("finance_move_approval_given", "move", {"approval_document": BLANKS}),
    Broken("finance_move_append_only", "move", {"reason": "แก้"}, "update"),
    Broken("finance_move_append_only", "move", {}, "delete"),
    Broken("finance_frame_not_exceeded", "move", {"amount_baht": Decimal(100_000_000) + SATANG}),
]

CASES = [*INSTALMENTS, *ENTRIES, *MOVES]
# Those that need more than one row to be broken have a test of their own below.
TESTED = {case.rule for case in CASES} | {
    "finance_plan_not_below_paid",
    "finance_frame_exists",
    "finance_plan_within_approval",
    "finance_cancelled_holds_no_money",
}


@pytest.mark.parametrize("row", ROWS)
def test_good_row_is_accepted(row):
    """Wrong if a rule refused money that moved as it should."""
    assert store(made(ROWS, row, build.world())).pk


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_broken_part_is_refused_by_its_rule(case):
    """Wrong if one broken part got in, or was refused for another reason than its own."""
    assert_refused(ROWS, case, build.world())


@pytest.mark.parametrize(
    ("row", "changes"),
    [
        ("payment", {"amount_baht": Decimal(600_000)}),
        ("payment", {"effective_on": dt.date(2021, 2, 4)}),
        ("return", {"amount_baht": Decimal(100_000)}),
        ("move", {"amount_baht": Decimal(100_000_000)}),
        ("instalment", {"planned_baht": Decimal(100_000)}),
    ],
)
def test_the_last_satang_is_allowed(row, changes):
    """Wrong if a limit stopped short of what it allows."""
    assert store(made(ROWS, row, build.world(), changes)).pk


def test_a_reversal_is_not_reversed():
    """Wrong if the undoing of an undoing could hide a payment."""
    w = build.world()
    first = store(made(ROWS, "reversal", w))
    with refused_by("finance_entry_reversal_equals_entry"):
        undoing = {"reverses": first, "reversed_kind": "reversal", "direction": 1}
        store(made(ROWS, "reversal", w, undoing))
    assert LedgerEntry.objects.count() == 2


def test_plan_of_an_instalment_stays_above_what_was_paid():
    """Wrong if a plan could be lowered below money that went out."""
    w = build.world()
    first = paid(w).instalment
    with refused_by("finance_plan_not_below_paid"):
        Instalment.objects.filter(pk=first.pk).update(planned_baht=Decimal(100_000) - SATANG)
    assert Instalment.objects.filter(pk=first.pk).update(planned_baht=Decimal(100_000)) == 1


def test_approval_needs_a_frame_of_its_region_and_level():
    """Wrong if money could be approved that nobody allocated."""
    w = build.world()
    place = build.subdistrict().district
    with refused_by("finance_frame_exists"):
        store(projects.approved(w, level="district", district=place))
    assert not Project.objects.exists()


@pytest.mark.parametrize("how", ["approve", "second", "lower", "move"])
def test_approvals_stay_within_the_frame(how):
    """Wrong if approved money could exceed its frame from any side, by one satang."""
    w = build.world(frame_baht=500_000)
    frame = w.frames["province"]
    if how != "approve":
        store(projects.approved(w))
    with refused_by("finance_frame_not_exceeded"):
        if how == "approve":
            store(projects.approved(w, approved_baht=Decimal(500_000) + SATANG))
        elif how == "second":
            store(projects.approved(w, approved_baht=SATANG))
        elif how == "lower":
            BudgetFrame.objects.filter(pk=frame.pk).update(allocated_baht=Decimal(499_999))
        else:
            moved = {"from_frame": frame, "to_frame": w.frames["region"], "amount_baht": SATANG}
            store(made({"move": lambda w: ROWS["move"](w)}, "move", w, moved))
    assert Project.objects.count() == (how != "approve")


def test_approval_below_the_plan_is_refused():
    """Wrong if instalments could promise more than was approved."""
    w = build.world()
    project = build.project(w, "endorsed", plan=(700_000, 300_000))
    approved = {"status": "approved", "approved_on": dt.date(2021, 2, 4), "approved_by": w.manager}
    row = Project.objects.filter(pk=project.pk)
    with refused_by("finance_plan_within_approval"):
        row.update(approved_baht=Decimal(1_000_000) - SATANG, **approved)
    assert row.update(approved_baht=Decimal(1_000_000), **approved) == 1


def test_cancelled_project_holds_no_money():
    """Wrong if a project could be cancelled while its money is out."""
    w = build.world()
    entry = paid(w)
    row = Project.objects.filter(pk=entry.project_id)
    row.update(status="under_way", started_on=PAID_ON)
    cancelled = {"status": "cancelled", **projects.cancellation(w)}
    with refused_by("finance_cancelled_holds_no_money"):
        row.update(**cancelled)
    store(payment(w, kind="return", direction=-1))
    assert row.update(**cancelled) == 1


def test_an_entry_is_not_reversed_twice():
    """Wrong if a second reversal came in, or ended in an error page instead of a Thai text."""
    w = build.world()
    first = store(made(ROWS, "reversal", w))
    second = LedgerEntry(
        project=first.project,
        instalment=first.instalment,
        kind="reversal",
        direction=-1,
        amount_baht=first.amount_baht,
        effective_on=first.effective_on,
        note="กลับซ้ำ",
        reverses=first.reverses,
        reversed_kind="payment",
        actor=w.finance,
    )
    with pytest.raises(Refused, match="กลับซ้ำไม่ได้") as refused, as_refusals():
        store(second)
    assert refused.value.code == "finance_ledgerentry_reverses_id_key"
