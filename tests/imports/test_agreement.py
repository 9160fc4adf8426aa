"""What is written is what the person who agreed had seen, and they still may when it is written."""

from __future__ import annotations

import datetime as dt
import re
import threading
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from codi import writing
from codi.accounts.models import Role, User
from codi.errors import Refused
from codi.imports import services, staging
from codi.imports.models import BatchState, ImportBatch
from codi.jobs import runner
from codi.jobs import services as jobs
from codi.jobs.models import Job, State
from codi.notices.models import Notice
from codi.writing import one_transaction, waiting
from tests.imports.conftest import PEOPLE, TODAY
from tests.world import province, user

SEEN = re.compile(r'name="seen" value="([0-9a-f]{64})"')


def waiting_file(officer: User) -> ImportBatch:
    """A file that waits for its second person."""
    batch = services.upload_file(
        kind="checked", content=PEOPLE, file_name="คน.csv", actor=officer, today=TODAY
    )
    return services.send_for_confirmation(batch=batch, actor=officer)


def somebody_was_faster() -> None:
    """After this the first row of the file is a change of somebody's name, no new person."""
    User.objects.create(username="anong", full_name="คนอื่น", role=Role.ANALYST, scope_level="nation")


def checked_and_sent_again(batch: ImportBatch, officer: User) -> ImportBatch:
    services.check_again(batch=batch, actor=officer, today=TODAY)
    return services.send_for_confirmation(batch=batch, actor=officer)


@pytest.mark.django_db
def test_a_preview_made_anew_under_the_reader_is_not_written(
    client: Client, officer: User, manager: User
) -> None:
    """Wrong if a press wrote another judgement than the one that stood on the page."""
    batch = waiting_file(officer)
    client.force_login(manager)
    [seen] = SEEN.findall(client.get(f"/imports/{batch.pk}/").content.decode())
    somebody_was_faster()
    checked_and_sent_again(batch, officer)
    for told in ({"seen": seen}, {"seen": "0" * 64}, {}):
        page = client.post(f"/imports/{batch.pk}/confirm/", told, follow=True).content.decode()
        assert services.MOVED in page
        assert "<del>คนอื่น</del>" in page
        assert User.objects.get(username="anong").full_name == "คนอื่น"
    batch.refresh_from_db()
    assert batch.state == BatchState.WAITING
    [anew] = SEEN.findall(page)
    client.post(f"/imports/{batch.pk}/confirm/", {"seen": anew})
    assert User.objects.get(username="anong").full_name == "อนงค์ ใจดี"


@pytest.mark.django_db
def test_control_a_press_that_tells_no_preview_writes_what_nobody_saw(
    officer: User, manager: User
) -> None:
    """The attack of the test above works where the present preview counts as the one seen."""
    batch = waiting_file(officer)
    somebody_was_faster()
    checked_and_sent_again(batch, officer)
    services.confirm(batch=ImportBatch.objects.get(), actor=manager, today=TODAY)
    assert User.objects.get(username="anong").full_name == "อนงค์ ใจดี"


@pytest.fixture
def ordered(officer: User, manager: User, monkeypatch: pytest.MonkeyPatch) -> ImportBatch:
    """A confirmed file whose writing waits for a worker."""
    monkeypatch.setattr(services, "DIRECT_ROW_COUNT", 0)
    batch = waiting_file(officer)
    return services.order_writing(batch=batch, actor=manager, seen=batch.fingerprint, today=TODAY)


def run(batch: ImportBatch) -> Job:
    """Let a worker do what the batch waits for."""
    assert batch.job is not None
    runner.run(batch.job.pk, worker="test")
    batch.refresh_from_db()
    return Job.objects.get(pk=batch.job.pk)


@pytest.mark.django_db
def test_nothing_moves_a_file_in_the_hands_of_a_worker(
    ordered: ImportBatch, officer: User, manager: User, client: Client
) -> None:
    """Wrong if a preview was made anew, sent, sent back or thrown away under its own writing."""
    acts: list[Any] = [
        lambda: services.check_again(batch=ordered, actor=officer, today=TODAY),
        lambda: services.discard(batch=ordered, actor=officer),
        lambda: services.refuse(batch=ordered, actor=manager, reason="ไม่ตรง"),
        lambda: services.confirm(batch=ordered, actor=manager, today=TODAY),
    ]
    for act in acts:
        with pytest.raises(Refused) as caught:
            act()
        assert caught.value.message == services.IN_HANDS
    client.force_login(officer)
    page = client.post(f"/imports/{ordered.pk}/check-again/", follow=True).content.decode()
    assert services.IN_HANDS in page
    assert run(ordered).state == State.DONE
    assert ordered.state == BatchState.CONFIRMED


