"""Spreadsheets of funds and what they report, out and in.

A row of what a fund reports names the fund by its code. The rules of the reports are told at their
row in the preview (:class:`Reports`), and hold once more in the bulk services that write.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from codi.accounts.models import User
from codi.errors import Refused
from codi.imports import (
    Hands,
    Own,
    OwnRow,
    Plan,
    Register,
    Row,
    Status,
    UndoOf,
    Upload,
    UploadColumn,
    blaming,
    register_upload,
)
from codi.imports.cells import choice, day, money, text, whole
from codi.imports.places import PLACE_COLUMNS, settle_places
from codi.thai.dates import long_date
from programs.models import Grade
from welfare import permissions, queries, rules, services
from welfare.models import (
    INDICATORS,
    MONEY_SOURCES,
    Benefit,
    BenefitKind,
    FundIndicators,
    FundReview,
    FundStatus,
    RiskClass,
    WelfareFund,
)
from welfare.services.development import CLAIMS, settle_grade
from welfare.services.status import (
    AMOUNTS,
    Beside,
    empty_when_nothing,
    of_quarter,
    require_reportable,
)

MOST_ROWS = 100_000
YES, NO = "yes", "no"
ANSWERS = {YES: "ใช่", NO: "ไม่ใช่"}
UNKNOWN_FUND = "ไม่พบกองทุนรหัส {code} ในทะเบียนของพื้นที่ท่าน กรุณาตรวจรหัส"
WITHDRAWN = "กองทุนนี้ถอนออกจากทะเบียนแล้ว จึงบันทึกเพิ่มไม่ได้"


def past_day(value: Any, today: dt.date) -> dt.date:
    """A day that has come."""
    told = day(value, today)
    if told > today:
        raise Refused(f"วันที่ {long_date(told)} ยังมาไม่ถึง กรุณาตรวจวันที่")
    return told


def yes(value: Any, today: dt.date) -> bool:
    """ใช่ or ไม่ใช่, also as 1 and 0, ✓ and -."""
    written = str(value).strip()
    if written in {"1", "1.0", "✓", "/", "True", "TRUE"}:
        return True
    if written in {"0", "0.0", "-", "False", "FALSE"}:
        return False
    return choice(ANSWERS)(value, today) == YES


def quarter(value: Any, today: dt.date) -> int:
    """A quarter, 1 to 4, also as ไตรมาส 4."""
    told = whole(str(value).replace("ไตรมาส", "").replace("ไตรมาสที่", "").strip(), today)
    if told not in range(1, 5):
        raise Refused("ไตรมาสต้องเป็น 1 ถึง 4")
    return told


def fiscal_year(value: Any, today: dt.date) -> int:
    """A Buddhist year."""
    told = whole(value, today)
    if not 2500 <= told <= 2700:
        raise Refused("ปีงบประมาณต้องเป็นปี พ.ศ. สี่หลัก เช่น 2564")
    return told


def share(value: Any, today: dt.date) -> Decimal:
    """A percentage from 0 to 100."""
    told = money(value, today)
    if told > 100:
        raise Refused("คะแนนต้องอยู่ระหว่างร้อยละ 0 ถึง 100")
    return told


def _title(model: Any, name: str) -> str:
    return str(model._meta.get_field(name).verbose_name)


FUND = UploadColumn(
    "fund", "รหัสกองทุน", ("รหัส", "code"), text(20), required=True, example="WF-00001"
)
YEAR = UploadColumn("fiscal_year", "ปีงบประมาณ", ("ปี",), fiscal_year, required=True, example="2564")
QUARTER = UploadColumn("quarter", "ไตรมาส", ("ไตรมาสที่",), quarter, required=True, example="4")
REPORTED = UploadColumn(
    "reported_on", "วันที่รายงาน", ("วันที่บันทึก",), past_day, required=True, example="31 ส.ค. 64"
)

register_upload(
    Upload(
        key="funds",
        title="กองทุนสวัสดิการ",
        columns=(
            UploadColumn("code", "รหัสกองทุน", ("รหัส",), text(20), required=True, example="WF-00001"),
            UploadColumn(
                "name", "ชื่อกองทุน", ("กองทุน", "ชื่อ"), text(300), required=True,
                example="กองทุนสวัสดิการชุมชนตำบลศรีภูมิ",
            ),
            *PLACE_COLUMNS,
            UploadColumn(
                "founded_on", "วันที่จัดตั้ง", ("จัดตั้งเมื่อ",), past_day, required=True, example="1 พ.ค. 53"
            ),
            UploadColumn("committee_count", "จำนวนคณะกรรมการ (คน)", ("คณะกรรมการ",), whole),
            UploadColumn("contact", "ผู้ประสานงาน/ช่องทางติดต่อ", ("ผู้ประสานงาน", "โทรศัพท์"), text(300)),
            UploadColumn("stopped_on", "หยุดดำเนินการเมื่อ", ("วันที่หยุด",), past_day),
        ),
        register=Register(
            WelfareFund,
            identity=("code",),
            settle=lambda: _settle_funds(),
            create=services.create_funds,
            change=services.change_funds,
        ),
        own=Own("welfare:funds"),
        undo=(
            UndoOf(
                WelfareFund,
                fields=(
                    "code", "name", "region", "province", "district", "subdistrict", "founded_on",
                    "committee_count", "contact", "stopped_on",
                ),
                unmake=services.remove_funds,
                restore=services.restore_funds,
            ),
        ),
        can_upload=permissions.can_manage_funds,
        max_row_count=MOST_ROWS,
    )
)  # fmt: skip


def _settle_funds() -> Callable[[Sequence[Row], User], None]:
    """Places as everywhere; a fund stands in a province and stops after it was founded."""
    places = settle_places()

    def settle(rows: Sequence[Row], user: User) -> None:
        places(rows, user)
        for row in rows:
            if row.ok and row.values.get("province") is None:
                row.refuse("province", "กองทุนต้องมีจังหวัด กรุณาระบุจังหวัด")
            founded, stopped = row.values.get("founded_on"), row.values.get("stopped_on")
            if founded and stopped and stopped < founded:
                row.refuse("stopped_on", "วันที่หยุดดำเนินการต้องไม่ก่อนวันที่จัดตั้ง")

    return settle


# What a fund reports


@dataclass(frozen=True)
class Reports(Register):
    """Records of funds whose rows name the fund by its code."""

    def rows(self, upload: Upload, records: Any) -> Iterator[OwnRow]:
        """The records of the funds of a list, each under its fund's code."""
        of_funds = self.model._default_manager.filter(fund__in=records.order_by().values("pk"))
        ordered = of_funds.order_by("fund", *(f"-{name}" for name in self.identity[1:]))
        for row in super().rows(upload, ordered):
            yield OwnRow(row.key, {**row.values, "fund": row.values["fund"].code})


