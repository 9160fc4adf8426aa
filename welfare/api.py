"""What the API offers of welfare funds and what they report."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from codi.accounts.permissions import Decision
from codi.api.declared import Act, Call, Resource, Told, register
from codi.api.record_files import attaching
from programs.api_of_merging import register_doubles
from programs.forms import PLACES
from programs.tables_of_merging import DoubleFilter
from welfare import filters, forms, permissions, queries, services
from welfare.merging import FUND_MERGER
from welfare.models import (
    INDICATORS,
    Benefit,
    Contribution,
    FundIndicators,
    FundReview,
    FundStatus,
    WelfareFund,
)
from welfare.services.status import AMOUNTS

BY_KIND = tuple(f"{kind}_{what}" for kind, _label in forms.KINDS for what in ("persons", "baht"))
QUARTER = ("fiscal_year", "quarter", "reported_on")


def _adds_funds(user: Any, row: Any) -> Decision:
    return permissions.can_manage_funds(user)


def _keeps_part(user: Any, row: Any) -> Decision:
    return permissions.can_manage_fund(user, row.fund)


def _of_fund(call: Call, service: Any) -> Any:
    """A new record of the fund in the address."""
    return service(actor=call.actor, fund=call.row, today=call.today, **call.facts)


def _changed(call: Call, service: Any, name: str, **more: Any) -> Any:
    """A change of the record in the address, of the version that the program saw."""
    facts = call.facts | more | {name: call.row}
    return service(actor=call.actor, expected_version=call.version, today=call.today, **facts)


def _new(path: str, title: str, form: Any, service: Any, answers: str, **more: Any) -> Act:
    return Act(
        path,
        title,
        form,
        can=permissions.can_manage_fund,
        perform=lambda call: _of_fund(call, service),
        answers=answers,
        status=201,
        needs_version=False,
        **more,
    )


register(
    Resource(
        name="funds",
        title="กองทุนสวัสดิการชุมชน",
        about="ทะเบียนกองทุนสวัสดิการชุมชน พร้อมยอดตามรายงานล่าสุดและคำตอบของไตรมาสปัจจุบัน",
        model=WelfareFund,
        rows=lambda user: queries.funds_for_list(user, timezone.localdate()),
        fields=(
            "id", "code", "name", *PLACES, "founded_on", "committee_count", "contact",
            "stopped_on", "withdrawn_on", "withdrawal_reason", "merged_into", "version",
        ),
        told=(
            Told("answer", "คำตอบของไตรมาสนี้"),
            Told("member_count", "สมาชิกตามรายงานล่าสุด", "count"),
            Told("money_baht", "เงินกองทุนตามรายงานล่าสุด", "baht"),
            Told("review_grade", "ระดับของการสอบทานล่าสุด"),
            Told("risk", "ความเสี่ยงของการสอบทานล่าสุด"),
        ),
        order={"name": "sort_key", "code": "code", "id": "pk", "founded_on": "founded_on"},
        default_sort="name",
        filters=filters.FundFilter,
        search_keys=("search_key",),
        create=Act(
            "new",
            "เพิ่มกองทุน",
            forms.FundForm,
            can=_adds_funds,
            perform=lambda call: services.create_fund(
                actor=call.actor, today=call.today, **call.facts
            ),
            status=201,
        ),
        change=Act(
            "edit",
            "แก้ไขกองทุน",
            forms.FundForm,
            can=permissions.can_manage_fund,
            perform=lambda call: _changed(call, services.update_fund, "fund"),
        ),
        acts=(
            Act(
                "stop",
                "บันทึกการหยุดดำเนินการ",
                forms.StopForm,
                can=permissions.can_manage_fund,
                perform=lambda call: _changed(call, services.stop_fund, "fund"),
                about="ไม่ส่ง stopped_on คือกองทุนกลับมาดำเนินการ",
            ),
            Act(
                "withdraw",
                "ถอนกองทุนออกจากทะเบียน",
                forms.WithdrawForm,
                can=permissions.can_withdraw_fund,
                perform=lambda call: _changed(call, services.withdraw_fund, "fund"),
            ),
            _new(
                "statuses",
                "รายงานสถานะกองทุน",
                forms.StatusForm,
                services.report_status,
                "fund-statuses",
                about="หนึ่งรายงานต่อกองทุนและไตรมาส ยอดสะสมที่ต่ำกว่าไตรมาสก่อนต้องมี correction_reason ในรายงานของไตรมาสที่ต่ำกว่า",
            ),
            _new(
                "indicators",
                "บันทึกข้อมูลพัฒนากองทุน",
                forms.IndicatorsForm,
                services.record_indicators,
                "fund-indicators",
                about="ตั้งแต่ปีงบประมาณ 2563 ข้อ 1.1 1.8 และ one page ต้องแนบไฟล์ที่กองทุนก่อน",
            ),
            _new(
                "reviews",
                "บันทึกการสอบทานคุณภาพ",
                forms.ReviewForm,
                services.record_review,
                "fund-reviews",
                about="is_stopped ทำให้กองทุนที่ยังดำเนินการหยุดตั้งแต่ reviewed_on ถ้าแก้ผลนี้ออก กองทุนกลับมาดำเนินการ",
            ),
            _new(
                "contributions",
                "ขอเงินสมทบกองทุน",
                forms.ContributionForm,
                services.request_contribution,
                "contributions",
            ),
            attaching("fund"),
        ),
    )
)  # fmt: skip


def _put_benefit(call: Call) -> FundStatus:
    facts = call.facts
    row = (call.row, facts["kind"], facts["person_count"], facts["paid_baht"])
    services.put_benefits(actor=call.actor, rows=[row])
    return FundStatus.objects.get(pk=call.row.pk)


register(
    Resource(
        name="fund-statuses",
        title="สถานะกองทุนรายไตรมาส",
        about="สิ่งที่กองทุนรายงานของแต่ละไตรมาส เพิ่มที่ /funds/{id}/statuses/",
        model=FundStatus,
        rows=lambda user: FundStatus.objects.select_related("fund"),
        fields=(
            "id", "fund", *QUARTER, "has_nothing_to_report", *AMOUNTS, "correction_reason", "version",
        ),
        told=(Told("fund_code", "รหัสกองทุน", path="fund.code"),),
        order={"id": "pk", "reported_on": "reported_on", "fiscal_year": "fiscal_year"},
        default_sort="-reported_on",
        filters=filters.StatusFilter,
        lock_first=lambda row: row.fund,
        change=Act(
            "edit",
            "แก้ไขรายงานสถานะกองทุน",
            forms.StatusEditForm,
            can=_keeps_part,
            perform=lambda call: _changed(call, services.correct_status, "status", benefits=None),
            leave_out=(*QUARTER, *BY_KIND),
        ),
        acts=(
            Act(
                "benefits",
                "บันทึกสวัสดิการหนึ่งประเภท",
                forms.BenefitForm,
                can=_keeps_part,
                perform=_put_benefit,
                about="สวัสดิการแยกประเภทรวมกันต้องไม่เกินยอดรวมของรายงาน",
            ),
        ),
    )
)  # fmt: skip

register(
    Resource(
        name="fund-benefits",
        title="สวัสดิการแยกประเภท",
        about="ผู้รับและเงินของสวัสดิการแต่ละประเภทในรายงานสถานะกองทุน",
        model=Benefit,
        rows=lambda user: Benefit.objects.select_related("status__fund"),
        fields=("id", "status", "kind", "person_count", "paid_baht"),
        told=(Told("fund_code", "รหัสกองทุน", path="status.fund.code"),),
        order={"id": "pk", "kind": "kind"},
        default_sort="id",
    )
)

register(
    Resource(
        name="fund-indicators",
        title="ข้อมูลพัฒนากองทุน",
        about="ตัวชี้วัด 1.1 ถึง 1.10 ของแต่ละไตรมาส เพิ่มที่ /funds/{id}/indicators/",
        model=FundIndicators,
        rows=lambda user: FundIndicators.objects.select_related("fund"),
        fields=("id", "fund", *QUARTER, *INDICATORS, "has_complete_one_page", "version"),
        told=(Told("fund_code", "รหัสกองทุน", path="fund.code"),),
        order={"id": "pk", "reported_on": "reported_on"},
        default_sort="-reported_on",
        filters=filters.IndicatorsFilter,
        lock_first=lambda row: row.fund,
        change=Act(
            "edit",
            "แก้ไขข้อมูลพัฒนากองทุน",
            forms.IndicatorsEditForm,
            can=_keeps_part,
            perform=lambda call: _changed(call, services.correct_indicators, "record"),
            leave_out=QUARTER,
        ),
    )
)

register(
    Resource(
        name="fund-reviews",
        title="การสอบทานคุณภาพกองทุน",
        about="ผลสอบทานคุณภาพของแต่ละปี เพิ่มที่ /funds/{id}/reviews/",
        model=FundReview,
        rows=lambda user: FundReview.objects.select_related("fund", "scale"),
        fields=(
            "id", "fund", "fiscal_year", "reviewed_on", "scale", "score_pct", "is_stopped",
            "version",
        ),
        told=(
            Told("fund_code", "รหัสกองทุน", path="fund.code"),
            Told("grade", "ระดับ A ถึง D ว่างเมื่อพบว่าหยุดดำเนินการ"),
            Told("risk", "ระดับความเสี่ยง low middle high ว่างเมื่อยังไม่ประเมิน"),
        ),
        order={"id": "pk", "reviewed_on": "reviewed_on"},
        default_sort="-reviewed_on",
        filters=filters.ReviewFilter,
        lock_first=lambda row: row.fund,
        change=Act(
            "edit",
            "แก้ไขการสอบทานคุณภาพ",
            forms.ReviewEditForm,
            can=_keeps_part,
            perform=lambda call: _changed(call, services.correct_review, "review"),
            leave_out=("fiscal_year",),
        ),
    )
)  # fmt: skip


def _carried(call: Call) -> Contribution:
    facts = call.form.cleaned_data
    return services.carry_by_project(
        actor=call.actor,
        contribution=call.row,
        project=call.form.project,
        programme=facts["programme"],
        requested_baht=facts["requested_baht"],
        expected_version=call.version,
    )


register(
    Resource(
        name="contributions",
        title="เงินสมทบกองทุน",
        about="เงินสมทบของแต่ละปี เงินที่อนุมัติ จ่าย และคืนอยู่ที่โครงการ เพิ่มที่ /funds/{id}/contributions/",
        model=Contribution,
        rows=lambda user: Contribution.objects.select_related("fund", "project"),
        fields=(
            "id", "fund", "fiscal_year", "project", "round_number", "requested_on",
            "requested_member_count", "member_count", "contributed_member_count", "version",
        ),
        told=(
            Told("fund_code", "รหัสกองทุน", path="fund.code"),
            Told("project_code", "รหัสโครงการ", path="project.code"),
        ),
        order={"id": "pk", "requested_on": "requested_on"},
        default_sort="-requested_on",
        filters=filters.ContributionFilter,
        change=Act(
            "edit",
            "แก้ไขเงินสมทบกองทุน",
            forms.ContributionEditForm,
            can=_keeps_part,
            perform=lambda call: _changed(call, services.correct_contribution, "contribution"),
            leave_out=("fiscal_year",),
        ),
        acts=(
            Act(
                "project",
                "จัดทำหรือระบุโครงการของเงินสมทบ",
                forms.ProjectOfContributionForm,
                can=_keeps_part,
                perform=_carried,
                about="ส่ง programme กับ requested_baht เพื่อจัดทำใหม่ หรือ code ของโครงการที่มีอยู่",
            ),
        ),
    )
)  # fmt: skip

register_doubles("fund-doubles", FUND_MERGER, DoubleFilter)
