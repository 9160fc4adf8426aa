"""Eight officers issue letters at once: with the lock the numbers have no gap and no double."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Max

from codi.errors import Refused
from councils.models import StatusLetter
from councils.services.letters import issue_letter
from tests import world as build

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]
CLIENTS = 8
TODAY = dt.date(2021, 8, 13)


def at_once(act) -> list[bool]:
    """All clients act at the same moment, each on its own connection."""
    gate = threading.Barrier(CLIENTS)

    def client(number: int) -> bool:
        try:
            connection.ensure_connection()
            gate.wait(timeout=30)
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(client, range(CLIENTS)))


def test_letters_issued_at_once_are_numbered_without_gap_or_double():
    """Wrong if two letters got a number, one was refused, or a number was left out."""
    officer = build.user(region=build.region())
    councils = [build.council() for _ in range(CLIENTS)]

    def issue(number: int) -> bool:
        issue_letter(actor=officer, council=councils[number], today=TODAY)
        return True

    assert all(at_once(issue))
    numbers = StatusLetter.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, CLIENTS + 1))


def test_one_council_asked_for_at_once_gets_one_letter():
    """Wrong if a double press made two letters in force for one council."""
    officer, council = build.user(region=build.region()), build.council()

    def issue(number: int) -> bool:
        try:
            issue_letter(actor=officer, council=council, today=TODAY)
        except Refused:
            return False
        return True

    assert sum(at_once(issue)) == 1
    assert StatusLetter.objects.count() == 1


def test_control_without_the_lock_clients_meet_at_one_number():
    """Wrong if the race were not real: the plain way must collide."""
    officer = build.user(region=build.region())
    councils = [build.council() for _ in range(CLIENTS)]
    gate = threading.Barrier(CLIENTS)

    def plainly(number: int) -> bool:
        try:
            with transaction.atomic():
                last = StatusLetter.objects.aggregate(last=Max("number"))["last"] or 0
                gate.wait(timeout=30)
                StatusLetter.objects.create(
                    number=last + 1,
                    fiscal_year=2564,
                    council=councils[number],
                    issued_on=TODAY,
                    issued_by=officer,
                )
        except IntegrityError:
            return False
        return True

    assert sum(at_once(plainly)) == 1