Check = Callable[[WelfareFund, Row], None]


def _of_funds(prepare: Callable[[Sequence[tuple[WelfareFund, Row]]], Check]) -> Any:
    """A reader of the column ``fund``; ``prepare`` reads once for some rows what ``check`` needs."""

    def settle(rows: Sequence[Row], user: User) -> None:
        codes = {row.values.get("fund") for row in rows} - {None}
        seen = WelfareFund.objects.visible_to(user).filter(code__in=codes)
        funds = {fund.code: fund for fund in seen}
        found = []
        for row in rows:
            code = row.values.get("fund")
            fund = row.values["fund"] = funds.get(code) if code else None
            if code and fund is None:
                row.refuse("fund", UNKNOWN_FUND.format(code=code))
            elif fund is not None and fund.withdrawn_on is not None:
                row.refuse("fund", WITHDRAWN)
            elif fund is not None and row.ok:
                found.append((fund, row))
        check = prepare(found)
        for fund, row in found:
            _judge(fund, row, check)

    return lambda: settle


def _judge(fund: WelfareFund, row: Row, check: Check) -> None:
    """Tell at the row what a service would refuse."""
    try:
        check(fund, row)
    except Refused as refused:
        told = refused.field if refused.field in row.columns else ""
        row.refuse(told or "", " ".join((refused.message, *refused.details)))


def _in_quarter(fund: WelfareFund, row: Row) -> None:
    values = row.values
    told = of_quarter(fund, values["fiscal_year"], values["quarter"])
    require_reportable(told, values["reported_on"], values["reported_on"])


def _over(record: Any, row: Row, names: Iterable[str]) -> Any:
    """The record as the row asks for: a blank clears where the row went out, else it leaves."""
    for name in names:
        value = row.values.get(name)
        if value is None and row.key is not None and name in row.values:
            value = record._meta.get_field(name).get_default()
        if value is not None:
            setattr(record, name, value)
    return record


