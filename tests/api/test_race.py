"""Requests at the same moment: one row under one key, no deadlock, one measure for all processes."""

from __future__ import annotations

import datetime as dt
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import connection
from django.utils import timezone

from codi.api import pace
from codi.api.declared import RESOURCES
from codi.api.models import KeptAnswer
from finance.models import LedgerEntry
from tests import world as build
from tests.api.conftest import Program

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]
CLIENTS = 50


def all_at_once(program: Program, address: str, body: dict, keys: list[str]) -> list:
    """The final answers; who finds the key or the project in other hands asks again, as is said."""
    gate = threading.Barrier(CLIENTS)

    def client(key: str):
        try:
            connection.ensure_connection()
            gate.wait(timeout=60)
            for _ in range(200):
                answer = program.post(address, body, key)
                if "Retry-After" not in answer:
                    return answer
                time.sleep(0.05)
            raise AssertionError("never answered")
        finally:
            connection.close()

    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(client, keys))


@pytest.fixture
def paying():
    """Finance, an approved project with room for all, and the body of one payment."""
    w = build.world()
    project = build.project(w, "approved", baht=1_000_000, plan=(1_000_000,))
    body = {
        "instalment": project.instalments.get().pk,
        "amount_baht": "1000.00",
        "effective_on": "2021-03-01",
        "document_number": "ฎ. 1",
    }
    return Program(w.finance), f"projects/{project.pk}/payments/", body


def test_fifty_posts_of_one_key_are_one_row(paying):
    """Wrong if a double click, a retry or a nervous program paid twice."""
    program, address, body = paying
    answers = all_at_once(program, address, body, [str(uuid.uuid4())] * CLIENTS)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert LedgerEntry.objects.count() == 1
    assert KeptAnswer.objects.count() == 1


def test_control_a_key_each_makes_a_row_each(paying):
    """The race is real: without the common key the same fifty posts pay fifty times."""
    program, address, body = paying
    answers = all_at_once(program, address, body, [str(uuid.uuid4()) for _ in range(CLIENTS)])
    assert {answer.status_code for answer in answers} == {201}
    assert LedgerEntry.objects.count() == CLIENTS


LINE = 'FROM "finance_instalment"'
PROJECT = 'FROM "programs_project"'


def met(answers: list, program: Program, path: str, body: dict, gate: threading.Barrier, **more):
    """Send one request that waits, after its first lock, for another to have its first lock too.

    Where that lock is the same one, the other never comes; the patience is the gate's own.
    """
    waited = []

    def pause(execute, sql, params, many, context):
        done = execute(sql, params, many, context)
        if not waited and "FOR UPDATE" in sql and (LINE in sql or PROJECT in sql):
            waited.append(sql)
            with suppress(threading.BrokenBarrierError):
                gate.wait()
        return done

    try:
        with connection.execute_wrapper(pause):
            send = program.patch if more else program.post
            answers.append(send(path, body, **more))
    finally:
        connection.close()


def paid_and_changed_at_once(patience_s: float) -> set[int]:
    """What a payment of an instalment and a change of it are answered, each after its first lock."""
    w = build.world()
    project = build.project(w, "approved", baht=1_000_000, plan=(600_000,))
    line = project.instalments.get()
    finance, officer = Program(w.finance), Program(w.officer)
    payment = {
        "instalment": line.pk,
        "amount_baht": "1000.00",
        "effective_on": "2021-03-01",
        "document_number": "ฎ. 1",
    }
    tag = officer.get(f"instalments/{line.pk}/")["ETag"]
    gate, answers = threading.Barrier(2, timeout=patience_s), []
    with ThreadPoolExecutor(2) as pool:
        change = {"planned_baht": "700000.00"}
        address = f"instalments/{line.pk}/"
        sent = [
            pool.submit(met, answers, officer, address, change, gate, If_Match=tag),
            pool.submit(met, answers, finance, f"projects/{project.pk}/payments/", payment, gate),
        ]
        for one in sent:
            one.result()
    return {answer.status_code for answer in answers}


def test_paying_an_instalment_and_changing_it_at_once_both_go_through():
    """Wrong if a change held the instalment and waited for the project that the payment held."""
    assert paid_and_changed_at_once(patience_s=1) == {200, 201}
    assert LedgerEntry.objects.get().instalment.planned_baht == 700_000


def test_control_locking_the_instalment_first_is_a_deadlock(monkeypatch):
    """The race is real: without the declared order one of the same two requests is torn down."""
    monkeypatch.setitem(vars(RESOURCES["instalments"]), "lock_first", None)
    assert 409 in paid_and_changed_at_once(patience_s=20)


def so_often(name: str, count: int, now: dt.datetime) -> int:
    """How often somebody is let through who asks ``count`` times over a connection of its own."""
    try:
        return [pace.take(name, count=20, seconds=3600, now=now) for _ in range(count)].count(0.0)
    finally:
        connection.close()


def test_a_measure_holds_over_two_connections():
    """Wrong if a second web process, which shares the database only, let the same person ask twice
    as often.
    """
    # One moment for both: a thread that begins a little earlier has a little less left.
    with ThreadPoolExecutor(2) as pool:
        counts = list(pool.map(so_often, ["read:1"] * 2, [15] * 2, [timezone.now()] * 2))
    assert sum(counts) == 20
    # The control: each count alone would have let all of its 15 through.
    assert max(counts) <= 15
    assert pace.take("read:2", count=20, seconds=3600, now=timezone.now()) == 0.0


def test_what_is_whole_again_is_forgotten():
    """Wrong if the table grew for ever, or a measure were forgotten while it still holds."""
    now = timezone.now()
    pace.take("read:1", count=2, seconds=60, now=now)
    assert pace.forget(now=now + dt.timedelta(seconds=30)) == 0
    assert pace.forget(now=now + dt.timedelta(seconds=31)) == 1
