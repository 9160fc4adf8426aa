"""What readers see of a grid: table, sheet and chart must say what the grid says."""

import datetime as dt
import io
import re
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from itertools import pairwise
from xml.etree import ElementTree

import openpyxl
import pytest
from django.template import Context, Template

from codi.figures.chart import PRINT, SCREEN, in_shares, stacked_bars
from codi.figures.formats import cell_text, text_of
from codi.figures.grid import Basis, Column, Grid, Row, Unit
from codi.figures.html import CellLink, grid_table, kept_whole, unbroken
from codi.figures.sheet import Cover, sheet_names, workbook

COLUMNS = (
    Column("code", "รหัส", Unit.TEXT),
    Column("approved", "งบอนุมัติ", Unit.BAHT),
    Column("paid", "จำนวนเงิน", Unit.BAHT, "เบิกจ่าย"),
    Column("paid_on", "วันที่โอน", Unit.DATE, "เบิกจ่าย"),
    Column("paid_pct", "ร้อยละ", Unit.PERCENT, "เบิกจ่าย", "paid", "approved"),
)
COVER = Cover("รายงาน", "ภาคเหนือ", "ณ วันที่ 31 พฤษภาคม 2564", definitions={"g": "นับจากบัญชี"})


def grid(code="0050", title="เชียงใหม่", **more):
    """One project paid in part, one not paid yet, and their total."""
    return Grid(
        key="g",
        title=more.pop("name", "ผลการเบิกจ่าย"),
        unit="บาท",
        basis=Basis.STOCK,
        as_of=dt.date(2021, 5, 31),
        scope_label="ภาคเหนือ",
        columns=COLUMNS,
        rows=(Row("1", title), Row("2", "ลำพูน"), Row("total", "รวม", "total")),
        cells={
            "1": {
                "code": code,
                "approved": Decimal("1781000"),
                "paid": Decimal("1240000.50"),
                "paid_on": dt.date(2021, 2, 25),
                "paid_pct": Decimal("69.62"),
            },
            "2": {"approved": Decimal("-500"), "paid_pct": Decimal("0.00")},
            "total": {
                "approved": Decimal("1780500"),
                "paid": Decimal("1240000.50"),
                "paid_pct": Decimal("69.64"),
            },
        },
        notes=("ยอดสะสม",),
        source="บัญชีการเบิกจ่าย",
        row_heading="จังหวัด",
        **more,
    )


class Cells(HTMLParser):
    """The table as lists of (tag, attributes, text) by row."""

    def __init__(self, html):
        super().__init__()
        self.rows, self.links, self.open = [], [], None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td"):
            self.open = [tag, dict(attrs), ""]
            self.rows[-1].append(self.open)
        elif tag == "a":
            self.links.append(dict(attrs)["href"])

    def handle_endtag(self, tag):
        if tag in ("th", "td"):
            self.open = None

    def handle_data(self, data):
        if self.open:
            self.open[2] += data


@pytest.mark.parametrize(
    ("unit", "value", "text"),
    [
        (Unit.BAHT, Decimal("15635880"), "15,635,880"),
        (Unit.BAHT, Decimal("15635880.5"), "15,635,880.50"),
        (Unit.BAHT, Decimal(0), "0"),
        (Unit.BAHT, None, "-"),
        (Unit.COUNT, 1335, "1,335"),
        (Unit.PERCENT, Decimal("69.83"), "69.83"),
        (Unit.PERCENT, Decimal("100.00"), "100"),
        (Unit.DATE, dt.date(2021, 2, 25), "25 ก.พ. 64"),
        (Unit.TEXT, "0050", "0050"),
        (Unit.TEXT, "", "-"),
    ],
)
def test_cells_are_printed_as_in_the_documents(unit, value, text):
    """The printed form of a cell differs from the documents of the institute."""
    assert text_of(unit, value) == text


def test_the_header_is_a_tree_of_two_levels():
    """A screen reader could not tell which group a number belongs to."""
    head = Cells(str(grid_table(grid()))).rows[:2]
    assert [(c[2], c[1].get("colspan"), c[1].get("rowspan"), c[1]["scope"]) for c in head[0]] == [
        ("จังหวัด", None, "2", "col"),
        ("รหัส", None, "2", "col"),
        ("งบอนุมัติ", None, "2", "col"),
        ("เบิกจ่าย", "3", None, "colgroup"),
    ]
    assert [c[2] for c in head[1]] == ["จำนวนเงิน", "วันที่โอน", "ร้อยละ"]


