"""A virus scanner, where one is named: ``ATTACHMENTS_CLAMD`` is ``unix:/run/…`` or ``tcp:host:port``."""

from __future__ import annotations

import logging
import socket
import struct
from pathlib import Path

from django.conf import settings

from codi.errors import Refused
from codi.files.content import virus

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS = 30
_BLOCK = 256 * 1024
_LONGEST_ANSWER = 4096


def scan(path: Path) -> None:
    """Have clamd read the file. Raises :class:`Refused` when it finds something or cannot be asked.

    Without a scanner nothing happens. A scanner that does not answer refuses: a file that nobody
    looked at is worse than one that is attached in an hour.
    """
    address = settings.ATTACHMENTS_CLAMD
    if not address:
        return
    try:
        answer = _ask(address, path)
    except OSError as error:
        logger.exception("clamd at %s cannot be asked", address)
        raise _unavailable() from error
    if answer.endswith("OK"):
        return
    logger.warning("clamd: %s", answer)
    raise virus() if answer.endswith("FOUND") else _unavailable()


def _unavailable() -> Refused:
    return Refused(
        "ระบบตรวจไวรัสไม่พร้อมใช้งาน จึงยังไม่รับไฟล์ กรุณาลองใหม่ภายหลังหรือแจ้งผู้ดูแลระบบ",
        code="files-scanner",
    )


def _ask(address: str, path: Path) -> str:
    """The answer to INSTREAM: blocks that say their length, ended by an empty one."""
    with _connection(address) as line, path.open("rb") as stream:
        line.sendall(b"zINSTREAM\0")
        while block := stream.read(_BLOCK):
            line.sendall(struct.pack("!I", len(block)) + block)
        line.sendall(struct.pack("!I", 0))
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER:
            if not (more := line.recv(1024)):
                break
            answer += more
    return answer.rstrip(b"\0\n").decode(errors="replace")


def _connection(address: str) -> socket.socket:
    scheme, _, place = address.partition(":")
    if scheme == "unix":
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(TIMEOUT_SECONDS)
        try:
            line.connect(place)
        except OSError:
            line.close()
            raise
        return line
    host, _, port = place.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=TIMEOUT_SECONDS)
