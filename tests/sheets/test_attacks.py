"""Workbooks made to do harm: each is refused in words before or inside the child, within its limits."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from codi.confined import Limits, Overrun, run, workplace
from codi.errors import Refused
from codi.imports import reading
from codi.sheets import archive
from codi.sheets.limits import MAX_BYTE_COUNT, MAX_UNPACKED_BYTE_COUNT

MB = 1024 * 1024
SHEET = "xl/worksheets/sheet1.xml"
NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def plain() -> dict[str, bytes]:
    """The parts of a good workbook."""
    book = openpyxl.Workbook()
    book.active.append(["รหัส", "จำนวน"])  # type: ignore[union-attr]
    book.active.append(["ก1", 5])  # type: ignore[union-attr]
    stream = io.BytesIO()
    book.save(stream)
    with zipfile.ZipFile(stream) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def packed(parts: dict[str, bytes], level: int = 1) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return stream.getvalue()


def with_part(name: str, content: bytes) -> bytes:
    return packed(plain() | {name: content})


def with_rows(rows: bytes) -> bytes:
    """A workbook whose sheet holds these rows."""
    return with_part(
        SHEET,
        b'<worksheet xmlns="'
        + NAMESPACE.encode()
        + b'"><sheetData>'
        + rows
        + b"</sheetData></worksheet>",
    )


def with_entry(name: str, attributes: int = 0) -> bytes:
    """A workbook with an entry of an odd name or kind."""
    stream = io.BytesIO(packed(plain()))
    with zipfile.ZipFile(stream, "a") as book:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = attributes << 16
        book.writestr(entry, b"/etc/passwd")
    return stream.getvalue()


def stuffed(name: str, block: bytes, count: int, said: int | None = None) -> bytes:
    """A workbook with an entry of ``count`` equal blocks; ``said`` is the size it claims."""
    engine = zlib.compressobj(6, zlib.DEFLATED, -15)
    piece = engine.compress(block) + engine.flush(zlib.Z_FULL_FLUSH)
    body = piece * count + zlib.compressobj(6, zlib.DEFLATED, -15).flush()
    checksum = 0
    for _ in range(count):
        checksum = zlib.crc32(block, checksum)
    facts = struct.pack("<LLL", checksum, len(body), len(block) * count if said is None else said)
    parts = plain()
    parts.pop(name, None)
    stream = io.BytesIO(packed(parts))
    with zipfile.ZipFile(stream, "a") as book:
        book.writestr(name, b"")
        at = book.getinfo(name).header_offset
    raw = stream.getvalue()
    end_of_local = at + 30 + len(name)
    directory = bytearray(raw[raw.index(b"PK\x01\x02") :])
    last, end = directory.rindex(b"PK\x01\x02"), directory.rindex(b"PK\x05\x06")
    directory[last + 10 : last + 12] = struct.pack("<H", zipfile.ZIP_DEFLATED)
    directory[last + 16 : last + 28] = facts
    directory[end + 16 : end + 20] = struct.pack("<L", end_of_local + len(body))
    local = bytearray(raw[at:end_of_local])
    local[8:10] = struct.pack("<H", zipfile.ZIP_DEFLATED)
    local[14:26] = facts
    return raw[:at] + bytes(local) + body + bytes(directory)


def lying() -> bytes:
    """300 MB of blanks in an entry that says it holds 1,000 bytes."""
    return stuffed("xl/theme/theme9.xml", b" " * MB, 300, said=1000)


def overlapping() -> bytes:
    """900 entries that all unpack the same megabyte."""
    content = bytearray(with_part("xl/media/a.bin", bytes(MB)))
    first = content.index(b"PK\x01\x02")
    end = content.rindex(b"PK\x05\x06")
    last = content.rindex(b"PK\x01\x02")
    directory = bytes(content[first:end])
    entry = bytes(content[last:end])
    copies = b"".join(
        entry.replace(b"xl/media/a.bin", f"xl/media/a.{number:03}".encode())
        for number in range(100, 1000)
    )
    tail = bytearray(content[end:])
    struct.pack_into("<HH", tail, 8, 999, 999)
    struct.pack_into("<L", tail, 12, len(directory) + len(copies))
    return bytes(content[:first]) + directory + copies + bytes(tail)


def crowded() -> bytes:
    """A directory of 12,000 entries that says it has one."""
    stream = io.BytesIO(packed(plain()))
    with zipfile.ZipFile(stream, "a") as book:
        for number in range(12_000):
            book.writestr(zipfile.ZipInfo(f"e{number}"), b"")
    content = bytearray(stream.getvalue())
    struct.pack_into("<HH", content, content.rindex(b"PK\x05\x06") + 8, 1, 1)
    return bytes(content)


def relation(kind: str) -> bytes:
    """A sheet that leads outside."""
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{base}/{kind}" Target="http://evil.example/a" '
        'TargetMode="External"/></Relationships>'
    ).encode()


def macro_types() -> bytes:
    parts = plain()
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        b"spreadsheetml.sheet.main+xml", b"ms-excel.sheet.macroEnabled.main+xml"
    )
    return packed(parts)


def merged(count: int) -> bytes:
    ranges = "".join(f'<mergeCell ref="A{2 * n}:A{2 * n + 1}"/>' for n in range(1, count + 1))
    sheet = (
        f'<worksheet xmlns="{NAMESPACE}"><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>'
        f"<mergeCells>{ranges}</mergeCells></worksheet>"
    )
    return with_part(SHEET, sheet.encode())


def swollen() -> bytes:
    """A sheet of 150 MB in 3 MB: within every number of the directory."""
    values = (n * 7919 % 10_007 if n % 8 == 0 else 1 for n in range(60_000))
    block = b"".join(b"<row><c><v>%d</v></c></row>" % value for value in values)
    return stuffed(SHEET, block, 150 * MB // len(block))


def cells(count: int) -> bytes:
    """So many cells without a place of their own; too many different ones to pack well."""
    block = b"".join(b"<c><v>%d</v></c>" % number for number in range(10_000))
    return block * (count // 10_000)


def encrypted() -> bytes:
    content = bytearray(packed(plain()))
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    return bytes(content)


ATTACKS: tuple[tuple[str, Callable[[], bytes], str], ...] = (
    ("zeros in a picture", lambda: stuffed("xl/media/a.png", bytes(MB), 60), "imports-bomb"),
    ("a sheet of 300 MB", lambda: stuffed(SHEET, b" " * MB, 300), "imports-bomb"),
    ("sizes that lie", lying, "imports-bomb"),
    ("entries over each other", overlapping, "imports-bomb"),
    ("more entries than parts", lambda: packed(plain() | {f"x/{n}.xml": b"<a/>" for n in range(1000)}), "imports-bomb"),
    ("a directory that lies", crowded, "imports-bomb"),
    ("a sheet within all numbers", swollen, "imports-memory imports-time imports-too-long"),
    ("an archive as a picture", lambda: with_part("xl/media/a.png", packed(plain())), "imports-nested"),
    ("a workbook in the workbook", lambda: with_part("xl/embeddings/a.xlsx", packed(plain())), "imports-nested"),
    ("an old document as settings", lambda: with_part("xl/a.bin", b"\xd0\xcf\x11\xe0" + bytes(600)), "imports-nested"),
    ("a path upwards", lambda: with_entry("../../etc/cron.d/a"), "imports-path"),
    ("a path of another system", lambda: with_entry("xl\\..\\..\\a"), "imports-path"),
    ("an absolute path", lambda: with_entry("/etc/passwd"), "imports-path"),
    ("a symbolic link", lambda: with_entry("xl/a.xml", stat.S_IFLNK | 0o777), "imports-path"),
    ("one name twice", lambda: with_entry("XL/WORKBOOK.XML"), "imports-path"),
    ("macros", lambda: with_part("xl/vbaProject.bin", b"x"), "imports-macro"),
    ("a workbook of macros by type", macro_types, "imports-macro"),
    ("macros of long ago", lambda: with_part("xl/macrosheets/sheet1.xml", b"<a/>"), "imports-macro"),
    ("active controls", lambda: with_part("xl/activeX/activeX1.xml", b"<a/>"), "imports-macro"),
    ("links to files", lambda: with_part("xl/externalLinks/externalLink1.xml", b"<a/>"), "imports-links"),
    ("a connection", lambda: with_part("xl/connections.xml", b"<a/>"), "imports-links"),
    ("an object from outside", lambda: with_part("xl/worksheets/_rels/sheet1.xml.rels", relation("oleObject")), "imports-links"),
    ("a million columns", lambda: with_rows(b"<row>" + cells(1_000_000) + b"</row>"), "imports-too-wide imports-memory imports-broken"),
    ("two cells at the corners", lambda: with_rows(b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), "imports-memory imports-too-wide"),
    ("a long way down", lambda: with_rows(b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="CV1048576"><v>1</v></c></row>'), "imports-memory imports-too-long"),
    ("a row without end", lambda: with_rows(b'<row r="1"><c r="A1"><f>1</f></c>' + cells(700_000)), "imports-memory imports-broken imports-too-wide"),
    ("too many merged ranges", lambda: merged(30_000), "imports-merged"),
    ("a password", encrypted, "imports-broken"),
    ("half an archive", lambda: packed(plain())[:-400], "imports-broken"),
)  # fmt: skip


def refusal(content: bytes, name: str = "ไฟล์.xlsx") -> Refused:
    with pytest.raises(Refused) as caught:
        reading.open_sheets(content, name)
    assert any("ก" <= letter <= "๙" for letter in caught.value.message)
    assert "กรุณา" in caught.value.message
    return caught.value


@pytest.mark.parametrize(
    ("build", "codes"), [one[1:] for one in ATTACKS], ids=[one[0] for one in ATTACKS]
)
def test_an_attack_is_refused(build: Callable[[], bytes], codes: str) -> None:
    """Wrong if a file took the machine's memory, time or secrets, or was refused without words."""
    content = build()
    assert len(content) < MAX_BYTE_COUNT
    assert refusal(content).code in codes.split()


