"""Freezing an edition, and issuing it in the transaction that stores its files.

There is never half an issue: ``issue`` stores everything the report says in one transaction and
asks for the files; the job makes them from what is stored; ``complete_issue`` stores the files with
their hashes and turns the edition into an issued one, in one transaction. When the job fails the
edition waits, frozen and not issued, to be made again or taken back.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.utils import timezone

from codi.accounts.models import User
from codi.accounts.permissions import require
from codi.bulk import copy_rows
from codi.errors import Refused
from codi.jobs import services as jobs
from codi.jobs.models import Job, State
from codi.writing import change, locked, service
from reports import permissions
from reports.changes import Records, changes_since, kept_move
from reports.content import Content, of_edition, records_of, tables_of
from reports.history_marks import marks_now
from reports.models import (
    Comparison,
    Edition,
    EditionFile,
    EditionGrid,
    EditionRecord,
    EditionState,
    EditionText,
    TextOrigin,
)
from reports.services.drafts import keep_checks
from reports.services.quarters import hold_national
from reports.services.rendering_jobs import RENDER, issue_title
from reports.versions import program_version, template_version

STAMP = "%Y%m%dT%H%M%S%f"


@service
def issue(*, actor: User, edition: Edition, now: dt.datetime) -> Edition:
    """Compute all figures once more, check them, freeze everything, and ask for the files.

    Raises :class:`Refused` with every failed check that nobody waived, or when a figure moved
    while they were computed.
    """
    hold_national(edition)
    edition = locked(edition)
    require(permissions.can_issue(actor, edition))
    today = timezone.localdate(now)
    marks = marks_now()
    content = of_edition(edition, today=today)
    keep_checks(edition, content)
    blocking = [checked.result for checked in content.checks if checked.blocks]
    if blocking:
        raise Refused(
            "ยังออกฉบับไม่ได้เพราะมีรายการตรวจที่ไม่ผ่าน ให้แก้ข้อมูล หรือขอผ่อนผันเป็นรายข้อ",
            code="checks_failed",
            details=[f"{result.title}: {result.message}" for result in blocking],
        )
    records = records_of(content)
    _require_stillness(content)
    _freeze_parts(edition, content, records)
    about = _about(edition, actor, now, content, records)
    Comparison.objects.filter(edition=edition).delete()
    facts = {**content.facts, "marks": marks, "edition": about}
    edition = change(
        edition,
        {
            "state": EditionState.ISSUING,
            "facts": facts,
            "issued_by": actor,
            "frozen_at": now,
            "program_version": program_version(),
            "template_version": template_version(),
        },
    )
    request_issue_files(edition)
    return edition


def _require_stillness(content: Content) -> None:
    """Raise :class:`Refused` when a save came between the figures and the records behind them.

    Both are read over some seconds, in which others go on working: frozen for ever would be a
    number whose list does not add up to it, or two tables that knew different things. Only the
    tables are computed once more: sentences and checks are made from them and nothing else.
    """
    again = tables_of(content.outline, content.scope, content.as_of_dates)
    if tuple(table.grid for table in again) != content.grids:
        raise Refused(
            "มีผู้บันทึกข้อมูลที่อยู่ในรายงานนี้ระหว่างที่ระบบคำนวณ จึงยังไม่ได้ออกฉบับ กรุณากดออกฉบับอีกครั้ง",
            code="moved",
        )


def request_issue_files(edition: Edition) -> Job:
    """Ask for the files of a frozen edition, once per freezing."""
    assert edition.issued_by is not None and edition.frozen_at is not None  # noqa: S101, PT018
    return jobs.request(
        RENDER,
        key=f"edition-{edition.pk}-issue-{edition.frozen_at:{STAMP}}",
        payload={"edition": edition.pk, "issue": True},
        requested_by=edition.issued_by,
        region=edition.region,
        title=issue_title(edition),
    )


def _about(
    edition: Edition, actor: User, now: dt.datetime, content: Content, records: Records
) -> dict[str, object]:
    """What the report says of itself: number, people, moments, and what moved since the last."""
    approved_by = edition.approved_by
    submitted_by = edition.submitted_by
    about: dict[str, object] = {
        "number": edition.number,
        "prepared_by": submitted_by.full_name if submitted_by else "",
        "approved_by": approved_by.full_name if approved_by else "",
        "issued_by": actor.full_name,
        "issued_on": timezone.localdate(now).isoformat(),
        "program_version": program_version(),
        "template_version": template_version(),
    }
    if edition.replaces is not None:
        previous = of_edition(edition.replaces, today=timezone.localdate(now))
        about["replaces"] = edition.replaces.number
        about["changes"] = [kept_move(move) for move in changes_since(content, previous, records)]
    return about


def _freeze_parts(edition: Edition, content: Content, records: Records) -> None:
    """Store grids, the records behind their cells, and the computed sentences."""
    grids = EditionGrid.objects.bulk_create(
        EditionGrid(
            edition=edition,
            position=position,
            figure_key=grid.key,
            as_of=grid.as_of,
            grid=grid.to_dict(),
        )
        for position, grid in enumerate(content.grids, start=1)
    )
    copy_rows(
        EditionRecord._meta.db_table,
        ("grid_id", "row_key", "column_key", "model_label", "keys", "amounts", "parts"),
        (
            (
                stored.pk,
                row,
                column,
                cell.model_label,
                _array(cell.keys),
                None if cell.amounts is None else _array(cell.amounts),
                list(cell.parts),
            )
            for stored in grids
            for (row, column), cell in records[stored.figure_key, stored.as_of].items()
        ),
    )
    EditionText.objects.bulk_create(
        EditionText(edition=edition, slot=slot, origin=TextOrigin.COMPUTED, text=text)
        for slot, text in content.sentences.items()
    )


def _array(numbers: Iterable[int | Decimal]) -> str:
    """Numbers as the database writes an array: a nation's edition has millions of keys."""
    return "{" + ",".join(map(str, numbers)) + "}"


