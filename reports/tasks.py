"""The doors for long work: files of editions, comparisons of drafts, readings of the history."""

from __future__ import annotations

from celery import shared_task
from django.urls import reverse
from django.utils import timezone

from codi.errors import Refused
from codi.jobs import Product, Progress, handler
from codi.jobs.models import Job
from codi.pdf.renderer import RenderFailed
from reports import services
from reports.changes import changes_since
from reports.content import Content, of_edition
from reports.file_names import file_name
from reports.models import Edition, FileKind
from reports.rendering import pdf_of
from reports.sheets import xlsx_of


@shared_task(name="reports.tasks.note_later_changes")
def note_later_changes() -> None:
    """Read the history for the register of later changes; asked for every few minutes."""
    services.note_later_changes(now=timezone.now())


def _register(job: Job) -> tuple[str, str]:
    return "เปิดทะเบียนการแก้ไขภายหลัง", reverse("reports:later")


@handler(services.READ, title="อ่านการแก้ไขภายหลัง", leads_to=_register)
def read_now(job: Job, progress: Progress) -> None:
    """Read the history for the register of later changes; the job tells which kind is being read."""
    services.note_later_changes(now=timezone.now(), tell=progress)


def _changes(job: Job) -> tuple[str, str]:
    return "เปิดตัวเลขที่เปลี่ยน", reverse("reports:changes", args=[job.payload["edition"]])


def _page(job: Job) -> tuple[str, str]:
    return "เปิดรายงาน", reverse("reports:detail", args=[job.payload["edition"]])


@handler(services.RENDER, title="จัดทำไฟล์รายงาน", leads_to=_page)
def render_edition(job: Job, progress: Progress) -> Product | None:
    """Make the PDF of a draft, or both files of an edition that is being issued.

    The draft's file is the job's own; the files of an issue are stored with the edition, in the
    transaction that issues it.
    """
    edition = Edition.objects.select_related("programme__funding_source", "region").get(
        pk=job.payload["edition"]
    )
    issuing = bool(job.payload["issue"])
    if issuing and not edition.is_frozen:
        raise Refused("การออกฉบับนี้ถูกถอนแล้ว จึงไม่จัดทำไฟล์", code="issue_withdrawn")
    progress(5, "คำนวณตัวเลข")
    content = of_edition(edition, today=timezone.localdate())
    if not issuing:
        _compare(edition, content, progress)
    progress(30, "ตรวจสอบ")
    pdf = _pdf(content, progress)
    progress(85, "บันทึกไฟล์")
    if issuing:
        files: dict[str, bytes] = {FileKind.PDF: pdf, FileKind.XLSX: xlsx_of(content)}
        services.complete_issue(edition=edition, files=files, now=timezone.now())
        return None
    path = progress.folder / "report.pdf"
    path.write_bytes(pdf)
    return Product(path, file_name(content, "pdf"))


@handler(services.COMPARE, title="เทียบกับฉบับก่อน", leads_to=_changes)
def compare_edition(job: Job, progress: Progress) -> None:
    """Compute what moved between a draft and the edition that it takes the place of, and keep it."""
    edition = Edition.objects.select_related("programme__funding_source", "region").get(
        pk=job.payload["edition"]
    )
    if edition.is_frozen:
        raise Refused("ฉบับนี้ตรึงตัวเลขแล้ว ผลเทียบตรึงไว้กับฉบับ", code="frozen")
    progress(5, "คำนวณตัวเลข")
    _compare(edition, of_edition(edition, today=timezone.localdate()), progress)


def _compare(edition: Edition, content: Content, progress: Progress) -> None:
    """Keep what moved since the edition before, as of the moment of the content."""
    if edition.replaces is None:
        return
    now = timezone.now()
    progress(20, "เทียบกับฉบับก่อน")
    previous = of_edition(edition.replaces, today=timezone.localdate(now))
    moves = changes_since(content, previous)
    services.keep_comparison(edition=edition, moves=moves, now=now)


def _pdf(content: Content, progress: Progress) -> bytes:
    try:
        return pdf_of(content, progress).pdf
    except RenderFailed as failed:
        raise Refused(failed.message, code=failed.code) from failed
