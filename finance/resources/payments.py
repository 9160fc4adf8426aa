"""The upload of payments and returns of many projects at once."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate, islice
from typing import Any

from codi.accounts.models import Role, User
from codi.accounts.permissions import Decision, allow, deny
from codi.errors import Refused
from codi.imports import (
    Hands,
    Own,
    OwnRow,
    Plan,
    Row,
    Status,
    Upload,
    UploadColumn,
    blaming,
    register_upload,
)
from codi.imports.cells import aside, choice, day, money, text, whole
from codi.imports.keys import signed, stamp_of
from codi.thai.dates import long_date
from codi.thai.digits import to_arabic
from codi.thai.normalise import clean
from codi.thai.numbers import baht
from finance import services
from finance.models import EntryKind, Instalment, LedgerEntry
from finance.resources.projects import project_pages
from finance.resources.taking_back import OF_PAYMENTS
from programs.models import Project, ProjectStatus

KIND = "payments"
PIECE = 500
KINDS = {EntryKind.PAYMENT.value: "เบิกจ่าย", EntryKind.RETURN.value: "คืนงบ"}

COLUMNS = (
    UploadColumn("code", "รหัสโครงการ", ("project_code",), text(40), required=True, example="NL2564-0001"),
    UploadColumn("instalment", "งวดที่", ("งวด",), whole, required=True, example="1"),
    UploadColumn("planned_baht", "ตามแผน (บาท)", ("ตามแผน",), aside, note="ให้ดูเท่านั้น ไม่ใช้ในการนำเข้า"),
    UploadColumn("net_baht", "จ่ายสุทธิแล้ว (บาท)", ("จ่ายสุทธิ",), aside, note="ให้ดูเท่านั้น ไม่ใช้ในการนำเข้า"),
    UploadColumn("left_baht", "คงเหลือ (บาท)", ("คงเหลือ",), aside, note="ให้ดูเท่านั้น ไม่ใช้ในการนำเข้า"),
    UploadColumn("kind", "ประเภทรายการ", ("รายการ",), choice(KINDS), note="เว้นว่าง = เบิกจ่าย", labels=KINDS),
    UploadColumn(
        "amount_baht", "จำนวนเงิน (บาท)", ("จำนวนเงิน", "amount"), money,
        required=True, may_be_blank=True, note="กรอกเฉพาะแถวที่มีรายการใหม่", example="1,240,000",
    ),
    UploadColumn(
        "effective_on", "วันที่มีผล", ("วันที่โอน", "วันที่"), day,
        required=True, may_be_blank=True, note="กรอกเฉพาะแถวที่มีรายการใหม่", example="25 ก.พ. 64",
    ),
    UploadColumn(
        "document_number", "เลขที่เอกสาร", ("เลขที่ฎีกา",), text(60),
        required=True, may_be_blank=True, note="กรอกเฉพาะแถวที่มีรายการใหม่", example="ฎ. 12/2564",
    ),
    UploadColumn("note", "หมายเหตุ", (), text(300)),
)  # fmt: skip
ENTRY = ("kind", "amount_baht", "effective_on", "document_number", "note")
NEEDED = ("amount_baht", "effective_on", "document_number")
BOOKED = "รายการนี้บันทึกบัญชีแล้ว แก้ผ่านไฟล์ไม่ได้ (เดิม “{old}”) ให้ดาวน์โหลดข้อมูลใหม่ กลับรายการที่หน้าของรายการนั้น แล้วกรอกรายการที่ถูกต้องในแถวใหม่"
OTHER_PAYMENT = "หากเป็นเงินอีกก้อนของเอกสารเดียวกัน ให้บันทึกที่หน้าของโครงการ"
MAYBE_BOOKED = (
    "มีรายการที่บันทึกบัญชีแล้วของงวดเดียวกัน จำนวนเงินและวันที่เท่ากัน ต่างกันเพียงเลขที่เอกสาร "
    "หากเป็นรายการเดียวกัน อย่ายืนยัน ให้กลับรายการเดิมที่หน้าของรายการนั้นก่อน แล้วส่งไฟล์ใหม่"
)
BOOKED_MEANWHILE = "มีผู้อื่นบันทึกรายการของงวดเดียวกันหลังตรวจไฟล์ กรุณาดูผลตรวจล่าสุดแล้วยืนยันอีกครั้ง"
GONE = "ไม่พบรายการบัญชีของแถวนี้ในขอบเขตของท่าน หรือถูกกลับรายการไปแล้ว กรุณาดาวน์โหลดข้อมูลใหม่"


@dataclass(frozen=True)
class Wanted:
    """What ``apply`` needs of a judged row; ``read`` are the entries of its instalment by then."""

    instalment: Instalment
    kind: str
    values: dict[str, Any]
    read: set[int]


def entry_cells(entry: LedgerEntry) -> dict[str, Any]:
    """An entry as the cells of its row tell it."""
    return {
        "code": entry.project.code,
        "instalment": entry.instalment.number,
        "kind": entry.kind,
        "amount_baht": entry.amount_baht,
        "effective_on": entry.effective_on,
        "document_number": clean(entry.document_number) or None,
        "note": clean(entry.note) or None,
    }


def _facts(entry: LedgerEntry) -> tuple[Any, ...]:
    """What tells two entries apart."""
    return (
        entry.instalment_id,
        entry.kind,
        entry.amount_baht,
        entry.effective_on,
        entry.document_number,
    )


def _document(number: str) -> str:
    """A document number as it is compared: blanks, Thai digits and case make no other document."""
    return to_arabic(clean(number)).replace(" ", "").lower()


def _entries() -> Any:
    return LedgerEntry.objects.select_related("project", "instalment")


def payment_rows(records: Any) -> Iterator[OwnRow]:
    """The planned instalments of a list: the payments and returns of each, then a row to fill in.

    Entries carry their key and are there to be read; an instalment that is paid has no row to fill.
    """
    keys = iter(records.values_list("pk", "net_baht", "left_baht").iterator(chunk_size=PIECE))
    while some := list(islice(keys, PIECE)):
        pks = [pk for pk, _net, _left in some]
        lines = Instalment.objects.select_related("project").in_bulk(pks)
        standing = _entries().filter(instalment__in=pks, kind__in=KINDS, reversed_by=None)
        booked: dict[int, list[LedgerEntry]] = defaultdict(list)
        for entry in standing.order_by("effective_on", "pk"):
            booked[entry.instalment_id].append(entry)
        for pk, net_baht, left_baht in some:
            plan = {
                "code": lines[pk].project.code,
                "instalment": lines[pk].number,
                "planned_baht": lines[pk].planned_baht,
                "net_baht": net_baht,
                "left_baht": left_baht,
            }
            for entry in booked[pk]:
                key = signed(KIND, entry.pk, stamp_of([entry.instalment_id]))
                yield OwnRow(key, plan | entry_cells(entry))
            if left_baht > 0:
                yield OwnRow("", plan)


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
        self.read: dict[int, set[int]] = defaultdict(set)
        """The entries of each instalment that this file is judged with."""
        self.booked: dict[int, LedgerEntry] = {}
        """Entries that stand, by key: what a row that came back with its key is compared with."""
        self.standing: dict[tuple[int, str], list[LedgerEntry]] = defaultdict(list)
        """The same by instalment and kind: what a row without a key may mean to correct."""
        for entry in _entries().filter(project__in=ids).select_related("reversed_by"):
            self.of_project[entry.project_id].add(entry.effective_on, entry.net_baht)
            self.of_instalment[entry.instalment_id].add(entry.effective_on, entry.net_baht)
            self.read[entry.instalment_id].add(entry.pk)
            if not hasattr(entry, "reversed_by"):
                self.booked[entry.pk] = entry
                self.standing[entry.instalment_id, entry.kind].append(entry)
                self.on_record[_facts(entry)] += 1
        self.returned = {
            _facts(self.booked[row.key.pk]): row.number
            for row in rows
            if row.key and row.key.pk in self.booked
        }
        """Entries that came back with their key: the same facts without it are a second entry."""
        self.seen = dict(self.returned)

    def judge(self, plan: Plan, row: Row) -> None:
        """Judge one row: the project in sight, its instalment, the day, and room for the money."""
        if row.key:
            self._unchanged(plan, row)
            return
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
        values = row.values
        if row.ok and all(values.get(name) is None for name in ENTRY):
            plan.judge(row, label=f"{label} ไม่มีรายการใหม่", before={})
            return
        for name in NEEDED:
            if values.get(name) is None and not row.cell_failed(name):
                row.refuse(name, f"ยังไม่ได้กรอก{row.columns[name].title}")
        kind = values.get("kind") or EntryKind.PAYMENT.value
        facts = (
            instalment.pk, kind, values.get("amount_baht"), values.get("effective_on"), values.get("document_number"),
        )  # fmt: skip
        if row.ok and self.on_record[facts] and facts not in self.returned:
            plan.judge(row, label=label, before={})
            return
        if (earlier := self.seen.setdefault(facts, row.number)) != row.number:
            row.refuse("", f"รายการซ้ำกับแถว {earlier} กรุณาลบแถวที่ซ้ำ หรือแยกเลขที่เอกสาร")
        beside = self.standing[instalment.pk, kind] if row.ok else []
        if not _is_booked_otherwise(row, beside):
            self._check(row, project, instalment, kind)
        doubt = MAYBE_BOOKED if row.ok and _looks_booked(row, beside) else ""
        wanted = Wanted(instalment, kind, dict(values), self.read[instalment.pk])
        plan.judge(row, label=label, data=wanted, doubt=doubt)

    def _unchanged(self, plan: Plan, row: Row) -> None:
        """A row that came back with the key of an entry says what the entry says, or is refused."""
        entry = self.booked.get(row.key.pk) if row.key else None
        if entry is None:
            row.refuse("", GONE)
            plan.judge(row, label=str(row.values.get("code") or ""))
            return
        for name, old in entry_cells(entry).items():
            if name in row.values and row.values[name] != old and not row.cell_failed(name):
                row.refuse(name, BOOKED.format(old=row.columns[name].shown(old)))
        plan.judge(row, label=f"{entry.project.code} งวด {entry.instalment.number}", before={})

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


def _is_booked_otherwise(row: Row, beside: Sequence[LedgerEntry]) -> bool:
    """Refuse a row whose document is booked with another amount or day: a corrected one is no new one.

    ``beside`` are the entries that stand of the row's instalment and kind. Whoever mends a row in a
    file that was confirmed and sends it again would pay a second time.
    """
    told = _document(row.values.get("document_number") or "")
    same = [entry for entry in beside if _document(entry.document_number) == told]
    differing = [
        [
            name
            for name in ("amount_baht", "effective_on")
            if row.values[name] != getattr(entry, name)
        ]
        for entry in same
    ]
    if not all(differing) or not same:
        return False
    names, entry = min(zip(differing, same, strict=True), key=lambda pair: len(pair[0]))
    for name in names:
        old = row.columns[name].shown(getattr(entry, name))
        row.refuse(name, f"{BOOKED.format(old=old)} {OTHER_PAYMENT}")
    return True


def _looks_booked(row: Row, beside: Sequence[LedgerEntry]) -> bool:
    """Whether an entry has the amount and the day of a row, and another document only."""
    told = (row.values.get("amount_baht"), row.values.get("effective_on"))
    return any((entry.amount_baht, entry.effective_on) == told for entry in beside)


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


def hold_as_judged(wanted: Sequence[Wanted]) -> None:
    """Lock the projects of the rows, in one order for all, with the ledger as the rows were judged.

    Raises :class:`Refused` as for a record that somebody changed when an instalment has other
    entries by now: what was booked at a page meanwhile may be the same payment.
    """
    keys = {one.instalment.project_id for one in wanted}
    projects = Project.objects.filter(pk__in=keys).order_by("pk").select_for_update()
    list(projects.values_list("pk", flat=True))
    judged = {one.instalment.pk: one.read for one in wanted}
    now: dict[int, set[int]] = {pk: set() for pk in judged}
    entries = LedgerEntry.objects.filter(instalment__in=judged).order_by()
    for instalment_id, pk in entries.values_list("instalment_id", "pk"):
        now[instalment_id].add(pk)
    if now != judged:
        raise Refused(BOOKED_MEANWHILE, code="changed_by_another")


def apply_payments(plan: Plan, hands: Hands, today: dt.date) -> None:
    """Add the new entries to the ledger; raises when somebody booked since the rows were judged."""
    hold_as_judged([row.data for row in plan.rows if row.status is Status.NEW])
    for planned in plan.with_status(Status.NEW):
        with blaming(planned):
            wanted: Wanted = planned.data
            values, is_return = wanted.values, wanted.kind == EntryKind.RETURN
            record = services.record_return if is_return else services.record_payment
            record(
                actor=hands.checker,
                instalment=wanted.instalment,
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
        key=KIND,
        title="รายการเบิกจ่ายและคืนงบ",
        columns=COLUMNS,
        plan=plan_payments,
        apply=apply_payments,
        can_upload=can_upload_payments,
        pages=project_pages,
        own=Own(
            "finance:instalments",
            payment_rows,
            most=5_000,
            label="กรอกการเบิกจ่ายใน Excel",
            title="แผนงวดเงินสำหรับกรอกการเบิกจ่าย",
        ),
        undo=OF_PAYMENTS,
        max_row_count=20_000,
        note="แต่ละแถวคือรายการบัญชีหนึ่งรายการ บันทึกแล้วแก้ไม่ได้ ให้กลับรายการแทน",
    )
)