def _statuses(found: Sequence[tuple[WelfareFund, Row]]) -> Check:
    keys = [fund.pk for fund, _row in found]
    stored = {
        (one.fund_id, one.fiscal_year, one.quarter): one
        for one in FundStatus.objects.filter(fund__in=keys)
    }
    asked = {row.number: _asked_status(stored, fund, row) for fund, row in found}
    on_record = queries.quarters_told(keys)
    # As the file is written: the new reports first, each beside what stands by then.
    beside_new = Beside(on_record, [one for one in asked.values() if one.pk is None])
    beside_all = Beside(on_record, asked.values())

    def check(fund: WelfareFund, row: Row) -> None:
        _in_quarter(fund, row)
        status = asked[row.number]
        if rules.not_classified(vars(status)) < 0:
            raise Refused("สมาชิกทุกกลุ่มรวมกันต้องไม่เกินจำนวนสมาชิกทั้งหมด", field="member_count")
        beside = beside_new if status.pk is None else beside_all
        if problem := beside.problem_of(status):
            raise problem

    return check


def _asked_status(stored: Mapping[Any, FundStatus], fund: WelfareFund, row: Row) -> FundStatus:
    """The report as a row asks for it; "nothing to report" leaves no amounts beside it."""
    values = row.values
    if values.get("has_nothing_to_report"):
        values |= {
            name: value
            for name, value in empty_when_nothing({"has_nothing_to_report": True}).items()
            if name in values
        }
    when = (values["fiscal_year"], values["quarter"])
    known = stored.get((fund.pk, *when))
    if known is None:
        known = FundStatus(fund=fund, fiscal_year=when[0], quarter=when[1])
    asked: FundStatus = _over(known, row, (*AMOUNTS, "has_nothing_to_report", "correction_reason"))
    return asked


def _amount(name: str) -> UploadColumn:
    title = _title(FundStatus, name)
    is_baht = name in MONEY_SOURCES or name == "benefit_baht"
    short = title.removesuffix(" (คน)").removesuffix(" (บาท)")
    aliases = (short,) if short != title else ()
    return UploadColumn(name, title, aliases, money if is_baht else whole)


register_upload(
    Upload(
        key="fund-statuses",
        title="สถานะกองทุนรายไตรมาส",
        columns=(
            FUND,
            YEAR,
            QUARTER,
            REPORTED,
            UploadColumn(
                "has_nothing_to_report", "ไม่มีข้อมูลเปลี่ยนแปลง", ("ไม่มีข้อมูล",), yes,
                note="ใช่ = ไม่ต้องกรอกยอด",
            ),
            *(_amount(name) for name in AMOUNTS),
            UploadColumn(
                "correction_reason", "เหตุผลที่ยอดลดลง", ("เหตุผล",), text(300),
                note="ต้องกรอกเมื่อยอดสะสมต่ำกว่าไตรมาสก่อน",
            ),
        ),
        register=Reports(
            FundStatus,
            identity=("fund", "fiscal_year", "quarter"),
            key_field="fund_id",
            key_of=lambda fund: fund.pk,
            settle=_of_funds(_statuses),
            create=services.create_statuses,
            change=services.change_statuses,
            lock_first="fund",
        ),
        own=Own("welfare:funds", label="แก้สถานะใน Excel", most=20_000),
        undo=(
            UndoOf(
                FundStatus,
                fields=("reported_on", "has_nothing_to_report", *AMOUNTS, "correction_reason"),
                unmake=services.remove_statuses,
                restore=services.restore_statuses,
                lock_first="fund",
            ),
        ),
        can_upload=permissions.can_manage_funds,
        max_row_count=MOST_ROWS,
        note="แถวหนึ่งคือกองทุนหนึ่งในหนึ่งไตรมาส ยอดทุกช่องเป็นยอด ณ สิ้นไตรมาส",
    )
)  # fmt: skip


