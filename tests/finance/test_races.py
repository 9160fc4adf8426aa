"""Twenty clients pay at once: with the defences, and with each of them taken away.

The control proves the race is real: without lock and trigger the same clients overspend.
"""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection
from django.db.models import Sum

from codi.errors import Refused
from finance import services
from finance.models import BudgetMove, Direction, EntryKind, Instalment, LedgerEntry, ProjectBalance
from programs.models import BudgetFrame
from tests import world as build

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]
CLIENTS, RUNS = 20, 20
APPROVED, EACH = Decimal(1_000_000), Decimal(100_000)
DAY = dt.date(2021, 3, 1)


def at_once(act: Callable[[int], bool]) -> int:
    """Let all clients act at the same moment, each on its own connection; how many succeeded."""
    gate = threading.Barrier(CLIENTS)

    def client(number: int) -> bool:
        try:
            connection.ensure_connection()
            gate.wait(timeout=30)
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(CLIENTS) as pool:
        return sum(pool.map(client, range(CLIENTS)))


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
    with without_trigger():
        for _ in range(RUNS):
            instalment = new_instalment(w)
            at_once(lambda _, i=instalment: insert_if_room(i, w.finance.pk))
            overspent += net_of(instalment) > APPROVED
    assert overspent > 0


def test_the_service_alone_never_overspends(w):
    """Wrong if the row lock of the service let a second payment through."""
    with without_trigger():
        for _ in range(RUNS):
            instalment = new_instalment(w)
            paid = at_once(lambda _, i=instalment: pay_by_service(w, i))
            assert (paid, net_of(instalment)) == (10, APPROVED)


def test_the_trigger_alone_never_overspends(w):
    """Wrong if code without the lock (or plain SQL) could overspend past the database."""
    for _ in range(RUNS):
        instalment = new_instalment(w)
        paid = at_once(lambda _, i=instalment: insert_if_room(i, w.finance.pk))
        assert (paid, net_of(instalment)) == (10, APPROVED)
        assert ProjectBalance.objects.get(project=instalment.project_id).net_baht == APPROVED


def test_fifty_clicks_of_one_form_are_one_entry(w):
    """Wrong if a double click, refresh or retry paid twice."""
    instalment, key = new_instalment(w), uuid.uuid4()
    answers = at_once(lambda _: build.pay(w, instalment, EACH, on=DAY, request_key=key).pk > 0)
    assert answers == CLIENTS
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

    done = at_once(move)
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

    from programs.models import Project

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
