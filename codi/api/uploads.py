"""Uploaded spreadsheets: send a file, read what it would do, and decide."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import FileResponse, Http404
from rest_framework.request import Request

from codi.api.declared import Act, Call, NothingForm, Part, Resource, Told, register
from codi.imports import permissions, services, templates, undoing
from codi.imports.declared import UPLOADS
from codi.imports.filters import BatchFilter
from codi.imports.forms import ConfirmForm, RefusalForm, UndoForm, UploadForm
from codi.imports.models import ImportBatch, ImportRow
from codi.imports.plan import STATUS_TITLES
from codi.ui.downloads import XLSX, file_name, file_response
from codi.ui.lists import ListFilter

BATCHES = "import-batches"
# An answer of more would be read by nobody; the workbook and the rows hold all of them.
MOST_ERRORS = 1_000


def _errors_of_batch(request: Request, batch: Any) -> dict[str, Any]:
    """Every wrong row with its cells."""
    wrong = batch.rows.filter(status="error").order_by("number")[:MOST_ERRORS]
    for row in wrong:
        row.batch = batch
    return {
        "error_count": batch.error_count,
        "rows": [{"number": row.number, "errors": row.told_errors} for row in wrong],
    }


def _workbook_of_errors(request: Request, batch: Any) -> FileResponse:
    """The wrong rows in their template. Raises ``Http404`` when there is none."""
    upload = UPLOADS.get(batch.kind)
    if upload is None or not batch.error_count:
        raise Http404
    name = file_name("แถวที่ต้องแก้ไข", upload.title, extension="xlsx")
    user: Any = request.user
    content = templates.errors_file(batch, upload, user)
    return file_response(content, name=name, content_type=XLSX)


def _uploaded(call: Call) -> ImportBatch:
    """Read and judge the file; a long one is left to a worker."""
    file = call.facts["file"]
    return services.upload_file(
        kind=call.facts["kind"],
        content=file.read(),
        file_name=file.name,
        actor=call.actor,
        today=call.today,
        wait=False,
    )


def _checked_again(call: Call) -> ImportBatch:
    return services.check_again(batch=call.row, actor=call.actor, today=call.today, wait=False)


def _written(call: Call) -> ImportBatch:
    """Write what the fingerprint stands for; a long file is left to a worker."""
    return services.order_writing(
        batch=call.row, actor=call.actor, seen=call.facts["fingerprint"], today=call.today
    )


def _taken_back(call: Call) -> ImportBatch:
    return undoing.order_undo(
        batch=call.row, actor=call.actor, today=call.today, reason=call.facts["reason"]
    )


ACTS = (
    Act(
        "check-again",
        "ตรวจไฟล์ใหม่กับข้อมูลล่าสุด",
        NothingForm,
        can=permissions.can_discard,
        perform=_checked_again,
    ),
    Act(
        "confirm",
        "ยืนยันและบันทึกทั้งไฟล์",
        ConfirmForm,
        can=permissions.can_confirm,
        perform=_written,
        notes_refusals=True,
        problems=("changed-by-another",),
        about="บันทึกทั้งไฟล์หรือไม่บันทึกเลย ไฟล์ยาวทำโดยงานเบื้องหลัง (job)",
    ),
    Act(
        "send",
        "ส่งให้ผู้มีสิทธิยืนยัน",
        NothingForm,
        can=permissions.can_send,
        perform=lambda call: services.send_for_confirmation(batch=call.row, actor=call.actor),
        about="ไฟล์ที่มีการอนุมัติหรือการโอนเงินต้องให้ผู้อื่นยืนยัน (checker_roles)",
    ),
    Act(
        "refuse",
        "ส่งไฟล์กลับ ไม่อนุมัติ",
        RefusalForm,
        can=permissions.can_refuse,
        perform=lambda call: services.refuse(batch=call.row, actor=call.actor, **call.facts),
    ),
    Act(
        "discard",
        "ยกเลิกไฟล์",
        NothingForm,
        can=permissions.can_discard,
        perform=lambda call: services.discard(batch=call.row, actor=call.actor),
    ),
    Act(
        "undo",
        "ย้อนกลับทั้งไฟล์",
        UndoForm,
        can=permissions.can_undo,
        perform=_taken_back,
        about="ทำทั้งไฟล์หรือไม่ทำเลย สิ่งที่ขวางอยู่ใน errors ไฟล์ยาวทำโดยงานเบื้องหลัง (job)",
    ),
)

register(
    Resource(
        name=BATCHES,
        title="ไฟล์นำเข้า",
        about="ไฟล์ตารางที่ส่งเข้ามา ผลตรวจ และสิ่งที่เกิดขึ้นกับไฟล์ ผลตรวจรายแถวอยู่ใน import-rows",
        model=ImportBatch,
        rows=lambda user: ImportBatch.objects.visible_to(user).defer("effects"),
        fields=(
            "id",
            "kind",
            "state",
            "region",
            "file_name",
            "file_sha256",
            "file_byte_count",
            "new_count",
            "changed_count",
            "same_count",
            "error_count",
            "checker_roles",
            "fingerprint",
            "job",
            "uploaded_by",
            "uploaded_at",
            "previewed_at",
            "confirmed_by",
            "confirmed_at",
            "refused_by",
            "refusal_reason",
            "undone_by",
            "undone_at",
            "undo_reason",
            "failure",
        ),
        told=(
            Told("warnings", "คำเตือนที่ต้องดูก่อนยืนยัน เช่น ข้อมูลอาจสลับแถวกัน หรืออาจบันทึกไปแล้ว", "texts"),
            Told("notes", "ข้อสังเกตจากการอ่านไฟล์", "texts"),
        ),
        order={"uploaded_at": "uploaded_at", "id": "pk", "state": "state"},
        default_sort="-uploaded_at",
        filters=BatchFilter,
        create=Act(
            "new",
            "ส่งไฟล์นำเข้า",
            UploadForm,
            can=lambda user, row: permissions.can_upload_any(user),
            perform=_uploaded,
            choices={"kind": [(upload.key, upload.title) for upload in UPLOADS.values()]},
            status=201,
            about="multipart/form-data ไม่เกิน 10 MB ยังไม่บันทึกข้อมูล ไฟล์ใหญ่ตรวจโดยงานเบื้องหลัง (state: checking)",
        ),
        acts=ACTS,
        parts=(
            Part(
                "errors",
                "แถวที่ต้องแก้ไข",
                _errors_of_batch,
                about=f"แถวที่ผิด {MOST_ERRORS:,} แถวแรก พร้อมคอลัมน์และข้อความว่าต้องแก้อย่างไร",
            ),
            Part("errors/xlsx", "ไฟล์แถวที่ต้องแก้ไข", _workbook_of_errors, media=(XLSX,)),
        ),
    )
)


def _batches(request: Any) -> QuerySet[ImportBatch]:
    return ImportBatch.objects.visible_to(request.user)


class RowFilter(ListFilter):
    """Of which file, and with which judgement."""

    batch = django_filters.ModelChoiceFilter(label="ไฟล์นำเข้า (id)", queryset=_batches)
    status = django_filters.ChoiceFilter(
        label="ผลตรวจ", choices=[(str(status), title) for status, title in STATUS_TITLES.items()]
    )


register(
    Resource(
        name="import-rows",
        title="แถวของไฟล์นำเข้า",
        about="ผลตรวจทีละแถว: ใหม่ เปลี่ยนจากค่าใดเป็นค่าใด เหมือนเดิม หรือต้องแก้ไขเพราะอะไร เรียกด้วย ?batch=",
        model=ImportRow,
        rows=lambda user: ImportRow.objects.select_related("batch").defer(
            "data", "batch__preview", "batch__effects"
        ),
        seen_with="batch",
        fields=("id", "batch", "number", "status", "label", "raw"),
        told=(
            Told("changes", "ค่าที่เปลี่ยน: column, title, old, new", "objects", "told_changes"),
            Told("errors", "สิ่งที่ต้องแก้ไข: column, title, message", "objects", "told_errors"),
        ),
        order={"number": "number", "id": "pk"},
        default_sort="number",
        filters=RowFilter,
    )
)
