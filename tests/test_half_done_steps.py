"""A fault at any statement of a business step leaves everything as it was before the step."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from codi.desk import bin
from codi.history import acting
from codi.imports import services as imports
from finance import services as finance
from finance.models import Direction, Instalment, LedgerEntry
from programs import services as programs
from reports import services as reports
from reports.subjects import Subject
from tests import world as build
from tests.emptying import every_table

pytestmark = pytest.mark.django_db
DAY, TODAY = dt.date(2021, 3, 1), build.TODAY
Step = Callable[[], Any]


class Fault(DatabaseError):
    """The fault that is put into a step: the line to the database breaks."""


class FaultAt:
    """Stops before the statement of a number, once; what undoes the step goes through."""

    def __init__(self, number: int) -> None:
        self.left = number

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if self.left == 0:
            self.left = -1
            raise Fault(sql[:60])
        self.left -= 1
        return execute(sql, params, many, context)


def everything() -> dict[str, Any]:
    """A digest of every table by name (rows of a union come in any order), and what waits to be sent."""
    rows = " UNION ALL ".join(
        f"SELECT '{table}', md5(string_agg(x::text, ',' ORDER BY x::text)) FROM {table} x"
        for table in every_table()
    )
    with connection.cursor() as cursor:
        cursor.execute(rows)
        return {**dict(cursor.fetchall()), "on commit": len(connection.run_on_commit)}


def statements_of(step: Step) -> tuple[int, list[int]]:
    """How many faults the step met until it ended, and after which of them something was left."""
    before, number, left = everything(), 0, []
    while True:
        try:
            with connection.execute_wrapper(FaultAt(number)):
                step()
        except Fault:
            if everything() != before:
                left.append(number)
            number += 1
        else:
            assert everything() != before, "the step does nothing"
            return number, left


def paid(w: build.World, *, all_of_it: bool = False) -> Instalment:
    line = build.project(w, plan=(600_000, 400_000)).instalments.get(number=1)
    build.pay(w, line, 600_000 if all_of_it else 250_000)
    return line


def money(w: build.World, line: Instalment, act: Callable[..., Any], **facts: Any) -> Step:
    key = uuid.uuid4()
    told = {"actor": w.finance, "effective_on": dt.date(2021, 4, 1), "request_key": key}
    return lambda: act(
        **told, **facts, today=TODAY, **({} if "entry" in facts else {"instalment": line})
    )


def first_payment(w: build.World) -> Step:
    line = build.project(w, plan=(600_000, 400_000)).instalments.get(number=1)
    return money(w, line, finance.record_payment, amount_baht=Decimal(1), document_number="ฎ. 1")


def money_back(w: build.World) -> Step:
    return money(w, paid(w), finance.record_return, amount_baht=Decimal(5), document_number="นส. 1")


def adjustment(w: build.World) -> Step:
    facts = {"amount_baht": Decimal(5), "direction": Direction.OUT, "note": "ปรับ"}
    return money(w, paid(w), finance.record_adjustment, **facts)


def reversal(w: build.World) -> Step:
    line = paid(w)
    entry = LedgerEntry.objects.get()
    return money(w, line, finance.reverse_entry, entry=entry, note="ผิดงวด")


def moved_budget(w: build.World) -> Step:
    key = uuid.uuid4()
    return lambda: finance.move_budget(
        actor=w.finance,
        from_frame=w.frames["region"],
        to_frame=w.frames["province"],
        amount_baht=Decimal(1_000),
        moved_on=DAY,
        reason="ปรับตามแผน",
        approval_document="บันทึก 1/2564",
        request_key=key,
        today=TODAY,
    )


def another_plan(w: build.World) -> Step:
    project = build.project(w, "draft", plan=(500_000, 300_000, 200_000))
    lines = [build.finance_line(1, 700_000), build.finance_line(4, 300_000)]
    return lambda: finance.plan_instalments(actor=w.officer, project=project, plan=lines)


def cleared(w: build.World) -> Step:
    line = paid(w, all_of_it=True)
    return lambda: finance.clear_evidence(
        actor=w.finance, instalment=line, cleared_on=dt.date(2021, 5, 1), today=TODAY
    )


def drawn_up(w: build.World) -> Step:
    return lambda: build.project(w, "draft")


def submitted(w: build.World) -> Step:
    project = build.project(w, "draft")
    return lambda: programs.submit_project(actor=w.officer, project=project, today=TODAY)


def endorsed(w: build.World) -> Step:
    project = build.project(w, "submitted")
    return lambda: programs.endorse_project(
        actor=w.manager, project=project, meeting=w.meeting, today=TODAY
    )


def approved(w: build.World) -> Step:
    project = build.project(w, "endorsed", plan=(1_000_000,))
    return lambda: programs.approve_project(
        actor=w.manager,
        project=project,
        approved_baht=Decimal(1_000_000),
        approved_on=DAY,
        today=TODAY,
    )


def sent_back(w: build.World) -> Step:
    project = build.project(w, "submitted")
    return lambda: programs.send_back_project(
        actor=w.manager, project=project, reason="แก้ชื่อ", today=TODAY
    )


def cancelled(w: build.World) -> Step:
    project = build.project(w, "approved")
    return lambda: programs.cancel_project(
        actor=w.manager, project=project, reason="พื้นที่ขอยกเลิก", today=TODAY
    )


def deleted(w: build.World) -> Step:
    project = build.project(w, "draft", plan=(600_000, 400_000))
    return lambda: bin.delete(
        actor=w.officer, record=project, expected_version=None, now=timezone.now()
    )


def brought_back(w: build.World) -> Step:
    project = build.project(w, "draft", plan=(600_000, 400_000))
    binned = bin.delete(actor=w.officer, record=project, expected_version=None, now=timezone.now())
    return lambda: bin.restore(actor=w.officer, binned=binned)


def certified(w: build.World) -> Step:
    return lambda: programs.certify_organisation(
        actor=w.officer,
        organisation=w.organisation,
        meeting=w.meeting,
        certified_on=w.meeting.ends_on,
        is_certified=True,
        today=TODAY,
    )


def imported(w: build.World) -> Step:
    sheet = "ชื่อองค์กร,ประเภทองค์กร,ภาค,จังหวัด\nกลุ่มหนึ่ง,องค์กรชุมชน,,เชียงใหม่\nกลุ่มสอง,องค์กรชุมชน,,เชียงใหม่\n"
    batch = imports.upload_file(
        kind="organisations",
        content=sheet.encode(),
        file_name="a.csv",
        actor=w.officer,
        today=TODAY,
    )
    assert batch.new_count == 2
    return lambda: imports.confirm(batch=batch, actor=w.officer, today=TODAY)


def reported(w: build.World) -> Step:
    paid(w)
    key = uuid.uuid4()
    return lambda: reports.create_edition(
        actor=w.officer,
        outline_key="regional-status",
        subject=Subject(w.programme, build.region()),
        as_of_dates=(dt.date(2021, 5, 31),),
        request_key=key,
        now=timezone.now(),
        today=TODAY,
    )


STEPS = (
    first_payment, money_back, adjustment, reversal, moved_budget, another_plan, cleared, drawn_up,
    submitted, endorsed, approved, sent_back, cancelled, deleted, brought_back, certified, imported,
    reported,
)  # fmt: skip


@pytest.mark.parametrize("prepare", STEPS, ids=lambda step: step.__name__)
def test_a_fault_at_any_statement_leaves_nothing(prepare: Callable[[build.World], Step]) -> None:
    """Wrong if a step that broke off half way left a row, an event, a message or a promise of one."""
    w = build.world()
    step = prepare(w)
    with acting(w.administrator, door="web"):
        count, left = statements_of(step)
    assert count > 2
    assert left == []


def test_control_without_one_transaction_a_half_is_found() -> None:
    """If two writes without a transaction left nothing to be found, the test above would be blind."""
    w = build.world()

    def two_writes() -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE programs_organisation SET name = 'เครือข่ายใหม่'")
            cursor.execute("UPDATE programs_project SET title = 'โครงการใหม่'")

    build.project(w, "draft")
    assert statements_of(two_writes) == (2, [1])
