"""Who mistyped can mend it: what may be corrected, what stays, and what the history keeps."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from codi.accounts.models import Role
from codi.errors import Refused
from codi.history.queries import changes_of
from programs import services
from programs.models import (
    FundingSource,
    OrganisationCertification,
    Programme,
    ProgrammeTarget,
    Resolution,
)
from tests import world as build
from tests.ui.page import Tree

pytestmark = pytest.mark.django_db

SET_ON = dt.date(2021, 2, 4)
FRAME = {
    "allocated_baht": "2,000,000",
    "allocated_on": "1/11/2563",
    "note": "หนังสือ 2",
    "reason": "พิมพ์ศูนย์เกิน",
    "confirmed": "1",
}
# Page → what is typed, the field that changes, its new value, and the person who may.
CASES = {
    "committee_edit": ({"name": "คณะใหม่"}, "name", "คณะใหม่", "officer"),
    "meeting_edit": (
        {
            "number": "3",
            "fiscal_year": "2563",
            "starts_on": "22/1/2564",
            "ends_on": "",
            "venue": "น่าน",
        },
        "starts_on",
        dt.date(2021, 1, 22),
        "officer",
    ),
    "resolution_edit": ({"kind": "deferred", "text": "ให้ทบทวน"}, "text", "ให้ทบทวน", "officer"),
    "certification_edit": (
        {"is_certified": "false", "certified_on": "4/2/2564", "valid_until": "", "note": "ขาดผู้แทน"},
        "is_certified",
        False,
        "officer",
    ),
    "target_edit": (
        {"region": "N", "target_count": "950", "basis": "มติ 2", "set_on": "5/2/2564"},
        "target_count",
        950,
        "administrator",
    ),
    "source_edit": ({"name": "งบรัฐบาล"}, "name", "งบรัฐบาล", "administrator"),
    "frame_edit": (FRAME, "allocated_baht", Decimal(2_000_000), "administrator"),
}


@pytest.fixture
def w() -> build.World:
    return build.world()


def record_of(w: build.World, page: str):
    """The record that a page corrects."""
    return {
        "committee_edit": lambda: w.committee,
        "meeting_edit": lambda: w.meeting,
        "resolution_edit": lambda: Resolution.objects.create(
            meeting=w.meeting, number=1, kind="approved", text="เห็นชอบ"
        ),
        "certification_edit": lambda: OrganisationCertification.objects.create(
            organisation=w.organisation, meeting=w.meeting, certified_on=SET_ON
        ),
        "target_edit": lambda: ProgrammeTarget.objects.create(
            programme=w.programme,
            region=build.region(),
            measure="people",
            target_count=900,
            basis="แผนปี 2564",
            set_on=SET_ON,
        ),
        "source_edit": lambda: FundingSource.objects.create(code="GOV", name="งบแผ่นดิน"),
        "frame_edit": lambda: w.frames["province"],
    }[page]()


def address(page: str, record) -> str:
    return reverse(f"programs:{page}", args=[record.pk])


@pytest.mark.parametrize("page", CASES)
def test_a_mistake_is_mended_and_kept_in_the_history(client, w, page):
    """Wrong if a correction was lost, or nobody could see that it was made and by whom."""
    typed, field, value, who = CASES[page]
    record, person = record_of(w, page), getattr(w, who)
    client.force_login(person)
    assert client.get(address(page, record)).status_code == 200
    answer = client.post(address(page, record), typed | {"version": "1"})
    assert answer.status_code == 302, answer.text
    record.refresh_from_db()
    assert (getattr(record, field), record.version) == (value, 2)
    change = changes_of(type(record), record.pk)[0]
    assert change.actor == person.full_name
    assert change.reason == typed.get("reason", "")


@pytest.mark.parametrize("version", ["0", ""])
@pytest.mark.parametrize("page", CASES)
def test_another_person_is_not_overwritten(client, w, page, version):
    """Wrong if a page that was opened before somebody else saved won, or one without a version."""
    typed, field, value, who = CASES[page]
    record = record_of(w, page)
    client.force_login(getattr(w, who))
    answer = client.post(address(page, record), typed | {"version": version})
    assert answer.status_code == 409
    assert "ค่าที่บันทึกไว้ขณะนี้" in answer.text
    record.refresh_from_db()
    assert getattr(record, field) != value


@pytest.mark.parametrize("page", CASES)
def test_who_may_correct(client, w, page):
    """Wrong if a role corrected what is not its own, or another region's record showed."""
    record, may = record_of(w, page), CASES[page][3]
    allowed = {"officer", "manager"} if may == "officer" else {may}
    for name in ("officer", "manager", "finance", "analyst", "executive", "administrator"):
        client.force_login(getattr(w, name))
        expected = 200 if name in allowed else 403
        assert client.get(address(page, record)).status_code == expected
        if expected == 403:
            assert client.post(address(page, record), {}).status_code == 403
    stranger = build.user(Role.REGIONAL_MANAGER, region=build.region("S", "ภาคใต้", 5))
    client.force_login(stranger)
    # Sources are common to the country; everything else belongs to a region.
    assert client.get(address(page, record)).status_code == (403 if page == "source_edit" else 404)


