"""Files of the work of councils are taken back exactly, or not at all where somebody went on."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection

from codi.errors import Refused
from codi.imports.declared import UPLOADS
from codi.imports.models import ImportBatch
from codi.imports.undoing import obstacles, undo
from councils.models import (
    Council,
    CouncilMeeting,
    GroupCertification,
    QualityReview,
    Section21Mission,
)
from councils.services import work
from programs.models import QualityBand, QualityScale
from tests import world as build
from tests.councils.test_uploads_of_work import send, write
from tests.finance.test_races import held, wait_for_a_waiting_session

TODAY = dt.date(2021, 8, 13)
MARCH, MAY = dt.date(2021, 3, 1), dt.date(2021, 5, 1)


@pytest.fixture
def officer():
    return build.user(region=build.region())


@pytest.fixture
def council():
    return build.council(code="30307")


def an_old_review(council: Council) -> QualityReview:
    """A review that came with its grade alone, on the scale of its time; this year has another."""
    scales = [
        QualityScale.objects.create(subject="council", fiscal_year=year, source=f"แบบ {year}")
        for year in (2560, 2564)
    ]
    QualityBand.objects.create(scale=scales[1], grade="A", from_pct=Decimal(0))
    return QualityReview.objects.create(
        council=council, fiscal_year=2564, reviewed_on=MARCH, scale=scales[0], grade="C"
    )


def a_certification(council: Council) -> GroupCertification:
    group = build.group(council, code="ก1")
    return GroupCertification.objects.create(group=group, fiscal_year=2564, certified_on=MARCH)


def a_meeting(council: Council) -> CouncilMeeting:
    return CouncilMeeting.objects.create(
        council=council, fiscal_year=2564, number=1, held_on=MARCH, attendee_count=31, topics="แผน"
    )


def a_mission(council: Council) -> Section21Mission:
    return Section21Mission.objects.create(
        council=council, fiscal_year=2564, mission=10, reported_on=MARCH, detail="กติกา"
    )


# The record that stood, the file that changes it, and a field that somebody changes after the file.
CHANGES = {
    "council-meetings": (
        a_meeting,
        ("รหัสสภา,ปีงบประมาณ,ครั้งที่,วันที่ประชุม,ผู้เข้าประชุม (คน),เรื่องสำคัญ", "30307,2564,1,1/5/2564,40,น้ำ"),
        {"topics": "ที่ดิน"},
    ),
    "council-missions": (
        a_mission,
        ("รหัสสภา,ปีงบประมาณ,ภารกิจ,วันที่รายงาน,รายละเอียด", "30307,2564,10,1/5/2564,ข้อบังคับ"),
        {"detail": "ระเบียบ"},
    ),
    "council-reviews": (
        an_old_review,
        ("รหัสสภา,ปีงบประมาณ,วันที่สอบทาน,คะแนน (ร้อยละ)", "30307,2564,1/5/2564,90"),
        {"score_pct": Decimal(70)},
    ),
    "group-certifications": (
        a_certification,
        ("รหัสกลุ่ม,ปีงบประมาณ,วันที่รับรอง", "ก1,2564,1/5/2564"),
        {"certified_on": dt.date(2021, 6, 1)},
    ),
}


def facts(record) -> dict[str, object]:
    """What is stored of a record, but the count of its changes."""
    stored = type(record).objects.values().get(pk=record.pk)
    return {name: value for name, value in stored.items() if name != "version"}


def changed_by(officer, kind: str) -> ImportBatch:
    batch = send(officer, kind, *CHANGES[kind][1])
    assert batch.changed_count == 1
    write(officer, batch)
    batch.refresh_from_db()
    return batch


@pytest.mark.django_db
@pytest.mark.parametrize("kind", CHANGES)
def test_what_a_file_changed_goes_back_exactly(kind, officer, council):
    """Wrong if an undo left what the file wrote, or judged the old values by today's scale."""
    record = CHANGES[kind][0](council)
    before = facts(record)
    batch = changed_by(officer, kind)
    assert facts(record) != before
    undo(batch=batch, actor=officer, reason="ไฟล์ผิด", today=TODAY)
    assert facts(record) == before


@pytest.mark.django_db
@pytest.mark.parametrize("kind", CHANGES)
def test_a_change_on_top_keeps_the_file_written(kind, officer, council):
    """Wrong if an undo wrote over what somebody entered after the file."""
    record = CHANGES[kind][0](council)
    batch = changed_by(officer, kind)
    type(record).objects.filter(pk=record.pk).update(**CHANGES[kind][2])
    later = facts(record)
    with pytest.raises(Refused, match="แก้หรือใช้ต่อ"):
        undo(batch=batch, actor=officer, reason="ไฟล์ผิด", today=TODAY)
    assert facts(record) == later


@pytest.mark.django_db
@pytest.mark.parametrize("kind", CHANGES)
def test_a_withdrawn_council_keeps_what_a_file_wrote(kind, officer, council):
    """Wrong if an undo changed the work of a council that nobody may change any more."""
    record = CHANGES[kind][0](council)
    batch = changed_by(officer, kind)
    written = facts(record)
    Council.objects.update(withdrawn_on=TODAY, withdrawal_reason="ซ้ำ")
    with pytest.raises(Refused):
        undo(batch=batch, actor=officer, reason="ไฟล์ผิด", today=TODAY)
    assert facts(record) == written


def test_every_file_that_changes_rows_can_put_them_back():
    """Wrong if an upload wrote over records and its undo left them so without a word."""
    lacking = [
        upload.key
        for upload in UPLOADS.values()
        if upload.register
        and not any(one.restore for one in upload.undo if one.model is upload.register.model)
    ]
    assert lacking == []


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("patient")
def test_an_undo_waits_for_a_correction_and_sees_it():
    """Wrong if a correction under way while a file is taken back was lost.

    The control is the look alone: it finds nothing in the way, and a plain write over it loses the
    correction.
    """

    def begun() -> tuple[ImportBatch, CouncilMeeting, object]:
        council = build.council(code="30307")
        meeting = a_meeting(council)
        batch = changed_by(officer, "council-meetings")

        def correct() -> None:
            work.correct_meeting(
                actor=officer, meeting=meeting, expected_version=2, today=TODAY, topics="ที่ดิน"
            )

        return batch, meeting, correct

    officer = build.user(region=build.region())
    batch, meeting, correct = begun()

    def take_back() -> str:
        try:
            undo(batch=batch, actor=officer, reason="ไฟล์ผิด", today=TODAY)
            return "undone"
        except Refused:
            return "refused"
        finally:
            connection.close()

    def write_plainly() -> None:
        assert obstacles(batch, user=officer) == []
        CouncilMeeting.objects.filter(pk=meeting.pk).update(topics="แผน")
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        with held(correct, keeps=True):
            running = pool.submit(take_back)
            wait_for_a_waiting_session()
        assert running.result() == "refused"
        meeting.refresh_from_db()
        assert meeting.topics == "ที่ดิน"

        CouncilMeeting.objects.all().delete()
        Council.objects.all().delete()
        batch, meeting, correct = begun()
        with held(correct, keeps=True):
            plain = pool.submit(write_plainly)
            wait_for_a_waiting_session()
        plain.result()
        meeting.refresh_from_db()
        assert meeting.topics == "แผน"
