"""The life of an edition up to its approval."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from codi.accounts.models import User
from codi.accounts.permissions import require
from codi.errors import Refused
from codi.fiscal import AsOf
from codi.jobs import services as jobs
from codi.jobs.models import Job
from codi.thai.normalise import clean
from codi.writing import change, locked, service
from programs.models import Programme, ProgrammeKind
from reports import notices, outlines, permissions
from reports.content import Content, of_edition
from reports.models import (
    Edition,
    EditionCheck,
    EditionState,
    EditionText,
    TextOrigin,
)
from reports.models.edition_life import MOST_DATES
from reports.services.quarters import hold_national, hold_quarter
from reports.services.rendering_jobs import RENDER, draft_title
from reports.subjects import Subject

SAME_FACTS = (
    "outline",
    "programme_id",
    "region_id",
    "fiscal_year",
    "quarter",
    "as_of_dates",
    "replaces_id",
)


@service
def create_edition(
    *,
    actor: User,
    outline_key: str,
    subject: Subject,
    as_of_dates: Sequence[dt.date],
    request_key: UUID,
    now: dt.datetime,
    today: dt.date,
) -> Edition:
    """Make a draft and have its PDF made; the same ``request_key`` again answers with the first.

    The days are sorted. Raises :class:`Refused` for days to come, for one given twice, for none or
    too many, for a day outside of the quarter, and for a subject that the outline is not about.
    """
    require(permissions.can_create_for(actor, subject.region))
    return _create(
        actor=actor,
        outline_key=outline_key,
        subject=subject,
        as_of_dates=_checked_days(as_of_dates, subject, today),
        request_key=request_key,
        now=now,
        replaces=None,
        texts={},
    )


@service
def replace_edition(
    *,
    actor: User,
    edition: Edition,
    as_of_dates: Sequence[dt.date],
    request_key: UUID,
    now: dt.datetime,
    today: dt.date,
) -> Edition:
    """Make a draft that takes the place of an issued edition; its staff texts are carried over."""
    require(permissions.can_replace(actor, edition))
    staff = edition.texts.filter(origin=TextOrigin.STAFF)
    return _create(
        actor=actor,
        outline_key=edition.outline,
        subject=edition.subject,
        as_of_dates=_checked_days(as_of_dates, edition.subject, today),
        request_key=request_key,
        now=now,
        replaces=edition,
        texts=dict(staff.values_list("slot", "text")),
    )


def _checked_days(days: Sequence[dt.date], subject: Subject, today: dt.date) -> list[dt.date]:
    chosen = sorted(days)
    if len(chosen) > len(set(chosen)):
        raise Refused("เลือกวันที่ของข้อมูลซ้ำกัน ให้เหลือวันละครั้ง", field="as_of_1")
    if not 1 <= len(chosen) <= MOST_DATES:
        raise Refused(f"เลือกวันที่ของข้อมูลได้ 1 ถึง {MOST_DATES} วัน", field="as_of_1")
    if chosen[-1] > today:
        raise Refused(f"ข้อมูล{AsOf(chosen[-1]).label} ยังมาไม่ถึง เลือกวันที่ไม่เกินวันนี้", field="as_of_1")
    if subject.period is not None and len(chosen) > 1:
        raise Refused("รายงานรายไตรมาสมีวันที่ของข้อมูลวันเดียว", field="as_of_1")
    if not all(subject.holds(day) for day in chosen):
        raise Refused(f"วันที่ของข้อมูลต้องอยู่ใน{subject.name} กรุณาเลือกวันอื่นหรือไตรมาสอื่น", field="as_of_1")
    return chosen


def _create(
    *,
    actor: User,
    outline_key: str,
    subject: Subject,
    as_of_dates: list[dt.date],
    request_key: UUID,
    now: dt.datetime,
    replaces: Edition | None,
    texts: dict[str, str],
) -> Edition:
    outline = outlines.get(outline_key)
    _hold(outline, subject)
    about = {
        "outline": outline.key,
        "programme": subject.programme,
        "region": subject.region,
        "fiscal_year": subject.fiscal_year,
        "quarter": subject.quarter,
    }
    edition = Edition(
        **about,
        as_of_dates=as_of_dates,
        replaces=replaces,
        created_by=actor,
        created_at=now,
        request_key=request_key,
    )
    if earlier := _made_before(edition):
        return earlier
    last = Edition.objects.filter(**about).aggregate(last=Max("number"))["last"]
    edition.number = (last or 0) + 1
    edition.save(force_insert=True)
    _open_texts(edition, outline, texts)
    request_draft_file(actor=actor, edition=edition, request_key=request_key)
    return edition


def _open_texts(edition: Edition, outline: outlines.Outline, texts: dict[str, str]) -> None:
    """The staff's blocks of a new edition, with what is carried over."""
    EditionText.objects.bulk_create(
        EditionText(
            edition=edition, slot=slot.key, origin=TextOrigin.STAFF, text=texts.get(slot.key, "")
        )
        for slot in outline.texts
    )