@service
def complete_issue(*, edition: Edition, files: Mapping[str, bytes], now: dt.datetime) -> Edition:
    """Store the files of a frozen edition with their hashes, and with them the edition is issued.

    An edition that is issued already stays as it is: a job delivered twice changes nothing.
    """
    edition = locked(edition)
    if edition.state == EditionState.ISSUED:
        return edition
    if edition.state != EditionState.ISSUING:
        raise Refused("การออกฉบับนี้ถูกยกเลิกแล้ว จึงไม่บันทึกไฟล์", code="issue_withdrawn")
    EditionFile.objects.bulk_create(
        EditionFile(
            edition=edition,
            kind=kind,
            content=content,
            sha256=hashlib.sha256(content).hexdigest(),
            byte_count=len(content),
        )
        for kind, content in files.items()
    )
    return change(edition, {"state": EditionState.ISSUED, "issued_at": now})


@service
def withdraw_issue(*, actor: User, edition: Edition) -> Edition:
    """Take back an issue whose files could not be made: the edition is approved and live again."""
    edition = locked(edition)
    require(permissions.can_withdraw(actor, edition))
    assert edition.frozen_at is not None  # noqa: S101 - a constraint holds it
    key = f"edition-{edition.pk}-issue-{edition.frozen_at:{STAMP}}"
    if Job.objects.filter(key=key, state__in=(State.QUEUED, State.RUNNING)).exists():
        raise Refused("ไฟล์กำลังจัดทำอยู่ รอให้งานจบหรือยกเลิกงานก่อน แล้วจึงถอนการออกฉบับ")
    edition = change(
        edition,
        {
            "state": EditionState.APPROVED,
            "facts": {},
            "issued_by": None,
            "frozen_at": None,
            "program_version": "",
            "template_version": "",
        },
    )
    edition.grids.all().delete()
    edition.texts.filter(origin=TextOrigin.COMPUTED).delete()
    return edition
