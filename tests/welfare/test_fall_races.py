"""Neighbouring quarters of one fund written at one moment by two doors, and files of many funds."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import OperationalError, transaction

from codi.bulk import insert_records
from codi.imports import UPLOADS
from codi.imports import services as imports
from codi.imports.models import BatchState
from tests import world as build
from tests.finance.test_races import held, wait_for_a_waiting_session
from tests.finance.test_upload_races import on_its_own_connection, refusing
from tests.imports.conftest import xlsx
from tests.welfare.rows import stored_fund
from welfare import queries, services
from welfare.models import FundStatus, WelfareFund
from welfare.services.status import COLUMNS, Beside

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.concurrency,
    pytest.mark.usefixtures("patient"),
]
TODAY, REPORTED = dt.date(2021, 8, 13), dt.date(2021, 8, 10)
HEADS = ["รหัสกองทุน", "ปีงบประมาณ", "ไตรมาส", "วันที่รายงาน", "[6] เงินจากสมาชิก (บาท)"]


def lower(fund: WelfareFund) -> FundStatus:
    """The last quarter with less than what the others tell of the quarter before."""
    return FundStatus(
        fund=fund, fiscal_year=2564, quarter=4, reported_on=REPORTED, from_members_baht=Decimal(900)
    )


def report_more(w: build.World, fund: WelfareFund) -> None:
    """The quarter before it, with 1,000 baht."""
    services.report_status(
        actor=w.officer, fund=fund, fiscal_year=2564, quarter=3, reported_on=REPORTED, today=TODAY,
        from_members_baht=Decimal(1000),
    )  # fmt: skip


def written_as_judged(fund: WelfareFund) -> None:
    """As files were written: judged by what was in sight, without the fund in hand."""
    record = lower(fund)
    if problem := Beside(queries.quarters_told([fund.pk]), [record]).problem_of(record):
        raise problem
    insert_records(FundStatus, (*COLUMNS, "version"), [record])


def told(fund: WelfareFund) -> list[tuple[int, Decimal]]:
    return list(fund.statuses.order_by("quarter").values_list("quarter", "from_members_baht"))


def test_a_file_judges_what_a_form_is_just_writing():
    """Wrong if a file wrote a fall below what a person saved at that moment for the quarter before."""
    w = build.world()
    fund = stored_fund(w, code="WF-1")
    batch = imports.upload_file(
        kind="fund-statuses", content=xlsx(HEADS, ["WF-1", "2564", "4", "10 ส.ค. 64", "900"]),
        file_name="a.xlsx", actor=w.officer, today=TODAY,
    )  # fmt: skip
    assert batch.new_count == 1
    refused: list[str] = []

    def confirming() -> None:
        imports.confirm(batch=batch, actor=w.officer, today=TODAY)

    with ThreadPoolExecutor(1) as pool:
        with held(lambda: report_more(w, fund), keeps=True):
            done = pool.submit(refusing(confirming, refused))
            wait_for_a_waiting_session()
        done.result(timeout=60)
    assert refused == ["imports-stale"]
    assert told(fund) == [(3, 1000)]
    batch.refresh_from_db()
    assert (batch.state, batch.error_count) == (BatchState.PREVIEWED, 1)


def test_a_form_judges_what_a_file_is_just_writing():
    """Wrong if a person saved more than what a file tells at that moment for the quarter after."""
    w = build.world()
    fund = stored_fund(w)
    refused: list[str] = []
    with ThreadPoolExecutor(1) as pool:
        with held(
            lambda: services.create_statuses(actor=w.officer, records=[lower(fund)]), keeps=True
        ):
            done = pool.submit(refusing(lambda: report_more(w, fund), refused))
            wait_for_a_waiting_session()
        done.result(timeout=60)
    assert refused == ["later_falls"]
    assert told(fund) == [(4, 900)]


def test_control_without_the_fund_in_hand_the_amount_falls():
    """Wrong if the races above were none: what is judged without the lock is written and falls."""
    w = build.world()
    fund = stored_fund(w)
    refused: list[str] = []
    with ThreadPoolExecutor(1) as pool, held(lambda: report_more(w, fund), keeps=True):
        pool.submit(refusing(lambda: written_as_judged(fund), refused)).result(timeout=60)
    assert refused == []
    assert told(fund) == [(3, 1000), (4, 900)]


def test_a_file_takes_reports_away_under_the_lock_of_their_funds():
    """Wrong if taking a file back let two quarters meet in a fall that a form was just writing."""
    w = build.world()
    fund = stored_fund(w)
    between = FundStatus.objects.create(
        fund=fund, fiscal_year=2564, quarter=3, reported_on=REPORTED, from_members_baht=800,
        correction_reason="นับซ้ำ",
    )  # fmt: skip
    lower(fund).save()
    refused: list[str] = []

    def earlier() -> None:
        services.report_status(
            actor=w.officer, fund=fund, fiscal_year=2564, quarter=2, reported_on=REPORTED,
            today=TODAY, from_members_baht=Decimal(1000),
        )  # fmt: skip

    def taking_away() -> None:
        services.remove_statuses([between], w.officer, "ส่งผิดไฟล์", TODAY)

    with ThreadPoolExecutor(1) as pool:
        with held(earlier, keeps=True):
            done = pool.submit(refusing(taking_away, refused))
            wait_for_a_waiting_session()
        done.result(timeout=60)
    assert refused == ["later_falls"]
    assert [quarter for quarter, _baht in told(fund)] == [2, 3, 4]


@pytest.mark.parametrize("defended", [True, False])
def test_a_file_takes_its_funds_in_the_order_of_keys_before_its_first_piece(
    monkeypatch: pytest.MonkeyPatch, defended: bool
):
    """Wrong if a file held a fund of a later key while it waited for one of an earlier key: another
    file of these funds would hold the earlier one, and the two would stop each other.

    The control names nothing to be locked first; a piece here is one row.
    """
    w = build.world()
    first, second = stored_fund(w, code="WF-1"), stored_fund(w, code="WF-2")
    rows = [[code, "2564", "4", "10 ส.ค. 64", "900"] for code in ("WF-2", "WF-1")]
    batch = imports.upload_file(
        kind="fund-statuses", content=xlsx(HEADS, *rows), file_name="a.xlsx", actor=w.officer,
        today=TODAY,
    )  # fmt: skip
    monkeypatch.setattr(imports, "WRITTEN_AT_ONCE", 1)
    if not defended:
        upload = UPLOADS["fund-statuses"]
        assert upload.register is not None
        bare = replace(upload, register=replace(upload.register, lock_first=""))
        monkeypatch.setitem(UPLOADS, "fund-statuses", bare)

    def confirming() -> None:
        imports.confirm(batch=batch, actor=w.officer, today=TODAY)

    with ThreadPoolExecutor(1) as pool:
        with held(lambda: WelfareFund.objects.select_for_update().get(pk=first.pk)):
            done = pool.submit(on_its_own_connection(confirming))
            wait_for_a_waiting_session()
            is_free = True
            try:
                with transaction.atomic():
                    WelfareFund.objects.select_for_update(nowait=True).get(pk=second.pk)
            except OperationalError:
                is_free = False
        done.result(timeout=60)
    assert is_free == defended
    assert FundStatus.objects.count() == 2