def _hold(outline: outlines.Outline, subject: Subject) -> None:
    """Hold the row of the programme or quarter, so that two new editions do not take one number.

    Raises :class:`Refused` when the outline is not about such a subject.
    """
    if outline.by_quarter:
        if subject.period is None or subject.programme is not None:
            raise Refused("รายงานนี้เป็นรายไตรมาส กรุณาเลือกปีงบประมาณและไตรมาส", field="fiscal_year")
        hold_quarter(subject.period)
        return
    programme = subject.programme
    if programme is None or subject.region is None:
        raise Refused("กรุณาเลือกโครงการหลักและภาค", field="programme")
    if programme.kind != ProgrammeKind.PROGRAMME:
        raise Refused("จัดทำรายงานได้เฉพาะโครงการหลัก กรุณาเลือกโครงการหลัก", field="programme")
    Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)


def _made_before(edition: Edition) -> Edition | None:
    """The edition of the same request; refuses when the key came before with other facts."""
    earlier = Edition.objects.filter(request_key=edition.request_key).first()
    if earlier and any(getattr(earlier, name) != getattr(edition, name) for name in SAME_FACTS):
        raise Refused("แบบฟอร์มนี้เคยใช้จัดทำรายงานอื่นแล้ว กรุณาเปิดแบบฟอร์มใหม่", code="request_key_reused")
    return earlier


@service
def request_draft_file(*, actor: User, edition: Edition, request_key: UUID) -> Job:
    """Have the draft's PDF made from what the tables tell now; once per ``request_key``."""
    require(permissions.can_render(actor, edition))
    return jobs.request(
        RENDER,
        key=f"edition-{edition.pk}-draft-{request_key}",
        payload={"edition": edition.pk, "issue": False},
        requested_by=actor,
        region=edition.region,
        title=draft_title(edition),
    )


@service
def update_text(
    *, actor: User, edition: Edition, slot: str, text: str, expected_version: int | None = None
) -> EditionText:
    """Write a staff block of a draft. Raises :class:`codi.errors.Conflict` after another's change."""
    edition = locked(edition)
    require(permissions.can_edit(actor, edition))
    stored = EditionText.objects.select_for_update().get(
        edition=edition, slot=slot, origin=TextOrigin.STAFF
    )
    tidy = clean(text, keep_newlines=True)
    return change(stored, {"text": tidy}, expected_version=expected_version)


@service
def submit(*, actor: User, edition: Edition, now: dt.datetime) -> Edition:
    """Propose a draft; an earlier send-back is answered by it, and its results of checks are kept."""
    edition = locked(edition)
    require(permissions.can_submit(actor, edition))
    keep_checks(edition, of_edition(edition, today=timezone.localdate(now)))
    edition = change(
        edition,
        {
            "state": EditionState.SUBMITTED,
            "submitted_by": actor,
            "submitted_at": now,
            "sent_back_by": None,
            "sent_back_at": None,
            "sent_back_reason": "",
        },
    )
    notices.submitted(edition, actor=actor)
    return edition


