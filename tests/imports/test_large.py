"""Large files: workers, kills, cancellations, twenty confirmations at once."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client

from codi.accounts.models import Role
from codi.errors import Refused
from codi.history import acting
from codi.imports import UPLOADS, Hands, services, undoing
from codi.imports.models import BatchState, ImportBatch, ImportRow
from codi.jobs import Stopped, runner
from codi.jobs import services as jobs
from codi.jobs.models import Job, State
from codi.places.models import Province
from finance.models import LedgerEntry
from finance.resources import payments
from programs.models import Organisation
from tests import world as build
from tests.finance.test_races import held
from tests.finance.test_upload_races import elsewhere
from tests.finance.test_uploads import PAYMENT, sheet
from tests.imports.conftest import PEOPLE, TODAY
from tests.imports.test_round_trip import events, send

# The checking tells how far it is every 500 rows: three times here, and once before.
ROW_COUNT = 1_001
HEAD = "ชื่อองค์กร,ประเภทองค์กร,จังหวัด"


def content(count: int = ROW_COUNT) -> bytes:
    return "\n".join([HEAD, *(f"กลุ่มที่ {n},องค์กรชุมชน,เชียงใหม่" for n in range(count))]).encode()


@pytest.fixture
def w() -> build.World:
    w = build.world()
    for place in (build.region("N"), build.province()):
        place.save()
    return w


def stored(w: build.World, **facts: Any) -> ImportBatch:
    """A batch of which only the file is there yet, as a web request leaves it."""
    with transaction.atomic():
        batch = send(w, content(), "ใหญ่.csv")
        ImportRow.objects.filter(batch=batch).delete()
        batch.state = BatchState.CHECKING
        batch.save()
    return batch


def killed_at(call: int, work: Callable[[Callable[[int, str], None]], object]) -> None:
    """Do the work in a process of its own that is killed (-9) when it tells progress the nth time."""
    connection.close()
    child = os.fork()
    if child == 0:
        # Where a browser's loop runs, Django keeps one connection for it and one for the time before
        # it, and the fork falls back to the latter: on the parent's socket, which no kill would end.
        connections["default"] = connections.create_connection("default")
        told = iter(range(1, 10_000))

        def tell(percent: int, stage: str) -> None:
            if next(told) == call:
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            work(tell)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"the work ended before it told {call} times"


def wait_for_rollback() -> None:
    """Until the server has noticed that the killed client is gone."""
    with connection.cursor() as cursor:
        for _ in range(200):
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid() AND state <> 'idle'"
            )
            if cursor.fetchone()[0] == 0:
                return
            time.sleep(0.02)


def picture(batch: ImportBatch) -> tuple[Any, ...]:
    """Everything that a half-done run could have left."""
    batch.refresh_from_db()
    return (
        batch.state,
        batch.rows.count(),
        Organisation.objects.count(),
        events().count(),
        batch.confirmed_by_id,
        batch.effects,
    )


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_killed_at_ten_places_and_run_again(w, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong if a killed worker left half a preview or half a file, or the next run differed."""
    monkeypatch.setattr(services, "WRITTEN_AT_ONCE", 200)
    batch = stored(w)
    before = picture(batch)
    for call in (1, 2, 3, 4):
        killed_at(call, lambda told: services.check(batch=batch, today=TODAY, told=told))
        wait_for_rollback()
        assert picture(batch) == before
    services.check(batch=batch, today=TODAY)
    checked = picture(batch)
    assert checked[:2] == (BatchState.PREVIEWED, ROW_COUNT)
    for call in (1, 2, 3, 5, 6, 7):
        killed_at(
            call,
            lambda told: services.confirm(batch=batch, actor=w.officer, today=TODAY, told=told),
        )
        wait_for_rollback()
        assert picture(batch) == checked
    services.confirm(batch=batch, actor=w.officer, today=TODAY)
    assert picture(batch)[:4] == (
        BatchState.CONFIRMED, ROW_COUNT, checked[2] + ROW_COUNT, checked[3] + ROW_COUNT,
    )  # fmt: skip


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_control_without_one_transaction_a_kill_leaves_half(
    w, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The attack of the test above works where the pieces are written each for itself."""
    monkeypatch.setattr(services, "WRITTEN_AT_ONCE", 200)
    batch = send(w, content(800), "ใหญ่.csv")
    register = UPLOADS["organisations"].register
    assert register is not None
    before = Organisation.objects.count()
    hands = Hands(w.officer, w.officer)
    killed_at(4, lambda told: services._write_register(batch, register, hands, told))
    wait_for_rollback()
    assert Organisation.objects.count() - before == 600


@pytest.mark.django_db
def test_cancelled_in_the_middle(w, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong if a cancelled run left something, or the file could not be gone on with."""
    monkeypatch.setattr(services, "WRITTEN_AT_ONCE", 200)
    batch = send(w, content(600), "ใหญ่.csv")
    before = picture(batch)

    def cancelled(percent: int, stage: str) -> None:
        if percent > 50:
            raise Stopped("cancelled")

    with pytest.raises(Stopped):
        services.confirm(batch=batch, actor=w.officer, today=TODAY, told=cancelled)
    assert picture(batch) == before
    with pytest.raises(Stopped):
        services.check(batch=batch, today=TODAY, told=cancelled)
    assert picture(batch) == before
    services.confirm(batch=batch, actor=w.officer, today=TODAY)
    with pytest.raises(Stopped):
        undoing.undo(batch=batch, actor=w.officer, reason="ผิด", today=TODAY, told=cancelled)
    assert Organisation.objects.count() == before[2] + 600


def together(count: int, work: Callable[[], object]) -> list[object]:
    """What each of so many threads that start at once got, or the refusal."""
    start, found = threading.Barrier(count), []

    def run() -> None:
        start.wait()
        try:
            found.append(work())
        except Refused as refused:
            found.append(refused)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_twenty_confirmations_write_once(w) -> None:
    """Wrong if two presses paid twice."""
    made = build.project(w, plan=(700_000, 300_000))
    payment = sheet([{**PAYMENT, "รหัสโครงการ": made.code}])
    batch = services.upload_file(
        kind="payments", content=payment, file_name="a.csv", actor=w.finance, today=TODAY
    )
    found = together(20, lambda: services.confirm(batch=batch, actor=w.finance, today=TODAY))
    assert sum(isinstance(one, ImportBatch) for one in found) == 1
    assert LedgerEntry.objects.count() == 1
    batch.refresh_from_db()
    assert batch.state == BatchState.CONFIRMED


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_control_without_the_batch_the_same_plan_pays_again(
    w, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race of the test above succeeds where nothing holds the batch or the judged ledger."""
    monkeypatch.setattr(payments, "hold_as_judged", lambda wanted: None)
    made = build.project(w, plan=(700_000, 300_000))
    upload = UPLOADS["payments"]
    plan = services.make_plan(
        upload,
        content=sheet([{**PAYMENT, "รหัสโครงการ": made.code}]),
        file_name="a.csv",
        actor=w.finance,
        today=TODAY,
    )

    def write() -> None:
        assert upload.apply is not None
        with acting(w.finance, door="import"):
            upload.apply(plan, Hands(w.finance, w.finance), TODAY)

    together(4, write)
    assert LedgerEntry.objects.count() > 1


@pytest.mark.django_db
def test_a_large_file_goes_through_workers(
    w, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wrong if the page waited, told nothing, or somebody else's hands got into the work."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    monkeypatch.setattr(services, "DIRECT_BYTE_COUNT", 100)
    monkeypatch.setattr(services, "DIRECT_REGISTER_ROW_COUNT", 100)
    client.force_login(w.officer)
    file = SimpleUploadedFile("ใหญ่.csv", content(210))
    client.post("/imports/new/", {"kind": "organisations", "file": file})
    batch = ImportBatch.objects.get()
    page = client.get(f"/imports/{batch.pk}/").content.decode()
    assert batch.state == BatchState.CHECKING
    assert f"/jobs/{batch.job_id}/progress/" in page
    assert "ยังตรวจไม่เสร็จ" in page
    runner.run(batch.job_id, worker="test")
    batch.refresh_from_db()
    assert (batch.state, batch.new_count) == (BatchState.PREVIEWED, 210)
    client.post(f"/imports/{batch.pk}/confirm/", {"seen": batch.fingerprint})
    client.post(f"/imports/{batch.pk}/confirm/", {"seen": batch.fingerprint})
    [writing] = Job.objects.filter(kind=services.WRITE)
    runner.run(writing.pk, worker="test")
    runner.run(writing.pk, worker="test")
    batch.refresh_from_db()
    writing.refresh_from_db()
    assert (batch.state, writing.state) == (BatchState.CONFIRMED, State.DONE)
    assert events().latest("pgh_id").pgh_context["actor_id"] == w.officer.pk
    client.post(f"/imports/{batch.pk}/undo/", {"reason": "ผิดไฟล์"})
    [taking_back] = Job.objects.filter(kind=undoing.UNDO)
    runner.run(taking_back.pk, worker="test")
    batch.refresh_from_db()
    assert batch.state == BatchState.UNDONE
    assert not Organisation.objects.filter(name__startswith="กลุ่มที่").exists()


@pytest.mark.django_db
def test_a_cancelled_job_lets_the_file_go_on(
    w, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wrong if a cancelled check left the file stuck for ever."""
    monkeypatch.setattr(services, "DIRECT_BYTE_COUNT", 100)
    batch = services.upload_file(
        kind="organisations",
        content=content(20),
        file_name="ใหญ่.csv",
        actor=w.officer,
        today=TODAY,
        wait=False,
    )
    jobs.cancel(batch.job, actor=w.officer)
    client.force_login(w.officer)
    assert "งานล่าสุดถูกยกเลิก" in client.get(f"/imports/{batch.pk}/").content.decode()
    stranger = build.user(Role.REGIONAL_OFFICER, region=build.region("S", "ภาคใต้", 5))
    client.force_login(stranger)
    assert client.post(f"/imports/{batch.pk}/check-again/").status_code == 404
    client.force_login(w.officer)
    client.post(f"/imports/{batch.pk}/check-again/")
    batch.refresh_from_db()
    runner.run(batch.job_id, worker="test")
    batch.refresh_from_db()
    assert batch.state == BatchState.PREVIEWED


@pytest.mark.django_db
@pytest.mark.parametrize("is_newest", [False, True])
def test_an_old_check_done_again_leaves_a_file_with_its_checker(
    officer, monkeypatch: pytest.MonkeyPatch, is_newest: bool
) -> None:
    """Wrong if repeating a check that was stopped took the file out of its checker's hands.

    The newest check counts too when it ended after its preview was made. The control is the check
    without the job that orders it: the file falls back.
    """
    monkeypatch.setattr(services, "DIRECT_BYTE_COUNT", 10)
    batch = services.upload_file(
        kind="checked", content=PEOPLE, file_name="a.csv", actor=officer, today=TODAY, wait=False
    )
    old = batch.job
    if not is_newest:
        jobs.cancel(old, actor=officer)
        batch = services.check_again(batch=batch, actor=officer, today=TODAY, wait=False)
    services.check(batch=batch, today=TODAY, job=batch.job)
    jobs.cancel(batch.job, actor=officer)
    batch = services.send_for_confirmation(batch=batch, actor=officer)
    jobs.retry(old, actor=officer)
    runner.run(old.pk, worker="test")
    batch.refresh_from_db()
    old.refresh_from_db()
    assert (batch.state, old.state, old.failure_code) == (
        BatchState.WAITING, State.FAILED, "imports-moved",
    )  # fmt: skip
    assert services.check(batch=batch, today=TODAY).state == BatchState.PREVIEWED


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_what_others_hold_or_delete_is_told_when_the_file_is_committed(
    w, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wrong if the foreign keys, checked only at the commit, came out as a fault of ours.

    The control is the same end of a transaction without its politeness.
    """
    build.province("51", "ลำพูน")
    rows = "\n".join([HEAD, "กลุ่มของลำพูน,องค์กรชุมชน,ลำพูน"]).encode()
    batch = send(w, rows, "ลำพูน.csv")
    monkeypatch.setattr(services, "PATIENCE_SECONDS", 0.05)

    def held_until_the_end() -> str:
        holding = held(lambda: Province.objects.select_for_update().get(pk="51"))
        with holding, pytest.raises(Refused) as caught:
            services.confirm(batch=batch, actor=w.officer, today=TODAY)
        batch.refresh_from_db()
        return caught.value.code

    assert (held_until_the_end(), batch.state) == ("imports-busy", BatchState.PREVIEWED)

    def deleted(percent: int, stage: str) -> None:
        if stage == "บันทึกทั้งไฟล์":
            elsewhere(lambda: Province.objects.filter(pk="51").delete())

    with pytest.raises(Refused) as caught:
        services.confirm(batch=batch, actor=w.officer, today=TODAY, told=deleted)
    batch.refresh_from_db()
    assert (caught.value.code, batch.error_count) == ("imports-stale", 1)
    assert not Organisation.objects.filter(name="กลุ่มของลำพูน").exists()
    place = {"name": "ก", "kind": "other", "region_id": "N", "province_id": "51"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.create(**place)
