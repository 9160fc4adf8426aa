"""Files as people and attackers send them, made on the spot."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from functools import cache
from typing import Any

import openpyxl
import pypdfium2
from PIL import Image

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="{part}" ContentType="{main}"/></Types>'
)
RELATIONS = (
    '<?xml version="1.0"?><Relationships '
    'xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)
WORD_MAIN = DOCX_TYPE + ".main+xml"


def picture(
    form: str = "JPEG",
    size: tuple[int, int] = (640, 480),
    colour: Any = (20, 115, 112),
    **more: Any,
) -> bytes:
    """A picture of one colour."""
    made = io.BytesIO()
    mode = more.pop("mode", "RGB")
    Image.new(mode, size, colour).save(made, form, **more)
    return made.getvalue()


def jpeg(**more: Any) -> bytes:
    return picture("JPEG", **more)


def png(**more: Any) -> bytes:
    return picture("PNG", **more)


@cache
def pdf(pages: int = 1, width: float = 595, height: float = 842) -> bytes:
    """A document of empty pages; the library gives each a number of its own, so it is made once."""
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(width, height)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def bare_pdf(catalog: str = "", *, more: str = "") -> bytes:
    """A PDF written by hand, with ``catalog`` inside its catalog and ``more`` objects."""
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
        *([more] if more else []),
    ]
    made, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(made))
        made += f"{number} 0 obj\n{body}\nendobj\n".encode()
    start = len(made)
    made += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    made += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    made += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\n".encode()
    return made + f"startxref\n{start}\n%%EOF\n".encode()


def pdf_carrying(name: str) -> bytes:
    """A PDF with a file inside."""
    import ctypes

    from pypdfium2 import raw

    document = pypdfium2.PdfDocument(pdf())
    letters = ctypes.cast(
        ctypes.create_string_buffer(name.encode("utf-16-le") + b"\0\0"),
        ctypes.POINTER(ctypes.c_ushort),
    )
    inside = raw.FPDFDoc_AddAttachment(document, letters)
    content = b"<x/>"
    raw.FPDFAttachment_SetFile(inside, document, content, len(content))
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def xlsx() -> bytes:
    """A small workbook as Excel writes it."""
    book = openpyxl.Workbook()
    book.active.append(["งวด", 32000])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def archive(*parts: tuple[str | zipfile.ZipInfo, str | bytes], compress: bool = True) -> bytes:
    """A zip archive of parts in order."""
    made = io.BytesIO()
    how = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
    with zipfile.ZipFile(made, "w", how) as zipped:
        for name, content in parts:
            zipped.writestr(name, content, how)
    return made.getvalue()


def docx(*more: tuple[str | zipfile.ZipInfo, str | bytes], main: str = WORD_MAIN) -> bytes:
    """A Word document of one paragraph, with further parts."""
    return archive(
        ("[Content_Types].xml", TYPES.format(part="/word/document.xml", main=main)),
        ("_rels/.rels", RELATIONS.format("")),
        ("word/document.xml", "<w:document><w:body><w:p>ข้อความ</w:p></w:body></w:document>"),
        *more,
    )


def relation(kind: str, target: str, mode: str = "External") -> str:
    """The relations of a document with one more."""
    space = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return RELATIONS.format(
        f'<Relationship Id="rId1" Type="{space}/{kind}" Target="{target}" TargetMode="{mode}"/>'
    )


def png_claiming(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is enormous."""

    def chunk(name: bytes, data: bytes) -> bytes:
        check = struct.pack("!I", zlib.crc32(name + data))
        return struct.pack("!I", len(data)) + name + data + check

    head = struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def png_with_chunk(name: bytes, data: bytes) -> bytes:
    """A good PNG with one more chunk after its head."""
    good = png(size=(4, 4))
    check = struct.pack("!I", zlib.crc32(name + data))
    at = 8 + 4 + 4 + 13 + 4
    return good[:at] + struct.pack("!I", len(data)) + name + data + check + good[at:]