def keep_checks(edition: Edition, content: Content) -> None:
    """Store the results of the content's checks; a waiver stays with the failure it was given for."""
    present = {check.code: check for check in edition.checks.all()}
    for checked in content.checks:
        result = checked.result
        stored = present.pop(result.code, None) or EditionCheck(edition=edition, code=result.code)
        if stored.message != result.message or result.is_ok:
            stored.asked_by = stored.allowed_by = stored.allowed_at = stored.valid_until = None
            stored.reason = ""
        stored.title, stored.is_ok, stored.message = result.title, result.is_ok, result.message
        stored.save()
    EditionCheck.objects.filter(pk__in=[check.pk for check in present.values()]).delete()


@service
def send_back(*, actor: User, edition: Edition, reason: str, now: dt.datetime) -> Edition:
    """Give an edition back to its maker, with the reason."""
    hold_national(edition)
    edition = locked(edition)
    require(permissions.can_send_back(actor, edition))
    told = clean(reason, keep_newlines=True)
    if not told:
        raise Refused("กรุณาเขียนเหตุผลที่ส่งกลับ เพื่อให้ผู้จัดทำแก้ไขได้ตรงจุด", field="reason")
    edition = change(
        edition,
        {
            "state": EditionState.SENT_BACK,
            "sent_back_by": actor,
            "sent_back_at": now,
            "sent_back_reason": told,
            "approved_by": None,
            "approved_at": None,
        },
    )
    notices.sent_back(edition, actor=actor)
    return edition


@service
def approve(*, actor: User, edition: Edition, now: dt.datetime) -> Edition:
    """Approve a submitted edition; never by its maker."""
    edition = locked(edition)
    require(permissions.can_approve(actor, edition))
    edition = change(
        edition,
        {"state": EditionState.APPROVED, "approved_by": actor, "approved_at": now},
    )
    notices.approved(edition, actor=actor)
    return edition


@service
def ask_waiver(
    *,
    actor: User,
    edition: Edition,
    code: str,
    reason: str,
    valid_until: dt.date,
    today: dt.date,
) -> EditionCheck:
    """Ask that a failed check does not block the issue, until a day; a new request voids a permission."""
    edition = locked(edition)
    require(permissions.can_ask_waiver(actor, edition))
    keep_checks(edition, of_edition(edition, today=today))
    check = EditionCheck.objects.select_for_update().filter(edition=edition, code=code).first()
    if check is None or check.is_ok:
        raise Refused("รายการตรวจนี้ผ่านแล้วหรือไม่มีในฉบับนี้ จึงไม่ต้องขอผ่อนผัน")
    told = clean(reason, keep_newlines=True)
    if not told:
        raise Refused("กรุณาเขียนเหตุผลที่ขอผ่อนผัน", field="reason")
    if valid_until < today:
        raise Refused("วันสิ้นสุดการผ่อนผันผ่านไปแล้ว เลือกวันนี้หรือวันหลังจากนี้", field="valid_until")
    check.asked_by, check.reason, check.valid_until = actor, told, valid_until
    check.allowed_by = check.allowed_at = None
    check.save()
    return check


@service
def allow_waiver(*, actor: User, check: EditionCheck, seen: str, now: dt.datetime) -> EditionCheck:
    """Allow a waiver that somebody else asked for.

    ``seen`` is the fingerprint of the request that the person had before them: who agreed to other
    words did not agree.
    """
    locked(check.edition)
    check = EditionCheck.objects.select_for_update().select_related("edition").get(pk=check.pk)
    require(permissions.can_allow_waiver(actor, check))
    if seen != check.request_fingerprint:
        raise Refused(
            "คำขอผ่อนผันนี้เปลี่ยนไปหลังจากที่ท่านเปิดดู จึงยังไม่ได้อนุญาต กรุณาอ่านคำขอล่าสุดแล้วกดอนุญาตอีกครั้ง",
            code="changed_by_another",
        )
    check.allowed_by, check.allowed_at = actor, now
    check.save(update_fields=["allowed_by", "allowed_at"])
    return check
