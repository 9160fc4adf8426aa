"""Somebody changes a plan or pays while a file is between its judgement and its writing."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from codi import writing
from codi.errors import Refused
from codi.imports import UPLOADS, Hands, services, undoing
from codi.imports.models import BatchState, ImportBatch
from finance import services as finance
from finance.models import Instalment, LedgerEntry
from finance.resources.payments import hold_as_judged
from finance.resources.taking_back import drop_instalments
from finance.services import PlannedInstalment
from programs.models import Project
from tests import world as build
from tests.finance.test_races import held, wait_for_a_waiting_session
from tests.finance.test_uploads import PAYMENT, sheet

pytestmark = pytest.mark.concurrency
TODAY = dt.date(2021, 8, 13)


def elsewhere(act: Callable[[], object]) -> None:
    """Do it on a connection of its own, to the end."""

    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def file_of(w: build.World, project: Project) -> ImportBatch:
    """A checked file that plans 300,000 for the second instalment."""
    row = {
        "รหัสโครงการ": project.code,
        "จังหวัด": "เชียงใหม่",
        "ชื่อโครงการ": project.title,
        "องค์กรที่เสนอ": w.organisation.name,
        "งวด 2 (บาท)": "300000",
    }
    batch = services.upload_file(
        kind="projects", content=sheet([row]), file_name="a.csv", actor=w.officer, today=TODAY
    )
    assert (batch.changed_count, batch.error_count) == (1, 0)
    return batch


def confirm(batch: ImportBatch, w: build.World, meanwhile: Callable[[], object]) -> str:
    """Have the file written; ``meanwhile`` happens when it was judged again. The refusal's code."""

    def told(percent: int, stage: str) -> None:
        if stage == "บันทึก":
            meanwhile()

    with pytest.raises(Refused) as caught:
        services.confirm(batch=batch, actor=batch.uploaded_by, today=TODAY, told=told)
    batch.refresh_from_db()
    return caught.value.code