def test_rows_show_every_cell_once():
    """A cell in the wrong column, or decimals that differ within a column."""
    rows = Cells(str(grid_table(grid()))).rows[2:]
    assert [[c[2] for c in row] for row in rows] == [
        ["เชียงใหม่", "0050", "1,781,000", "1,240,000.50", "25 ก.พ. 64", "69.62 ของ งบอนุมัติ"],
        ["ลำพูน", "-", "-500", "-", "-", "0.00 ของ งบอนุมัติ"],
        ["รวม", "", "1,780,500", "1,240,000.50", "", "69.64 ของ งบอนุมัติ"],
    ]
    assert rows[0][0][0] == "th"
    assert rows[0][0][1] == {"scope": "row"}
    assert rows[0][2][1] == {"class": "num"}


def test_the_caption_says_unit_scope_and_day():
    """A table without its day cannot be trusted."""
    html = str(grid_table(grid()))
    caption = html[html.index("<caption>") : html.index("</caption>")]
    for text in ("ผลการเบิกจ่าย", "หน่วย: บาท", "ข้อมูล ณ วันที่ 31 พฤษภาคม 2564", "ภาคเหนือ"):
        assert text in caption
    assert "หมายเหตุ:</span> ยอดสะสม" in html
    assert "style=" not in html


def test_cells_with_a_value_lead_to_their_records():
    """A figure that does not lead to its records, or a link on nothing."""
    link = CellLink(lambda row, column: f"/r/{row}/{column}?a=1&b=2" if column == "paid" else None)
    html = Template("{% load figures %}{% grid_table grid link=link %}").render(
        Context({"grid": grid(), "link": link})
    )
    assert Cells(html).links == ["/r/1/paid?a=1&b=2", "/r/total/paid?a=1&b=2"]


def test_texts_from_people_are_escaped():
    """A title typed by somebody runs as script."""
    bad = "<script>alert(1)</script>"
    html = str(grid_table(grid(code=bad, title=bad, name=bad)))
    assert "<script" not in html
    assert html.count("&lt;script&gt;") == 3


def read(content, sheet=1):
    book = openpyxl.load_workbook(io.BytesIO(content))
    return book, book.worksheets[sheet]


def test_a_sheet_keeps_the_types():
    """Numbers stored as text, dates as text, or codes that lose their zeros."""
    _, sheet = read(workbook([grid()], COVER))
    rows = {row[0].value: row for row in sheet.iter_rows()}
    assert [cell.value for cell in rows["จังหวัด"]] == [
        "จังหวัด",
        "รหัส",
        "งบอนุมัติ",
        "เบิกจ่าย จำนวนเงิน",
        "เบิกจ่าย วันที่โอน",
        "เบิกจ่าย วันที่โอน (พ.ศ.)",
        "เบิกจ่าย ร้อยละ",
    ]
    first = rows["เชียงใหม่"]
    assert [(c.value, c.data_type) for c in first[1:]] == [
        ("0050", "s"),
        (1781000, "n"),
        (1240000.5, "n"),
        (dt.datetime(2021, 2, 25), "d"),  # noqa: DTZ001
        ("25 ก.พ. 64", "s"),
        (69.62, "n"),
    ]
    assert first[3].number_format == "#,##0.00"
    assert (rows["ลำพูน"][2].value, rows["ลำพูน"][2].data_type) == (-500, "n")
    assert rows["ลำพูน"][3].value is None


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=HYPERLINK(0)", "http://x.example/", "{=1}"]
)
def test_no_text_becomes_a_formula_or_link(text):
    """A name typed by somebody is executed by the spreadsheet of the reader."""
    _, sheet = read(workbook([grid(code=text, title=text)], COVER))
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert [cell.value for cell in cells if cell.value == text] == [text, text]


def test_the_cover_says_what_the_workbook_is():
    """A workbook passed on without its day, scope and definitions."""
    book, cover = read(workbook([grid()], COVER), 0)
    text = "\n".join(str(cell.value) for row in cover.iter_rows() for cell in row if cell.value)
    assert book.sheetnames == ["คำอธิบาย", "ผลการเบิกจ่าย"]
    for part in ("รายงาน", "ภาคเหนือ", "ณ วันที่ 31 พฤษภาคม 2564", "นับจากบัญชี"):
        assert part in text


def test_a_workbook_is_the_same_bytes_again():
    """The file of an issued edition would differ from its checksum."""
    assert workbook([grid()], COVER) == workbook([grid()], COVER)


def test_sheet_names_are_short_and_unique():
    """A spreadsheet program refuses the file."""
    long = "รายละเอียดโครงการที่ได้รับอนุมัติทั้งหมดของภาค"
    names = sheet_names([long, long, "a/b:c", "History", "A B C", ""])
    assert all(0 < len(name) <= 31 for name in names)
    assert len({name.casefold() for name in names}) == 6
    assert names[2:4] == ["a b c", "History (2)"]


