"""The bytes of an edition's files: stored ones of an issued edition, the newest of a draft."""

from __future__ import annotations

from reports.content import Content
from reports.models import Edition, EditionState, FileKind
from reports.queries import latest_draft_file
from reports.sheets import xlsx_of


def bytes_of(edition: Edition, kind: str, content: Content) -> bytes | None:
    """The file of that kind; None while there is none."""
    if edition.state == EditionState.ISSUED:
        return bytes(edition.files.get(kind=kind).content)
    if kind == FileKind.XLSX:
        return xlsx_of(content)
    job = latest_draft_file(edition)
    if job is None:
        return None
    try:
        return job.file.read_bytes()
    except OSError:
        return None
