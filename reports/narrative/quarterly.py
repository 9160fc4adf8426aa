"""The sentences of the quarterly report of councils and welfare funds.

Six patterns, as the strategy office's report of fiscal year 2562 uses them: a total with its share,
ranked regions, a mean, a change since the quarter before, a target with what was reached, and what
expired with what was renewed of it. Every sentence holds for none, one and many, for a region's
provinces as for the nation's regions, and for shares above 100.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from codi.figures.grid import Grid, Row
from codi.fiscal import AsOf, Quarter
from codi.thai.numbers import baht, number, percent, percent_of
from reports.narrative.phrases import count_of, counted, money, sentence, share_of

TOTAL = "total"
PLACES, GROUPS, PEOPLE, FUNDS, ITEMS = "แห่ง", "กลุ่ม", "คน", "กองทุน", "รายการ"
Value = int | Decimal


def narrate(facts: Mapping[str, Any], grids: Sequence[Grid]) -> dict[str, str]:
    """The computed sentences by figure, each under the key of its figure."""
    found = {grid.key: grid for grid in grids}
    texts = {
        key: tell(found[key], f"ใน{facts['region']['name']}")
        for key, tell in TELLERS.items()
        if key in found
    }
    return {slot: text for slot, text in texts.items() if text}


def share(part: Value | None, whole: Value | None, name: str) -> str:
    """คิดเป็นร้อยละ 97.97 ของ…; nothing where there is no whole."""
    return share_of(percent_of(Decimal(part or 0), Decimal(whole or 0)), name)


def ranked(grid: Grid, column: str, tell: Callable[[Row], str], *, by: str = "") -> str:
    """ได้แก่ ก รองลงมา คือ ข ค และ ง ตามลำดับ: rows with something to count, the largest first."""
    rows = [row for row in grid.items if grid.number(row.key, column)]
    rows.sort(key=lambda row: -(grid.number(row.key, by or column) or 0))
    told = [tell(row) for row in rows]
    if len(told) < 2:
        return f"ได้แก่ {told[0]}" if told else ""
    *middle, last = told[1:]
    rest = f"{' '.join(middle)} และ{last} ตามลำดับ" if middle else last
    return f"ได้แก่ {told[0]} รองลงมา คือ {rest}"


def changed(before: Value | None, now: Value | None, unit: str) -> str:
    """เพิ่มขึ้น 369,823 คน, ลดลง 1 กองทุน, เท่าเดิม."""
    moved = (now or 0) - (before or 0)
    if not moved:
        return "เท่าเดิม"
    size = baht(abs(moved)) if isinstance(moved, Decimal) else number(abs(moved))
    return f"{'เพิ่มขึ้น' if moved > 0 else 'ลดลง'} {size} {unit}"


def established(grid: Grid, where: str) -> str:
    """Patterns 1 to 3: councils with their share, ranked; members with their mean; groups."""
    councils = count_of(grid, TOTAL, "councils_established")
    day = AsOf(grid.as_of).label
    if not councils:
        return f"{day} ยังไม่มีสภาองค์กรชุมชนที่จดแจ้งจัดตั้ง{where}"
    units = grid.number(TOTAL, "local_units_total")
    members, groups = (count_of(grid, TOTAL, key) for key in ("members_total", "groups_registered"))
    mean = int((Decimal(members) / councils).quantize(Decimal(1), ROUND_HALF_UP))

    def one(row: Row) -> str:
        got = count_of(grid, row.key, "councils_established")
        part = percent_of(Decimal(got), Decimal(grid.number(row.key, "local_units_total") or 0))
        told = f"{row.title} {counted(got, PLACES)}"
        return told if part is None else f"{told} (ร้อยละ {percent(part)})"

    by = "councils_established_pct" if units else ""
    return sentence(
        f"{day} มีสภาองค์กรชุมชน{where}ทั้งสิ้น {counted(councils, PLACES)}",
        share(councils, units, f"พื้นที่ทั้งหมด {counted(int(units), PLACES)}") if units else "",
        ranked(grid, "councils_established", one, by=by),
        f"มีสมาชิกสภารวม {counted(members, PEOPLE)} เฉลี่ยแห่งละประมาณ {counted(mean, PEOPLE)}",
        f"และกลุ่มองค์กรชุมชนที่จดแจ้ง {counted(groups, GROUPS)}" if groups else "",
        _above_base(grid),
    )


def _above_base(grid: Grid) -> str:
    """A remark on places that have more councils than the base holds."""
    over = [
        f"{row.title} (สภา {number(got)} แห่ง พื้นที่ {number(base)} แห่ง)"
        for row in grid.items
        if (base := grid.number(row.key, "local_units_total"))
        and (got := count_of(grid, row.key, "councils_established")) > base
    ]
    return f"ข้อสังเกต: มีสภามากกว่าพื้นที่ที่เป็นฐานใน{' และ'.join(over)} ควรตรวจสอบรายการซ้ำ" if over else ""


def new(grid: Grid, where: str) -> str:
    """Pattern 5: the target of the year and what was reached, place by place."""
    target, total = (
        grid.number(TOTAL, "target"),
        count_of(grid, TOTAL, "new_total"),
    )
    if not total:
        return f"{AsOf(grid.as_of).label} ยังไม่มีสภาที่จัดตั้งใหม่{where}ในปีนี้"
    aim = f"เป้าหมายจัดตั้งใหม่ของปี {counted(int(target), PLACES)} " if target else ""
    return sentence(
        f"{aim}จัดตั้งแล้ว {counted(total, PLACES)}",
        share(total, target, "เป้าหมาย"),
        ranked(
            grid,
            "new_total",
            lambda row: f"{row.title} {counted(count_of(grid, row.key, 'new_total'), PLACES)}",
        ),
    )


def new_certification(grid: Grid, where: str) -> str:
    """How many of the new councils are certified and have their forms, and what is to be done."""
    total = count_of(grid, TOTAL, "newly_registered")
    if not total:
        return ""
    certified, waiting, attached = (
        count_of(grid, TOTAL, key)
        for key in (
            "indicator_certified_eis",
            "must_certify_and_complete",
            "js02_03_files_attached",
        )
    )
    return sentence(
        f"สภาที่จัดตั้งใหม่ {counted(total, PLACES)} รับรองแล้ว {counted(certified, PLACES)}",
        f"แนบ จส.02 และ จส.03 ครบ {counted(attached, PLACES)}",
        f"ยังต้องรับรองและบันทึกข้อมูลให้สมบูรณ์อีก {counted(waiting, PLACES)}" if waiting else "ครบทุกแห่งแล้ว",
    )


def missions(grid: Grid, where: str) -> str:
    """The mission that most councils perform and the one that fewest do."""
    rows = [(count_of(grid, row.key, "councils"), row.title) for row in grid.items]
    done = [pair for pair in rows if pair[0]]
    if not done:
        return f"{AsOf(grid.as_of).label} ยังไม่มีรายงานภารกิจตามมาตรา 21 ของปีนี้"
    most, fewest = max(done), min(done)
    return sentence(
        f"ภารกิจที่สภาดำเนินการมากที่สุด คือ “{most[1]}” {counted(most[0], PLACES)}",
        f"น้อยที่สุด คือ “{fewest[1]}” {counted(fewest[0], PLACES)}" if fewest != most else "",
    )


def concrete(grid: Grid, where: str) -> str:
    """Councils with concrete results, of those established."""
    whole, got = count_of(grid, TOTAL, "councils"), count_of(grid, TOTAL, "concrete")
    if not whole:
        return ""
    return sentence(
        f"สภาที่ประชุมอย่างน้อย 4 ครั้งในปี ทำภารกิจข้อ 10 ถึง 12 ครบ และทำภารกิจอื่นอีกอย่างน้อย 3 ข้อ มี {counted(got, PLACES)}",
        share(got, whole, "สภาที่จัดตั้งแล้ว"),
    )


def group_certification(grid: Grid, where: str) -> str:
    """Groups registered in the year, and those whose status was certified."""
    total = count_of(grid, TOTAL, "groups_cumulative")
    if not total:
        return ""
    fresh = count_of(grid, TOTAL, "groups_registered_in_year")
    now = f"certified_q{Quarter.of(grid.as_of).number}"
    certified = count_of(grid, TOTAL, now)
    return sentence(
        f"กลุ่มองค์กรชุมชนจดแจ้งสะสม {counted(total, GROUPS)} จดแจ้งในปีนี้ {counted(fresh, GROUPS)}",
        f"รับรองสถานภาพในปีนี้แล้ว {counted(certified, GROUPS)}",
        share(certified, total, "กลุ่มที่จดแจ้งสะสม"),
    )


def letters(grid: Grid, where: str) -> str:
    """Letters of status in force."""
    councils, groups = (
        count_of(grid, TOTAL, key) for key in ("councils_with_letter", "groups_with_letter")
    )
    return f"มีจดหมายรับรองสถานภาพที่มีผลอยู่ของสภา {counted(councils, PLACES)} และของกลุ่มองค์กรชุมชน {counted(groups, GROUPS)}"


def forms(grid: Grid, where: str) -> str:
    """Councils whose forms are not attached, and where most of them are."""
    missing, total = (count_of(grid, TOTAL, key) for key in ("not_attached", "councils_cumulative"))
    if not total:
        return ""
    if not missing:
        return f"สภาทั้ง {counted(total, PLACES)} แนบ จส.02 และ จส.03 ครบแล้ว"
    most = max(grid.items, key=lambda row: count_of(grid, row.key, "not_attached"))
    return sentence(
        f"ยังไม่แนบ จส.02 หรือ จส.03 {counted(missing, PLACES)}",
        share(missing, total, "สภาที่จัดตั้งแล้ว"),
        f"มากที่สุดที่{most.title} {counted(count_of(grid, most.key, 'not_attached'), PLACES)}",
    )


def terms(grid: Grid, where: str) -> str:
    """Pattern 6: terms that expired, renewed, and not."""
    first = f"q{Quarter.of(grid.as_of).number}"
    expired, done, left = (
        count_of(grid, TOTAL, f"{first}_{name}")
        for name in ("term_expired", "reviewed", "not_reviewed")
    )
    if not expired:
        return f"{AsOf(grid.as_of).label} ไม่มีวาระของสมาชิกสภาที่ครบ 4 ปี"
    waiting = count_of(grid, TOTAL, "councils_not_reviewed")
    return sentence(
        f"วาระของสมาชิกสภาครบ 4 ปีแล้ว {counted(expired, 'วาระ')}",
        f"ทบทวนแล้ว {counted(done, 'วาระ')} ({share(done, expired, 'วาระที่ครบ')})",
        f"และยังไม่ทบทวน {counted(left, 'วาระ')}" if left else "ครบทุกวาระ",
        f"เป็นของสภา {counted(waiting, PLACES)}" if left else "",
    )


def capability(grid: Grid, where: str) -> str:
    """Pattern 5 for the indicator of ก.พ.ร."""
    target = grid.number(TOTAL, "target")
    got = count_of(grid, TOTAL, "summary_files_1_to_3")
    if not target and not got:
        return ""
    return sentence(
        f"เป้าหมาย {counted(int(target), PLACES)}" if target else "",
        f"ผ่านเกณฑ์พร้อมไฟล์ครบถ้วนทั้งสามรายการ {counted(got, PLACES)}",
        share(got, target, "เป้าหมาย"),
    )


def quality(grid: Grid, where: str) -> str:
    """Councils reviewed in two years by grade."""
    total = count_of(grid, TOTAL, "all_total")
    if not total:
        return f"{AsOf(grid.as_of).label} ยังไม่มีการสอบทานคุณภาพสภาในสองปีนี้"
    grades = [
        f"ระดับ {key.rpartition('_')[2].upper()} {counted(count_of(grid, TOTAL, key), PLACES)}"
        for key in (column.key for column in grid.columns)
        if key.startswith("all_") and key != "all_total"
    ]
    return f"สอบทานคุณภาพสภาในสองปีรวม {counted(total, PLACES)} แบ่งเป็น{' '.join(grades)}"


def change(grid: Grid, where: str) -> str:
    """Pattern 4: what the quarter changed in funds, members and money."""
    now, before, first = "current", "previous", "1"
    pairs = (
        (first, FUNDS, "จำนวนกองทุน"),
        ("1.1", PEOPLE, "สมาชิก"),
        ("1.2", "บาท", "เงินกองทุน"),
        ("1.4", "บาท", "เงินจ่ายสวัสดิการ"),
    )
    if not grid.number(first, now):
        return f"{AsOf(grid.as_of).label} ยังไม่มีกองทุนสวัสดิการชุมชน{where}"
    told = [
        f"{name}{changed(grid.number(key, before), grid.number(key, now), unit)}"
        for key, unit, name in pairs
        if grid.number(key, now) is not None
    ]
    return sentence(
        f"มีกองทุนสวัสดิการชุมชน{where} {counted(int(grid.number(first, now) or 0), FUNDS)}",
        f"เทียบกับไตรมาสก่อน {' '.join(told)}",
    )


def benefits(grid: Grid, where: str) -> str:
    """The benefit with most people and the one with most money."""
    rows = [row for row in grid.items if grid.number(row.key, "persons")]
    if not rows:
        return ""
    by_people = max(rows, key=lambda row: grid.number(row.key, "persons") or 0)
    by_money = max(rows, key=lambda row: grid.number(row.key, "paid_baht") or 0)
    persons = count_of(grid, by_people.key, "persons")
    paid = Decimal(grid.number(by_money.key, "paid_baht") or 0)
    return sentence(
        f"สวัสดิการที่มีผู้รับมากที่สุด คือ {by_people.title} {counted(persons, PEOPLE)}",
        share(persons, grid.number(TOTAL, "persons"), "ผู้รับทั้งหมด"),
        f"สวัสดิการที่จ่ายเงินมากที่สุด คือ {by_money.title} {money(paid)}",
        share(paid, grid.number(TOTAL, "paid_baht"), "เงินที่จ่ายทั้งหมด"),
    )


def contributions(grid: Grid, where: str) -> str:
    """What was approved, paid and returned of the state's contribution."""
    approved, paid, returned, net = (
        Decimal(grid.number(TOTAL, key) or 0)
        for key in (
            "result_budget_approved_baht",
            "disbursed_baht",
            "returned_baht",
            "net_disbursed_baht",
        )
    )
    if not approved:
        return f"{AsOf(grid.as_of).label} ยังไม่มีเงินสมทบที่อนุมัติ{where}ในปีนี้"
    return sentence(
        f"อนุมัติเงินสมทบ {money(approved)} เบิกจ่าย {money(paid)}",
        share(paid, approved, "งบที่อนุมัติ"),
        f"คืนงบ {money(returned)} จึงจ่ายสุทธิ {money(net)}" if returned else "",
    )


