"""A file of work is written while the council that it names leaves the register by form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import OperationalError, transaction

from codi.bulk import insert_records
from codi.imports import UPLOADS
from codi.imports import services as imports
from codi.imports.models import BatchState
from councils import services
from councils.models import Council, CouncilMeeting
from councils.services import groups
from programs.models import QualityBand, QualityScale
from tests import world as build
from tests.councils.test_uploads_of_work import send
from tests.finance.test_races import held, wait_for_a_waiting_session
from tests.finance.test_upload_races import on_its_own_connection, refusing

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.concurrency,
    pytest.mark.usefixtures("patient"),
]
TODAY, MARCH = dt.date(2021, 8, 13), dt.date(2021, 3, 1)
FILES = {
    "council-meetings": ("รหัสสภา,ปีงบประมาณ,ครั้งที่,วันที่ประชุม", "30307,2564,1,1/3/2564"),
    "council-missions": ("รหัสสภา,ปีงบประมาณ,ภารกิจ,วันที่รายงาน", "30307,2564,10,1/3/2564"),
    "council-reviews": ("รหัสสภา,ปีงบประมาณ,วันที่สอบทาน,คะแนน (ร้อยละ)", "30307,2564,1/3/2564,90"),
    "groups": ("รหัสกลุ่ม,รหัสสภา,ชื่อกลุ่ม/องค์กร,วันที่จดแจ้ง", "ก9,30307,กลุ่มทอผ้า,1/3/2564"),
    "group-certifications": ("รหัสกลุ่ม,ปีงบประมาณ,วันที่รับรอง", "ก1,2564,1/6/2564"),
}


def a_council() -> Council:
    """A council with one group; a scale for its reviews."""
    council = build.council(code="30307")
    build.group(council, code="ก1")
    scale = QualityScale.objects.create(subject="council", fiscal_year=2562, source="แบบ")
    QualityBand.objects.create(scale=scale, grade="A", from_pct=Decimal(0))
    return council


def withdraw(council: Council) -> Callable[[], object]:
    manager = build.user("regional_manager")
    return lambda: services.withdraw_council(
        actor=manager, council=council, reason="ตั้งผิด", today=TODAY
    )


@pytest.mark.parametrize("kind", FILES)
def test_a_file_waits_for_whoever_withdraws_its_council_and_is_judged_anew(kind: str):
    """Wrong if a file gave work, a group or a certification to a council that had left the register."""
    council, officer = a_council(), build.user()
    batch = send(officer, kind, *FILES[kind])
    assert (batch.new_count, batch.error_count) == (1, 0)
    register = UPLOADS[kind].register
    assert register is not None
    count = register.model._default_manager.count()
    refused: list[str] = []

    def confirming() -> None:
        imports.confirm(batch=batch, actor=officer, today=TODAY)

    with ThreadPoolExecutor(1) as pool:
        with held(withdraw(council), keeps=True):
            done = pool.submit(refusing(confirming, refused))
            wait_for_a_waiting_session()
        done.result(timeout=60)
    assert refused == ["imports-stale"]
    assert register.model._default_manager.count() == count
    batch.refresh_from_db()
    assert (batch.state, batch.new_count, batch.error_count) == (BatchState.PREVIEWED, 0, 1)


def test_control_a_file_that_holds_no_council_writes_to_one_that_left():
    """Wrong if the race above were none: judged by what is in sight and written, the meeting stands."""
    council = a_council()

    def plainly() -> None:
        seen = Council.objects.filter(withdrawn_on=None).get(pk=council.pk)
        meeting = CouncilMeeting(council=seen, fiscal_year=2564, number=1, held_on=MARCH)
        names = ("council_id", "fiscal_year", "number", "held_on", "topics", "version")
        insert_records(CouncilMeeting, names, [meeting])

    with ThreadPoolExecutor(1) as pool:
        with held(withdraw(council), keeps=True):
            # The key of the row asks whether its council is there, when withdrawing has ended.
            done = pool.submit(on_its_own_connection(plainly))
            wait_for_a_waiting_session()
        done.result(timeout=60)
    council.refresh_from_db()
    assert council.withdrawn_on == TODAY
    assert council.meetings.count() == 1


def test_groups_of_a_selection_are_certified_under_the_lock_of_their_councils():
    """Wrong if certifying a whole list certified a group whose council was leaving the register."""
    council, officer = a_council(), build.user()
    selection: Any = council.groups.all()
    counts: list[int] = []

    def certifying() -> None:
        counts.append(
            groups.certify_groups(
                actor=officer, groups=selection, fiscal_year=2564, certified_on=TODAY, today=TODAY
            )
        )

    with ThreadPoolExecutor(1) as pool:
        with held(withdraw(council), keeps=True):
            done = pool.submit(on_its_own_connection(certifying))
            wait_for_a_waiting_session()
        done.result(timeout=60)
    assert counts == [0]


@pytest.mark.parametrize("defended", [True, False])
def test_a_file_takes_its_councils_in_the_order_of_keys_before_its_first_piece(
    monkeypatch: pytest.MonkeyPatch, defended: bool
):
    """Wrong if a file held a council of a later key while it waited for one of an earlier key.

    The control names nothing to be locked first; a piece here is one row. Of certifications, whose
    councils stand two steps away.
    """
    first, second = build.council(code="1"), build.council(code="2")
    build.group(first, code="ก1")
    build.group(second, code="ก2")
    officer = build.user()
    head = "รหัสกลุ่ม,ปีงบประมาณ,วันที่รับรอง"
    batch = send(officer, "group-certifications", head, "ก2,2564,1/6/2564", "ก1,2564,1/6/2564")
    assert batch.new_count == 2
    monkeypatch.setattr(imports, "WRITTEN_AT_ONCE", 1)
    if not defended:
        upload = UPLOADS["group-certifications"]
        assert upload.register is not None
        bare = replace(upload, register=replace(upload.register, lock_first=""))
        monkeypatch.setitem(UPLOADS, "group-certifications", bare)

    def confirming() -> None:
        imports.confirm(batch=batch, actor=officer, today=TODAY)

    with ThreadPoolExecutor(1) as pool:
        with held(lambda: Council.objects.select_for_update().get(pk=first.pk)):
            done = pool.submit(on_its_own_connection(confirming))
            wait_for_a_waiting_session()
            is_free = True
            try:
                with transaction.atomic():
                    Council.objects.select_for_update(nowait=True).get(pk=second.pk)
            except OperationalError:
                is_free = False
        done.result(timeout=60)
    assert is_free == defended


def test_a_group_that_a_file_moves_holds_the_council_it_leaves_too():
    """Wrong if a file moved a group out of a council while somebody merged or withdrew that one."""
    old, new = a_council(), build.council(code="2")
    officer = build.user()
    head = "รหัสกลุ่ม,รหัสสภา,ชื่อกลุ่ม/องค์กร,วันที่จดแจ้ง"
    batch = send(officer, "groups", head, "ก1,2,กลุ่มทอผ้า,1/3/2564")
    assert batch.changed_count == 1

    def confirming() -> None:
        imports.confirm(batch=batch, actor=officer, today=TODAY)

    with ThreadPoolExecutor(1) as pool:
        with held(lambda: Council.objects.select_for_update().get(pk=old.pk)):
            done = pool.submit(on_its_own_connection(confirming))
            wait_for_a_waiting_session()
            assert new.groups.count() == 0
        done.result(timeout=60)
    assert new.groups.get().code == "ก1"
