"""The sentences of the regional status report.

Figures and terms follow the status reports of the regional offices; the wording is our own. Every
sentence holds for no project, one and many, for a missing frame, for one level only and for shares
above 100.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from codi.figures.grid import Grid
from codi.fiscal import AsOf
from codi.thai.dates import month_year
from codi.thai.numbers import percent_of
from reports.narrative.phrases import (
    amount_of,
    count_of,
    counted,
    levels_with,
    listed,
    money,
    money_in_words,
    sentence,
    share_of,
)

TOTAL, UNSET = "total", "unset"
PROJECTS = "โครงการ"
FRAME = "กรอบงบประมาณที่ได้รับจัดสรร"
APPROVED = "งบประมาณที่อนุมัติ"
# How many provinces a ranking tells, and how many equal ones it still names.
MOST_RANKED, MOST_NAMED = 3, 4
PAID_COLUMN = re.compile(r"^paid_(\d+)_baht$")


def narrate(facts: Mapping[str, Any], grids: Sequence[Grid]) -> dict[str, str]:
    """The computed sentences by slot: opening, frame, disbursement, provinces, months, late."""
    found: dict[str, list[Grid]] = {}
    for grid in grids:
        found.setdefault(grid.key.partition(".")[2], []).append(grid)
    levels = found.get("disbursement_by_level", [])
    texts = {"opening": opening(facts), "targets": targets(facts)}
    if levels:
        texts |= {
            "frame": frame(facts, levels[-1]),
            "summary": summary(facts, levels),
            "statement.1": approved(levels[0]),
            "statement.2": recorded(levels[0]),
            "statement.3": paid(levels[0]),
            "statement.4": remaining(levels),
        }
    for slot, key, tell in (
        ("provinces", "disbursement_by_province", provinces),
        ("months", "disbursement_by_month", months),
        ("late", "late", late),
    ):
        if key in found:
            texts[slot] = tell(found[key][-1])
    return {slot: text for slot, text in texts.items() if text}


def opening(facts: Mapping[str, Any]) -> str:
    """What the report is about: year, region, programme, aims and the number of activity plans."""
    programme, region = facts["programme"], facts["region"]
    aims: list[str] = programme["objectives"]
    activities: list[str] = programme["activities"]
    if len(aims) > 1:
        numbered = " ".join(f"({place}) {aim}" for place, aim in enumerate(aims, start=1))
        said = f"โดยมีวัตถุประสงค์ {len(aims)} ข้อ คือ {numbered}"
    else:
        said = f"โดยมีวัตถุประสงค์ คือ {aims[0]}" if aims else ""
    plans = f"แบ่งการดำเนินงานเป็น {len(activities)} แผนงาน ดังนี้" if activities else ""
    named = programme["source"] if programme["source"].startswith("งบ") else ""
    source = f"จาก{named or 'งบประมาณ' + programme['source']}" if programme["source"] else ""
    return sentence(
        f"ในปีงบประมาณ {programme['fiscal_year']} สำนักงาน{region['name']} ได้สนับสนุนการดำเนินงานขององค์กรชุมชนตาม"
        f"{_named(programme['name'])}",
        source,
        said,
        plans,
    )


def _named(name: str) -> str:
    """The programme's name, with its kind before it when the name does not say it."""
    return name if name.startswith(("โครงการ", "แผนงาน")) else f"โครงการ{name}"


def targets(facts: Mapping[str, Any]) -> str:
    """A remark on measures that have targets of more than one basis: they are never added up."""
    bases: dict[str, int] = {}
    for target in facts["targets"]:
        bases[target["measure"]] = bases.get(target["measure"], 0) + 1
    doubled = [f"“{measure}”" for measure, count in bases.items() if count > 1]
    if not doubled:
        return ""
    return f"เป้าหมายหน่วย {listed(doubled)} มีมากกว่าหนึ่งที่มา จึงแสดงไว้เคียงกันพร้อมที่มาและวันที่ ไม่นำมารวมกัน"


