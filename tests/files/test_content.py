"""What is taken and what is refused: forty files of attackers and of ordinary people."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from codi.confined import Limits
from codi.errors import Refused
from codi.files import inspection
from codi.files.content import examine
from codi.files.inspection import Judged, judged
from codi.files.models import Format
from codi.files.names import read_name
from tests.files import samples
from tests.files.samples import docx, jpeg, pdf, png, xlsx

SIGNED = b"\xff\xd8\xff\xe0"


def judge(content: bytes, name: str, declared: str = "") -> tuple[Judged, bytes]:
    """The judgement, and the content that is kept."""
    with judged(io.BytesIO(content), file_name=name, declared=declared) as file:
        return file, file.path.read_bytes()


@pytest.fixture
def look(tmp_path: Path, monkeypatch) -> Callable[..., dict[str, Any]]:
    """The judgement without the child around it, which costs a start of Python for each file."""
    monkeypatch.chdir(tmp_path)

    def examined(content: bytes, name: str, declared: str) -> dict[str, Any]:
        named = read_name(name, declared)
        (tmp_path / "upload").write_bytes(content)
        found = examine({"path": str(tmp_path / "upload"), "format": named.format.value})
        return {"format": named.format, **found}

    return examined


def link(name: str) -> zipfile.ZipInfo:
    """An entry that is a symbolic link."""
    made = zipfile.ZipInfo(name)
    made.external_attr = (stat.S_IFLNK | 0o777) << 16
    return made


def encrypted(content: bytes) -> bytes:
    """The archive with the mark of encryption on its first entry, in head and directory."""
    made = bytearray(content)
    made[6] |= 1
    made[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(made)


def lying() -> bytes:
    """A document one of whose parts unpacks to far more than its directory says."""
    made = bytearray(docx(("word/media/a.xml", b"\0" * 5_000_000)))
    at = made.rindex(b"word/media/a.xml") - 46
    made[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    return bytes(made)


def truncated(content: bytes) -> bytes:
    return content[: len(content) * 2 // 3]


def rels(kind: str, target: str = "file:///c:/secret") -> tuple[str, str]:
    return ("word/_rels/document.xml.rels", samples.relation(kind, target))


MACRO_MAIN = "application/vnd.ms-word.document.macroEnabled.main+xml"
JS = "/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"
HOSTILE: dict[str, tuple[Any, str, str, str]] = {
    # what it is → content, name, declared type, code of the refusal
    "program called pdf": (lambda: b"MZ" + b"\0" * 500, "a.pdf", "", "files-mismatch"),
    "program": (lambda: b"MZ" + b"\0" * 500, "a.exe", "", "files-ending"),
    "double ending": (pdf, "invoice.pdf.exe", "", "files-ending"),
    "double ending inside": (pdf, "invoice.php.pdf", "", "files-double-ending"),
    "NUL in the name": (pdf, "a.exe\0.pdf", "", "files-name-hidden"),
    "turned name": (pdf, "a\u202efdp.exe.pdf", "", "files-name-hidden"),
    "line end in the name": (pdf, "a\r\nX: y.pdf", "", "files-name-hidden"),
    "no ending": (pdf, "รายงาน", "", "files-ending"),
    "stream of another name": (pdf, "a.pdf:b.exe", "", "files-ending"),
    "svg": (lambda: b"<svg onload='alert(1)'/>", "a.svg", "image/svg+xml", "files-ending"),
    "svg called png": (lambda: b"<svg onload='alert(1)'/>", "a.png", "", "files-mismatch"),
    "html called jpg": (lambda: b"<html><script>", "a.jpg", "image/jpeg", "files-mismatch"),
    "gif called png": (lambda: samples.picture("GIF"), "a.png", "", "files-mismatch"),
    "png called jpg": (png, "a.jpg", "image/jpeg", "files-mismatch"),
    "jpg called pdf": (jpeg, "a.pdf", "", "files-mismatch"),
    "pdf declared html": (pdf, "a.pdf", "text/html", "files-declared"),
    "png declared jpeg": (png, "a.png", "image/jpeg", "files-declared"),
    "EICAR called pdf": (lambda: samples.EICAR, "a.pdf", "", "files-virus"),
    "EICAR in a pdf": (
        lambda: samples.bare_pdf(more=samples.EICAR.decode()),
        "a.pdf",
        "",
        "files-virus",
    ),
    "EICAR packed": (lambda: docx(("word/a.xml", samples.EICAR)), "a.docx", "", "files-virus"),
    "pdf and zip": (lambda: pdf() + samples.archive(("a.txt", "x")), "a.pdf", "", "files-polyglot"),
    "pdf and html": (
        lambda: b"%PDF-1.4\n<html><script>x</script>\n" + samples.bare_pdf()[9:],
        "a.pdf",
        "",
        "files-polyglot",
    ),
    "pdf with a tail": (lambda: pdf() + b"\nMZ\x90program", "a.pdf", "", "files-polyglot"),
    "pdf with script": (lambda: samples.bare_pdf(JS), "a.pdf", "", "files-active"),
    "pdf with hidden script": (
        lambda: samples.bare_pdf(JS.replace("/JavaScript", "/Java#53cript")),
        "a.pdf",
        "",
        "files-active",
    ),
    "pdf that starts programs": (
        lambda: samples.bare_pdf("/OpenAction << /S /Launch /F (cmd.exe) >>"),
        "a.pdf",
        "",
        "files-active",
    ),
    "pdf with a program inside": (
        lambda: samples.pdf_carrying("a.exe"),
        "a.pdf",
        "",
        "files-inside",
    ),
    "half a pdf": (lambda: truncated(pdf()), "a.pdf", "", "files-broken"),
    "pdf without pages": (lambda: b"%PDF-1.4\nnothing\n%%EOF\n", "a.pdf", "", "files-broken"),
    "half a jpeg": (lambda: truncated(jpeg()), "a.jpg", "", "files-broken"),
    "only the mark of a jpeg": (lambda: SIGNED, "a.jpg", "", "files-broken"),
    "picture of 26 million points": (
        lambda: png(mode="1", colour=1, size=(6500, 4000)),
        "a.png",
        "",
        "files-pixels",
    ),
    "picture bomb": (lambda: samples.png_claiming(60_000, 60_000), "a.png", "", "files-pixels"),
    "zip": (lambda: samples.archive(("a.txt", "x")), "a.zip", "", "files-ending"),
    "zip called docx": (lambda: samples.archive(("a.xml", "x")), "a.docx", "", "files-mismatch"),
    "xlsx called docx": (xlsx, "a.docx", "", "files-mismatch"),
    "docx called xlsx": (docx, "a.xlsx", "", "files-mismatch"),
    "old Excel": (lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 600, "a.xls", "", "files-ending"),
    "old Excel called xlsx": (
        lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 600,
        "a.xlsx",
        "",
        "files-mismatch",
    ),
    "macro": (lambda: docx(("word/vbaProject.bin", b"x")), "a.docx", "", "files-macro"),
    "macro by its type": (lambda: docx(main=MACRO_MAIN), "a.docx", "", "files-macro"),
    "embedded object": (
        lambda: docx(("word/embeddings/oleObject1.bin", b"x")),
        "a.docx",
        "",
        "files-macro",
    ),
    "program packed": (lambda: docx(("word/media/a.exe", b"MZ")), "a.docx", "", "files-macro"),
    "nested archive": (lambda: docx(("word/a.zip", b"PK")), "a.docx", "", "files-macro"),
    "linked workbook": (
        lambda: docx(("xl/externalLinks/externalLink1.xml", "<x/>")),
        "a.docx",
        "",
        "files-links",
    ),
    "template from afar": (lambda: docx(rels("attachedTemplate")), "a.docx", "", "files-links"),
    "picture from afar": (
        lambda: docx(rels("image", "https://attacker.example/a.png")),
        "a.docx",
        "",
        "files-links",
    ),
    "DDE": (
        lambda: docx(("word/a.xml", "<w:instrText>DDEAUTO c:\\cmd")),
        "a.docx",
        "",
        "files-links",
    ),
    "entities": (
        lambda: docx(("word/a.xml", '<!DOCTYPE x [<!ENTITY a "a">]><x>&a;</x>')),
        "a.docx",
        "",
        "files-entities",
    ),
    "bomb": (lambda: docx(("word/a.xml", b"\0" * 30_000_000)), "a.docx", "", "files-bomb"),
    "lying bomb": (lying, "a.docx", "", "files-broken"),
    "many parts": (
        lambda: docx(*((f"word/{n}.xml", "") for n in range(1000))),
        "a.docx",
        "",
        "files-bomb",
    ),
    "path out": (lambda: docx(("../../etc/a.xml", "x")), "a.docx", "", "files-broken"),
    "path of Windows": (lambda: docx(("..\\..\\a.xml", "x")), "a.docx", "", "files-broken"),
    "link": (lambda: docx((link("word/a.xml"), "/etc/passwd")), "a.docx", "", "files-broken"),
    "password": (lambda: encrypted(docx()), "a.docx", "", "files-password"),
    "docx behind a picture": (lambda: png() + docx(), "a.docx", "", "files-mismatch"),
    "docx with a tail": (lambda: docx() + b"MZprogram", "a.docx", "", "files-polyglot"),
    "half a docx": (lambda: truncated(docx()), "a.docx", "", "files-broken"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_with_words(look, what):
    """Wrong if such a file came in, or its sender were not told in Thai what to do."""
    make, name, declared, code = HOSTILE[what]
    with pytest.raises(Refused) as caught:
        look(make(), name, declared)
    assert caught.value.code == code
    assert any("ก" <= letter <= "๙" for letter in caught.value.message)


SIZES = {
    "empty": (b"", "files-empty"),
    "a byte too big": (b"%PDF-" + b"\n" * (20 * 1024 * 1024 - 4), "files-too-big"),
    "as big as may be": (b"%PDF-" + b"\n" * (20 * 1024 * 1024 - 5), "files-broken"),
}


@pytest.mark.parametrize("what", SIZES)
def test_a_file_without_end_is_read_no_further_than_the_limit(what):
    """Wrong if a file of any size filled the disk, or the limit lay a byte beside what is said."""
    content, code = SIZES[what]
    with pytest.raises(Refused) as caught:
        judge(content, "a.pdf")
    assert caught.value.code == code


def test_the_child_refuses_in_the_words_of_the_judgement():
    """Wrong if what the child refuses came out as a fault, or were taken."""
    make, name, declared, code = HOSTILE["macro"]
    with pytest.raises(Refused) as caught:
        judge(make(), name, declared)
    assert caught.value.code == code


ORDINARY: dict[str, tuple[Any, str, str, Format]] = {
    "pdf": (pdf, "รายงาน ม.ค. 64.pdf", "application/pdf", Format.PDF),
    "pdf in capitals": (pdf, "SCAN0001.PDF", "application/pdf", Format.PDF),
    "pdf by hand": (samples.bare_pdf, "a.pdf", "", Format.PDF),
    "tax invoice with its data": (
        lambda: samples.pdf_carrying("ETDA-invoice.xml"),
        "ใบกำกับภาษี.pdf",
        "",
        Format.PDF,
    ),
    "jpeg": (jpeg, "ภาพ.jpeg", "image/jpeg", Format.JPEG),
    "grey jpeg": (lambda: jpeg(mode="L", colour=9), "ภาพ.jpg", "", Format.JPEG),
    "jpeg of a press": (
        lambda: jpeg(mode="CMYK", colour=(1, 2, 3, 4)),
        "a.jpg",
        "image/jpeg",
        Format.JPEG,
    ),
    "png": (png, "a.png", "image/png", Format.PNG),
    "png with a see-through part": (
        lambda: png(mode="RGBA", colour=(1, 2, 3, 4)),
        "a.png",
        "",
        Format.PNG,
    ),
    "png of few colours": (lambda: png(mode="P", colour=3), "a.png", "", Format.PNG),
    "deep grey png": (lambda: png(mode="I;16", colour=300), "a.png", "", Format.PNG),
    "picture of 25 million points": (
        lambda: png(mode="1", colour=1, size=(6250, 4000)),
        "a.png",
        "",
        Format.PNG,
    ),
    "xlsx": (xlsx, "แผนเงิน.xlsx", samples.XLSX_TYPE, Format.XLSX),
    "xlsx of an unsure system": (xlsx, "แผนเงิน.xlsx", "application/octet-stream", Format.XLSX),
    "docx": (docx, "บันทึก.docx", samples.DOCX_TYPE, Format.DOCX),
    "docx with a link": (
        lambda: docx(rels("hyperlink", "https://www.codi.or.th")),
        "a.docx",
        "",
        Format.DOCX,
    ),
}


@pytest.mark.parametrize("what", ORDINARY)
def test_an_ordinary_file_is_taken(look, what):
    """Wrong if people could not attach what their phones, scanners and offices make."""
    make, name, declared, form = ORDINARY[what]
    assert look(make(), name, declared) == {
        "format": form,
        "clean": form in (Format.JPEG, Format.PNG),
        "preview": form in (Format.PDF, Format.JPEG, Format.PNG),
    }


def test_only_what_can_be_seen_of_a_picture_is_kept():
    """Wrong if a photo told where it was taken, or carried a program behind its picture."""
    exif = Image.Exif()
    exif[0x010E] = "SECRET-PLACE"
    exif[0x0112] = 6  # turn by 90 degrees
    made = (
        jpeg(size=(40, 20), exif=exif, comment=b"<?php SECRET-CODE ?>") + b"PK\x05\x06SECRET-TAIL"
    )
    assert made.count(b"SECRET") == 3
    _, kept = judge(made, "a.jpg")
    assert b"SECRET" not in kept
    with Image.open(io.BytesIO(kept)) as seen:
        assert seen.size == (20, 40)
        assert not seen.getexif()
    _, kept = judge(samples.png_with_chunk(b"tEXt", b"Comment\0SECRET") + b"SECRET", "a.png")
    assert b"SECRET" not in kept
    assert b"IEND" in kept[-12:]


def test_the_preview_is_small_and_shows_the_page():
    """Wrong if a list of files sent whole pictures, or a page lying down stood upright."""
    with judged(io.BytesIO(pdf(width=842, height=595)), file_name="a.pdf", declared="") as file:
        assert file.preview is not None
        with Image.open(file.preview) as seen:
            assert seen.size[0] == 320
            assert 220 <= seen.size[1] <= 230


def test_a_file_that_would_eat_the_memory_is_stopped_in_the_child(monkeypatch):
    """Wrong if one file could take the server's memory; with room enough the same file passes."""
    big = png(size=(5000, 5000))
    assert judge(big, "a.png")[0].byte_count > 0
    tight = Limits(seconds=30, cpu_seconds=20, memory_mb=200)
    monkeypatch.setattr(inspection, "LIMITS", tight)
    with pytest.raises(Refused) as caught:
        judge(big, "a.png")
    assert caught.value.code == "files-memory"