def indicators(grid: Grid, where: str) -> str:
    """Funds that meet the five criteria now and in the quarter before."""
    rows = grid.items
    if not rows:
        return ""
    now, before = (grid.number(rows[0].key, key) for key in ("current", "previous"))
    return sentence(
        f"กองทุนที่มีคุณภาพตามเกณฑ์ 5 ข้อ {counted(int(now or 0), FUNDS)}",
        f"{changed(before, now, FUNDS)}จากไตรมาสก่อน",
    )


def one_page(grid: Grid, where: str) -> str:
    """Pattern 5 for the one page of funds."""
    target, got = (grid.number(TOTAL, key) for key in ("target_funds", "funds_passed_complete"))
    if not target and not got:
        return ""
    return sentence(
        f"เป้าหมาย {counted(int(target), FUNDS)}" if target else "",
        f"จัดทำ one page ครบถ้วนสมบูรณ์ {counted(int(got or 0), FUNDS)}",
        share(got, target, "เป้าหมาย"),
    )


def fund_quality(grid: Grid, where: str) -> str:
    """Funds reviewed in the year by grade; those found stopped are among the reviewed."""
    reviewed = count_of(grid, TOTAL, "reviewed")
    if not reviewed:
        return f"{AsOf(grid.as_of).label} ยังไม่มีการสอบทานคุณภาพกองทุนในปีงบประมาณนี้"
    parts = [(f"grade_{grade}", f"ระดับ {grade.upper()}") for grade in "abcd"]
    told = [
        f"{title} {counted(count_of(grid, TOTAL, key), FUNDS)}"
        for key, title in (*parts, ("stopped", "หยุดดำเนินการ"))
    ]
    return sentence(
        f"สอบทานคุณภาพกองทุนในปีงบประมาณนี้ {counted(reviewed, FUNDS)}",
        share(reviewed, grid.number(TOTAL, "funds"), "กองทุนทั้งหมด"),
        f"แบ่งเป็น{' '.join(told)}",
    )