@pytest.mark.django_db
def test_a_queued_writing_holds_to_the_preview_that_was_agreed_to(
    ordered: ImportBatch, officer: User
) -> None:
    """Wrong if what waited in the queue wrote a judgement that came after the press."""
    somebody_was_faster()
    services.check(batch=ordered, today=TODAY)
    ImportBatch.objects.update(state=BatchState.WAITING)
    assert run(ordered).failure_code == "imports-moved"
    assert (ordered.state, User.objects.get(username="anong").full_name) == (
        BatchState.WAITING, "คนอื่น",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("lost", "code"),
    [
        ({"is_active": False}, "requester-disabled"),
        ({"role": Role.ANALYST}, "imports-permission"),
        ({"scope_level": "province"}, "imports-permission"),
    ],
)
@pytest.mark.django_db
def test_who_lost_the_right_meanwhile_writes_nothing(
    ordered: ImportBatch, manager: User, lost: dict[str, Any], code: str
) -> None:
    """Wrong if an order outlived the right to give it, or spoiled the file for the next person."""
    place = {"province": province()} if "scope_level" in lost else {}
    User.objects.filter(pk=manager.pk).update(**lost, **place)
    job = run(ordered)
    assert (job.state, job.failure_code) == (State.FAILED, code)
    assert ordered.state == BatchState.WAITING
    assert not User.objects.filter(username="anong").exists()


@pytest.mark.django_db
def test_the_uploader_who_lost_the_right_writes_nothing_either(officer: User) -> None:
    """Wrong if a file without a second person was written for somebody who may not upload it."""
    batch = services.upload_file(
        kind="people", content=PEOPLE, file_name="คน.csv", actor=officer, today=TODAY
    )
    officer.role = Role.ANALYST
    officer.save()
    with pytest.raises(Refused) as caught:
        services.confirm(batch=batch, actor=officer, today=TODAY)
    assert caught.value.code == "imports-permission"


@pytest.mark.django_db
def test_an_order_to_write_is_repeated_by_nobody_else(
    ordered: ImportBatch, officer: User, manager: User
) -> None:
    """Wrong if somebody started or stopped a writing that goes out in another's name."""
    other = user(Role.REGIONAL_MANAGER)
    administrator = user(Role.ADMINISTRATOR, scope_level="nation")
    job = ordered.job
    assert job is not None
    for person in (officer, other, administrator):
        with pytest.raises(Refused) as caught:
            jobs.cancel(job, actor=person)
        assert "ในนามของผู้นั้น" in caught.value.message
    jobs.cancel(job, actor=manager)
    for person in (officer, other, administrator):
        with pytest.raises(Refused):
            jobs.retry(job, actor=person)
    jobs.retry(job, actor=manager)
    assert run(ordered).state == State.DONE


def patience() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        return str(cursor.fetchone()[0])