def test_a_frame_after_its_approvals_is_refused_at_the_day(client, w):
    """Wrong if the refusal stood at the amount, or came only after the confirmation."""
    build.project(w)
    client.force_login(w.administrator)
    frame = w.frames["province"]
    typed = FRAME | {"allocated_on": "5/2/2564", "version": "1"}
    answer = client.post(address("frame_edit", frame), typed)
    assert answer.status_code == 200
    errors = Tree(answer.text).by_id("id_allocated_on_error").text
    assert "ก่อนวันที่จัดสรร" in errors
    frame.refresh_from_db()
    assert frame.allocated_on == dt.date(2020, 10, 1)


@pytest.mark.parametrize("rests", ["project", "certification"])
def test_the_days_of_a_meeting_are_fixed_once_something_rests_on_them(client, w, rests):
    """Wrong if an endorsement was dated by a day on which no meeting was."""
    if rests == "project":
        build.project(w, "endorsed")
    else:
        record_of(w, "certification_edit")
    client.force_login(w.officer)
    page = client.get(address("meeting_edit", w.meeting)).text
    assert "จึงแก้วันที่ประชุมไม่ได้" in page
    assert 'name="starts_on"' not in page
    with pytest.raises(Refused) as refused:
        services.update_meeting(
            actor=w.officer, meeting=w.meeting, expected_version=1, ends_on=dt.date(2021, 1, 22)
        )
    assert (refused.value.field, refused.value.code) == ("ends_on", "days_are_fixed")
    typed = {"number": "4", "fiscal_year": "2564", "venue": "ลำปาง", "version": "1"}
    assert client.post(address("meeting_edit", w.meeting), typed).status_code == 302
    w.meeting.refresh_from_db()
    assert (w.meeting.number, w.meeting.ends_on) == (4, dt.date(2021, 1, 21))


def test_a_frame_does_not_go_below_what_is_committed(client, w):
    """Wrong if approved projects had more than their frame, or the reason was not at the field."""
    build.project(w, baht=1_000_000)
    frame = w.frames["province"]
    client.force_login(w.administrator)
    less = FRAME | {"allocated_baht": "999,999.99", "version": "1"}
    answer = client.post(address("frame_edit", frame), less)
    assert answer.status_code == 200
    assert "คงเหลือที่ยังไม่ผูกพันไม่พอ" in str(answer.context["form"].errors["allocated_baht"])
    just = FRAME | {"allocated_baht": "1,000,000", "version": "1"}
    assert client.post(address("frame_edit", frame), just).status_code == 302
    change = changes_of(Programme, w.programme.pk)[0]
    assert change.reason == "พิมพ์ศูนย์เกิน"


def test_a_frame_is_not_corrected_without_a_reason(client, w):
    """Wrong if the history did not say why money was changed."""
    client.force_login(w.administrator)
    typed = FRAME | {"reason": " ", "version": "1"}
    answer = client.post(address("frame_edit", w.frames["province"]), typed)
    assert "reason" in answer.context["form"].errors
    w.frames["province"].refresh_from_db()
    assert w.frames["province"].version == 1


def test_a_certification_is_not_moved_before_its_meeting(client, w):
    """Wrong if a correction dated a result before the committee met."""
    record = record_of(w, "certification_edit")
    client.force_login(w.officer)
    typed = CASES["certification_edit"][0] | {"certified_on": "19/1/2564", "version": "1"}
    answer = client.post(address("certification_edit", record), typed)
    assert "วันที่รับรองต้องไม่ก่อนวันประชุม" in str(answer.context["form"].errors["certified_on"])
    record.refresh_from_db()
    assert record.is_certified
