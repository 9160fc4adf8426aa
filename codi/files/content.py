"""What a file really is, looked at in a child process: nothing here may need Django.

The format must be the one that the name claims, whole and nothing more: what begins like one kind
of file and ends like another (a polyglot) is refused. Pictures are drawn anew, so that only what
can be seen remains of them: no camera data, no place, no hidden text.
"""

from __future__ import annotations

import mmap
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from codi.errors import Refused

MAX_PIXEL_COUNT = 25_000_000
MAX_ENTRY_COUNT = 1_000
MAX_UNPACKED_BYTE_COUNT = 200 * 1024 * 1024
MAX_RATIO = 100
PREVIEW_SIZE = 320
JPEG_QUALITY = 88
SAVE_AGAIN = "กรุณาเปิดในโปรแกรมเดิม บันทึกเป็นไฟล์ใหม่ แล้วแนบอีกครั้ง"
CLEAN, PREVIEW = "clean", "preview.jpg"

# The harmless string that every virus scanner must know (eicar.org), in two parts so that no
# scanner takes this module away.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def examine(call: dict[str, str]) -> dict[str, Any]:
    """Judge the file ``call["path"]``, which claims to be of ``call["format"]``.

    Works in the current folder: leaves ``clean`` there when the content was written anew, and
    ``preview.jpg`` when there is something to show. Returns what it left. Raises :class:`Refused`.
    """
    source, claimed = Path(call["path"]), call["format"]
    _refuse_test_virus(source)
    _LOOKS[claimed](source)
    return {"clean": Path(CLEAN).exists(), "preview": Path(PREVIEW).exists()}


def _mismatch() -> Refused:
    return Refused(f"เนื้อหาของไฟล์ไม่ตรงกับนามสกุล {SAVE_AGAIN}", code="files-mismatch")


def _broken() -> Refused:
    return Refused(f"ไฟล์เสียหรือไม่ครบ {SAVE_AGAIN}", code="files-broken")


def virus() -> Refused:
    """The refusal of a file in which something harmful was found."""
    return Refused(
        "พบโปรแกรมอันตรายในไฟล์ ระบบไม่รับไฟล์นี้ กรุณาตรวจไวรัสในเครื่องของท่าน", code="files-virus"
    )


def _refuse_test_virus(source: Path) -> None:
    with (
        source.open("rb") as stream,
        mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as seen,
    ):
        if seen.find(EICAR) >= 0:
            raise virus()


# Pictures


def _jpeg(source: Path) -> None:
    _picture(source, "JPEG", b"\xff\xd8\xff", {"quality": JPEG_QUALITY, "optimize": True})


def _png(source: Path) -> None:
    _picture(source, "PNG", b"\x89PNG\r\n\x1a\n", {})


def _picture(source: Path, form: str, magic: bytes, options: dict[str, Any]) -> None:
    from PIL import Image, ImageOps

    _begins(source, magic)
    try:
        with Image.open(source, formats=[form]) as picture:
            if picture.width * picture.height > MAX_PIXEL_COUNT:
                raise _too_many_pixels()
            picture.load()
            upright = ImageOps.exif_transpose(picture)
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except (OSError, SyntaxError, ValueError) as error:
        # Pillow tells a damaged file by any of these.
        raise _broken() from error
    seen = _only_what_is_seen(upright, form)
    seen.save(CLEAN, form, **options)
    _save_preview(seen)


def _too_many_pixels() -> Refused:
    return Refused(
        "ภาพใหญ่เกินไป รับได้ไม่เกิน 25 ล้านจุด (เช่น 5,000 × 5,000) กรุณาย่อภาพแล้วแนบใหม่",
        code="files-pixels",
    )


def _only_what_is_seen(picture: Any, form: str) -> Any:
    """The picture in a plain mode without anything that came along with it."""
    has_alpha = "A" in picture.mode or "transparency" in picture.info
    if form == "JPEG":
        mode = "L" if picture.mode == "L" else "RGB"
    elif picture.mode in ("1", "L"):
        mode = "RGBA" if has_alpha else picture.mode
    else:
        mode = "RGBA" if has_alpha else "RGB"
    plain = picture.convert(mode)
    plain.info = {}
    return plain


def _save_preview(picture: Any) -> None:
    """The small picture on white, at most 320 pixels wide and high."""
    from PIL import Image

    small = picture.copy()
    small.thumbnail((PREVIEW_SIZE, PREVIEW_SIZE))
    if small.mode == "RGBA":
        white = Image.new("RGB", small.size, "white")
        white.paste(small, mask=small.getchannel("A"))
        small = white
    small.convert("RGB").save(PREVIEW, "JPEG", quality=80)


