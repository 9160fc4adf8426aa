"""Rules about the data of projects before their money, of organisations and of meetings."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from codi.files.models import DocumentKind
from codi.quality.declared import Rule, Severity, ThaiDate, Topic, page, register, words
from programs.models import (
    CertificationState,
    Meeting,
    MeetingFile,
    Organisation,
    Project,
    ProjectFile,
    ProjectStatus,
)

WAITING_DAYS = 90
"""A proposal that waits longer than this for the committee is looked into (own rule)."""

LABEL = words(F("code"), " ", F("title"))


def standing_projects(today: dt.date) -> QuerySet[Any]:
    """Projects approved by the day and neither cancelled nor closed by then."""
    approved: Any = Project.objects.approved_as_of(today)
    found: QuerySet[Any] = approved.filter(Q(closed_on=None) | Q(closed_on__gt=today))
    return found


def without_proposal(today: dt.date) -> QuerySet[Any]:
    """Approved projects to which the proposal is not attached."""
    files: Any = ProjectFile.objects.attached_as_of(today)
    held = files.filter(document=DocumentKind.PROPOSAL).order_by().values("subject")
    return standing_projects(today).exclude(pk__in=held)


def waiting_long(today: dt.date) -> QuerySet[Any]:
    """Proposals that were handed in long ago and wait for the committee."""
    before = today - dt.timedelta(days=WAITING_DAYS)
    return Project.objects.filter(status=ProjectStatus.SUBMITTED, submitted_on__lt=before)


def uncertified(today: dt.date) -> QuerySet[Any]:
    """Organisations with projects under way whose certification expired."""
    projects = standing_projects(today).filter(organisation=OuterRef("pk"))
    rows: Any = Organisation.objects.with_certification(today)
    expired = rows.filter(certification_state=CertificationState.EXPIRED)
    found: QuerySet[Any] = expired.filter(Exists(projects))
    return found


def without_minutes(today: dt.date) -> QuerySet[Any]:
    """Meetings that are over, decided on projects and have no minutes."""
    files: Any = MeetingFile.objects.attached_as_of(today)
    held = files.filter(document=DocumentKind.MINUTES).order_by().values("subject")
    decided = Project.objects.filter(endorsed_meeting=OuterRef("pk"))
    over = Meeting.objects.filter(ends_on__lt=today)
    return over.filter(Exists(decided)).exclude(pk__in=held)


register(
    Rule(
        key="programs.proposal_file",
        title="โครงการที่อนุมัติแล้วไม่มีไฟล์ข้อเสนอ",
        topic=Topic.DOCUMENTS,
        severity=Severity.NOTE,
        subject="โครงการ",
        advice="เปิดหน้าโครงการ แล้วแนบไฟล์ข้อเสนอโครงการ",
        offending=without_proposal,
        label=LABEL,
        detail=words("อนุมัติ ", ThaiDate("approved_on"), " ยังไม่มีไฟล์ข้อเสนอโครงการ"),
        link=page("finance:project"),
    ),
    Rule(
        key="programs.waiting",
        title=f"ข้อเสนอโครงการรอพิจารณาเกิน {WAITING_DAYS} วัน",
        topic=Topic.WORK,
        severity=Severity.WARNING,
        subject="โครงการ",
        advice="เปิดหน้าโครงการ บันทึกมติของคณะพิจารณา หรือส่งกลับพร้อมเหตุผล",
        offending=waiting_long,
        label=LABEL,
        detail=words("เสนอเมื่อ ", ThaiDate("submitted_on")),
        due="submitted_on",
        link=page("finance:project"),
    ),
    Rule(
        key="programs.certification",
        title="องค์กรที่มีโครงการอยู่ การรับรองหมดอายุ",
        topic=Topic.TERMS,
        severity=Severity.WARNING,
        subject="องค์กร",
        advice="เสนอรับรองสถานภาพองค์กรอีกครั้ง แล้วบันทึกผลที่หน้าขององค์กร",
        offending=uncertified,
        label=words(F("name")),
        detail=words("การรับรองหมดอายุเมื่อ ", ThaiDate("certified_until")),
        due="certified_until",
        link=page("programs:organisation"),
    ),
    Rule(
        key="programs.minutes",
        title="การประชุมที่พิจารณาโครงการไม่มีรายงานการประชุม",
        topic=Topic.DOCUMENTS,
        severity=Severity.NOTE,
        subject="การประชุม",
        advice="เปิดหน้าการประชุม แล้วแนบรายงานการประชุม",
        offending=without_minutes,
        label=words(F("committee__name"), " ครั้งที่ ", F("number")),
        detail=words("ยังไม่มีไฟล์รายงานการประชุม"),
        region="committee__region",
        province="",
        link=page("programs:meeting"),
    ),
)