@pytest.mark.django_db(transaction=True)
def test_an_instalment_edited_between_judging_and_writing(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wrong if a file wrote over an amount that nobody had been shown, or was lost over a lock."""
    settings.MEDIA_ROOT = tmp_path
    w = build.world()
    project = build.project(w, "draft", plan=(600_000, 400_000))
    second = Instalment.objects.get(project=project, number=2)

    def edited(**facts: Any) -> Callable[[], None]:
        def edit() -> None:
            finance.update_instalment(
                actor=w.officer, instalment=second, expected_version=None, **facts
            )

        return lambda: elsewhere(edit)

    batch = file_of(w, project)
    assert confirm(batch, w, edited(planned_baht=Decimal(350_000))) == "imports-stale"
    second.refresh_from_db()
    assert second.planned_baht == 350_000
    [change] = batch.rows.get().to_dict()["changes"]
    assert (batch.state, change["old"], change["new"]) == (
        BatchState.PREVIEWED, "350,000", "300,000",
    )  # fmt: skip
    assert confirm(batch, w, edited(condition="ส่งรายงาน")) == "imports-stale"
    assert batch.state == BatchState.PREVIEWED

    monkeypatch.setattr(services, "PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr(writing, "LOCK_WAIT_SECONDS", 0.05)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Instalment.objects.select_for_update().get(pk=second.pk)
            held.set()
            done.wait(30)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(30)
    assert confirm(batch, w, lambda: None) == "busy"
    assert batch.state == BatchState.PREVIEWED
    done.set()
    holder.join()
    services.confirm(batch=batch, actor=w.officer, today=TODAY)
    second.refresh_from_db()
    assert (second.planned_baht, second.condition) == (300_000, "ส่งรายงาน")


@pytest.mark.django_db
def test_control_a_plan_without_its_versions_writes_over() -> None:
    """The race of the test above succeeds where the judged plan is written without its versions."""
    w = build.world()
    project = build.project(w, "draft", plan=(600_000, 400_000))
    second = Instalment.objects.get(project=project, number=2)
    judged = [PlannedInstalment(1, Decimal(600_000)), PlannedInstalment(2, Decimal(300_000))]
    finance.update_instalment(
        actor=w.officer, instalment=second, expected_version=1, planned_baht=Decimal(350_000)
    )
    finance.record_plan(project=project, plan=judged)
    second.refresh_from_db()
    assert second.planned_baht == 300_000


def on_its_own_connection(act: Callable[[], object]) -> Callable[[], None]:
    """The act in one transaction, for a thread that ends with it."""

    def run() -> None:
        try:
            with transaction.atomic():
                act()
        finally:
            connection.close()

    return run


def refusing(act: Callable[[], object], refused: list[str]) -> Callable[[], None]:
    """The act on a connection of its own, with the code of its refusal kept."""

    def run() -> None:
        try:
            act()
        except Refused as told:
            refused.append(told.code)

    return on_its_own_connection(run)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("defended", [True, False])
def test_a_line_added_while_another_is_taken_away_stays(defended: bool) -> None:
    """Wrong if taking a file back deleted a line that somebody was just adding to the plan.

    The control reads the plan before it holds the project: the new line is gone.
    """
    w = build.world()
    project = build.project(w, "draft", plan=(600_000, 300_000))
    second = Instalment.objects.get(project=project, number=2)

    def plainly() -> None:
        kept = [line for line in finance.present_plan(project) if line.number != second.number]
        finance.record_plan(project=project, plan=kept)

    def taking_back() -> None:
        drop_instalments([second], w.officer, "ผิดไฟล์", TODAY)

    def adding() -> None:
        finance.add_instalment(actor=w.officer, project=project, planned_baht=Decimal(50_000))

    with ThreadPoolExecutor(1) as pool:
        with held(adding, keeps=True):
            done = pool.submit(on_its_own_connection(taking_back if defended else plainly))
            wait_for_a_waiting_session()
        done.result(timeout=30)
    left = Instalment.objects.filter(project=project).values_list("number", flat=True)
    assert sorted(left) == ([1, 3] if defended else [1])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("defended", [True, False])
def test_a_file_is_taken_back_in_the_order_of_a_payment(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, defended: bool
) -> None:
    """Wrong if taking back held an instalment while it waited for its project: a payment holds the
    project and then names the instalment, so the two would stop each other.

    The control names nothing to be locked first, and the instalment is held.
    """
    settings.MEDIA_ROOT = tmp_path
    w = build.world()
    project = build.project(w, "draft", plan=(600_000, 400_000))
    batch = services.confirm(batch=file_of(w, project), actor=w.officer, today=TODAY)
    if not defended:
        upload = UPLOADS["projects"]
        bare = replace(upload, undo=tuple(replace(one, lock_first="") for one in upload.undo))
        monkeypatch.setitem(UPLOADS, "projects", bare)

    def taking_back() -> None:
        undoing.undo(batch=batch, actor=w.officer, reason="ผิดไฟล์", today=TODAY)

    paying = held(lambda: Project.objects.select_for_update().get(pk=project.pk))
    with ThreadPoolExecutor(1) as pool:
        with paying:
            done = pool.submit(on_its_own_connection(taking_back))
            wait_for_a_waiting_session()
            is_free = True
            try:
                with transaction.atomic():
                    Instalment.objects.select_for_update(nowait=True).get(project=project, number=2)
            except OperationalError:
                is_free = False
        done.result(timeout=30)
    assert is_free == defended
    batch.refresh_from_db()
    assert batch.state == BatchState.UNDONE


@pytest.mark.django_db(transaction=True)
def test_a_payment_booked_at_a_page_while_the_same_one_of_a_file_is_written(
    settings: Any, tmp_path: Path
) -> None:
    """Wrong if a page and a file paid the same part of an instalment twice, or the file was lost."""
    settings.MEDIA_ROOT = tmp_path
    w = build.world()
    project = build.project(w, plan=(700_000, 300_000))
    first = Instalment.objects.get(project=project, number=1)
    batch = services.upload_file(
        kind="payments",
        content=sheet([{**PAYMENT, "รหัสโครงการ": project.code}]),
        file_name="a.csv",
        actor=w.finance,
        today=TODAY,
    )
    assert (batch.new_count, batch.error_count) == (1, 0)

    def pay(document: str) -> Callable[[], None]:
        return lambda: elsewhere(
            lambda: build.pay(w, first, Decimal("100000.50"), document_number=document)
        )

    assert confirm(batch, w, pay("ฎ. 9/2564")) == "imports-stale"
    assert (batch.state, batch.new_count, len(batch.warnings)) == (BatchState.PREVIEWED, 1, 1)
    assert confirm(batch, w, pay("ฎ. 1/2564")) == "imports-stale"
    assert (batch.state, batch.new_count, batch.same_count) == (BatchState.PREVIEWED, 0, 1)
    assert LedgerEntry.objects.count() == 2


@pytest.mark.django_db
def test_control_payments_written_as_judged_book_twice() -> None:
    """The race of the test above succeeds where the ledger is not read again under the lock."""
    w = build.world()
    project = build.project(w, plan=(700_000, 300_000))
    first = Instalment.objects.get(project=project, number=1)
    upload = UPLOADS["payments"]
    row = {**PAYMENT, "รหัสโครงการ": project.code}
    plan = services.make_plan(
        upload, content=sheet([row]), file_name="a.csv", actor=w.finance, today=TODAY
    )
    build.pay(w, first, Decimal("100000.50"))
    [judged] = plan.rows
    with pytest.raises(Refused) as caught:
        hold_as_judged([judged.data])
    assert caught.value.code == "changed_by_another"
    assert upload.apply is not None
    judged.data.read.update(LedgerEntry.objects.values_list("pk", flat=True))
    upload.apply(plan, Hands(w.finance, w.finance), TODAY)
    assert sum(entry.net_baht for entry in LedgerEntry.objects.all()) == Decimal("200001.00")
