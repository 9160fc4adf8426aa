"""Twenty clients pay at once: with the defences, and with each of them taken away.

The control proves the race is real: without lock and trigger the same clients overspend.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum

from codi import writing
from codi.errors import Refused
from finance import services
from finance.models import BudgetMove, Direction, EntryKind, Instalment, LedgerEntry, ProjectBalance
from finance.triggers import EVERY_PROJECT_CHANGE, FRAME_FUNCTION, FRAMES_STAY, PROJECT_CHANGE
from programs import services as programs
from programs.models import BudgetFrame, Project
from tests import world as build

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.concurrency,
    pytest.mark.usefixtures("patient"),
]
CLIENTS, RUNS = 20, 20
APPROVED, EACH = Decimal(1_000_000), Decimal(100_000)
DAY = dt.date(2021, 3, 1)


@contextmanager
def people(count: int) -> Iterator[Callable[[Callable[[int], bool]], int]]:
    """So many clients, each on one connection; they act at one moment; how many succeeded."""
    gate = threading.Barrier(count)

    def client(act: Callable[[int], bool], number: int) -> bool:
        connection.ensure_connection()
        gate.wait(timeout=30)
        return act(number)

    def leave(number: int) -> None:
        try:
            gate.wait(timeout=30)  # so that each thread comes here once
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        try:
            yield lambda act: sum(pool.map(partial(client, act), range(count)))
        finally:
            list(pool.map(leave, range(count)))


def at_once(act: Callable[[int], bool], clients: int = CLIENTS) -> int:
    """Let all clients act at the same moment; how many succeeded."""
    with people(clients) as act_together:
        return act_together(act)


def net_of(instalment: Instalment) -> Decimal:
    return LedgerEntry.objects.filter(instalment=instalment).aggregate(net=Sum("net_baht"))["net"]


@contextmanager
def without_trigger() -> Iterator[None]:
    """Take the database's last line away for a moment."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE finance_ledgerentry DISABLE TRIGGER USER")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE finance_ledgerentry ENABLE TRIGGER USER")


def insert_if_room(instalment: Instalment, actor_id: int) -> bool:
    """The plain way: look whether there is room, then insert; no lock."""
    if (net_of(instalment) or 0) + EACH > APPROVED:
        return False
    try:
        LedgerEntry.objects.create(
            project_id=instalment.project_id,
            instalment=instalment,
            kind=EntryKind.PAYMENT,
            direction=Direction.OUT,
            amount_baht=EACH,
            effective_on=DAY,
            actor_id=actor_id,
        )
    except IntegrityError:
        return False
    return True


def pay_by_service(w: build.World, instalment: Instalment) -> bool:
    try:
        build.pay(w, instalment, EACH, on=DAY)
    except Refused:
        return False
    return True


@pytest.fixture
def w() -> build.World:
    return build.world(frame_baht=2_000_000_000)


def new_instalment(w: build.World) -> Instalment:
    made = build.project(w, baht=APPROVED, title=f"โครงการ {uuid.uuid4()}", plan=(int(APPROVED),))
    return made.instalments.get()


def test_control_without_lock_and_trigger_overspends(w):
    """The race is real: if this never overspent, the two tests below would prove nothing."""
    overspent = 0
    with without_trigger(), people(CLIENTS) as together:
        for _ in range(RUNS):
            instalment = new_instalment(w)
            together(lambda _, i=instalment: insert_if_room(i, w.finance.pk))
            overspent += net_of(instalment) > APPROVED
    assert overspent > 0


def test_the_service_alone_never_overspends(w):
    """Wrong if the row lock of the service let a second payment through."""
    with without_trigger(), people(CLIENTS) as together:
        for _ in range(RUNS):
            instalment = new_instalment(w)
            paid = together(lambda _, i=instalment: pay_by_service(w, i))
            assert (paid, net_of(instalment)) == (10, APPROVED)


def test_the_trigger_alone_never_overspends(w):
    """Wrong if code without the lock (or plain SQL) could overspend past the database."""
    with people(CLIENTS) as together:
        for _ in range(RUNS):
            instalment = new_instalment(w)
            paid = together(lambda _, i=instalment: insert_if_room(i, w.finance.pk))
            assert (paid, net_of(instalment)) == (10, APPROVED)
            assert ProjectBalance.objects.get(project=instalment.project_id).net_baht == APPROVED


def test_fifty_clicks_of_one_form_are_one_entry(w):
    """Wrong if a double click, refresh or retry paid twice."""
    instalment, key = new_instalment(w), uuid.uuid4()
    paid = partial(build.pay, w, instalment, EACH, on=DAY, request_key=key)
    assert at_once(lambda _: paid().pk > 0, clients=50) == 50
    assert LedgerEntry.objects.filter(request_key=key).count() == 1