def _indicators(found: Sequence[tuple[WelfareFund, Row]]) -> Check:
    attached = queries.documents_of([fund.pk for fund, _row in found])

    def check(fund: WelfareFund, row: Row) -> None:
        _in_quarter(fund, row)
        told = {name: row.values.get(name) for name in CLAIMS}
        for name, message in rules.unproven(row.values["fiscal_year"], told, attached[fund.pk]):
            row.refuse(name, message)
        if told["has_complete_one_page"] and told["indicator_8"] is False:
            raise Refused("one page จะครบถ้วนได้เมื่อแนบไฟล์แล้ว (ข้อ 1.8)", field="has_complete_one_page")

    return check


register_upload(
    Upload(
        key="fund-indicators",
        title="ข้อมูลพัฒนากองทุน",
        columns=(
            FUND,
            YEAR,
            QUARTER,
            REPORTED,
            *(
                UploadColumn(
                    name,
                    _title(FundIndicators, name),
                    (_title(FundIndicators, name).split(" ")[0],) if name in INDICATORS else (),
                    yes,
                    note="ใช่ หรือ ไม่ใช่",
                )
                for name in CLAIMS
            ),
        ),
        register=Reports(
            FundIndicators,
            identity=("fund", "fiscal_year", "quarter"),
            key_field="fund_id",
            key_of=lambda fund: fund.pk,
            settle=_of_funds(_indicators),
            create=services.record_many_indicators,
            change=services.change_indicators,
            lock_first="fund",
        ),
        own=Own("welfare:funds", label="แก้ข้อมูลพัฒนาใน Excel", most=20_000),
        undo=(
            UndoOf(
                FundIndicators,
                fields=("reported_on", *CLAIMS),
                unmake=services.remove_indicators,
                restore=services.restore_indicators,
                lock_first="fund",
            ),
        ),
        can_upload=permissions.can_manage_funds,
        max_row_count=MOST_ROWS,
        note="ตั้งแต่ปีงบประมาณ 2563 ข้อ 1.1 1.8 และ one page ต้องแนบไฟล์ที่หน้ากองทุนก่อน",
    )
)


def _reviews(found: Sequence[tuple[WelfareFund, Row]]) -> Check:
    scales = queries.fund_scales()

    def check(fund: WelfareFund, row: Row) -> None:
        values = row.values
        _scale, grade = settle_grade(
            scales,
            fiscal_year=values["fiscal_year"],
            score_pct=values.get("score_pct"),
            grade=values.get("grade") or "",
            is_stopped=bool(values.get("is_stopped")),
        )
        values |= {"grade": grade or None}

    return check


register_upload(
    Upload(
        key="fund-reviews",
        title="การสอบทานคุณภาพกองทุน",
        columns=(
            FUND,
            YEAR,
            UploadColumn(
                "reviewed_on", "วันที่สอบทาน", (), past_day, required=True, example="31 ส.ค. 64"
            ),
            UploadColumn("score_pct", "คะแนน (ร้อยละ)", ("คะแนน",), share),
            UploadColumn(
                "grade", "ระดับ", ("ระดับคุณภาพ",), choice(dict(Grade.choices)),
                labels=dict(Grade.choices), note="เว้นว่างเมื่อมีคะแนน",
            ),
            UploadColumn(
                "is_stopped", "พบว่าหยุดดำเนินการ", ("หยุดดำเนินการ",), yes,
                note="ใช่ = กองทุนที่ยังดำเนินการจะหยุดตั้งแต่วันที่สอบทาน",
            ),
            UploadColumn(
                "risk", "ระดับความเสี่ยง", ("ความเสี่ยง",), choice(dict(RiskClass.choices)),
                labels=dict(RiskClass.choices),
            ),
        ),
        register=Reports(
            FundReview,
            identity=("fund", "fiscal_year"),
            key_field="fund_id",
            key_of=lambda fund: fund.pk,
            settle=_of_funds(_reviews),
            create=services.record_reviews,
            change=services.change_reviews,
            lock_first="fund",
        ),
        own=Own("welfare:funds", label="แก้การสอบทานใน Excel", most=20_000),
        undo=(
            UndoOf(
                FundReview,
                fields=("reviewed_on", "score_pct", "grade", "is_stopped", "risk"),
                unmake=services.remove_reviews,
                restore=services.restore_reviews,
                lock_first="fund",
            ),
            # Funds that stopped, or work again, by what the file told.
            UndoOf(
                WelfareFund,
                fields=("stopped_on",),
                unmake=services.remove_funds,
                restore=services.restore_funds,
            ),
        ),
        can_upload=permissions.can_manage_funds,
        max_row_count=MOST_ROWS,
    )
)  # fmt: skip