def frame(facts: Mapping[str, Any], grid: Grid) -> str:
    """The frame with its amount in words, and how much of it is approved."""
    allocated = amount_of(grid, TOTAL, "frame_baht")
    agreed = amount_of(grid, TOTAL, "approved_baht")
    name = _named(facts["programme"]["name"])
    day = AsOf(grid.as_of).label
    if not allocated:
        return f"{day} {name} ยังไม่มีกรอบงบประมาณของ{facts['region']['name']} ในระบบ"
    head = f"{name} ได้รับกรอบงบประมาณ {money_in_words(allocated)}"
    if not agreed:
        return sentence(head, f"{day} ยังไม่มีโครงการที่อนุมัติ")
    share = percent_of(agreed, allocated)
    same = agreed == allocated
    return sentence(
        head,
        f"{day} อนุมัติแล้วเต็มตามกรอบ" if same else f"{day} อนุมัติแล้ว {money_in_words(agreed)}",
        share_of(share, "กรอบงบประมาณ"),
        _above(agreed - allocated, "กรอบ"),
    )


def _above(excess: Decimal, limit: str) -> str:
    """A share above 100 is said as it is, with the amount above."""
    return f"ซึ่งสูงกว่า{limit} {money(excess)}" if excess > 0 else ""


def summary(facts: Mapping[str, Any], grids: Sequence[Grid]) -> str:
    """The state on the last day in one sentence, for readers of one sentence."""
    last = grids[-1]
    agreed, out = amount_of(last, TOTAL, "approved_baht"), amount_of(last, TOTAL, "paid_baht")
    day = AsOf(last.as_of).label
    if not agreed:
        return f"{day} {facts['region']['name']} ยังไม่มีโครงการที่อนุมัติ จึงยังไม่มีการเบิกจ่าย"
    left = agreed - out
    return sentence(
        f"{day} เบิกจ่ายสุทธิ {money(out)} จากงบประมาณที่อนุมัติ {money(agreed)}",
        share_of(percent_of(out, agreed), APPROVED),
        f"คงเหลือยังไม่เบิกจ่าย {money(left)}" if left > 0 else "ไม่มีงบประมาณคงเหลือ",
    )


def approved(grid: Grid) -> str:
    """1.1 projects and money approved, per level and in total."""
    count, agreed = count_of(grid, TOTAL, "approved_count"), amount_of(grid, TOTAL, "approved_baht")
    allocated = amount_of(grid, TOTAL, "frame_baht")
    day = AsOf(grid.as_of).label
    if not count:
        among = f" จาก{FRAME} {money_in_words(allocated)}" if allocated else ""
        return f"{day} ยังไม่มีโครงการที่อนุมัติให้แก่องค์กรชุมชน{among}"
    return sentence(
        f"{day} อนุมัติโครงการให้แก่องค์กรชุมชนแล้ว",
        f"เป็น{_per_level(grid, 'approved_count')}",
        f"วงเงิน {money_in_words(agreed)}",
        share_of(percent_of(agreed, allocated), FRAME)
        if allocated
        else "โดยยังไม่มีกรอบงบประมาณในระบบ",
        _above(agreed - allocated, "กรอบงบประมาณ") if allocated else "",
    )


def _per_level(grid: Grid, column: str) -> str:
    """ระดับภาค 1 โครงการ และระดับจังหวัด 17 โครงการ รวม 18 โครงการ; one level needs no sum."""
    parts = levels_with(grid, column, PROJECTS)
    total = counted(count_of(grid, TOTAL, column), PROJECTS)
    if not parts:
        return total
    return listed(parts) if len(parts) == 1 else f"{listed(parts)} รวม {total}"


def recorded(grid: Grid) -> str:
    """1.2 how many approved projects are recorded in the project program."""
    count = count_of(grid, TOTAL, "approved_count")
    done = count_of(grid, TOTAL, "recorded_count")
    program = "ระบบโปรแกรม CODI-PM"
    if not count:
        return f"ยังไม่มีโครงการที่อนุมัติให้บันทึกใน{program}"
    if not done:
        return f"โครงการที่อนุมัติ {counted(count, PROJECTS)} ยังไม่ได้บันทึกใน{program}"
    if done >= count:
        return f"โครงการที่อนุมัติบันทึกใน{program} แล้วครบ {counted(count, PROJECTS)}"
    return sentence(
        f"โครงการที่อนุมัติบันทึกใน{program} แล้ว {number_of(done, count)}",
        share_of(percent_of(done, count), "โครงการที่อนุมัติ"),
        f"ยังต้องบันทึกอีก {counted(count - done, PROJECTS)}",
    )


def number_of(part: int, whole: int) -> str:
    """5 จาก 18 โครงการ."""
    return f"{part:,} จาก {counted(whole, PROJECTS)}"


