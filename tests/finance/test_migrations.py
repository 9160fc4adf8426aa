"""Migrations that touch what may never change, on tables that hold rows."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.core.management import call_command
from django.db import connection

from finance import services
from tests import world as build

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_old_ledger_with_a_reversed_return_is_taken_over():
    """Wrong if an upgrade stopped at an append-only table, or a balance missed an old entry.

    700,000 paid, 131,327 returned by mistake and that return reversed: 700,000 both net and paid.
    """
    w = build.world()
    instalment = build.project(w, plan=(700_000,), baht=700_000).instalments.get()
    build.pay(w, instalment, 700_000)
    ways = {"actor": w.finance, "effective_on": dt.date(2021, 6, 1), "today": build.TODAY}
    back = services.record_return(
        instalment=instalment,
        amount_baht=131_327,
        document_number="คืน 1",
        request_key=uuid.uuid4(),
        **ways,
    )
    services.reverse_entry(entry=back, note="คืนผิดโครงการ", request_key=uuid.uuid4(), **ways)
    call_command("migrate", "finance", "0007", verbosity=0)
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT net_baht, paid_baht FROM finance_projectbalance")
        assert cursor.fetchall() == [(700_000, 700_000)]
        cursor.execute("SELECT reversed_kind FROM finance_ledgerentryevent ORDER BY id")
        assert cursor.fetchall() == [(None,), (None,), ("return",)]
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D' AND NOT tgisinternal")
        assert cursor.fetchone() == (0,)
