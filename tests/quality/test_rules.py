"""What each room's rules find in a small world, reckoned by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from codi.places.models import Subdistrict
from codi.quality import declared, sweeping
from codi.quality.models import Finding
from councils.models import Council, CouncilMeeting, GroupCertification, Member
from programs.models import RegionBase
from tests import world as build
from tests.welfare import rows
from welfare.models import Benefit, Contribution, FundReview

pytestmark = pytest.mark.django_db
TODAY = dt.date(2021, 8, 13)
Found = dict[str, dict[str, str]]


def found(room: str, today: dt.date = TODAY) -> Found:
    """Rule without its room → first word of the label → detail, of the rules that are broken."""
    for rule in declared.rules():
        if rule.key.startswith(f"{room}."):
            sweeping.run_rule(rule=rule, today=today)
    told: Found = {}
    for one in Finding.objects.order_by("subject_label"):
        told.setdefault(one.rule_key.partition(".")[2], {})[one.subject_label.split()[0]] = (
            one.detail
        )
    return told


def meetings(of, count: int) -> None:
    for number in range(1, count + 1):
        CouncilMeeting.objects.create(
            council=of, fiscal_year=2563, number=number, held_on=dt.date(2020, 1, number)
        )


def a_base(kind: str, count: int) -> None:
    RegionBase.objects.create(
        kind=kind, region=build.region(), fiscal_year=2564, stands_on=dt.date(2020, 10, 1),
        base_count=count, source="ทะเบียน",
    )  # fmt: skip


def test_councils():
    """Wrong if a rule missed a council that breaks it, or named one that does not."""
    build.region()
    tambon = build.subdistrict()
    place = {"district": tambon.district, "subdistrict": tambon}
    good = build.council(code="GOOD", registered_on=dt.date(2019, 9, 1), **place)
    build.term(good, dt.date(2019, 9, 1))
    build.members(good, 10)
    build.members(good, 2, "expert")
    meetings(good, 4)
    certified, *_waiting = [build.group(good, f"กลุ่ม {number}") for number in range(3)]
    build.group(good, "กลุ่มเลิก", ended_on=dt.date(2021, 1, 5), ended_reason="เลิก")
    for year, day in ((2564, dt.date(2021, 3, 1)), (2563, dt.date(2020, 3, 1))):
        GroupCertification.objects.create(group=certified, fiscal_year=year, certified_on=day)
    old = build.council(
        code="OLD", registered_on=dt.date(2010, 5, 1), certified_on=dt.date(2011, 1, 5),
        certified_by=build.user(), certification_basis="taken_over", **place,
    )  # fmt: skip
    build.term(old, dt.date(2010, 5, 1), renewed_on=dt.date(2014, 6, 1))
    build.term(old, dt.date(2015, 5, 1))
    build.members(old, 5)
    meetings(old, 1)
    build.council("สภาองค์กรชุมชนเขตดุสิต", code="CITY", kind="district")
    gone = build.council(code="GONE")
    build.group(gone)
    Council.objects.filter(pk=gone.pk).update(
        withdrawn_on=dt.date(2021, 1, 1), withdrawal_reason="ซ้ำ"
    )
    a_base("local_authorities", 2)
    both = "ยังไม่ได้แนบแบบ จส.02 และ จส.03"
    expected: Found = {
        "forms": {"CITY": both, "GOOD": both},
        "certified_with_gaps": {"OLD": "รับรองเมื่อ 5 ม.ค. 54 แต่ยังขาด: แบบ จส.02 แบบ จส.03"},
        "term_expired": {"OLD": "ครบวาระเมื่อ 1 พ.ค. 62 และยังไม่มีวาระใหม่"},
        "no_term": {"CITY": "ยังไม่มีวาระของสมาชิกในทะเบียน"},
        "no_representative": {"CITY": "ไม่มีสมาชิกผู้แทนชุมชนที่ดำรงตำแหน่งอยู่"},
        "few_meetings": {"OLD": "ปีงบประมาณ 2563 บันทึกการประชุมไว้ 1 ครั้ง"},
        "groups_uncertified": {"GOOD": "ปีงบประมาณ 2564 ยังไม่รับรอง 2 จาก 3 กลุ่ม"},
        "groups_left_behind": {"GONE": "สภาพ้นทะเบียนเมื่อ 1 ม.ค. 64 ยังมีกลุ่มที่ไม่สิ้นสภาพ 1 กลุ่ม"},
        "unplaced": {"CITY": "ระบุพื้นที่ไม่ถึงตำบลหรือเขต"},
        "above_base": {"ฐานของภาคเหนือ": "มีสภา 3 แห่ง แต่พื้นที่ที่จัดตั้งได้มี 2 แห่ง"},
    }
    assert found("councils") == expected
    waiting = Finding.objects.get(rule_key="councils.groups_uncertified")
    assert waiting.due_on == dt.date(2021, 9, 30)
    assert waiting.mending_url == "/councils/groups/?council=GOOD&state=waiting"

    one = Member.objects.filter(council=good, kind="representative").first()
    Member.objects.filter(pk=one.pk).update(left_on=dt.date(2021, 6, 1))
    Subdistrict.objects.filter(pk=tambon.pk).update(valid_until=dt.date(2021, 7, 1))
    later = found("councils")
    assert later["experts"] == {"GOOD": "ผู้ทรงคุณวุฒิ 2 คน ต่อผู้แทนชุมชน 9 คน"}
    gone = "รหัสของศรีภูมิ ยกเลิกเมื่อ 1 ก.ค. 64"
    assert later["abolished_place"] == {"GOOD": gone, "OLD": gone}


def test_funds():
    """Wrong if a rule missed a fund that breaks it, or named one that does not."""
    w = build.world()
    big, silent = (rows.stored_fund(w, code=code) for code in ("BIG", "SILENT"))
    stopped = rows.stored_fund(w, code="STOPPED", stopped_on=dt.date(2021, 1, 1))
    found_stopped = rows.stored_fund(w, code="FOUND", district=None, subdistrict=None)
    told = {"fund": big, "reported_on": dt.date(2021, 6, 30)}
    rows.status(w, **told, quarter=3, member_count=100).save()
    now = rows.status(
        w, fund=big, member_count=301, from_members_baht=Decimal("3000.75"),
        benefit_baht=Decimal(900), beneficiary_count=2,
    )  # fmt: skip
    now.save()
    Benefit.objects.create(status=now, kind="death", person_count=2, paid_baht=Decimal(500))
    FundReview.objects.create(
        fund=found_stopped, fiscal_year=2563, reviewed_on=dt.date(2020, 8, 1),
        scale=rows.scale(), is_stopped=True,
    )  # fmt: skip
    FundReview.objects.create(
        fund=stopped,
        fiscal_year=2564,
        reviewed_on=dt.date(2021, 2, 1),
        scale=rows.scale(),
        grade="B",
    )
    Contribution.objects.create(fund=silent, fiscal_year=2564, requested_on=dt.date(2021, 2, 1))
    a_base("funds_in_pms", 3)
    rules_file, one_page = "ยังไม่มีไฟล์ระเบียบกองทุน", "ยังไม่มีไฟล์ชุดความรู้ one page"
    late = "ยังไม่รายงานไตรมาส 4 ปีงบประมาณ 2564"
    expected: Found = {
        "rules_file": dict.fromkeys(("BIG", "FOUND", "SILENT"), rules_file),
        "one_page": dict.fromkeys(("BIG", "FOUND", "SILENT"), one_page),
        "not_reported": dict.fromkeys(("FOUND", "SILENT"), late),
        "unclassified": {"BIG": "สมาชิก 301 คน ไม่ระบุกลุ่ม 241 คน"},
        # 301 is more than three times 100; 3,000.75 baht is three times 1,000.25 and not more.
        "member_leap": {"BIG": "จาก 100 คน เป็น 301 คน"},
        "benefits_differ": {"BIG": "รายประเภทรวม 500.00 บาท รายงาน 900.00 บาท"},
        "registers_differ": {"กองทุนของภาคเหนือ": "ทะเบียนนี้ 4 กองทุน CODI PMS 3 กองทุน"},
        "stopped": {"FOUND": "สอบทานเมื่อ 1 ส.ค. 63 พบว่าหยุดดำเนินการ"},
        "graded_after_stop": {"STOPPED": "หยุดดำเนินการเมื่อ 1 ม.ค. 64 แต่สอบทานเมื่อ 1 ก.พ. 64 ได้ระดับ B"},
        "contribution_project": {"SILENT": "เสนอเมื่อ 1 ก.พ. 64 ยังไม่มีโครงการสมทบ"},
        "unplaced": {"FOUND": "ระบุพื้นที่ไม่ถึงตำบล"},
    }
    # The fourth quarter is asked for from 15 days before its end on.
    assert found("welfare", dt.date(2021, 9, 16)) == expected
    third = {"FOUND", "SILENT"}
    assert set(found("welfare", dt.date(2021, 9, 15))["not_reported"]) == third


@pytest.fixture
def projects():
    """One paid in part, one whose plan is short, one that waits for the committee."""
    w = build.world()
    paid = build.project(w, "approved", plan=(600_000, 400_000), title="ก")
    build.pay(w, paid.instalments.get(number=1), 600_000)
    waiting = build.project(w, "submitted", title="ค")
    return paid.code, waiting.code


def test_money(projects):
    """Wrong if what is late, unpaid or not cleared was told with another amount or day."""
    paid, _waiting = projects
    assert found("finance") == {
        "late": {paid: "อนุมัติ 4 ก.พ. 64 ยังไม่จ่าย 400,000.00 บาท"},
        "instalment_overdue": {paid: "งวดที่ 2 กำหนด 1 มี.ค. 64 ยังไม่จ่าย 400,000.00 บาท"},
        "evidence": {paid: "งวดที่ 1 จ่ายแล้ว 600,000.00 บาท"},
        "unrecorded": {paid: "อนุมัติ 4 ก.พ. 64 ยังไม่มีวันที่บันทึกใน CODI-PM"},
    }
    overdue = Finding.objects.get(rule_key="finance.instalment_overdue")
    assert (overdue.due_on, overdue.mending_url) == (
        dt.date(2021, 3, 1),
        f"/projects/{overdue.subject_key.partition('-')[0]}/instalments/",
    )


def test_programmes(projects):
    """Wrong if papers of projects and meetings were not missed, or a proposal waited unseen."""
    paid, waiting = projects
    assert found("programs") == {
        "proposal_file": {paid: "อนุมัติ 4 ก.พ. 64 ยังไม่มีไฟล์ข้อเสนอโครงการ"},
        "waiting": {waiting: "เสนอเมื่อ 10 ม.ค. 64"},
        "minutes": {"คณะทำงานพิจารณาโครงการภาคเหนือ": "ยังไม่มีไฟล์รายงานการประชุม"},
    }