def test_the_limits_are_those_that_are_promised() -> None:
    """Wrong if a small file could take more than 300 MB or two seconds of a processor."""
    assert len(ATTACKS) >= 15
    assert reading.MEMORY_MB == 300
    assert reading.limits_of(100_000).cpu_seconds == 2
    assert reading.limits_of(MAX_BYTE_COUNT).cpu_seconds <= 15


def test_good_workbooks_of_the_same_making_are_read() -> None:
    """Wrong if the forging itself were what is refused: links that a person clicks are fine."""
    for content in (
        packed(plain()),
        with_part("xl/worksheets/_rels/sheet1.xml.rels", relation("hyperlink")),
    ):
        lines = reading.open_sheets(content, "ก.xlsx")[0].head(2)
        assert [line.cells for line in lines] == [("รหัส", "จำนวน"), ("ก1", 5)]


def in_child(function: str, content: bytes, argument: Any = None) -> Any:
    """What a program without defences makes of it, in a child that is ended at 300 MB."""
    limits = Limits(seconds=60, cpu_seconds=20, memory_mb=300)
    with workplace() as folder:
        (folder / "upload").write_bytes(content)
        sample = f"tests.sheets.attack_sample:{function}"
        return run(sample, argument, folder=folder, limits=limits).value


def test_the_control_unpacks_what_lies() -> None:
    """The control: 300 MB come out of an entry that says 1,000 bytes, from a file of 0.4 MB."""
    content = lying()
    assert len(content) < MB
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        assert sum(entry.file_size for entry in book.infolist()) < MB
    with pytest.raises(Overrun) as caught:
        in_child("unpack_plainly", content)
    assert caught.value.code == "memory"


