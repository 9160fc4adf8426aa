"""Clients at one council at once: with the defences, and with each of them taken away."""

from __future__ import annotations

import datetime as dt
from functools import partial

import pytest
from django.db import IntegrityError, connection

from codi.errors import Refused
from codi.files import services as files
from councils import services
from councils.models import Council, CouncilFile, Member
from councils.rules import most_experts
from tests import world as build
from tests.finance.test_races import at_once

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.concurrency,
    pytest.mark.usefixtures("patient"),
]
DAY, TODAY = dt.date(2020, 11, 2), build.TODAY
NOW = dt.datetime(2021, 8, 13, 9, 0, tzinfo=dt.UTC)
CLIENTS, REPRESENTATIVES, TRIES = 6, 10, 20


def peopled() -> Council:
    """A council with room for two experts."""
    made = build.council()
    build.members(made, REPRESENTATIVES)
    return made


def insert_if_room(of: Council, number: int) -> bool:
    """The plain way: look whether there is room for an expert, then insert; no lock."""
    there = Member.objects.filter(council=of)
    room = most_experts(there.filter(kind="representative").count())
    if there.filter(kind="expert").count() >= room:
        return False
    try:
        Member.objects.create(council=of, name=f"ผู้รู้ {number}", kind="expert", selected_on=DAY)
    except IntegrityError:
        return False
    return True


def switch(state: str) -> None:
    """Put the last line of the table aside, or back."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE councils_member {state} TRIGGER USER")


def experts(of: Council) -> int:
    return Member.objects.filter(council=of, kind="expert").count()


def test_experts_stay_a_fifth_whoever_adds_them_at_once():
    """Wrong if clients at once passed a fifth by service or by plain SQL; the control shows they can."""
    officer = build.user()
    most = most_experts(REPRESENTATIVES)
    switch("DISABLE")
    try:
        tries = (at_once(partial(insert_if_room, peopled()), CLIENTS) for _ in range(TRIES))
        assert any(loose > most for loose in tries)
    finally:
        switch("ENABLE")

    by_trigger, by_service = peopled(), peopled()
    assert at_once(partial(insert_if_room, by_trigger), CLIENTS) == 2
    assert experts(by_trigger) == 2

    def add(number: int) -> bool:
        try:
            services.add_member(
                actor=officer, council=by_service, name=f"ผู้รู้ {number}", kind="expert",
                selected_on=DAY, today=TODAY,
            )  # fmt: skip
        except Refused:
            return False
        return True

    assert at_once(add, CLIENTS) == 2
    assert experts(by_service) == 2


def test_a_form_is_not_taken_off_while_its_council_is_certified():
    """Wrong if one person certified what another was taking apart at that moment."""
    manager = build.user("regional_manager")
    ended = set()
    for _ in range(4):
        council = build.council(
            subdistrict=build.subdistrict(), district=build.subdistrict().district
        )
        build.term(council)
        build.members(council, 1)
        forms = [
            CouncilFile.objects.create(
                subject=council, file_name="a.pdf", format="pdf", byte_count=1, sha256=sign * 64,
                document=document, attached_by=manager, attached_at=NOW,
            )
            for sign, document in (("2", "js02"), ("3", "js03"))
        ]  # fmt: skip

        def act(number: int, council: Council = council, form: CouncilFile = forms[0]) -> bool:
            try:
                if number:
                    services.certify_council(
                        actor=manager, council=council, certified_on=TODAY, today=TODAY
                    )
                else:
                    files.remove(actor=manager, attachment=form, reason="ผิด", now=NOW)
            except Refused:
                return False
            return True

        assert at_once(act, 2) == 1
        council.refresh_from_db()
        present = CouncilFile.objects.present().filter(subject=council).count()
        ended.add((council.certified_on is not None, present))
    assert ended <= {(True, 2), (False, 1)}
