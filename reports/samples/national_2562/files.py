"""Files that hang on the records: small real PDF documents, made here, in the store of files.

The content of a kind of document is the same everywhere; each row has its own name in the store.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import random
import tempfile
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codi.accounts.models import User
from codi.files.models import Attachment, DocumentKind, FileState, Format
from codi.files.store import store as files_store
from councils.models import CapabilityFile, CouncilFile, TermFile
from reports.samples.national_2562.councils import PlannedCouncil
from reports.samples.national_2562.days import (
    BEFORE_YEAR,
    LAST,
    QUARTERS,
    between,
    moment,
    soon_after,
)
from reports.samples.national_2562.published import REGIONS, by_region
from reports.samples.national_2562.storing import store
from reports.samples.national_2562.work import Capable

FORMS = (DocumentKind.JS02, DocumentKind.JS03)
CAPABILITY_DOCUMENTS = (
    DocumentKind.PROBLEMS,
    DocumentKind.LETTER_COPY,
    DocumentKind.FOLLOW_UP,
)
# The files of the indicator were gathered in the last two months (the report, l.205).
GATHERED_FROM = dt.date(2019, 7, 1)
FILES_SINCE = dt.date(2010, 1, 4)
ONE_FORM_PCT = 30
WITH_PAPERS_PCT = 85
COLUMNS = (
    "id", "subject_id", "file_name", "format", "byte_count", "sha256", "has_preview", "document",
    "description", "attached_by_id", "attached_at", "state", "replaces_id", "removed_by_id",
    "removed_at", "removal_reason", "purged_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file before it is stored: on which record, what it is, and when it was attached."""

    subject: int
    code: str
    document: DocumentKind
    attached_on: dt.date


def document(title: str) -> bytes:
    """A PDF of one page that says what it stands for."""
    line = f"BT /F1 14 Tf 56 780 Td (CODI sample file, no real document: {title}) Tj ET".encode()
    parts = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(line), line),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    whole = b"%PDF-1.4\n"
    places = []
    for number, part in enumerate(parts, start=1):
        places.append(len(whole))
        whole += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return whole + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
        % (len(parts) + 1, table, len(parts) + 1, len(whole))
    )


def plan_forms(councils: Sequence[PlannedCouncil], dice: random.Random) -> None:
    """Decide which councils have both forms attached, and since when.

    The year's new councils come first, as early as the cumulative counts and their registration
    allow; older ones fill the rest.
    """
    for region in REGIONS:
        told = by_region("forms")[region]
        homes = [one for one in councils if one.area.region == region]
        old = [one for one in homes if not one.is_new]
        dice.shuffle(old)
        left = by_region("new_certification")[region]["attached"]
        done = 0
        for quarter, (first, last) in enumerate(QUARTERS, start=1):
            due = told[f"q{quarter}"] - done
            done = told[f"q{quarter}"]
            waiting = [
                one
                for one in homes
                if one.is_new and one.registered_in <= quarter and not one.forms_on
            ]
            chosen = dice.sample(waiting, min(due, left, len(waiting)))
            left -= len(chosen)
            for one in chosen:
                one.forms_on = between(max(first, one.registered_on), last, dice)
            since = FILES_SINCE if quarter == 1 else first
            for _ in range(due - len(chosen)):
                one = old.pop()
                one.forms_on = between(max(since, one.registered_on), last, dice)
        for one in homes:
            one.has_one_form = not one.forms_on and dice.randrange(100) < ONE_FORM_PCT


def store_files(
    councils: Sequence[PlannedCouncil],
    results: Sequence[Capable],
    actor: User,
    dice: random.Random,
) -> None:
    """Attach the forms of registration, the papers of renewals, and the files of the indicator."""
    attach(CouncilFile, list(_forms(councils)), actor, dice)
    attach(TermFile, list(_renewals(councils, dice)), actor, dice)
    attach(CapabilityFile, list(_capability(results, dice)), actor, dice)


def _forms(councils: Sequence[PlannedCouncil]) -> Iterator[PlannedFile]:
    for at, one in enumerate(councils):
        if one.forms_on:
            for form in FORMS:
                yield PlannedFile(one.key, one.code, form, one.forms_on)
        elif one.has_one_form:
            day = min(max(one.registered_on, BEFORE_YEAR), LAST)
            yield PlannedFile(one.key, one.code, FORMS[at % 2], day)


def _renewals(councils: Sequence[PlannedCouncil], dice: random.Random) -> Iterator[PlannedFile]:
    for one in councils:
        for term in one.history.terms:
            if term.renewed_on and dice.randrange(100) < WITH_PAPERS_PCT:
                day = soon_after(max(term.renewed_on, FILES_SINCE), 40, dice)
                yield PlannedFile(term.key, one.code, DocumentKind.RENEWAL, day)


def _capability(results: Sequence[Capable], dice: random.Random) -> Iterator[PlannedFile]:
    for one in results:
        day = between(max(GATHERED_FROM, one.reported_on), LAST, dice)
        for kind in CAPABILITY_DOCUMENTS if one.reports_harm else CAPABILITY_DOCUMENTS[:1]:
            yield PlannedFile(one.key, one.council.code, kind, day)


def attach(
    model: type[Attachment], files: Iterable[PlannedFile], actor: User, dice: random.Random
) -> None:
    """Put the content into the store and then write the rows, so that no row lacks its file."""
    by_kind: dict[DocumentKind, list[tuple[uuid.UUID, PlannedFile]]] = {}
    for file in files:
        name = uuid.UUID(int=dice.getrandbits(128), version=4)
        by_kind.setdefault(file.document, []).append((name, file))
    with tempfile.TemporaryDirectory() as folder:
        for kind, named in by_kind.items():
            source = Path(folder) / "sample.pdf"
            source.write_bytes(document(kind.value))
            files_store().put_copies([f"{name}.{Format.PDF.value}" for name, _ in named], source)
    store(model, COLUMNS, _rows(by_kind, actor, dice))


def _rows(
    by_kind: dict[DocumentKind, list[tuple[uuid.UUID, PlannedFile]]],
    actor: User,
    dice: random.Random,
) -> Iterator[tuple[Any, ...]]:
    for kind, named in by_kind.items():
        content = document(kind.value)
        fingerprint = hashlib.sha256(content).hexdigest()
        for name, file in named:
            yield (
                name, file.subject, f"{kind.value}-{file.code}.pdf", Format.PDF.value,
                len(content), fingerprint, False, kind.value, "", actor.pk,
                moment(file.attached_on, dice), FileState.PRESENT.value, None, None, None, "", None,
            )  # fmt: skip
