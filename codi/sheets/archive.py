"""A workbook is a zip archive that anybody can forge: it is judged before a parser sees it.

Every entry is really unpacked and counted, because sizes can lie, and only then copied into a clean
archive of the parts that hold data. What is read is what was judged.
"""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException

from codi.errors import Refused
from codi.sheets.limits import (
    COPY_OUT,
    MAX_CELL_TAG_COUNT,
    MAX_ENTRY_COUNT,
    MAX_PART_BYTE_COUNT,
    MAX_RATIO,
    MAX_ROW_TAG_COUNT,
    MAX_UNPACKED_BYTE_COUNT,
    SAVE_AS,
)

WORKBOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_PIECE = 256 * 1024
_END_SIGN, _ENTRY_SIGN = b"PK\x05\x06", b"PK\x03\x04"
_END_BYTE_COUNT, _ENTRY_BYTE_COUNT = 22, 30
_LONGEST_COMMENT = 65_535
# A directory of MAX_ENTRY_COUNT entries with long names.
_MAX_DIRECTORY_BYTE_COUNT = 512 * 1024
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"7z\xbc\xaf", b"Rar!", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
_OLE = b"\xd0\xcf\x11\xe0"
_ODD_NAME = re.compile(r'(?:^|/)\.\.(?:/|$)|^/|^[A-Za-z]:|[\\\x00-\x1f<>"|]')
_MACRO = re.compile(r"vba(?:project|data)|xl/(?:macrosheets|dialogsheets|activex)/", re.IGNORECASE)
_LINKS = re.compile(r"xl/(?:externallinks/|connections\.xml|querytables/)", re.IGNORECASE)
# Parts without rows; they are judged and left behind.
_LEFT_BEHIND = re.compile(
    r"(?:docProps|customXml|xl/(?:drawings|charts|chartsheets|theme|media|pivot\w*|comments\w*"
    r"|threadedComments|persons|printerSettings|ctrlProps|slicer\w*))(?:/|\.xml|\d)",
    re.IGNORECASE,
)
_ENTITY = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_ENCODING = re.compile(rb"""encoding\s*=\s*["']([^"']*)["']""")
_HYPERLINK = "/hyperlink"


def judge(source: Path, target: Path) -> None:
    """Write the data of the archive ``source`` into ``target``. Raises :class:`Refused`."""
    try:
        with source.open("rb") as stream:
            _judge_end(stream)
            with zipfile.ZipFile(stream) as archive:
                entries = archive.infolist()
            _judge_directory(entries, source.stat().st_size)
            with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as clean:
                _copy(stream, entries, clean)
        _judge_relations(target)
    except (zipfile.BadZipFile, zlib.error, struct.error, ParseError, ValueError, OSError) as error:
        raise _broken() from error
    except DefusedXmlException as error:
        raise _entity() from error
    except NotImplementedError as error:
        raise _broken() from error


def part(archive: zipfile.ZipFile, name: str) -> Element:
    """A small part of a judged archive, parsed. Raises :class:`Refused` when it is none."""
    if archive.getinfo(name).file_size > MAX_PART_BYTE_COUNT:
        raise _bomb()
    found: Element = defusedxml.ElementTree.fromstring(
        archive.read(name), forbid_dtd=True, forbid_entities=True, forbid_external=True
    )
    return found


