"""The upload of payments and returns of many projects at once."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal
from itertools import accumulate
from typing import Any

from codi.accounts.models import Role, User
from codi.accounts.permissions import Decision, allow, deny
from codi.imports import Hands, Plan, Row, Status, Upload, UploadColumn, blaming, register_upload
from codi.imports.cells import choice, day, money, text, whole
from codi.thai.dates import long_date
from codi.thai.numbers import baht
from finance import services
from finance.models import EntryKind, Instalment, LedgerEntry
from finance.resources.projects import project_pages
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


class Balance:
    """The net paid amount of a project or an instalment, day by day."""

    def __init__(self) -> None:
        self.days: dict[dt.date, Decimal] = defaultdict(Decimal)

    def add(self, day: dt.date, net_baht: Decimal) -> None:
        """Take an entry in; what takes from the net amount is negative."""
        self.days[day] += net_baht

    def since(self, day: dt.date) -> list[Decimal]:
        """The net amount at the end of ``day`` and of every later day with entries."""
        net_baht = sum((net for on, net in self.days.items() if on <= day), Decimal(0))
        later = sorted(on for on in self.days if on > day)
        return list(accumulate((self.days[on] for on in later), initial=net_baht))


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
        self.of_project: dict[int, Balance] = defaultdict(Balance)
        self.of_instalment: dict[int, Balance] = defaultdict(Balance)
        for entry in LedgerEntry.objects.filter(project__in=ids).select_related("reversed_by"):
            self.of_project[entry.project_id].add(entry.effective_on, entry.net_baht)
            self.of_instalment[entry.instalment_id].add(entry.effective_on, entry.net_baht)
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
        if amount == 0:
            row.refuse("amount_baht", "จำนวนเงินต้องมากกว่าศูนย์")
        if day and amount:
            self._check_room(row, project, instalment, kind)

    def _check_room(self, row: Row, project: Project, instalment: Instalment, kind: str) -> None:
        """The net amount stays between nothing and the plan, from the row's day on."""
        day, amount = row.values["effective_on"], row.values["amount_baht"]
        paid, spent = self.of_instalment[instalment.pk], self.of_project[project.pk]

        def left_since(start: dt.date) -> Decimal:
            if kind == EntryKind.RETURN:
                return min(paid.since(start))
            approved = project.approved_baht or Decimal(0)
            by_plan: Decimal = instalment.planned_baht - max(paid.since(start))
            return min(by_plan, approved - max(spent.since(start)))

        word, sign = ("คืน", -1) if kind == EntryKind.RETURN else ("จ่าย", 1)
        at_last, left = left_since(dt.date.max), left_since(day)
        if amount > at_last:
            text = f"{word}ได้อีกไม่เกิน {_left(at_last)} บาท กรุณาตรวจจำนวนเงินและงวด"
            row.refuse("amount_baht", text)
        elif amount > left:
            text = f"ณ วันที่ {long_date(day)} {word}ได้ไม่เกิน {_left(left)} บาท กรุณาตรวจวันที่และจำนวนเงิน"
            row.refuse("effective_on", text)
        else:
            paid.add(day, sign * amount)
            spent.add(day, sign * amount)


def _left(amount_baht: Decimal) -> str:
    """An amount inside a sentence, where nothing left reads as 0."""
    return baht(amount_baht) if amount_baht else "0"


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
        pages=project_pages,
        note="แต่ละแถวคือรายการบัญชีหนึ่งรายการ บันทึกแล้วแก้ไม่ได้ ให้กลับรายการแทน",
    )
)
