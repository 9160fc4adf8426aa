"""Files of meetings, missions, reviews, groups and certifications: preview, writing, once more."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from codi.errors import Refused
from codi.imports import services as imports
from codi.imports.models import ImportBatch
from codi.imports.undoing import undo
from councils.models import (
    CommunityGroup,
    CouncilMeeting,
    GroupCertification,
    QualityReview,
    Section21Mission,
)
from programs.models import QualityBand, QualityScale
from tests import world as build

pytestmark = pytest.mark.django_db
TODAY = dt.date(2021, 8, 13)


@pytest.fixture
def officer():
    return build.user(region=build.region())


@pytest.fixture
def council():
    return build.council(code="30307")


def send(officer, kind: str, *lines: str) -> ImportBatch:
    return imports.upload_file(
        kind=kind,
        content="\n".join(lines).encode("utf-8-sig"),
        file_name=f"{kind}.csv",
        actor=officer,
        today=TODAY,
    )


def counts(batch: ImportBatch) -> tuple[int, int, int, int]:
    return batch.new_count, batch.changed_count, batch.same_count, batch.error_count


def write(officer, batch: ImportBatch) -> None:
    imports.confirm(batch=batch, actor=officer, seen=batch.fingerprint, today=TODAY)


FILES = {
    "council-meetings": (
        CouncilMeeting,
        "รหัสสภา,ปีงบประมาณ,ครั้งที่,วันที่ประชุม,ผู้เข้าประชุม (คน),เรื่องสำคัญ",
        ["30307,2564,1,5/11/2563,31,แผนตำบล", "30307,2564,2,1/3/2564,,"],
        "30307,2564,2,2/3/2564,,",
        "30307,2563,3,1/3/2564,,",
    ),
    "council-missions": (
        Section21Mission,
        "รหัสสภา,ปีงบประมาณ,ภารกิจ,วันที่รายงาน,รายละเอียด",
        ["30307,2564,10,1/3/2564,กติกา", "30307,2564,(11),1/3/2564,"],
        "30307,2564,11,2/3/2564,",
        "30307,2564,13,1/3/2564,",
    ),
    "groups": (
        CommunityGroup,
        "รหัสกลุ่ม,รหัสสภา,ชื่อกลุ่ม/องค์กร,วันที่จดแจ้ง,สิ้นสภาพเมื่อ,เหตุที่สิ้นสภาพ",
        ["ก1,30307,กลุ่มทอผ้า,1/3/2564,,", "ก2,30307,กลุ่มออมทรัพย์,1/3/2564,,"],
        "ก2,30307,กลุ่มออมทรัพย์,1/3/2564,1/6/2564,รวมกลุ่ม",
        "ก3,99999,กลุ่มนอกพื้นที่,1/3/2564,,",
    ),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_writes_once_changes_what_differs_and_tells_what_is_wrong(kind, officer, council):
    """Wrong if a row was lost, doubled, met another record, or a wrong one was written."""
    model, head, rows, changed, wrong = FILES[kind]
    first = send(officer, kind, head, *rows)
    assert counts(first) == (2, 0, 0, 0)
    write(officer, first)
    assert model.objects.filter(council=council).count() == 2
    again = send(officer, kind, head, rows[0], changed)
    assert counts(again) == (0, 1, 1, 0)
    write(officer, again)
    assert list(model.objects.order_by("pk").values_list("version", flat=True)) == [1, 2]
    assert counts(send(officer, kind, head, *rows, wrong))[3] == 1


def test_what_a_file_brought_is_taken_back(officer, council):
    """Wrong if taking a file back left its rows, or took others along."""
    head, rows = FILES["council-missions"][1], FILES["council-missions"][2]
    other = Section21Mission.objects.create(
        council=council, fiscal_year=2564, mission=1, reported_on=dt.date(2021, 3, 1)
    )
    batch = send(officer, "council-missions", head, *rows)
    write(officer, batch)
    batch.refresh_from_db()
    undo(batch=batch, actor=officer, reason="ไฟล์ผิด", today=TODAY)
    assert list(Section21Mission.objects.all()) == [other]


def test_reviews_get_the_grade_of_their_year(officer, council):
    """Wrong if a file of scores was written without grades, or with those of another scale."""
    head = "รหัสสภา,ปีงบประมาณ,วันที่สอบทาน,คะแนน (ร้อยละ)"
    batch = send(officer, "council-reviews", head, "30307,2564,1/3/2564,80.5")
    with pytest.raises(Refused):
        write(officer, batch)
    scale = QualityScale.objects.create(subject="council", fiscal_year=2562, source="แบบ")
    for grade, bound in (("A", "80.01"), ("B", "60.01"), ("C", "0")):
        QualityBand.objects.create(scale=scale, grade=grade, from_pct=Decimal(bound))
    write(officer, send(officer, "council-reviews", head, "30307,2564,1/3/2564,80.5"))
    assert QualityReview.objects.get().grade == "A"
    write(officer, send(officer, "council-reviews", head, "30307,2564,1/3/2564,60"))
    assert QualityReview.objects.get().grade == "C"


def test_certifications_come_by_code_and_only_of_groups_in_sight(officer, council):
    """Wrong if a file certified a foreign, ended or unknown group, or one group twice."""
    build.group(council, code="ก1", registered_on=dt.date(2021, 3, 1))
    build.region("NE", "ภาคตะวันออกเฉียงเหนือ", 2)
    foreign = build.council(province=build.province("40", "ขอนแก่น", "NE"))
    build.group(foreign, code="อ1")
    head = "รหัสกลุ่ม,ปีงบประมาณ,วันที่รับรอง"
    wrong = send(officer, "group-certifications", head, "ก1,2564,1/6/2564", "อ1,2564,1/6/2564")
    assert counts(wrong) == (1, 0, 0, 1)
    early = send(officer, "group-certifications", head, "ก1,2564,1/2/2564")
    with pytest.raises(Refused, match="จดแจ้งหลัง"):
        write(officer, early)
    write(officer, send(officer, "group-certifications", head, "ก1,2564,1/6/2564"))
    assert GroupCertification.objects.get().group.code == "ก1"
    again = send(officer, "group-certifications", head, "ก1,2564,1/6/2564")
    assert counts(again) == (0, 0, 1, 0)