def completeness(grid: Grid, where: str) -> str:
    """Funds whose status of the quarter was reported, and where most are missing."""
    total, done, missing = (
        count_of(grid, TOTAL, key) for key in ("funds", "updated", "not_updated")
    )
    if not total:
        return ""
    most = max(grid.items, key=lambda row: count_of(grid, row.key, "not_updated"))
    return sentence(
        f"กองทุนที่รายงานสถานะของไตรมาสนี้แล้ว {counted(done, FUNDS)}",
        share(done, total, f"กองทุนทั้งหมด {counted(total, FUNDS)}"),
        f"ยังไม่รายงาน {counted(missing, FUNDS)} มากที่สุดที่{most.title}"
        f" {counted(count_of(grid, most.key, 'not_updated'), FUNDS)}"
        if missing
        else "",
    )


def findings(grid: Grid, where: str) -> str:
    """What the sweeps found wrong with the data: how much, how weighty, of which kind, where most."""
    day = AsOf(grid.as_of).label
    total = grid.number(TOTAL, "open")
    if total is None:
        return f"{day} ยังไม่มีผลการตรวจคุณภาพข้อมูล{where}"
    explained = count_of(grid, TOTAL, "explained")
    right = f"ตรวจแล้วยืนยันว่าถูกต้อง {counted(explained, ITEMS)}" if explained else ""
    if not total:
        return sentence(f"{day} ไม่พบปัญหาข้อมูลที่รอแก้ไข{where}", right)
    serious = count_of(grid, TOTAL, "serious")
    topics = [column for column in grid.columns if column.group]
    most = max(topics, key=lambda column: count_of(grid, TOTAL, column.key))
    of_most = count_of(grid, TOTAL, most.key)
    return sentence(
        f"{day} พบปัญหาข้อมูลที่รอแก้ไข{where} {counted(int(total), ITEMS)}",
        f"ในจำนวนนี้ต้องแก้ไข {counted(serious, ITEMS)} {share(serious, total, 'ทั้งหมด')}"
        if serious
        else "",
        f"เรื่องที่พบมากที่สุด คือ{most.title} {counted(of_most, ITEMS)}",
        _most_findings(grid),
        right,
    )


def _most_findings(grid: Grid) -> str:
    """The places with findings, the most first."""

    def one(row: Row) -> str:
        return f"{row.title} {counted(count_of(grid, row.key, 'open'), ITEMS)}"

    return f"พื้นที่ที่พบ {ranked(grid, 'open', one)}"


TELLERS: Mapping[str, Callable[[Grid, str], str]] = {
    "councils.established": established,
    "councils.new": new,
    "councils.new_certification": new_certification,
    "councils.missions": missions,
    "councils.concrete": concrete,
    "councils.group_certification": group_certification,
    "councils.letters": letters,
    "councils.forms": forms,
    "councils.terms": terms,
    "councils.capability": capability,
    "councils.quality": quality,
    "welfare.change": change,
    "welfare.benefits": benefits,
    "welfare.contributions": contributions,
    "welfare.indicators": indicators,
    "welfare.one_page": one_page,
    "welfare.quality": fund_quality,
    "welfare.completeness": completeness,
    "quality.findings": findings,
}
