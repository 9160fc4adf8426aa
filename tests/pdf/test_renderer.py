"""A PDF with wrong Thai, foreign fonts, leaked files or a hanging worker would break the report."""

import base64
import datetime as dt
import io
import re
import subprocess
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pypdfium2
import pytest
from pypdf import PdfReader

from codi.pdf.renderer import RenderFailed, render
from tests.pdf.words import WORDS

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>'


def page(body, head=""):
    return f'<!DOCTYPE html><html lang="th"><head><title>รายงาน</title>{head}</head><body>{body}</body></html>'


def by_pypdf(pdf):
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def by_pdfium(pdf):
    pages = pypdfium2.PdfDocument(pdf)
    return "".join(page.get_textpage().get_text_range() for page in pages)


def by_poppler(pdf):
    done = subprocess.run(
        ["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True
    )
    return done.stdout.decode()


def letters(text):
    """The text without blanks: readers guess those from distances."""
    return re.sub(r"\s|\ufeff|\ufffe|\x02", "", text)


@pytest.fixture(scope="module")
def words():
    """All words in plain, strong and stressed text, after a heading that begins with ลำดับ, and a chart."""
    body = "".join(
        f"<{tag}>{''.join(f'<p>{word}</p>' for word in WORDS)}</{tag}>"
        for tag in ("div", "b", "em")
    )
    chart = '<p><img src="asset:chart.svg" alt="แผนภูมิ"></p>'
    return render(page(f"<h2>ลำดับ</h2>{chart}{body}"), assets={"chart.svg": SVG}).pdf


def without_footers(text):
    """What the margin boxes print stands on every page."""
    return re.sub(r"หน้า\d+จาก\d+", "", letters(text))


@pytest.mark.parametrize("reader", [by_pypdf, by_pdfium, by_poppler])
def test_the_text_can_be_copied_and_searched(words, reader):
    """ดำเนิน would be copied as ดาเนิน, and a search in the file find nothing."""
    assert without_footers(reader(words)) == "ลำดับ" + "".join(WORDS) * 3


def test_there_are_two_hundred_words():
    """The list of words must stay as long as promised."""
    assert len(set(WORDS)) >= 200


def fonts_of(pdf):
    found = {}
    for sheet in PdfReader(io.BytesIO(pdf)).pages:
        for font in sheet["/Resources"].get("/Font", {}).values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            found[font.get_object()["/BaseFont"]] = "/FontFile2" in inner["/FontDescriptor"]
    return found


def test_only_our_fonts_are_embedded(words):
    """A font of the machine would make the file differ from machine to machine."""
    foreign = render(page("<p style='font-family: DejaVu Sans, serif'>กข abc 漢字 😀 ∞</p>")).pdf
    for pdf in (words, foreign):
        fonts = fonts_of(pdf)
        assert fonts
        assert all(re.fullmatch(r"/[A-Z]{6}\+CODI-Sarabun(-\w+)*", name) for name in fonts), fonts
        assert all(fonts.values())


SENTENCE = [
    "สถาบัน",
    "พัฒนา",
    "องค์กร",
    "ชุมชน",
    "สนับสนุน",
    "งบประมาณ",
    "ให้",
    "ผู้นำ",
    "ชุมชน",
    "มี",
    "ความ",
    "รู้",
    "และ",
    "ความ",
    "สามารถ",
    "ใน",
    "การ",
    "ขับ",
    "เคลื่อน",
    "แผน",
    "พัฒนา",
    "ระดับ",
    "ตำบล",
    "เชื่อม",
    "โยง",
    "กับ",
    "ยุทธศาสตร์",
    "จังหวัด",
    "และ",
    "ถอด",
    "บทเรียน",
    "การ",
    "ทำงาน",
    "ร่วม",
    "กัน",
    "ของ",
    "เครือข่าย",
    "องค์กร",
    "ชุมชน",
    "ทั้ง",
    "ภาค",
]


@pytest.mark.parametrize("width", [30, 34, 38, 42, 47])
def test_lines_break_between_words(width):
    """A word cut in two, or a line that begins with a vowel or tone mark."""
    pdf = render(page(f"<p class='plain' style='width:{width}mm'>{''.join(SENTENCE)}</p>")).pdf
    lines = [letters(line) for line in by_pdfium(pdf).splitlines()]
    lines = [line for line in lines if line and not line.startswith("หน้า")]
    ends, length = set(), 0
    for word in SENTENCE:
        length += len(word)
        ends.add(length)
    broken, length = [], 0
    for line in lines:
        length += len(line)
        if length not in ends:
            broken.append(line)
    assert len(lines) > 5
    assert not broken
    assert "".join(lines) == "".join(SENTENCE)


def test_the_file_is_tagged_titled_and_bookmarked():
    """People with screen readers could not read the report or move in it."""
    body = "<h1>รายงาน</h1><h2>สรุป</h2><p>ก</p><table><tr><th>ก<td>1</table><h2>ผล</h2>"
    reader = PdfReader(io.BytesIO(render(page(body)).pdf))
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "th"
    assert "/StructTreeRoot" in root
    assert root["/MarkInfo"]["/Marked"]
    assert reader.metadata.title == "รายงาน"
    assert b'pdfuaid:part="1"' in root["/Metadata"].get_data()
    top = reader.outline
    assert [top[0].title, [item.title for item in top[1]]] == ["รายงาน", ["สรุป", "ผล"]]


def test_contents_show_page_numbers():
    """A table of contents without pages is of no use on paper."""
    toc = "<nav class='toc'><ol><li><a href='#b'>บทที่สอง</a></li></ol></nav>"
    text = by_pypdf(render(page(f"{toc}<p>ก</p><h2 id='b' style='break-before:page'>บท</h2>")).pdf)
    assert re.search(r"บทที่สอง[ .]+3", text)


def test_table_headings_repeat_and_rows_stay_whole():
    """A reader of the second page would not know what the columns are."""
    rows = "".join(f"<tr><th>แถว{n}.<br>ต่อ{n}.</th><td class=num>{n}</td></tr>" for n in range(60))
    table = f"<table class='grid-table'><thead><tr><th>จังหวัด<th>บาท</thead><tbody>{rows}</table>"
    result = render(page(table))
    pages = [letters(p.extract_text()) for p in PdfReader(io.BytesIO(result.pdf)).pages]
    assert result.pages == len(pages) > 2
    assert all("จังหวัดบาท" in text for text in pages)
    assert all((f"แถว{n}." in text) == (f"ต่อ{n}." in text) for text in pages for n in range(60))


def test_the_same_document_is_the_same_bytes():
    """The file of an issued edition would differ from its checksum."""
    body = page("<h1>รายงาน</h1><p>ดำเนินงาน</p><img src='asset:a.svg' alt='ก'>")
    made = dt.datetime(2021, 8, 5, 9, 0, tzinfo=dt.UTC)
    files = [render(body, assets={"a.svg": SVG}, created_at=made).pdf for _ in "ab"]
    assert files[0] == files[1]
    assert PdfReader(io.BytesIO(files[0])).metadata.creation_date == made


# What a document could try to fetch; {http} is a server that counts, {file} a secret on disk.
VECTORS = {
    "img": '<img src="{http}/img.png">',
    "stylesheet": '<link rel="stylesheet" href="{http}/a.css">',
    "import": "<style>@import url({http}/b.css);</style>",
    "background": '<p style="background:url({http}/c.png)">x</p>',
    "font": "<style>@font-face{{font-family:X;src:url({http}/x.ttf)}}p{{font-family:X}}</style><p>x",
    "object": '<object data="{http}/d.png"></object>',
    "embed": '<embed src="{http}/e.png">',
    "svg image": '<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9">'
    '<image xlink:href="{http}/f.png" width="9" height="9"/></svg>',
    "svg in data": '<img src="data:image/svg+xml;base64,{nested}">',
    "attachment": '<link rel="attachment" href="{http}/g.txt">',
    "base": '<base href="{http}/"><img src="h.png">',
    "redirect": '<img src="{http}/redirect">',
    "file attachment": '<link rel="attachment" href="{file}">',
    "file link": '<a rel="attachment" href="{file}">x</a>',
    "file image": '<img src="{file}">',
    "asset path": '<img src="asset:../../../../etc/passwd">',
}


@pytest.fixture
def trap():
    """A server on this machine that counts what is asked of it."""
    hits = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            hits.append(self.path)
            if self.path == "/redirect":
                self.send_response(302)
                self.send_header("Location", "/redirected.png")
            else:
                self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", hits
    server.shutdown()
    server.server_close()


def hostile(http, secret):
    """All vectors in one document, and the base address, which changes the others, in another."""
    nested = f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9"><image xlink:href="{http}/n.png" width="9" height="9"/></svg>'
    data = base64.b64encode(nested.encode()).decode()
    texts = {
        name: text.format(http=http, file=secret.as_uri(), nested=data)
        for name, text in VECTORS.items()
    }
    base = texts.pop("base")
    return page("".join(f"<div>{text}</div>" for text in texts.values())), page(base)


def attachments(pdf):
    return list(PdfReader(io.BytesIO(pdf)).attachments)


def test_nothing_is_fetched(trap, tmp_path):
    """A text typed by somebody makes the server read its own files or call other servers."""
    http, hits = trap
    secret = tmp_path / "secret.txt"
    secret.write_text("ความลับ")
    for document in hostile(http, secret):
        pdf = render(document, stylesheets=[]).pdf
        assert attachments(pdf) == []
    assert hits == []


def test_the_trap_works(trap, tmp_path):
    """Control: the engine's own fetcher is caught, so silence above means safety."""
    from weasyprint import HTML

    http, hits = trap
    secret = tmp_path / "secret.txt"
    secret.write_text("ความลับ")
    found = [
        name
        for document in hostile(http, secret)
        for name in attachments(HTML(string=document).write_pdf())
    ]
    assert {"/img.png", "/a.css", "/b.css", "/c.png", "/x.ttf", "/d.png", "/e.png", "/f.png"} <= {
        *hits
    }
    assert {"/n.png", "/g.txt", "/h.png", "/redirect", "/redirected.png"} <= set(hits)
    assert "secret.txt" in found


BOMBS = {
    "colspan": '<table><tr><td colspan="9999999">x</table>',
    "nesting": "<div>" * 300 + "x" + "</div>" * 300,
    "long word": "<p>" + "ก" * 200_000 + "</p>",
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_ends_in_time(bomb, tmp_path, monkeypatch):
    """One hostile document would hold a worker for ever, or leave its folder behind."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    started = dt.datetime.now(dt.UTC)
    try:
        ending = f"{render(page(BOMBS[bomb]), timeout=3).pages} pages"
    except RenderFailed as failure:
        ending = f"{failure.code}: {failure.message}"
    assert re.match(r"\d+ pages|(timeout|memory|error): .*โปรด", ending)
    assert (dt.datetime.now(dt.UTC) - started).total_seconds() < 5
    assert list(tmp_path.iterdir()) == []


def test_memory_is_bounded():
    """One large document would take the memory of the whole machine."""
    rows = "<tr>" + "<td>ก</td>" * 10 + "</tr>"
    with pytest.raises(RenderFailed) as failure:
        render(page(f"<table>{rows * 3000}</table>"), memory_mb=260, timeout=30)
    assert failure.value.code == "memory"


def test_a_usual_report_is_cheap():
    """The promise of the report of 18 projects: under 300 MB, in a process of its own."""
    cells = "<td>โครงการพัฒนาขีดความสามารถผู้นำชุมชน</td>" * 10
    body = f"<table class='grid-table'>{f'<tr>{cells}</tr>' * 18}</table>" + "<p>ดำเนินงาน</p>" * 300
    result = render(page(body))
    assert result.pages >= 8
    assert 20 < result.peak_mb < 300