def test_the_control_dies_of_a_wide_sheet() -> None:
    """The control: openpyxl needs more than 300 MB or 20 s for what is refused in two."""
    with pytest.raises(Overrun):
        in_child("open_plainly", ATTACKS[22][1]())


def test_what_comes_out_is_counted_and_not_believed(tmp_path: Path) -> None:
    """Wrong if the judge unpacked all 300 MB before it noticed."""
    (tmp_path / "upload").write_bytes(lying())
    with pytest.raises(Refused):
        archive.judge(tmp_path / "upload", tmp_path / "clean")
    assert (tmp_path / "clean").stat().st_size < MAX_UNPACKED_BYTE_COUNT / 100


# Entities: six documents that make a parser fetch, repeat or hide something.
DECLARED = f'<worksheet xmlns="{NAMESPACE}"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&e;</t></is></c></row></sheetData></worksheet>'
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
ENTITIES = {
    "an entity": f'<!DOCTYPE x [<!ENTITY e "ระเบิด">]>{DECLARED}',
    "a local file": f'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>{DECLARED}',
    "an address": f'<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1:9/">]>{DECLARED}',
    "a billion laughs": f'<!DOCTYPE x [<!ENTITY l0 "ฮา">{LAUGHS}<!ENTITY e "&l8;">]>{DECLARED}',
    "a blown-up text": f'<!DOCTYPE x [<!ENTITY e "{"ก" * 100_000}">]>{DECLARED.replace("&e;", "&e;" * 1000)}',
    "a parameter": f'<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;]>{DECLARED}',
}
PLACES = (SHEET, "xl/sharedStrings.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels")


def encodings(text: str) -> Iterator[bytes]:
    """The document as UTF-8, and as UTF-16, where a search of bytes would see nothing."""
    yield text.encode()
    yield text.encode("utf-16")
    yield ('<?xml version="1.0" encoding="utf-7"?>' + text).encode()


@pytest.mark.parametrize("name", ENTITIES)
def test_an_entity_is_refused_wherever_it_stands(name: str, tmp_path: Path) -> None:
    """Wrong if a parser met a document type in any part and any encoding."""
    for place in PLACES:
        for body in encodings(ENTITIES[name]):
            (tmp_path / "upload").write_bytes(with_part(place, body))
            with pytest.raises(Refused) as caught:
                archive.judge(tmp_path / "upload", tmp_path / "clean")
            assert caught.value.code in ("imports-entity", "imports-bomb"), place
    assert refusal(with_part(SHEET, ENTITIES[name].encode())).code in (
        "imports-entity",
        "imports-bomb",
    )


def test_the_control_follows_entities() -> None:
    """The control: the parser of the standard library reads a local file when it is told to."""
    host = Path("/etc/hostname").read_text()
    assert in_child("parse_plainly", b"", ENTITIES["an entity"]) == "ระเบิด"
    assert in_child("parse_plainly", b"", ENTITIES["a local file"]) == host
