"""รายงานสภาองค์กรชุมชนและกองทุนสวัสดิการชุมชน: a quarter of the country or of a region.

The order of the tables is that of the quarterly report of the strategy office, fiscal year 2562
quarter 4, chapters 1 and 2.
"""

from __future__ import annotations

from reports.narrative import quarterly
from reports.outlines.outline import ChartSlot, Drawing, FigureSlot, Outline, TextSlot

QUARTERLY = Outline(
    key="quarterly",
    title="รายงานสภาองค์กรชุมชนและกองทุนสวัสดิการชุมชน",
    description="ทะเบียนสภาองค์กรชุมชนและกองทุนสวัสดิการชุมชนของไตรมาสหนึ่ง ทั้งประเทศหรือภาคหนึ่ง",
    figures=(
        FigureSlot("councils.established"),
        FigureSlot(
            "councils.new",
            charts=(
                ChartSlot(
                    ("new_q1", "new_q2", "new_q3", "new_q4"), "สภาองค์กรชุมชนที่จัดตั้งใหม่ รายไตรมาส"
                ),
            ),
        ),
        FigureSlot("councils.new_certification"),
        FigureSlot("councils.missions"),
        FigureSlot("councils.concrete"),
        FigureSlot("councils.group_certification"),
        FigureSlot("councils.letters"),
        FigureSlot("councils.forms"),
        FigureSlot(
            "councils.terms",
            wide=True,
            charts=(
                ChartSlot(
                    ("q{quarter}_reviewed", "q{quarter}_not_reviewed"), "วาระที่ครบ 4 ปีและการทบทวน"
                ),
            ),
        ),
        FigureSlot("councils.capability"),
        FigureSlot(
            "councils.quality",
            charts=(ChartSlot(("all_a", "all_b", "all_c"), "ระดับคุณภาพของสภาองค์กรชุมชน รวมสองปี"),),
        ),
        FigureSlot("welfare.change"),
        FigureSlot("welfare.benefits"),
        FigureSlot("welfare.contributions", wide=True),
        FigureSlot(
            "welfare.status",
            wide=True,
            charts=(
                ChartSlot(("funds",), "กองทุนสวัสดิการชุมชน"),
                ChartSlot(("members",), "สมาชิกกองทุนสวัสดิการชุมชน"),
                ChartSlot(("money_total_baht",), "เงินกองทุนสวัสดิการชุมชน"),
                ChartSlot(
                    ("funds", "members", "money_total_baht"),
                    "สัดส่วนของกองทุน สมาชิก และเงินกองทุน",
                    drawing=Drawing.SHARES,
                ),
            ),
        ),
        FigureSlot("welfare.indicators"),
        FigureSlot("welfare.one_page"),
        FigureSlot(
            "welfare.quality",
            wide=True,
            needs="reviewed",
            charts=(
                ChartSlot(
                    ("grade_a", "grade_b", "grade_c", "grade_d", "stopped"),
                    "ระดับคุณภาพของกองทุนที่สอบทาน",
                ),
            ),
        ),
        FigureSlot("welfare.risk", needs="reviewed"),
        FigureSlot("welfare.completeness"),
        FigureSlot("welfare.registers"),
        FigureSlot("quality.findings", wide=True),
        FigureSlot(
            "councils.by_province",
            charts=(
                ChartSlot(("councils_established",), "สภาองค์กรชุมชนรายจังหวัด", drawing=Drawing.MAP),
            ),
        ),
        FigureSlot(
            "welfare.by_province",
            charts=(ChartSlot(("funds",), "กองทุนสวัสดิการชุมชนรายจังหวัด", drawing=Drawing.MAP),),
        ),
    ),
    texts=(
        TextSlot(
            "councils_problems", "ปัญหาและข้อสังเกต: สภาองค์กรชุมชน", "เขียนเป็นข้อ ขึ้นต้นบรรทัดด้วย 1. 2. 3."
        ),
        TextSlot(
            "councils_suggestions", "ข้อเสนอแนะ: สภาองค์กรชุมชน", "เขียนเป็นข้อ ขึ้นต้นบรรทัดด้วย 1. 2. 3."
        ),
        TextSlot(
            "welfare_findings",
            "ข้อค้นพบและข้อเสนอแนะ: กองทุนสวัสดิการ",
            "เขียนเป็นข้อ ขึ้นต้นบรรทัดด้วย 1. 2. 3.",
        ),
    ),
    template="reports/paper/report.html",
    narrate=quarterly.narrate,
    by_quarter=True,
    numbers_tables=True,
    # The order of the source: Bangkok and the east, centre and west, north-east, south, north.
    row_order=("BKE", "CW", "NE", "S", "N"),
)