def instalments(grid: Grid) -> list[tuple[int, Decimal]]:
    """Number and net amount of every instalment that the grid has a column for."""
    matches = ((PAID_COLUMN.match(column.key), column.key) for column in grid.columns)
    return [(int(match.group(1)), amount_of(grid, TOTAL, key)) for match, key in matches if match]


def paid(grid: Grid) -> str:
    """1.3 what was paid as of the first day, per instalment, with the number of projects by level."""
    out, agreed = amount_of(grid, TOTAL, "paid_baht"), amount_of(grid, TOTAL, "approved_baht")
    day = AsOf(grid.as_of).label
    if not out:
        if count_of(grid, TOTAL, "paid_count"):
            return f"{day} ยอดเบิกจ่ายสุทธิเป็น 0 บาท เพราะเงินที่จ่ายได้คืนหรือปรับปรุงรายการแล้วทั้งหมด"
        return f"{day} ยังไม่มีการเบิกจ่าย"
    some = [(number, amount) for number, amount in instalments(grid) if amount]
    share = share_of(percent_of(out, agreed), APPROVED) if agreed else ""
    projects = f"โดยมีโครงการที่เบิกจ่ายแล้ว คือ {_per_level(grid, 'paid_count')}"
    above = _above(out - agreed, "งบที่อนุมัติ") if agreed else ""
    if len(some) == 1:
        number, amount = some[0]
        return sentence(
            f"{day} เบิกจ่ายงวด {number} แล้ว {money_in_words(amount)}", share, above, projects
        )
    parts = [f"งวด {number} จำนวน {money(amount)}" for number, amount in some]
    each = f"แยกเป็น{listed(parts)}" if parts else ""
    return sentence(f"{day} เบิกจ่ายแล้วรวม {money_in_words(out)}", share, above, each, projects)


def remaining(grids: Sequence[Grid]) -> str:
    """1.4 what was left on the first day, and what happened up to each later day."""
    first = grids[0]
    agreed, out = amount_of(first, TOTAL, "approved_baht"), amount_of(first, TOTAL, "paid_baht")
    left = agreed - out
    if not agreed:
        told = f"{AsOf(first.as_of).label} ยังไม่มีงบประมาณที่อนุมัติ จึงไม่มียอดคงเหลือ"
    elif left > 0:
        told = sentence(
            f"{AsOf(first.as_of).label} งบประมาณคงเหลือยังไม่เบิกจ่าย {money_in_words(left)}",
            share_of(percent_of(left, agreed), APPROVED),
        )
    else:
        told = f"{AsOf(first.as_of).label} ไม่มีงบประมาณคงเหลือที่ยังไม่เบิกจ่าย"
    return sentence(told, *(_since(one, two) for one, two in itertools.pairwise(grids)))


def _since(before: Grid, now: Grid) -> str:
    """What moved between two days."""
    moved = amount_of(now, TOTAL, "paid_baht") - amount_of(before, TOTAL, "paid_baht")
    agreed, out = amount_of(now, TOTAL, "approved_baht"), amount_of(now, TOTAL, "paid_baht")
    day = AsOf(now.as_of).label
    if not moved:
        return f"จากนั้นถึง{day.removeprefix('ณ ')} ไม่มีการเบิกจ่ายเพิ่ม"
    if moved < 0:
        said = f"{day} ยอดเบิกจ่ายสุทธิลดลง {money_in_words(-moved)} จากการคืนงบหรือการแก้ไขรายการ"
    else:
        earlier = dict(instalments(before))
        grown = [
            f"งวด {number} จำนวน {money(amount - earlier.get(number, Decimal(0)))}"
            for number, amount in instalments(now)
            if amount > earlier.get(number, Decimal(0))
        ]
        which = f"เป็น{listed(grown)}" if grown else ""
        said = sentence(f"ต่อมา {day} เบิกจ่ายเพิ่มอีก {money_in_words(moved)}", which)
    left = agreed - out
    if left <= 0:
        return sentence(said, f"รวมเบิกจ่ายแล้ว {money(out)} ครบตามงบประมาณที่อนุมัติ ไม่มียอดคงเหลือ")
    return sentence(
        said,
        f"รวมเบิกจ่ายแล้ว {money(out)}",
        share_of(percent_of(out, agreed), APPROVED),
        f"คงเหลือ {money(left)}",
    )