def _judge_end(stream: IO[bytes]) -> None:
    """The size of the directory, before anything goes through it."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - _END_BYTE_COUNT - _LONGEST_COMMENT))
    tail = stream.read()
    at = tail.rfind(_END_SIGN)
    if at < 0 or len(tail) - at < _END_BYTE_COUNT:
        raise _broken()
    entry_count, byte_count = struct.unpack("<10xHL", tail[at : at + 16])
    if entry_count > MAX_ENTRY_COUNT or byte_count > _MAX_DIRECTORY_BYTE_COUNT:
        raise _bomb()


def _judge_directory(entries: list[zipfile.ZipInfo], byte_count: int) -> None:
    """What the directory says of itself; it may lie about sizes, never to our good."""
    names = [entry.filename for entry in entries]
    unpacked = sum(entry.file_size for entry in entries)
    if (
        len(entries) > MAX_ENTRY_COUNT
        or unpacked > MAX_UNPACKED_BYTE_COUNT
        or unpacked > MAX_RATIO * byte_count
        or sum(entry.compress_size for entry in entries) > byte_count
    ):
        raise _bomb()
    if any(_ODD_NAME.search(name) for name in names) or any(map(_is_link, entries)):
        raise Refused(f"โครงสร้างไฟล์ผิดปกติ {SAVE_AS}", code="imports-path")
    if len({name.lower() for name in names}) < len(names):
        raise Refused(f"ไฟล์มีชิ้นส่วนชื่อซ้ำกัน {SAVE_AS}", code="imports-path")
    if any(_MACRO.search(name) for name in names):
        raise Refused("ไฟล์มีมาโคร กรุณาบันทึกเป็น .xlsx ที่ไม่มีมาโคร", code="imports-macro")
    if any(_LINKS.match(name) for name in names):
        raise _links()
    if any("/embeddings/" in name.lower() for name in names):
        raise _nested()
    if "[Content_Types].xml" not in names or WORKBOOK not in names or RELATIONS not in names:
        raise Refused(f"ไฟล์ไม่ใช่ .xlsx {SAVE_AS}", code="imports-broken")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused("ไฟล์มีรหัสผ่าน กรุณายกเลิกรหัสผ่านแล้วบันทึกใหม่", code="imports-broken")


def _is_link(entry: zipfile.ZipInfo) -> bool:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    return kind not in (0, stat.S_IFREG, stat.S_IFDIR)


def _copy(stream: IO[bytes], entries: list[zipfile.ZipInfo], clean: zipfile.ZipFile) -> None:
    """Unpack every entry, judge what comes out, keep the parts with data."""
    left = MAX_UNPACKED_BYTE_COUNT
    for entry in entries:
        is_xml = entry.filename.lower().endswith((".xml", ".rels", ".vml"))
        pieces = _unpacked(stream, entry, left)
        judged = _judged_xml(pieces) if is_xml else _judged_other(pieces)
        if is_xml and not _LEFT_BEHIND.match(entry.filename):
            with clean.open(entry.filename, "w") as target:
                for piece in judged:
                    target.write(piece)
        else:
            for _piece in judged:
                pass
        left -= entry.file_size


def _unpacked(stream: IO[bytes], entry: zipfile.ZipInfo, left: int) -> Iterator[bytes]:
    """The content of an entry, which must be as large as its directory says, and no larger."""
    stream.seek(entry.header_offset)
    header = stream.read(_ENTRY_BYTE_COUNT)
    if header[:4] != _ENTRY_SIGN:
        raise _broken()
    name_length, extra_length = struct.unpack("<HH", header[26:30])
    if stream.read(name_length) != entry.orig_filename.encode(
        "utf-8" if entry.flag_bits & 0x800 else "cp437"
    ):
        raise _broken()
    stream.seek(extra_length, 1)
    byte_count = checksum = 0
    for piece in _inflated(stream, entry):
        byte_count += len(piece)
        if byte_count > min(entry.file_size, left):
            raise _bomb()
        checksum = zlib.crc32(piece, checksum)
        yield piece
    if byte_count != entry.file_size or checksum != entry.CRC:
        raise _broken()


def _inflated(stream: IO[bytes], entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The pieces of an entry as they come out, each of a bounded size."""
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _broken()
    engine = zlib.decompressobj(-15) if entry.compress_type == zipfile.ZIP_DEFLATED else None
    packed_left = entry.compress_size
    while packed_left > 0:
        packed = stream.read(min(_PIECE, packed_left))
        if not packed:
            raise _broken()
        packed_left -= len(packed)
        if engine is None:
            yield packed
            continue
        while packed:
            yield engine.decompress(packed, _PIECE)
            packed = engine.unconsumed_tail
    if engine is not None and not engine.eof:
        raise _broken()


def _judged_xml(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """XML in UTF-8 without a document type: no parser then has an entity to resolve."""
    before = b""
    row_count = cell_count = 0
    for piece in pieces:
        if not before:
            _judge_encoding(piece[:200])
        row_count += piece.count(b"<row") + piece.count(b":row")
        cell_count += piece.count(b"<c") + piece.count(b":c")
        if row_count > MAX_ROW_TAG_COUNT or cell_count > MAX_CELL_TAG_COUNT:
            raise Refused(
                f"ตารางในไฟล์กว้างหรือยาวผิดปกติ ระบบจึงไม่เปิด {COPY_OUT}", code="imports-memory"
            )
        if _ENTITY.search(before[-10:] + piece):
            raise _entity()
        before = piece or before
        yield piece


def _judge_encoding(head: bytes) -> None:
    """Another encoding would hide from us what a parser sees."""
    named = _ENCODING.search(head)
    known = named is None or named[1].lower() in (b"utf-8", b"us-ascii", b"ascii")
    if not known or b"\0" in head or head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _entity()


def _judged_other(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Pictures and settings; no archive and no document inside the document."""
    for number, piece in enumerate(pieces):
        if number == 0 and piece.startswith((*_ARCHIVES, _OLE)):
            raise _nested()
        yield piece


def _judge_relations(target: Path) -> None:
    """No part may lead outside, except a link that a person may click."""
    with zipfile.ZipFile(target) as clean:
        if b"macroEnabled" in clean.read("[Content_Types].xml")[:MAX_PART_BYTE_COUNT]:
            raise Refused("ไฟล์มีมาโคร กรุณาบันทึกเป็น .xlsx ที่ไม่มีมาโคร", code="imports-macro")
        for name in clean.namelist():
            if not name.endswith(".rels"):
                continue
            for relation in part(clean, name):
                outside = relation.get("TargetMode") == "External"
                if outside and not relation.get("Type", "").endswith(_HYPERLINK):
                    raise _links()


def _broken() -> Refused:
    return Refused(f"ไฟล์เสียหรือไม่ใช่ไฟล์ .xlsx {SAVE_AS}", code="imports-broken")


def _bomb() -> Refused:
    return Refused(f"ไฟล์ขยายตัวใหญ่ผิดปกติ ระบบจึงไม่เปิด {COPY_OUT}", code="imports-bomb")


def _links() -> Refused:
    return Refused(f"ไฟล์มีลิงก์ไปยังไฟล์หรือแหล่งข้อมูลอื่น {COPY_OUT}", code="imports-links")


def _nested() -> Refused:
    return Refused(f"ไฟล์มีไฟล์อื่นฝังอยู่ข้างใน {COPY_OUT}", code="imports-nested")


def _entity() -> Refused:
    return Refused(f"ไฟล์มีคำสั่ง XML ที่ระบบไม่รับ {COPY_OUT}", code="imports-entity")