@pytest.mark.parametrize("most", [7, 940, 2_255_198, 250_965_000])
def test_the_numbers_along_the_axis_do_not_touch(most: int):
    """Wrong if 1,000,000 ran into 1,500,000 below the bars of a large count."""
    people = Grid(
        key="people",
        title="สมาชิก",
        unit="คน",
        basis=Basis.STOCK,
        as_of=dt.date(2019, 8, 31),
        scope_label="ทั้งประเทศ",
        columns=(Column("members", "สมาชิก (คน)", Unit.COUNT),),
        rows=(Row("BKE", "ภาคกรุงเทพฯ ปริมณฑล และตะวันออก"), Row("NE", "ภาคตะวันออกเฉียงเหนือ")),
        cells={"BKE": {"members": most // 3}, "NE": {"members": most}},
    )
    for shape in (PRINT, SCREEN):
        svg = stacked_bars(people, ("members",), title="x", shape=shape).decode()
        drawn = re.findall(
            r'id="xtick_\d+">.*?d="M ([\d.]+) .*?translate\(([\d.]+) ', svg, flags=re.DOTALL
        )
        # A label is centred below its line: it ends as far to the right as it begins to the left.
        spans = [(float(left), 2 * float(line) - float(left)) for line, left in drawn]
        assert len(spans) >= 2
        assert all(right + 3 < left for (_, right), (left, _) in pairwise(spans))


def test_a_chart_has_outlines_and_a_text_alternative():
    """Thai text left to the reader's engine is drawn wrongly; a chart without text is mute."""
    svg = ElementTree.fromstring(stacked_bars(grid(), ("paid",), title="จ่ายแล้วร้อยละ 70"))
    names = {element.tag.rpartition("}")[2] for element in svg.iter()}
    assert "text" not in names
    assert "path" in names
    assert svg.findtext("{*}title") == "จ่ายแล้วร้อยละ 70"
    assert "เชียงใหม่ เบิกจ่าย จำนวนเงิน 1.24; ลำพูน" in svg.findtext("{*}desc")


def test_a_chart_is_the_same_bytes_again_and_escapes_names():
    """A frozen edition would change, or a name break the picture."""
    made = [stacked_bars(grid(title="<ก&ข>"), ("paid",), title="<x>", shape=SCREEN) for _ in "ab"]
    assert made[0] == made[1]
    assert ElementTree.fromstring(made[0]).findtext("{*}title") == "<x>"


def test_a_chart_refuses_more_parts_than_it_has_colours():
    """A part left out silently would make the bars too short."""
    with pytest.raises(ValueError, match="at most 5"):
        stacked_bars(grid(), ("paid", "approved") * 3, title="x")


def test_a_chart_refuses_parts_of_two_units():
    """Baht and projects in one bar have no common length."""
    with pytest.raises(ValueError, match="one unit"):
        stacked_bars(grid(), ("paid", "paid_pct"), title="x")


@pytest.mark.parametrize("name", ["ลำพูน", "ภาคกรุงเทพมหานคร ปริมณฑล และภาคตะวันออก"])
def test_a_chart_keeps_its_width_whatever_the_names(name):
    """A long name made the picture wider, and the page shrank its letters until nobody read them."""
    svg = ElementTree.fromstring(stacked_bars(grid(title=name), ("approved", "paid"), title="x"))
    width = float(svg.get("width").removesuffix("pt"))
    assert width == pytest.approx(PRINT.width * 72, rel=0.03)


def test_shares_of_what_has_no_common_unit_are_parts_of_their_totals():
    """Bars of baht and people side by side would compare nothing."""
    counted = Column("people", "ผู้ร่วม (คน)", Unit.COUNT)
    cells = {
        "1": {"paid": Decimal(300), "people": 1},
        "2": {"paid": Decimal(100), "people": 2},
        "total": {"paid": Decimal(400), "people": 3},
    }
    mixed = replace(grid(), columns=(COLUMNS[2], counted), cells=cells)
    shares = in_shares(mixed, ("paid", "people"))
    assert [shares.value("1", key) for key in ("paid", "people")] == [
        Decimal("75.00"),
        Decimal("33.33"),
    ]
    assert [column.title for column in shares.columns] == ["เบิกจ่าย จำนวนเงิน", "ผู้ร่วม"]


def test_percentages_of_one_column_have_the_same_decimals():
    """68 below 31.90 reads as another precision, and the points do not stand below each other."""
    whole = grid(title="x")
    shown = [row[-1][2] for row in Cells(str(grid_table(whole))).rows[2:]]
    assert [text.split()[0] for text in shown] == ["69.62", "0.00", "69.64"]
    paired = replace(COLUMNS[1], pair="paid_pct")
    assert cell_text(replace(whole, columns=(paired, *COLUMNS[2:], COLUMNS[0])), "2", paired) == (
        "-500 (0.00%)"
    )


def spans(row):
    """How many columns the cells of a row take."""
    return sum(int(cell[1].get("colspan", 1)) for cell in row)


def test_a_numbered_table_counts_its_items():
    """A number on the total row, or a total that stood one column beside its amounts."""
    rows = Cells(str(grid_table(grid(is_numbered=True)))).rows
    assert [cell[2] for cell in rows[0][:2]] == ["ที่", "จังหวัด"]
    assert [[cell[2] for cell in row[:2]] for row in rows[2:4]] == [["1", "เชียงใหม่"], ["2", "ลำพูน"]]
    assert rows[4][0][:2] == ["th", {"scope": "row", "colspan": "2"}]
    assert {spans(row) for row in (rows[0], *rows[2:])} == {len(COLUMNS) + 2}


def test_a_numbered_sheet_counts_its_items():
    """Numbers as text, or amounts under the heading of their neighbour."""
    book = openpyxl.load_workbook(io.BytesIO(workbook([grid(is_numbered=True)], COVER)))
    sheet = book.worksheets[1]
    lines = list(sheet.iter_rows(min_row=4, values_only=True))
    assert lines[0][:4] == ("ที่", "จังหวัด", "รหัส", "งบอนุมัติ")
    assert [line[:4] for line in lines[1:4]] == [
        (1, "เชียงใหม่", "0050", 1781000),
        (2, "ลำพูน", None, -500),
        (None, "รวม", None, 1780500),
    ]
    assert sheet.freeze_panes == "C5"
    # Number, name, five columns and the day once more as text of its พ.ศ.: A to H.
    assert sheet.auto_filter.ref == "A4:H6"


def test_a_grid_stored_before_there_were_numbers_has_none():
    """An issued edition that gained a column, or could no longer be opened."""
    stored = grid(is_numbered=True).to_dict()
    assert Grid.from_dict(stored).is_numbered
    del stored["is_numbered"]
    assert not Grid.from_dict(stored).is_numbered


def test_a_heading_keeps_its_terms_whole():
    """A narrow heading that breaks เบิกจ่าย in two."""
    html = str(grid_table(grid()))
    assert '<th scope="colgroup" colspan="3"><span class="grid-term">เบิกจ่าย</span></th>' in html


@pytest.mark.parametrize(
    ("title", "terms"),
    [
        ("ไตรมาส 3 (เม.ย.-มิ.ย. 62)", ["ไตรมาส 3", "(เม.ย.-มิ.ย. 62)"]),
        ("มากที่สุดที่เชียงใหม่ 14 แห่ง (ร้อยละ 15.73)", ["(ร้อยละ 15.73)"]),
    ],
)
def test_quarters_and_shares_are_not_taken_apart(title: str, terms: list[str]):
    """Wrong if a line ended within a quarter's months, or between ร้อยละ and its number."""
    html = str(kept_whole(title))
    assert re.findall('<span class="grid-term">([^<]+)</span>', html) == terms
    assert re.sub("<[^>]+>", "", html) == title
    whole = unbroken(title)
    assert [part for part in terms if part.replace(" ", "\u00a0") not in whole] == []
    assert whole.replace("\u00a0", " ") == title


def quarters():
    """People and baht by quarter, and a number with its percentage."""
    return Grid(
        key="q",
        title="สองไตรมาส",
        unit="คน บาท",
        basis=Basis.STOCK,
        as_of=dt.date(2019, 8, 31),
        scope_label="ทั้งประเทศ",
        columns=(
            Column("now", "ไตรมาส 4", Unit.BAHT, additive=False, as_of=dt.date(2019, 8, 31)),
            Column("n", "สภา", Unit.COUNT, pair="pct"),
            Column("pct", "ร้อยละ", Unit.PERCENT, numerator="n", denominator="n"),
        ),
        rows=(
            Row("people", "สมาชิก", unit=Unit.COUNT),
            Row("money", "เงิน", unit=Unit.BAHT, level=1),
        ),
        cells={
            "people": {"now": 5994974, "n": 7666, "pct": Decimal("97.97")},
            "money": {"now": Decimal("15503158822.23")},
        },
    )


def test_people_and_baht_in_one_column():
    """People with satang, or a sheet that writes both alike, would look like another number."""
    shown = grid_table(quarters())
    for text in (">5,994,974<", ">15,503,158,822.23<", "7,666 (97.97%)", "ยอด ณ 31 ส.ค. 62"):
        assert text in shown
    assert shown.count("<col ") == 3
    sheet = openpyxl.load_workbook(io.BytesIO(workbook([quarters()], COVER))).worksheets[1]
    lines = [list(row) for row in sheet.iter_rows(min_row=5, max_row=6)]
    assert [cell.value for cell in lines[0]] == ["สมาชิก", 5994974, 7666, 97.97]
    assert [cell.number_format for cell in lines[0][1:]] == ["#,##0", "#,##0", "0.00"]
    assert (lines[1][1].number_format, lines[1][0].alignment.indent) == ("#,##0.00", 1)