def _begins(source: Path, magic: bytes) -> None:
    with source.open("rb") as stream:
        if stream.read(len(magic)) != magic:
            raise _mismatch()


# PDF

# Names of what a document does by itself; a name may write any letter as #xx.
_ACTIVE = re.compile(rb"/(?:JavaScript|Launch)\b")
_ESCAPED_NAME = re.compile(rb"/[^\s/<>()\[\]{}%]*#[0-9A-Fa-f]{2}[^\s/<>()\[\]{}%]*")
_HTML = re.compile(rb"<\s*(?:!doctype|html|script|svg|\?php)", re.IGNORECASE)
_TAIL = 1024


def _pdf(source: Path) -> None:
    _begins(source, b"%PDF-")
    content = source.read_bytes()
    if b"%%EOF" not in content[-_TAIL:]:
        raise _broken()
    after = content[content.rfind(b"%%EOF") + 5 :]
    if after.strip(b"\r\n\t \x00") or _HTML.search(content[:_TAIL]) or zipfile.is_zipfile(source):
        raise Refused(f"ไฟล์มีเนื้อหาชนิดอื่นซ่อนอยู่ {SAVE_AGAIN}", code="files-polyglot")
    if _ACTIVE.search(_ESCAPED_NAME.sub(_unescaped, content)):
        raise _active_pdf()
    _open_pdf(source)


def _unescaped(name: re.Match[bytes]) -> bytes:
    return re.sub(
        rb"#([0-9A-Fa-f]{2})", lambda code: bytes([int(code.group(1), 16)]), name.group(0)
    )


def _active_pdf() -> Refused:
    return Refused(
        "ไฟล์ PDF มีคำสั่งที่ทำงานเอง (JavaScript หรือเปิดโปรแกรม) กรุณาพิมพ์เป็น PDF ใหม่แล้วแนบอีกครั้ง",
        code="files-active",
    )


def _open_pdf(source: Path) -> None:
    import pypdfium2
    from pypdfium2 import raw

    try:
        document = pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD:
            raise Refused(
                "ไฟล์ PDF มีรหัสผ่าน กรุณาบันทึกเป็น PDF ที่ไม่มีรหัสผ่านแล้วแนบใหม่", code="files-password"
            ) from error
        raise _broken() from error
    if raw.FPDFDoc_GetJavaScriptActionCount(document) > 0:
        raise _active_pdf()
    if any(not name.lower().endswith(".xml") for name in _names_inside(document)):
        # An electronic tax invoice carries its data as XML; nothing else needs to travel inside.
        raise Refused("ไฟล์ PDF มีไฟล์อื่นแนบอยู่ข้างใน กรุณาแยกออกมาแนบทีละไฟล์", code="files-inside")
    if not len(document):
        raise _broken()
    try:
        page = document[0]
        scale = PREVIEW_SIZE / max(page.get_width(), page.get_height(), 1)
        _save_preview(page.render(scale=scale).to_pil())
    except (pypdfium2.PdfiumError, ValueError) as error:
        raise _broken() from error


