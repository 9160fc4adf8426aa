"""The quarterly report of councils and welfare funds on paper: three chapters, their sections, charts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from codi.figures.chart import Shape, in_shares
from codi.figures.findings import amount, leaders, leading
from codi.figures.findings import place as place_of
from codi.figures.formats import text_of
from codi.figures.grid import Grid, Unit
from codi.figures.quarters import current_period
from codi.fiscal import AsOf
from codi.thai.numbers import number, percent, percent_of
from reports.blocks import blocks_of
from reports.content import Content, Table
from reports.layouts.layout import (
    PAPER,
    KeyFigure,
    Layout,
    Section,
    Shown,
    ShownChart,
    Tables,
    closing_sections,
)
from reports.links import link_for
from reports.outlines.outline import ChartSlot, Drawing

TEMPLATE = "reports/quarterly/section.html"


@dataclass(frozen=True)
class _Part:
    """A section of a chapter: its title and figures, or the text that staff write.

    ``charts`` are the figures whose drawings stand here and not below their tables.
    """

    key: str
    title: str
    figures: tuple[str, ...] = ()
    text: str = ""
    wide: bool = False
    charts: tuple[str, ...] = ()


CHAPTERS: tuple[tuple[str, tuple[_Part, ...]], ...] = (
    (
        "บทที่ 1 สภาองค์กรชุมชน",
        (
            _Part("established", "ภาพรวมการจัดตั้งสภาองค์กรชุมชน", ("councils.established",)),
            _Part(
                "new",
                "สภาองค์กรชุมชนที่จัดตั้งใหม่",
                ("councils.new", "councils.new_certification"),
            ),
            _Part(
                "missions",
                "ภารกิจตามมาตรา 21 และผลการดำเนินงานที่เป็นรูปธรรม",
                ("councils.missions", "councils.concrete"),
            ),
            _Part(
                "groups",
                "กลุ่มองค์กรชุมชนและจดหมายรับรองสถานภาพ",
                ("councils.group_certification", "councils.letters"),
            ),
            _Part("forms", "เอกสารจดแจ้งจัดตั้ง จส.02 และ จส.03", ("councils.forms",)),
            _Part("terms", "วาระของสมาชิกสภาและการทบทวน", ("councils.terms",), wide=True),
            _Part("capability", "ศักยภาพของสภาตามตัวชี้วัด ก.พ.ร.", ("councils.capability",)),
            _Part("quality", "การสอบทานคุณภาพสภา", ("councils.quality",)),
            _Part("councils_problems", "ปัญหาและข้อสังเกต", text="councils_problems"),
            _Part("councils_suggestions", "ข้อเสนอแนะ", text="councils_suggestions"),
        ),
    ),
    (
        "บทที่ 2 กองทุนสวัสดิการชุมชน",
        (
            _Part(
                "change",
                "ภาพรวมกองทุนและการเปลี่ยนแปลงจากไตรมาสก่อน",
                ("welfare.change", "welfare.benefits"),
            ),
            _Part("contributions", "เงินสมทบกองทุน", ("welfare.contributions",), wide=True),
            _Part("status", "สถานะกองทุน", ("welfare.status",), wide=True),
            _Part("fund_charts", "กองทุน สมาชิก และเงินกองทุนรายพื้นที่", charts=("welfare.status",)),
            _Part(
                "indicators",
                "การพัฒนาคุณภาพกองทุน",
                ("welfare.indicators", "welfare.one_page"),
            ),
            _Part(
                "fund_quality",
                "การสอบทานคุณภาพและความเสี่ยงของกองทุน",
                ("welfare.quality", "welfare.risk"),
                wide=True,
            ),
            _Part(
                "completeness",
                "ความครบถ้วนของข้อมูลและการกระทบยอดทะเบียน",
                ("welfare.completeness", "welfare.registers"),
            ),
            _Part("welfare_findings", "ข้อค้นพบและข้อเสนอแนะ", text="welfare_findings"),
        ),
    ),
    (
        "บทที่ 3 คุณภาพของข้อมูล",
        (_Part("data", "ปัญหาข้อมูลที่ระบบตรวจพบ", ("quality.findings",), wide=True),),
    ),
    (
        "บทที่ 4 ภาพรวมรายจังหวัด",
        (
            _Part("councils_map", "สภาองค์กรชุมชนรายจังหวัด", ("councils.by_province",)),
            _Part("funds_map", "กองทุนสวัสดิการชุมชนรายจังหวัด", ("welfare.by_province",)),
        ),
    ),
)


# Figures whose drawings have a section of their own.
APART = frozenset(key for _, parts in CHAPTERS for part in parts for key in part.charts)


@dataclass(frozen=True)
class _Block:
    """A figure in its section: the sentence above it, the numbered table with numbered charts."""

    sentence: str
    shown: Shown
    has_table: bool = True

    @property
    def maps(self) -> list[ShownChart]:
        """Maps come before their long table."""
        return [chart for chart in self.shown.charts if chart.is_map]

    @property
    def charts(self) -> list[ShownChart]:
        """The other drawings come after it."""
        return [chart for chart in self.shown.charts if not chart.is_map]


def sections(content: Content, tables: Tables) -> Iterator[Section]:
    """The chapters, then the closing sections; parts without figure or text are left out."""
    numbered = _numbered(content, tables)
    for place, (chapter, parts) in enumerate(CHAPTERS, start=1):
        told = [part for part in parts if _has_something(part, content, tables)]
        for count, part in enumerate(told, start=1):
            title = f"{place}.{count} {part.title}"
            yield replace(
                _section(part, title, content, numbered), chapter=chapter if count == 1 else ""
            )
    yield from closing_sections(content, MAIN)


def _has_something(part: _Part, content: Content, tables: Tables) -> bool:
    if part.text:
        return bool(blocks_of(content.staff_texts.get(part.text, "")))
    if part.charts:
        return any(shown.charts for key in part.charts for shown in tables.get(key, []))
    return any(key in tables for key in part.figures)


def _section(
    part: _Part, title: str, content: Content, numbered: dict[str, list[_Block]]
) -> Section:
    if part.text:
        blocks = blocks_of(content.staff_texts[part.text])
        return Section(part.key, title, f"{PAPER}text.html", context={"blocks": blocks})
    if part.charts:
        drawn = [block for key in part.charts for block in numbered.get(key, [])]
        shown = [replace(block, sentence="", has_table=False) for block in drawn]
    else:
        found = [(key, block) for key in part.figures for block in numbered.get(key, [])]
        shown = [_without_charts(block) if key in APART else block for key, block in found]
    is_wide = part.wide and any(block.has_table for block in shown)
    return Section(part.key, title, TEMPLATE, is_wide, context={"blocks": shown})


def _without_charts(block: _Block) -> _Block:
    return replace(block, shown=replace(block.shown, charts=()))


def _numbered(content: Content, tables: Tables) -> dict[str, list[_Block]]:
    """Figure key → its blocks, tables and charts numbered in the order of the chapters."""
    found: dict[str, list[_Block]] = {}
    table_number = chart_number = 0
    slots = {slot.figure_key: slot for slot in content.outline.figures}
    for key in (key for _, parts in CHAPTERS for part in parts for key in part.figures):
        for shown in tables.get(key, []):
            if not slots[key].is_printed(shown.grid):
                said = _Block(content.sentences.get(key, ""), shown, has_table=False)
                found.setdefault(key, []).append(_without_charts(said))
                continue
            table_number += 1
            titled = replace(shown.grid, title=f"ตารางที่ {table_number} {shown.grid.title}")
            charts = tuple(
                replace(chart, number=chart_number + place)
                for place, chart in enumerate(shown.charts, start=1)
            )
            chart_number += len(charts)
            block = _Block(
                content.sentences.get(key, ""), replace(shown, grid=titled, charts=charts)
            )
            found.setdefault(key, []).append(block)
    return found


MAIN = "councils.established"


def key_figures(content: Content) -> list[KeyFigure]:
    """Councils, members, groups and funds on the first page, each leading to its records."""
    grids = {grid.key: grid for grid in content.grids}
    link = link_for(content, absolute=True)
    wanted = (
        ("สภาองค์กรชุมชน", MAIN, "councils_established", "แห่ง"),
        ("สมาชิกสภา", MAIN, "members_total", "คน"),
        ("กลุ่มองค์กรชุมชน", MAIN, "groups_registered", "กลุ่ม"),
        ("กองทุนสวัสดิการ", "welfare.status", "funds", "กองทุน"),
        ("สมาชิกกองทุน", "welfare.status", "members", "คน"),
    )
    found = []
    for title, key, column, unit in wanted:
        grid = grids.get(key)
        if grid is None or not any(known.key == column for known in grid.columns):
            continue
        value = grid.value("total", column)
        url = link(grid)("total", column) if value is not None else ""
        found.append(KeyFigure(title, text_of(Unit.COUNT, value), unit, url or ""))
    return found


# What a chart of one column counts, and its unit; the column of a chart of several is their sum.
COUNTED = {
    "funds": ("funds", "กองทุนสวัสดิการชุมชน", "กองทุน"),
    "members": ("members", "สมาชิกกองทุน", "คน"),
    "money_total_baht": ("money_total_baht", "เงินกองทุน", ""),
    "councils_established": ("councils_established", "สภาองค์กรชุมชน", "แห่ง"),
    "new_q1": ("new_total", "จัดตั้งสภาใหม่แล้ว", "แห่ง"),
}


def chart_title(grid: Grid, chart: ChartSlot) -> str:
    """The finding that a chart shows."""
    day = AsOf(grid.as_of).label
    if grid.key == "councils.quality":
        return f"{day} {_grade_finding(grid)}"
    if grid.key == "councils.terms":
        return f"{day} {_renewal_finding(grid)}"
    if chart.drawing is Drawing.SHARES:
        return f"{day} {_share_finding(grid)}"
    if grid.key == "welfare.quality":
        return f"{day} {_fund_grade_finding(grid)}"
    column, what, unit = COUNTED[chart.parts[0]]
    return f"{day} {leading(grid, column, what, unit)}"


def _fund_grade_finding(grid: Grid) -> str:
    """How many of the reviewed funds have the best grade, and how many stopped."""
    told = (grid.number("total", key) for key in ("reviewed", "grade_a", "stopped"))
    reviewed, best, stopped = (int(one or 0) for one in told)
    if not reviewed:
        return "ยังไม่มีกองทุนที่สอบทานในปีงบประมาณนี้"
    return (
        f"สอบทานกองทุนแล้ว {number(reviewed)} กองทุน อยู่ในระดับ A {number(best)} กองทุน"
        f" (ร้อยละ {percent(percent_of(best, reviewed))})"
        f" พบว่าหยุดดำเนินการ {number(stopped)} กองทุน"
    )


def _grade_finding(grid: Grid) -> str:
    """How many of the reviewed councils have the best grade."""
    best, reviewed = grid.value("total", "all_a"), grid.value("total", "all_total")
    if not isinstance(reviewed, int) or not reviewed:
        return "ยังไม่มีสภาที่สอบทานในสองปีนี้"
    best = best if isinstance(best, int) else 0
    return (
        f"สอบทานสภาแล้ว {number(reviewed)} แห่ง อยู่ในระดับ A {number(best)} แห่ง"
        f" (ร้อยละ {percent(percent_of(best, reviewed))})"
    )


def _renewal_finding(grid: Grid) -> str:
    """How many of the expired terms wait, and where most of them do."""
    quarter = f"q{current_period(grid.as_of).number}"
    expired = grid.value("total", f"{quarter}_term_expired")
    waiting = grid.value("total", f"{quarter}_not_reviewed")
    if not isinstance(expired, int) or not isinstance(waiting, int) or not expired:
        return "ยังไม่มีวาระที่ครบ 4 ปี"
    if not waiting:
        return f"วาระที่ครบ 4 ปี {number(expired)} วาระ ทบทวนแล้วทั้งหมด"
    return leading(grid, f"{quarter}_not_reviewed", "วาระที่ครบ 4 ปีและยังไม่ทบทวน", "วาระ")


def _share_finding(grid: Grid) -> str:
    """What part of the funds, members and money the place with most members has."""
    most = leaders(grid, "members")
    if not most or len(grid.items) < 2:
        return "กองทุน สมาชิก และเงินกองทุน"
    shares = in_shares(grid, ("funds", "members", "money_total_baht"))
    told = (("กองทุน", "funds"), ("สมาชิก", "members"), ("เงินกองทุน", "money_total_baht"))
    parts = " ".join(f"{name}{amount(shares, most[0].key, key, '')}" for name, key in told)
    return f"{place_of(grid, most[0])}มี{parts} ของทั้งหมด"


def chart_parts(table: Table, chart: ChartSlot) -> tuple[str, ...]:
    """The drawn columns that the table has, with anything in them."""
    return chart.columns(table.grid)


LAYOUT = Layout(
    sections=sections,
    key_figures=key_figures,
    chart_parts=chart_parts,
    chart_title=chart_title,
    main=MAIN,
    unit="",
    # Low enough that two charts of a region's provinces stand on one page.
    shape=Shape(width=6.6, row_height=0.27, font_size=9.2, dense_height=0.162),
)
