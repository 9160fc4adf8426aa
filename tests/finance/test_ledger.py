"""The ledger: what may be added, what is refused, and that it is only added to."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum

from codi.errors import Refused
from finance import services
from finance.models import Direction, LedgerEntry
from programs.models import ProjectStatus
from tests import world as build

pytestmark = pytest.mark.django_db


@pytest.fixture
def w() -> build.World:
    return build.world()


def net(project) -> Decimal:
    return project.entries.aggregate(net=Sum("net_baht"))["net"] or Decimal(0)


def test_first_payment_starts_the_project(w):
    """Wrong if a paid project still waited to begin."""
    project = build.project(w, plan=(700_000, 300_000))
    build.pay(w, project.instalments.get(number=1), 700_000)
    project.refresh_from_db()
    assert project.status == ProjectStatus.UNDER_WAY
    assert project.started_on == dt.date(2021, 2, 25)
    assert net(project) == Decimal(700_000)


def test_overspending_an_instalment_is_refused_with_the_amount_left(w):
    """Wrong if the refusal did not say how much may still be paid."""
    project = build.project(w, plan=(700_000, 300_000))
    first = project.instalments.get(number=1)
    build.pay(w, first, 600_000)
    with pytest.raises(Refused) as refused:
        build.pay(w, first, Decimal("100000.01"))
    assert refused.value.field == "amount_baht"
    assert "100,000" in refused.value.message
    assert net(project) == Decimal(600_000)


def test_same_request_twice_is_one_entry(w):
    """Wrong if a double click paid twice."""
    project = build.project(w, plan=(700_000, 300_000))
    key = uuid.uuid4()
    first = build.pay(w, project.instalments.get(number=1), 100_000, request_key=key)
    again = build.pay(w, project.instalments.get(number=1), 100_000, request_key=key)
    assert first.pk == again.pk
    assert project.entries.count() == 1


def test_same_key_with_other_facts_is_refused(w):
    """Wrong if a reused form silently dropped the second payment."""
    project = build.project(w, plan=(700_000, 300_000))
    key = uuid.uuid4()
    build.pay(w, project.instalments.get(number=1), 100_000, request_key=key)
    with pytest.raises(Refused) as refused:
        build.pay(w, project.instalments.get(number=1), 200_000, request_key=key)
    assert refused.value.code == "request_key_reused"


def test_return_and_reversal_are_entries_of_their_own(w):
    """Wrong if returned money overwrote the payment."""
    project = build.project(w, plan=(700_000, 300_000))
    first = project.instalments.get(number=1)
    paid = build.pay(w, first, 700_000)
    services.record_return(
        actor=w.finance,
        instalment=first,
        amount_baht=Decimal("131327.00"),
        effective_on=dt.date(2021, 6, 1),
        document_number="คืน 1",
        request_key=uuid.uuid4(),
        today=build.TODAY,
    )
    assert net(project) == Decimal("568673.00")
    with pytest.raises(Refused, match="มากกว่ายอดที่จ่ายแล้ว"):
        services.reverse_entry(
            actor=w.finance,
            entry=paid,
            effective_on=dt.date(2021, 6, 2),
            note="ผิดโครงการ",
            request_key=uuid.uuid4(),
            today=build.TODAY,
        )
    assert project.entries.count() == 2


def test_entry_dated_before_a_return_cannot_overdraw_that_day(w):
    """Wrong if a late entry made the net paid amount exceed the approval on an earlier day."""
    project = build.project(w, plan=(1_000_000,))
    only = project.instalments.get(number=1)
    build.pay(w, only, 1_000_000, on=dt.date(2021, 3, 1))
    services.record_return(
        actor=w.finance,
        instalment=only,
        amount_baht=Decimal(400_000),
        effective_on=dt.date(2021, 6, 1),
        document_number="คืน 1",
        request_key=uuid.uuid4(),
        today=build.TODAY,
    )
    with pytest.raises(Refused) as refused:
        build.pay(w, only, 400_000, on=dt.date(2021, 5, 1))
    assert refused.value.code == "finance_net_paid_within_approved"
    assert build.pay(w, only, 400_000, on=dt.date(2021, 6, 1)).net_baht == Decimal(400_000)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE finance_ledgerentry SET amount_baht = 1", "DELETE FROM finance_ledgerentry"],
)
def test_ledger_is_only_added_to(w, statement):
    """Wrong if an entry could be changed or deleted, even by plain SQL."""
    project = build.project(w, plan=(700_000,))
    build.pay(w, project.instalments.get(number=1), 700_000)
    with (
        pytest.raises(IntegrityError, match="แก้ไขหรือลบไม่ได้"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert LedgerEntry.objects.get().amount_baht == Decimal(700_000)


def test_adjustment_needs_its_reason(w):
    """Wrong if a correction could be made without saying why."""
    project = build.project(w, plan=(700_000,))
    with pytest.raises(Refused) as refused:
        services.record_adjustment(
            actor=w.finance,
            instalment=project.instalments.get(number=1),
            direction=Direction.OUT,
            amount_baht=Decimal(10),
            effective_on=dt.date(2021, 3, 1),
            note=" ",
            request_key=uuid.uuid4(),
            today=build.TODAY,
        )
    assert refused.value.code == "finance_entry_correction_explained"


def test_triggers_cannot_be_told_to_look_away(w):
    """Wrong if a session could switch the ledger's guard off with a setting that everyone may set."""
    project = build.project(w, plan=(700_000,))
    build.pay(w, project.instalments.get(number=1), 700_000)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pgtrigger.ignore', array_agg(tgname)::text, true) FROM pg_trigger"
        )
        with pytest.raises(IntegrityError, match="แก้ไขหรือลบไม่ได้"), transaction.atomic():
            LedgerEntry.objects.update(amount_baht=1)