def test_a_file_that_never_ends_is_stopped_in_the_child(monkeypatch):
    """Wrong if one file could hold a server's process for as long as it likes."""
    monkeypatch.setattr(inspection, "LIMITS", Limits(seconds=0.05, cpu_seconds=1, memory_mb=1200))
    with pytest.raises(Refused) as caught:
        judge(png(size=(5000, 5000)), "a.png")
    assert caught.value.code == "files-time"


NAMES = {
    "../../etc/passwd.pdf": "passwd.pdf",
    "..\\..\\windows\\system32\\a.pdf": "a.pdf",
    "/etc/cron.d/a.pdf": "a.pdf",
    "C:\\Users\\สมชาย\\รายงาน.pdf": "รายงาน.pdf",
    "\\\\server\\share\\a.pdf": "a.pdf",
    "....//....//a.pdf": "a.pdf",
    ".htaccess.pdf": "htaccess.pdf",
    "..pdf": "file.pdf",
    ".pdf": "file.pdf",
    "a.pdf.": "a.pdf",
    "a.pdf ": "a.pdf",
    " a.pdf": "a.pdf",
    "CON.pdf": "CON.pdf",
    "a;rm -rf.pdf": "a;rm -rf.pdf",
    "a|b.pdf": "a b.pdf",
    'a"b.pdf': "a b.pdf",
    "a<b>.pdf": "a b.pdf",
    "a*?.pdf": "a.pdf",
    "%2e%2e%2fa.pdf": "%2e%2e%2fa.pdf",
    "a\u200b\ufeff.pdf": "a.pdf",
    "รายงาน  ผล.pdf": "รายงาน ผล.pdf",
    "ใบเสร็จ (1).PDF": "ใบเสร็จ (1).pdf",
    "${jndi:ldap.pdf": "${jndi ldap.pdf",
    "{{7*7}}.pdf": "{{7 7}}.pdf",
    "ก" * 300 + ".pdf": "ก" * 120 + ".pdf",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_loses_its_path_and_what_no_system_bears(name):
    """Wrong if a path or a mark of some system got into the name that people save under."""
    assert read_name(name, "").file_name == NAMES[name]


@settings(max_examples=500)
@given(st.text(max_size=80))
def test_any_name_is_tidied_or_refused(text):
    """Wrong if some name came out with a path, a control character or another ending."""
    try:
        named = read_name(f"{text}.pdf", "")
    except Refused:
        return
    assert named.file_name.endswith(".pdf")
    assert 5 <= len(named.file_name) <= 124
    assert not set('/\\:*?"<>|\0\r\n\u202e') & set(named.file_name)