# Benefits by kind: a row is a kind of a report, which is named by its fund and quarter

KINDS = dict(BenefitKind.choices)


def plan_benefits(rows: Sequence[Row], actor: User, today: dt.date) -> Plan:
    """Judge benefits: the report must be on record, and a kind stands once in it."""
    codes = {row.values.get("fund") for row in rows} - {None}
    reports = FundStatus.objects.visible_to(actor).filter(fund__code__in=codes)
    known = {
        (one.fund.code, one.fiscal_year, one.quarter): one for one in reports.select_related("fund")
    }
    stored = {
        (one.status_id, one.kind): one
        for one in Benefit.objects.filter(status__in=[one.pk for one in known.values()])
    }
    plan = Plan()
    seen: dict[Any, int] = {}
    for row in rows:
        values = row.values
        named = (values.get("fund"), values.get("fiscal_year"), values.get("quarter"))
        status = known.get(named)  # type: ignore[arg-type]
        kind = values.get("kind")
        if row.ok and status is None:
            row.refuse("fund", "ไม่พบรายงานสถานะของกองทุนและไตรมาสนี้ กรุณาบันทึกรายงานก่อน")
        if row.ok and status is not None and status.fund.withdrawn_on is not None:
            row.refuse("fund", WITHDRAWN)
        if row.ok and (first := seen.setdefault((named, kind), row.number)) != row.number:
            row.refuse("kind", f"ซ้ำกับแถว {first} ในไฟล์เดียวกัน กรุณาเหลือไว้แถวเดียว")
        old = stored.get((status.pk, kind)) if status and kind else None
        _judge_benefit(plan, row, status, old)
    return plan


def _judge_benefit(plan: Plan, row: Row, status: FundStatus | None, old: Benefit | None) -> None:
    values = row.values
    label = f"{values.get('fund')} {KINDS.get(values.get('kind') or '', '')}"
    before = {"person_count": old.person_count, "paid_baht": old.paid_baht} if old else None
    data = (
        (status, values["kind"], values["person_count"], values["paid_baht"])
        if row.ok and status
        else None
    )
    plan.judge(row, label=label, before=before, data=data)


def apply_benefits(plan: Plan, hands: Hands, today: dt.date) -> None:
    """Write benefits report by report; a refusal names the first row of the report."""
    of_report: dict[int, list[Any]] = {}
    for planned in plan.with_status(Status.NEW, Status.CHANGED):
        of_report.setdefault(planned.data[0].pk, []).append(planned)
    services.hold_reports(actor=hands.maker, keys=of_report)
    for _report, some in sorted(of_report.items()):
        with blaming(some[0]):
            services.put_benefits(actor=hands.maker, rows=[planned.data for planned in some])


def benefit_pages(rows: Sequence[Mapping[str, Any]], user: User) -> dict[int, str]:
    """The page of the fund that each row names."""
    told = {row["number"]: row["raw"].get("fund", "") for row in rows}
    known = WelfareFund.objects.visible_to(user).filter(code__in=told.values())
    pages = {one.code: one.get_absolute_url() for one in known}
    return {number: pages[code] for number, code in told.items() if code in pages}


register_upload(
    Upload(
        key="fund-benefits",
        title="สวัสดิการแยกประเภท",
        columns=(
            FUND,
            YEAR,
            QUARTER,
            UploadColumn(
                "kind", "ประเภทสวัสดิการ", ("ประเภท",), choice(KINDS), required=True, labels=KINDS
            ),
            UploadColumn("person_count", "ผู้รับ (คน)", ("ผู้รับ",), whole, required=True),
            UploadColumn("paid_baht", "จ่าย (บาท)", ("จ่าย",), money, required=True),
        ),
        plan=plan_benefits,
        apply=apply_benefits,
        pages=benefit_pages,
        undo=(
            UndoOf(
                Benefit,
                fields=("person_count", "paid_baht"),
                unmake=services.remove_benefits,
                restore=services.restore_benefits,
                lock_first="status__fund",
            ),
        ),
        can_upload=permissions.can_manage_funds,
        max_row_count=50_000,
        note="รายงานสถานะของไตรมาสต้องบันทึกก่อน สวัสดิการแยกประเภทรวมกันต้องไม่เกินยอดรวมของรายงาน",
    )
)