@pytest.mark.django_db
def test_a_service_inside_keeps_the_longer_patience_of_its_caller() -> None:
    """Wrong if the first service in a worker's long writing made it give up after three seconds."""
    with transaction.atomic():
        with one_transaction():
            assert patience() == "3s"
        with waiting(600), one_transaction():
            assert patience() == "10min"
        transaction.set_rollback(True)
    with transaction.atomic(), waiting(600), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '3s'")
        assert patience() == "3s"  # what every service did
        transaction.set_rollback(True)


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_who_meets_a_lock_is_told_so_and_the_file_stays(
    officer: User, manager: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wrong if a button answered with an error page, or a wait marked a good file as failed."""
    monkeypatch.setattr(services, "PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr(writing, "LOCK_WAIT_SECONDS", 0.05)
    plain, sent = (
        services.upload_file(
            kind=kind, content=PEOPLE, file_name="คน.csv", actor=officer, today=TODAY
        )
        for kind in ("people", "checked")
    )
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                list(ImportBatch.objects.select_for_update())
                held.set()
                done.wait(30)
        finally:
            connection.close()

    def answers(person: User, *presses: tuple[ImportBatch, str]) -> None:
        client.force_login(person)
        for batch, act in presses:
            told = {"seen": batch.fingerprint, "reason": "ผิด"}
            page = client.post(f"/imports/{batch.pk}/{act}/", told, follow=True)
            assert (page.status_code, services.BUSY in page.content.decode()) == (200, True), act

    def held_by_another(act: Any) -> None:
        held.clear(), done.clear()
        thread = threading.Thread(target=hold)
        thread.start()
        held.wait(30)
        try:
            act()
        finally:
            done.set()
            thread.join()

    held_by_another(
        lambda: answers(
            officer, (plain, "confirm"), (plain, "check-again"), (plain, "discard"), (sent, "send")
        )
    )
    sent = services.send_for_confirmation(batch=sent, actor=officer)
    held_by_another(lambda: answers(manager, (sent, "confirm"), (sent, "refuse")))
    done_file = services.confirm(batch=sent, actor=manager, today=TODAY)
    assert (done_file.state, ImportBatch.objects.get(pk=plain.pk).state) == (
        BatchState.CONFIRMED, BatchState.PREVIEWED,
    )  # fmt: skip


@pytest.mark.django_db
def test_a_file_sent_a_second_time_is_told_a_second_time(officer: User, manager: User) -> None:
    """Wrong if nobody learned that a file which was checked again waits for them again."""
    batch = waiting_file(officer)
    somebody_was_faster()
    checked_and_sent_again(batch, officer)
    assert Notice.objects.filter(recipient=manager, kind="import-waiting").count() == 2


@pytest.mark.django_db
def test_a_file_that_moved_under_the_confirmer_comes_back_to_its_uploader(
    client: Client, officer: User, manager: User
) -> None:
    """Wrong if the file lay with nobody: the confirmer may not press, the uploader knows nothing."""
    batch = waiting_file(officer)
    somebody_was_faster()
    client.force_login(manager)
    told = {"seen": batch.fingerprint}
    page = client.post(f"/imports/{batch.pk}/confirm/", told, follow=True).content.decode()
    assert services.SENT_BACK in page
    late = client.post(f"/imports/{batch.pk}/refuse/", {"reason": "ผิด"}, follow=True)
    assert "ไฟล์นี้ไม่อยู่ในขั้นรอยืนยัน" in late.content.decode()
    [notice] = Notice.objects.filter(kind="import-came-back")
    assert (notice.recipient, notice.title) == (officer, "ต้องดูผลตรวจและส่งใหม่: คน.csv")


@pytest.mark.django_db
def test_the_batch_says_by_which_columns_it_was_judged(officer: User) -> None:
    """Wrong if nobody could tell later under which template's rules a csv file was read."""
    from codi.imports import UPLOADS

    batch = waiting_file(officer)
    assert (batch.template_version, batch.judged_version) == (
        "", UPLOADS["checked"].template_version,
    )  # fmt: skip


@pytest.mark.django_db
def test_rows_of_files_that_ended_long_ago_are_not_kept(
    officer: User, manager: User, client: Client
) -> None:
    """Wrong if the cells of people's files stayed for ever, or went while somebody needed them."""
    now = timezone.now()
    ended, lately, thrown, still_open = (waiting_file(officer) for _ in range(4))
    ended = services.confirm(batch=ended, actor=manager, today=TODAY)
    lately = services.discard(batch=lately, actor=officer)
    thrown = services.discard(batch=thrown, actor=officer)
    for batch, days in ((ended, 91), (lately, 89), (thrown, 91), (still_open, 400)):
        then = now - dt.timedelta(days=days)
        confirmed = {"confirmed_at": then} if batch == ended else {}
        ImportBatch.objects.filter(pk=batch.pk).update(previewed_at=then, **confirmed)
    assert staging.forget_rows(now) == 4
    assert [batch.rows.count() for batch in (ended, lately, thrown, still_open)] == [0, 2, 0, 2]
    kept = ImportBatch.objects.get(pk=ended.pk)
    assert (kept.effects, kept.file.read_bytes()) == (ended.effects, PEOPLE)
    client.force_login(officer)
    page = client.get(f"/imports/{ended.pk}/").content.decode()
    assert "ไม่เก็บผลตรวจรายแถวแล้ว" in page
    assert "ไม่เก็บผลตรวจรายแถวแล้ว" not in client.get(f"/imports/{lately.pk}/").content.decode()


@pytest.mark.django_db
def test_a_scope_narrowed_since_holds_for_own_files(client: Client) -> None:
    """Wrong if somebody went on reading rows of the country, or of a region, that they left."""
    from tests.imports.test_services import WRONG

    build_province = province()
    person = user(Role.REGIONAL_OFFICER, scope_level="nation")

    def narrowed(**scope: Any) -> None:
        places = {"region": None, "province": None} | scope
        User.objects.filter(pk=person.pk).update(**places)
        person.refresh_from_db()

    def sent() -> ImportBatch:
        return services.upload_file(
            kind="people", content=WRONG, file_name="คน.csv", actor=person, today=TODAY
        )

    def open_to_them(batch: ImportBatch) -> set[int]:
        client.force_login(person)
        listed = f"/imports/{batch.pk}/" in client.get("/imports/").content.decode()
        parts = {client.get(f"/imports/{batch.pk}/{part}").status_code for part in ("", "errors/")}
        assert listed == (parts == {200})
        return parts

    region = build_province.region
    of_nation = sent()
    assert open_to_them(of_nation) == {200}
    narrowed(scope_level="region", region=region)
    of_region = sent()
    assert (open_to_them(of_nation), open_to_them(of_region)) == ({404}, {200})
    narrowed(scope_level="province", region=region, province=build_province)
    of_province = sent()
    assert [open_to_them(one) for one in (of_nation, of_region, of_province)] == [
        {404}, {404}, {200},
    ]  # fmt: skip
    narrowed(scope_level="province", region=region, province=province("51", "ลำพูน"))
    assert open_to_them(of_province) == {404}
    narrowed(scope_level="nation")
    assert open_to_them(of_nation) == {200}