def test_crossed_budget_moves_neither_overdraw_nor_deadlock(w):
    """Wrong if two frames moving to each other stuck, or moved more than was uncommitted."""
    one, two = w.frames["region"], w.frames["province"]
    BudgetFrame.objects.filter(pk__in=[one.pk, two.pk]).update(allocated_baht=500_000)

    def move(number: int) -> bool:
        there = number % 2 == 0
        try:
            services.move_budget(
                actor=w.finance,
                from_frame=one if there else two,
                to_frame=two if there else one,
                amount_baht=EACH,
                moved_on=DAY,
                reason="ปรับตามแผน",
                approval_document="บันทึก 1/2564",
                request_key=uuid.uuid4(),
                today=build.TODAY,
            )
        except Refused as refused:
            if refused.code != "finance_frame_not_exceeded":
                raise
            return False
        return True

    done = at_once(move, clients=50)
    moved = BudgetMove.objects.count()
    balance = 500_000 + sum(
        move.amount_baht if move.to_frame_id == one.pk else -move.amount_baht
        for move in BudgetMove.objects.all()
    )
    assert done == moved > 0
    assert 0 <= balance <= 1_000_000


def test_approvals_at_once_stay_within_the_frame(w):
    """Wrong if several approvals of one moment committed more than the frame."""
    BudgetFrame.objects.filter(pk=w.frames["province"].pk).update(allocated_baht=APPROVED)
    waiting = [
        build.project(w, "endorsed", baht=EACH, title=f"โครงการ {number}")
        for number in range(CLIENTS)
    ]
    from programs import services as programs

    def approve(number: int) -> bool:
        try:
            programs.approve_project(
                actor=w.manager,
                project=waiting[number],
                approved_baht=EACH,
                approved_on=DAY,
                today=build.TODAY,
            )
        except Refused as refused:
            if refused.code != "finance_frame_not_exceeded":
                raise
            return False
        return True

    assert at_once(approve) == 10


def test_paying_an_instalment_that_is_deleted_at_that_moment_is_refused(w):
    """Wrong if the foreign key, checked only at commit, came out as an error page."""
    project = build.project(w, "approved", baht=APPROVED, plan=(400_000, 600_000))
    second = Instalment.objects.get(project=project, number=2)
    Instalment.objects.filter(pk=second.pk).delete()
    for act in (
        lambda: services.record_payment(
            actor=w.finance,
            instalment=second,
            amount_baht=EACH,
            effective_on=DAY,
            document_number="1/2564",
            request_key=uuid.uuid4(),
            today=build.TODAY,
        ),
        lambda: services.clear_evidence(
            actor=w.finance, instalment=second, cleared_on=DAY, today=build.TODAY
        ),
    ):
        with pytest.raises(Refused) as caught:
            act()
        assert caught.value.code == "gone"
    assert not LedgerEntry.objects.exists()


def test_a_double_click_draws_up_one_project(w):
    """Wrong if two clicks at one moment both looked for near-equal projects before either wrote."""
    from django.test import Client

    posted = {
        "programme": w.programme.pk,
        "level": "province",
        "region": "N",
        "province": "50",
        "title": "โครงการฟื้นฟูป่าชุมชน",
        "organisation": w.organisation.pk,
        "requested_baht": "100000",
    }

    def click(number: int) -> bool:
        client = Client()
        client.force_login(w.officer)
        return number < 6 and client.post("/projects/new/", posted).status_code == 302

    assert at_once(click) == 1
    assert Project.objects.count() == 1


@contextmanager
def held(act: Callable[[], object], *, keeps: bool = False) -> Iterator[None]:
    """Another connection that has done ``act`` and ends its transaction behind the block.

    What it did is undone then, unless it ``keeps`` it.
    """
    done, over = threading.Event(), threading.Event()

    def other() -> None:
        try:
            with transaction.atomic():
                act()
                done.set()
                over.wait(timeout=30)
                transaction.set_rollback(not keeps)
        finally:
            done.set()
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(other)
        done.wait(timeout=30)
        try:
            yield
        finally:
            over.set()
            running.result()


@pytest.fixture
def every_change_locks_the_frame() -> Iterator[None]:
    """The rule as it was: any change of a project locked its frame."""
    with connection.cursor() as cursor:
        cursor.execute(EVERY_PROJECT_CHANGE)
    yield
    with connection.cursor() as cursor:
        cursor.execute(PROJECT_CHANGE)


def test_control_a_frame_locked_at_every_change_stops_the_payment(
    w, every_change_locks_the_frame, monkeypatch
):
    """If the payment went through here, the next test would prove nothing."""
    monkeypatch.setattr(writing, "LOCK_WAIT_SECONDS", 1)
    one, two = new_instalment(w), new_instalment(w)
    with held(lambda: build.pay(w, two, EACH, on=DAY)), pytest.raises(Refused) as caught:
        build.pay(w, one, EACH, on=DAY)
    assert caught.value.code == "busy"


