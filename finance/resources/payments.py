"""The upload of payments and returns of many projects at once."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from codi.accounts.models import Role, User
from codi.accounts.permissions import Decision, allow, deny
from codi.imports import Hands, Plan, Row, Status, Upload, UploadColumn, blaming, register_upload
from codi.imports.cells import choice, day, money, text, whole
from codi.thai.dates import long_date
from codi.thai.numbers import baht
from finance import services
from finance.models import EntryKind, Instalment, LedgerEntry
from programs.models import Project, ProjectStatus

KINDS = {EntryKind.PAYMENT.value: "เบิกจ่าย", EntryKind.RETURN.value: "คืนงบ"}

COLUMNS = (
    UploadColumn("code", "รหัสโครงการ", ("project_code",), text(40), required=True, example="NL2564-0001"),
    UploadColumn("instalment", "งวดที่", ("งวด",), whole, required=True, example="1"),
    UploadColumn("kind", "ประเภทรายการ", ("รายการ",), choice(KINDS), note="เว้นว่าง = เบิกจ่าย", labels=KINDS),
    UploadColumn("amount_baht", "จำนวนเงิน (บาท)", ("จำนวนเงิน", "amount"), money, required=True, example="1,240,000"),
    UploadColumn("effective_on", "วันที่มีผล", ("วันที่โอน", "วันที่"), day, required=True, example="25 ก.พ. 64"),
    UploadColumn("document_number", "เลขที่เอกสาร", ("เลขที่ฎีกา",), text(60), required=True, example="ฎ. 12/2564"),
    UploadColumn("note", "หมายเหตุ", (), text(300)),
)  # fmt: skip


class Judge:
    """Judges payments; projects, instalments and entries are read once for the whole file."""

    def __init__(self, rows: Sequence[Row], actor: User, today: dt.date) -> None:
        self.today = today
        codes = {row.values.get("code") for row in rows}
        everything = Project.objects.filter(code__in=codes)
        self.projects = {p.code: p for p in everything.visible_to(actor)}
        ids = [project.pk for project in self.projects.values()]
        self.instalments = {
            (line.project_id, line.number): line
            for line in Instalment.objects.filter(project__in=ids)
        }
        self.on_record: Counter[tuple[Any, ...]] = Counter()
        self.project_net: dict[int, Decimal] = defaultdict(Decimal)
        self.instalment_net: dict[int, Decimal] = defaultdict(Decimal)
        for entry in LedgerEntry.objects.filter(project__in=ids).select_related("reversed_by"):
            self.project_net[entry.project_id] += entry.net_baht
            self.instalment_net[entry.instalment_id] += entry.net_baht
            if not hasattr(entry, "reversed_by"):
                self.on_record[
                    self._facts(
                        entry.instalment_id,
                        entry.kind,
                        entry.amount_baht,
                        entry.effective_on,
                        entry.document_number,
                    )
                ] += 1
        self.seen: dict[tuple[Any, ...], int] = {}

    def _facts(self, *facts: Any) -> tuple[Any, ...]:
        return facts

    def judge(self, plan: Plan, row: Row) -> None:
        """Judge one row: the project in sight, its instalment, the day, and room for the money."""
        code = row.values.get("code")
        project = self.projects.get(code) if code else None
        if code and project is None:
            row.refuse("code", f"ไม่พบโครงการรหัส {code} ในขอบเขตของท่าน กรุณาตรวจรหัส")
        instalment = self._instalment(row, project)
        label = f"{code} งวด {row.values.get('instalment')}"
        if project is None or instalment is None:
            if row.ok:
                row.refuse("code", "กรุณาระบุรหัสโครงการและงวด")
            plan.judge(row, label=label)
            return
        kind = row.values.get("kind") or EntryKind.PAYMENT.value
        values = row.values
        facts = (
            instalment.pk, kind, values.get("amount_baht"), values.get("effective_on"), values.get("document_number"),
        )  # fmt: skip
        if row.ok and self.on_record[facts]:
            plan.judge(row, label=label, before={})
            return
        if (earlier := self.seen.setdefault(facts, row.number)) != row.number:
            row.refuse("", f"รายการซ้ำกับแถว {earlier} กรุณาลบแถวที่ซ้ำ หรือแยกเลขที่เอกสาร")
        self._check(row, project, instalment, kind)
        plan.judge(row, label=label, data=(instalment, kind, dict(values)))

    def _instalment(self, row: Row, project: Project | None) -> Instalment | None:
        number = row.values.get("instalment")
        if project is None or number is None:
            return None
        found = self.instalments.get((project.pk, number))
        if found is None:
            row.refuse("instalment", f"โครงการนี้ยังไม่มีงวดที่ {number} กรุณาวางแผนงวดเงินก่อน")
        return found

    def _check(self, row: Row, project: Project, instalment: Instalment, kind: str) -> None:
        day, amount = row.values.get("effective_on"), row.values.get("amount_baht")
        if day and day > self.today:
            row.refuse("effective_on", f"วันที่ {long_date(day)} ยังมาไม่ถึง กรุณาตรวจวันที่")
        if project.approved_on is None:
            row.refuse("code", "โครงการยังไม่อนุมัติ จึงบันทึกรายการเงินไม่ได้")
            return
        if reason := _not_open(project, kind):
            row.refuse("code", reason)
            return
        if day and day < project.approved_on:
            row.refuse("effective_on", "วันที่มีผลต้องไม่ก่อนวันที่อนุมัติ กรุณาตรวจวันที่")
        if amount is None:
            return
        if amount == 0:
            row.refuse("amount_baht", "จำนวนเงินต้องมากกว่าศูนย์")
        if kind == EntryKind.RETURN:
            left = self.instalment_net[instalment.pk]
            sign = -1
        else:
            by_project = (project.approved_baht or Decimal(0)) - self.project_net[project.pk]
            left = min(by_project, instalment.planned_baht - self.instalment_net[instalment.pk])
            sign = 1
        if amount > left:
            word = "คืน" if sign < 0 else "จ่าย"
            row.refuse(
                "amount_baht",
                f"{word}ได้อีกไม่เกิน {baht(left) if left else '0'} บาท กรุณาตรวจจำนวนเงินและงวด",
            )
            return
        self.project_net[project.pk] += sign * amount
        self.instalment_net[instalment.pk] += sign * amount


def _not_open(project: Project, kind: str) -> str:
    """Why the project takes no such entry any more; empty when it does. Returns may follow closing."""
    shut = {ProjectStatus.CANCELLED}
    if kind != EntryKind.RETURN:
        shut.add(ProjectStatus.CLOSED)
    if project.status not in shut:
        return ""
    return f"โครงการอยู่ในสถานะ “{project.get_status_display()}” จึงบันทึกรายการนี้ไม่ได้ กรุณาตรวจรหัสโครงการ"


def plan_payments(rows: Sequence[Row], actor: User, today: dt.date) -> Plan:
    """Judge all rows of a file of payments."""
    judge, plan = Judge(rows, actor, today), Plan()
    for row in rows:
        judge.judge(plan, row)
    return plan


def apply_payments(plan: Plan, hands: Hands, today: dt.date) -> None:
    """Add the new entries to the ledger."""
    for planned in plan.with_status(Status.NEW):
        with blaming(planned):
            instalment, kind, values = planned.data
            record = services.record_return if kind == EntryKind.RETURN else services.record_payment
            record(
                actor=hands.checker,
                instalment=instalment,
                amount_baht=values["amount_baht"],
                effective_on=values["effective_on"],
                document_number=values["document_number"],
                note=values.get("note") or "",
                request_key=uuid.uuid4(),
                today=today,
            )


def can_upload_payments(user: User) -> Decision:
    """Payments are finance's."""
    return (
        allow()
        if user.role == Role.FINANCE_OFFICER
        else deny("นำเข้ารายการเบิกจ่ายได้เฉพาะเจ้าหน้าที่การเงิน")
    )


PAYMENTS = register_upload(
    Upload(
        key="payments",
        title="รายการเบิกจ่ายและคืนงบ",
        columns=COLUMNS,
        plan=plan_payments,
        apply=apply_payments,
        can_upload=can_upload_payments,
        note="แต่ละแถวคือรายการบัญชีหนึ่งรายการ บันทึกแล้วแก้ไม่ได้ ให้กลับรายการแทน",
    )
)