def _names_inside(document: Any) -> Iterator[str]:
    """The names of the files that a PDF carries."""
    from ctypes import c_ushort

    from pypdfium2 import raw

    for number in range(raw.FPDFDoc_GetAttachmentCount(document)):
        inside = raw.FPDFDoc_GetAttachment(document, number)
        size = raw.FPDFAttachment_GetName(inside, None, 0)
        letters = (c_ushort * (size // 2 + 1))()
        raw.FPDFAttachment_GetName(inside, letters, size)
        yield bytes(letters)[: max(0, size - 2)].decode("utf-16-le", errors="replace")


# Office documents: zip archives, judged by their directory before anything is unpacked

_MAIN = "application/vnd.openxmlformats-officedocument."
_MAIN_OF = {
    "xlsx": _MAIN + "spreadsheetml.sheet.main+xml",
    "docx": _MAIN + "wordprocessingml.document.main+xml",
}
_PARTS = frozenset(
    [
        "xml",
        "rels",
        "vml",
        "png",
        "jpg",
        "jpeg",
        "jpe",
        "gif",
        "bmp",
        "tif",
        "tiff",
        "emf",
        "wmf",
        "wdp",
        "svg",
        "odttf",
        "fntdata",
        "ttf",
        "xlsx",
        "dat",
    ]
)
_PARTS_OF_PRINTERS = "printersettings"
# What the standard library raises for archives that are damaged or forged.
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OverflowError)
_EOCD, _EOCD_SIZE = b"PK\x05\x06", 22
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
_OUTSIDE = re.compile(rb"TargetMode\s*=\s*[\"']External", re.IGNORECASE)
_HYPERLINK = re.compile(rb"Type\s*=\s*[\"'][^\"']*/hyperlink[\"']")
_ENTITIES = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def _xlsx(source: Path) -> None:
    _office(source, "xlsx")


def _docx(source: Path) -> None:
    _office(source, "docx")


def _office(source: Path, form: str) -> None:
    _begins(source, b"PK\x03\x04")
    try:
        with zipfile.ZipFile(source) as archive:
            _judge_directory(archive, source)
            _judge_parts(archive, form)
    except _DAMAGED as error:
        raise _broken() from error


def _judge_directory(archive: zipfile.ZipFile, source: Path) -> None:
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    unpacked = sum(entry.file_size for entry in entries)
    size = source.stat().st_size
    if (
        len(entries) > MAX_ENTRY_COUNT
        or unpacked > MAX_UNPACKED_BYTE_COUNT
        or unpacked > MAX_RATIO * size
    ):
        raise _bomb()
    with source.open("rb") as stream:
        stream.seek(-_EOCD_SIZE, 2)
        ends_whole = stream.read(4) == _EOCD
    if not ends_whole or min((entry.header_offset for entry in entries), default=1) > 0:
        raise Refused(f"ไฟล์มีเนื้อหาชนิดอื่นซ่อนอยู่ {SAVE_AGAIN}", code="files-polyglot")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused("ไฟล์มีรหัสผ่าน กรุณาบันทึกเป็นไฟล์ที่ไม่มีรหัสผ่านแล้วแนบใหม่", code="files-password")
    if len(set(names)) < len(names) or any(_is_stray(entry) for entry in entries):
        raise _broken()


def _is_stray(entry: zipfile.ZipInfo) -> bool:
    """Whether an entry leads out of the archive: an absolute path, ``..``, a link."""
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    return path.is_absolute() or ".." in path.parts or is_link


def _bomb() -> Refused:
    return Refused(f"ไฟล์ขยายตัวใหญ่ผิดปกติ ระบบจึงไม่เปิด {SAVE_AGAIN}", code="files-bomb")


def _judge_parts(archive: zipfile.ZipFile, form: str) -> None:
    """Read every part through once: real sizes, check sums, and what a part may be and hold."""
    if "[Content_Types].xml" not in archive.namelist():
        raise _mismatch()
    left = MAX_UNPACKED_BYTE_COUNT
    for entry in archive.infolist():
        if entry.is_dir():
            continue
        content = _read(archive, entry, left)
        left -= len(content)
        _judge_part(entry.filename, content)
        if entry.filename == "[Content_Types].xml":
            _judge_types(content, form)


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> bytes:
    with archive.open(entry) as stream:
        content = stream.read(left + 1)
    if len(content) > left:
        raise _bomb()
    return content


def _judge_types(content: bytes, form: str) -> None:
    text = content.decode("utf-8", errors="replace")
    if "macroenabled" in text.lower():
        raise _macro()
    if _MAIN_OF[form] not in text:
        raise _mismatch()


def _macro() -> Refused:
    return Refused("ไฟล์มีมาโครหรือวัตถุฝังที่ทำงานได้ กรุณาบันทึกเป็นไฟล์ที่ไม่มีมาโครแล้วแนบใหม่", code="files-macro")


def _judge_part(name: str, content: bytes) -> None:
    path = PurePosixPath(name.lower())
    ending = path.name.rpartition(".")[2]
    if ending not in _PARTS and _PARTS_OF_PRINTERS not in path.parts:
        raise _macro()
    if "externallinks" in path.parts:
        raise _outside()
    if EICAR in content:
        raise virus()
    if ending in ("xml", "rels", "vml") and _ENTITIES.search(content.replace(b"\x00", b"")):
        raise Refused(f"โครงสร้างของไฟล์ผิดปกติ {SAVE_AGAIN}", code="files-entities")
    if ending == "xml" and b"DDEAUTO" in content:
        raise _outside()
    if ending == "rels":
        for relation in _RELATION.findall(content):
            if _OUTSIDE.search(relation) and not _HYPERLINK.search(relation):
                raise _outside()


def _outside() -> Refused:
    return Refused(
        "ไฟล์มีลิงก์ที่ดึงข้อมูลจากไฟล์อื่น กรุณาตัดลิงก์ (Break Links) หรือบันทึกเป็น PDF แล้วแนบใหม่",
        code="files-links",
    )


_LOOKS: dict[str, Callable[[Path], None]] = {
    "jpg": _jpeg,
    "png": _png,
    "pdf": _pdf,
    "xlsx": _xlsx,
    "docx": _docx,
}
