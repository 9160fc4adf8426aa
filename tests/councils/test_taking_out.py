"""What is taken out of the registers of councils: into the bin and back, and certifications."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from codi.accounts.models import Role
from codi.desk import bin
from codi.desk.models import Binned
from codi.errors import Refused
from codi.figures.figure import FigureScope, all_figures
from councils.models import (
    CommunityGroup,
    Council,
    CouncilMeeting,
    GroupCertification,
    GroupDouble,
    QualityReview,
    Section21Mission,
    StatusLetter,
)
from councils.services import groups
from councils.services.work import record_meeting
from programs.models import QualityScale
from tests import world as build

pytestmark = pytest.mark.django_db
TODAY, DAY = dt.date(2021, 8, 13), dt.date(2021, 3, 1)
NOW = dt.datetime(2021, 8, 13, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def officer():
    return build.user(region=build.region())


@pytest.fixture
def manager():
    return build.user(Role.REGIONAL_MANAGER, region=build.region())


@pytest.fixture
def web():
    def logged_in(user) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return logged_in


@pytest.fixture
def council():
    return build.council(code="30307")


def meeting(council: Council) -> CouncilMeeting:
    return CouncilMeeting.objects.create(
        council=council, fiscal_year=2564, number=1, held_on=DAY, topics="แผนตำบล"
    )


def review(council: Council) -> QualityReview:
    scale = QualityScale.objects.create(subject="council", fiscal_year=2562, source="แบบ")
    return QualityReview.objects.create(
        council=council, fiscal_year=2564, reviewed_on=DAY, scale=scale, score_pct=Decimal(90),
        grade="A",
    )  # fmt: skip


def group(council: Council) -> CommunityGroup:
    return build.group(council, code="30307-001")


def almost_concrete(council: Council) -> None:
    """Three meetings and six missions of the year: the fourth meeting makes results concrete."""
    for number in (2, 3, 4):
        CouncilMeeting.objects.create(council=council, fiscal_year=2564, number=number, held_on=DAY)
    for mission in (1, 2, 3, 10, 11, 12):
        Section21Mission.objects.create(
            council=council, fiscal_year=2564, mission=mission, reported_on=DAY
        )


RECORDS = (meeting, review, group)


def delete(officer, record) -> Binned:
    return bin.delete(actor=officer, record=record, expected_version=record.version, now=NOW)


@pytest.mark.parametrize("make", RECORDS)
def test_deleted_by_its_button_and_brought_back_it_is_the_same(web, officer, council, make):
    """Wrong if a record could not be deleted where it is edited, or came back other than it was."""
    record = make(council)
    page = {
        meeting: "councils:meeting_edit", review: "councils:review_edit", group: "councils:group",
    }[make]  # fmt: skip
    address = reverse("desk:delete", args=[record._meta.label_lower, record.pk])
    before = type(record).objects.values().get(pk=record.pk)
    client = web(officer)
    assert f'action="{address}"' in client.get(reverse(page, args=[record.pk])).text
    answer = client.post(address, {"version": record.version}, follow=True)
    assert answer.status_code == 200
    assert "เลิกทำได้ภายใน 30 วัน" in answer.text
    assert not type(record).objects.exists()
    client.post(reverse("desk:restore", args=[Binned.objects.get().pk]))
    after = type(record).objects.values().get(pk=record.pk)
    assert after == before | {"version": 2}


@pytest.mark.parametrize("make", RECORDS)
def test_figures_do_not_count_what_lies_in_the_bin(officer, council, make):
    """Wrong if any figure of any room still counted a deleted record."""

    def all_told() -> dict[str, object]:
        return {
            figure.key: figure.compute(FigureScope(), TODAY).to_dict() for figure in all_figures()
        }

    almost_concrete(council)
    without = all_told()
    record = make(council)
    assert all_told() != without
    delete(officer, record)
    assert all_told() == without


@pytest.mark.parametrize(
    ("rests", "told"),
    [
        (
            lambda one: GroupCertification.objects.create(
                group=one, fiscal_year=2564, certified_on=DAY
            ),
            "การรับรองสถานภาพกลุ่ม 1 รายการ",
        ),
        (
            lambda one: StatusLetter.objects.create(
                number=1, fiscal_year=2564, council=one.council, group=one, issued_on=DAY,
                issued_by=build.user(region=build.region()),
            ),
            "จดหมายรับรองสถานภาพ 1 รายการ (1/2564)",
        ),
        (
            lambda one: GroupDouble.objects.create(
                first=one, second=build.group(one.council), found_on=DAY
            ),
            "กลุ่มที่สงสัยว่าซ้ำ 1 รายการ",
        ),
    ],
)  # fmt: skip
def test_a_group_that_something_rests_on_stays_and_says_what(officer, council, rests, told):
    """Wrong if letters or certifications lost their group, or nobody was told why it stays."""
    record = group(council)
    rests(record)
    with pytest.raises(Refused) as refused:
        delete(officer, record)
    assert told in refused.value.message
    assert CommunityGroup.objects.filter(pk=record.pk).exists()


def test_a_merged_group_is_not_deleted(officer, council):
    """Wrong if the record that leads to the kept one could vanish."""
    kept, gone = build.group(council), group(council)
    CommunityGroup.objects.filter(pk=gone.pk).update(
        merged_into=kept, ended_on=DAY, ended_reason="รวม"
    )
    gone.refresh_from_db()
    with pytest.raises(Refused, match="ยกเลิกการรวม"):
        delete(officer, gone)


def test_a_code_in_the_bin_is_not_given_out_again(officer, council):
    """Wrong if a new group took the code that a deleted one comes back under."""
    binned = delete(officer, group(council))
    new = groups.register_group(
        actor=officer, council=council, name="กลุ่มใหม่", registered_on=DAY, today=TODAY
    )
    assert new.code == "30307-002"
    bin.restore(actor=officer, binned=binned)


def test_a_number_given_again_stands_in_the_way_of_coming_back(officer, council):
    """Wrong if two meetings of one year had one number after a deletion was undone."""
    binned = delete(officer, meeting(council))
    record_meeting(actor=officer, council=council, number=1, held_on=DAY, today=TODAY)
    with pytest.raises(Refused, match="มีการประชุมครั้งที่นี้แล้ว"):
        bin.restore(actor=officer, binned=binned)


def test_nothing_comes_back_to_a_withdrawn_council(officer, council):
    """Wrong if a council out of the register got a meeting through the bin."""
    binned = delete(officer, meeting(council))
    Council.objects.update(withdrawn_on=TODAY, withdrawal_reason="ซ้ำ")
    assert "ถอนออกจากทะเบียน" in bin.can_restore(officer, binned).reason
    with pytest.raises(Refused):
        bin.restore(actor=officer, binned=binned)


def certification(council: Council) -> GroupCertification:
    return GroupCertification.objects.create(
        group=group(council), fiscal_year=2564, certified_on=DAY
    )


def test_a_manager_takes_a_certification_back_with_a_reason_that_stays(web, manager, council):
    """Wrong if a wrong certification stayed for ever, or went without anybody knowing why."""
    record = certification(council)
    client = web(manager)
    page = client.get(record.group.get_absolute_url()).text
    address = reverse("councils:certification_withdraw", args=[record.pk])
    assert f'href="{address}"' in page
    empty = client.post(address, {"version": "1", "reason": " "})
    assert empty.status_code == 200
    assert GroupCertification.objects.exists()
    answer = client.post(address, {"version": "1", "reason": "รับรองผิดกลุ่ม"}, follow=True)
    assert "ถอนการรับรองสถานภาพ ปีงบประมาณ 2564" in answer.text
    assert not GroupCertification.objects.exists()
    trail = reverse("history:detail", args=["councils.communitygroup", record.group.pk])
    told = client.get(trail).text
    assert "รับรองผิดกลุ่ม" in told
    assert manager.full_name in told
    groups.certify_group(
        actor=manager, group=record.group, fiscal_year=2564, certified_on=TODAY, today=TODAY
    )


def test_an_officer_does_not_take_a_certification_back(officer, council):
    """Wrong if who certifies could take the certification away again unseen."""
    record = certification(council)
    with pytest.raises(Refused, match="ผู้จัดการ"):
        groups.withdraw_certification(
            actor=officer, certification=record, reason="ผิด", expected_version=1
        )
    assert GroupCertification.objects.exists()


def test_a_certification_that_was_corrected_meanwhile_stays(manager, council):
    """Wrong if a manager took back what they had not seen."""
    record = certification(council)
    GroupCertification.objects.update(certified_on=TODAY, version=2)
    with pytest.raises(Refused, match="แก้ไข"):
        groups.withdraw_certification(
            actor=manager, certification=record, reason="ผิด", expected_version=1
        )
    assert GroupCertification.objects.exists()