def provinces(grid: Grid) -> str:
    """The ranking of provinces by approved money: the largest and the two after it, equal ones
    together; what belongs to no province is told apart from them."""
    ranked = sorted(
        (row for row in grid.items if amount_of(grid, row.key, "approved_baht")),
        key=lambda row: -amount_of(grid, row.key, "approved_baht"),
    )
    day = AsOf(grid.as_of).label
    if not ranked:
        return f"{day} ยังไม่มีพื้นที่ที่ได้รับอนุมัติงบประมาณ"
    named = {
        row.key: f"{row.title} {money(amount_of(grid, row.key, 'approved_baht'))}" for row in ranked
    }
    if len(named) == 1:
        return f"{day} งบประมาณที่อนุมัติทั้งหมดเป็นของ {named[ranked[0].key]}"
    apart = named.pop(UNSET, "")
    groups = itertools.groupby(
        (row for row in ranked if row.key != UNSET),
        key=lambda row: amount_of(grid, row.key, "approved_baht"),
    )
    first, *others = [([row.title for row in rows], amount) for amount, rows in groups]
    return sentence(
        f"{day} จังหวัดที่ได้รับอนุมัติงบประมาณสูงสุด คือ {_together(*first, 'จังหวัด')}",
        *_runners_up(others, MOST_RANKED - len(first[0])),
        f"ส่วน{apart}" if apart else "",
    )


def _runners_up(groups: Sequence[tuple[list[str], Decimal]], places: int) -> list[str]:
    """The groups after the first that begin within ``places``; one that ties is told by itself."""
    told: list[str] = []
    one_by_one: list[str] = []
    for names, amount in groups:
        if places <= 0:
            break
        places -= len(names)
        if len(names) == 1:
            one_by_one.append(_together(names, amount, "จังหวัด"))
        else:
            lead = "ถัดไป คือ" if one_by_one else "รองลงมา คือ"
            told.append(f"{lead} {_together(names, amount, 'จังหวัด')}")
    return [*([f"รองลงมา คือ {listed(one_by_one)}"] if one_by_one else []), *told]


def _together(names: Sequence[str], amount: Decimal, each: str) -> str:
    """น่าน 300 บาท; แพร่ และน่าน เท่ากันจังหวัดละ 300 บาท; 17 จังหวัด เท่ากันจังหวัดละ 300 บาท."""
    if len(names) == 1:
        return f"{names[0]} {money(amount)}"
    who = listed(names) if len(names) <= MOST_NAMED else counted(len(names), each)
    return f"{who} เท่ากัน{each}ละ {money(amount)}"


def months(grid: Grid) -> str:
    """The month with the largest payment, and what came back or was corrected in all."""
    payments = [(amount_of(grid, row.key, "paid_baht"), row.key) for row in grid.items]
    amount = max((out for out, _ in payments), default=Decimal(0))
    if not amount:
        return f"{AsOf(grid.as_of).label} ยังไม่มีการเบิกจ่าย"
    names = [
        month_year(dt.date.fromisoformat(f"{month}-01")) for out, month in payments if out == amount
    ]
    most = (
        _together(names, amount, "เดือน") if len(names) > 1 else f"{names[0]} จำนวน {money(amount)}"
    )
    back = -amount_of(grid, TOTAL, "returned_baht")
    mended = amount_of(grid, TOTAL, "corrected_baht")
    way = "เพิ่มขึ้น" if mended > 0 else "ลดลง"
    return sentence(
        f"เดือนที่เบิกจ่ายมากที่สุด คือ {most}",
        f"มีการคืนงบรวม {money(back)}" if back > 0 else "",
        f"การกลับและปรับปรุงรายการทำให้ยอดจ่าย{way} {money(abs(mended))}" if mended else "",
    )


def late(grid: Grid) -> str:
    """How many projects are late, or that none is."""
    count = count_of(grid, TOTAL, "late_count")
    limit, day = "6 เดือนนับจากวันที่อนุมัติ", AsOf(grid.as_of).label
    if not count:
        return f"{day} ไม่มีโครงการที่ค้างเบิกจ่ายเกิน {limit}"
    return (
        f"{day} มีโครงการที่ค้างเบิกจ่ายเกิน {limit} {counted(count, PROJECTS)}"
        f" ยังไม่ได้เบิกจ่าย {money(amount_of(grid, TOTAL, 'unpaid_baht'))} จำแนกตามเดือนที่ครบกำหนด ดังนี้"
    )
