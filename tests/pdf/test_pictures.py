"""What only a picture shows: the shapes of Thai in print and in charts."""

import base64
import datetime as dt
import re
from decimal import Decimal

import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageStat

from codi.figures.chart import stacked_bars
from codi.figures.grid import Basis, Column, Grid, Row, Unit
from codi.pdf.fonts import CODE_VERSION, PRINT_STYLES, build_fonts, font_dir
from codi.pdf.renderer import render
from codi.thai.typeface import font_file
from tests.pdf.words import WORDS

LABELS = ("กิ่งผู้ใหญ่", "น้ำป้ำฟื้น", "ญี่ปุ่นที่ปู่")


def ink(pdf, number=0, scale=4):
    """The black on white of a page, cut to what is drawn."""
    picture = pypdfium2.PdfDocument(pdf)[number].render(scale=scale).to_pil().convert("L")
    box = ImageChops.invert(picture).getbbox()
    assert box, "the page is empty"
    return picture.crop(box)


def difference(one, other, width=100):
    """Mean difference of brightness (0 to 255) of two drawings brought to one size."""
    size = (width, max(1, round(width * one.height / one.width)))
    same = [picture.resize(size, Image.Resampling.LANCZOS) for picture in (one, other)]
    return ImageStat.Stat(ImageChops.difference(*same)).mean[0]


BARE = "@page{size:400mm 600mm;margin:10mm}body{margin:0;color:#000;font:20pt 'CODI Sarabun'}"


@pytest.mark.parametrize("style", ["Regular", "SemiBold"])
def test_the_derived_font_looks_like_its_origin(style):
    """The cure of the text layer must not change one pixel's worth of the drawing."""
    data = base64.b64encode(font_file(style).read_bytes()).decode()
    weight = "600" if style == "SemiBold" else "400"
    origin = f"@font-face{{font-family:Origin;src:url(data:font/ttf;base64,{data})}}"
    text = f"<html lang='th'><title>t</title><p>{' '.join(WORDS)}</p>"
    ours = render(text, stylesheets=[f"{BARE}body{{font-weight:{weight}}}"], pdf_variant=None)
    theirs = render(
        text, stylesheets=[f"{origin}{BARE}body{{font-family:Origin}}"], pdf_variant=None
    )
    pictures = [ink(result.pdf, scale=2) for result in (ours, theirs)]
    assert pictures[0].size == pictures[1].size
    changed = ImageChops.difference(*pictures).point(lambda level: 255 * (level > 96))
    assert ImageStat.Stat(changed).mean[0] < 0.01


def chart_label(text):
    """The outlines of one row's label, cut out of a real chart and drawn alone."""
    grid = Grid(
        key="g",
        title="t",
        unit="บาท",
        basis=Basis.STOCK,
        as_of=dt.date(2021, 5, 31),
        scope_label="",
        columns=(Column("paid", "เบิกจ่าย", Unit.BAHT),),
        rows=(Row("1", text),),
        cells={"1": {"paid": Decimal(1000000)}},
    )
    svg = stacked_bars(grid, ("paid",), title="t").decode()
    assert "<text" not in svg
    head = re.search(r"<svg[^>]*>", svg)[0]
    label = re.search(r'<g id="ytick_1">.*?(<g id="text_\d+">.*?</g>\s*</g>)', svg, re.S)[1]
    # A glyph is defined at its first use, perhaps in another text of the chart.
    shapes = "".join(re.findall(r"<defs>.*?</defs>", svg, re.S))
    alone = f"{head}{shapes}{label}</svg>".replace("#15202b", "#000000")
    return ink(drawn(alone.encode()), scale=8)


def drawn(svg):
    html = "<html lang='th'><title>t</title><img src='asset:a.svg' alt='a' width='1200'>"
    return render(html, assets={"a.svg": svg}, stylesheets=[BARE], pdf_variant=None).pdf


def shaped(text):
    """The label as the text engine (HarfBuzz) shapes it."""
    html = f"<html lang='th'><title>t</title><p>{text}</p>"
    return ink(render(html, stylesheets=[BARE], pdf_variant=None).pdf)


def unshaped(text):
    """The label drawn one code point at a time: text left inside an SVG."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 100" width="400" height="100">'
        f'<text x="10" y="60" font-size="30" font-family="CODI Sarabun">{text}</text></svg>'
    )
    return ink(drawn(svg.encode()))


@pytest.mark.parametrize("text", LABELS)
def test_labels_of_charts_are_shaped(text):
    """Marks of a chart's labels collide or float, as they do where the engine draws SVG text."""
    wanted = shaped(text)
    right, wrong = difference(wanted, chart_label(text)), difference(wanted, unshaped(text))
    assert right < 10
    assert wrong > 4 * right


def test_fonts_are_built_once(tmp_path):
    """Every start would cost seconds, or a new version of the code keep the old fonts."""
    build_fonts(tmp_path)
    files = sorted(tmp_path.rglob("*.*"))
    times = [file.stat().st_mtime_ns for file in files]
    build_fonts(tmp_path)
    assert [file.stat().st_mtime_ns for file in files] == times
    (tmp_path / "stamp").write_text(f"code {CODE_VERSION}0")
    build_fonts(tmp_path)
    assert [file.stat().st_mtime_ns for file in files] != times


def test_the_licence_travels_with_the_fonts():
    """The OFL wants its text beside every copy."""
    folder = font_dir()
    assert len(list((folder / "print").glob("*.ttf"))) == len(PRINT_STYLES)
    assert "SIL OPEN FONT LICENSE" in (folder / "OFL.txt").read_text()


def test_built_fonts_are_the_same_bytes(tmp_path):
    """Two machines would embed different fonts, and an edition print differently."""
    for name in ("a", "b"):
        build_fonts(tmp_path / name)
    for file in (tmp_path / "a").rglob("*.ttf"):
        other = tmp_path / "b" / file.relative_to(tmp_path / "a")
        assert file.read_bytes() == other.read_bytes()