def test_payments_of_two_projects_of_one_frame_do_not_meet(w):
    """Wrong if the first payment of a project waited for another project of the same frame: a
    check of many payments in one order and a payment in the other would stop each other.
    """
    one, two = new_instalment(w), new_instalment(w)
    with held(lambda: build.pay(w, two, EACH, on=DAY)):
        build.pay(w, one, EACH, on=DAY)
    assert net_of(one) == EACH


def test_evidence_is_cleared_in_the_order_of_a_payment(w):
    """Wrong if clearing held the instalment while it waited for the project: a payment holds the
    project and then names the instalment, so the two would stop each other.
    """
    instalment = new_instalment(w)
    build.pay(w, instalment, EACH, on=DAY)
    paying = held(lambda: Project.objects.select_for_update().get(pk=instalment.project_id))
    with ThreadPoolExecutor(1) as pool:
        with paying:
            clearing = pool.submit(clear, w, instalment)
            wait_for_a_waiting_session()
            with transaction.atomic():
                Instalment.objects.select_for_update(nowait=True).get(pk=instalment.pk)
            assert not clearing.done()
        assert clearing.result(timeout=30).evidence_cleared_on == DAY


def clear(w: build.World, instalment: Instalment) -> Instalment:
    try:
        return services.clear_evidence(
            actor=w.finance, instalment=instalment, cleared_on=DAY, today=build.TODAY
        )
    finally:
        if threading.current_thread() is not threading.main_thread():
            connection.close()


def wait_for_a_waiting_session() -> None:
    """Until some session of this database waits for a lock."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                " AND datname = current_database())"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


@pytest.fixture
def frames_may_go() -> Iterator[None]:
    """The rule as it was: a frame that went while an approval waited for it was not missed."""
    with connection.cursor() as cursor:
        cursor.execute(FRAME_FUNCTION)
    yield
    with connection.cursor() as cursor:
        cursor.execute(FRAMES_STAY)


def approve(w: build.World, project: Project) -> str:
    """What the approval of a project was answered."""
    try:
        programs.approve_project(
            actor=w.manager,
            project=project,
            approved_baht=EACH,
            approved_on=DAY,
            today=build.TODAY,
        )
    except Refused as refused:
        return refused.code
    return "approved"


def test_a_frame_is_taken_back_beside_whoever_saves_a_project_and_not_under_an_approval(w):
    """Wrong if undoing a file waited for every project of the country, or an approval that holds
    the frame lost it."""
    other = build.project(w, "draft", title="โครงการอื่น")
    project = build.project(w, "endorsed")
    frame, unused = w.frames["province"], w.frames["region"]
    with held(lambda: Project.objects.filter(pk=other.pk).update(version=7)):
        programs.remove_frames([unused], w.administrator, "ผิดไฟล์", build.TODAY)

    def taken_back() -> str:
        try:
            programs.remove_frames([frame], w.administrator, "ผิดไฟล์", build.TODAY)
        except Refused as refused:
            return refused.message
        finally:
            connection.close()
        return "gone"

    with ThreadPoolExecutor(1) as pool:
        with held(lambda: approve(w, project), keeps=True):
            answer = pool.submit(taken_back)
            wait_for_a_waiting_session()
        assert "มีโครงการที่อนุมัติจาก" in answer.result(timeout=30)
    assert set(BudgetFrame.objects.values_list("level", flat=True)) >= {"province"}


@pytest.mark.parametrize("defended", [True, False])
def test_a_frame_taken_back_while_somebody_approves_leaves_no_project_without_one(
    defended, request
):
    """Wrong if undoing a file took the frame away under an approval that was just finding it.

    The control has the database judge the frames that are left: the approval stands without one.
    """
    if not defended:
        request.getfixturevalue("frames_may_go")
    w = build.world()
    project = build.project(w, "endorsed")
    frame = w.frames["province"]

    def approved() -> str:
        try:
            return approve(w, project)
        finally:
            connection.close()

    def taken_back() -> None:
        programs.remove_frames([frame], w.administrator, "ผิดไฟล์", build.TODAY)

    with ThreadPoolExecutor(1) as pool:
        with held(taken_back, keeps=True):
            answer = pool.submit(approved)
            wait_for_a_waiting_session()
        told = answer.result(timeout=30)
    project.refresh_from_db()
    assert not BudgetFrame.objects.filter(level="province").exists()
    assert (told, project.status) == (
        ("finance_frame_exists", "endorsed") if defended else ("approved", "approved")
    )
