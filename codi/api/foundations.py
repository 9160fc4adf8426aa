"""The registers of the rooms below this one: places, long work, the bin."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django.db.models import Model, QuerySet
from django.http import FileResponse, Http404
from rest_framework.request import Request

from codi.api.declared import (
    ANY,
    BIN,
    RESOURCES,
    Act,
    NothingForm,
    Part,
    Resource,
    Told,
    register,
)
from codi.desk import bin
from codi.desk.models import Binned
from codi.jobs import permissions as job_permissions
from codi.jobs import services as jobs
from codi.jobs.filters import JobFilter
from codi.jobs.models import Job
from codi.places.models import District, Province, Region, Subdistrict
from codi.ui.downloads import CSV, PDF, XLSX, file_response

MEDIA = (PDF, XLSX, "text/csv", "application/json", "application/octet-stream")
CONTENT_TYPES = {".pdf": PDF, ".xlsx": XLSX, ".csv": CSV, ".json": "application/json"}


def _place(name: str, title: str, model: type[Model], above: str, *more: str) -> None:
    """Places are common knowledge: everybody reads all of them, abolished ones too."""

    def rows(user: Any) -> QuerySet[Any]:
        return model._default_manager.all()

    register(
        Resource(
            name=name,
            title=title,
            about="รหัสทางการ ใช้ได้ถึงก่อนวันที่ valid_until",
            model=model,
            rows=rows,
            fields=(
                "code",
                "name",
                *((above,) if above else ()),
                *more,
                "valid_from",
                "valid_until",
                "successor",
            ),
            order={"code": "code", "name": "sort_key"},
            default_sort="code",
            search_keys=("search_key",),
            is_common=True,
        )
    )


_place("regions", "ภาค", Region, "", "short_name", "position")
_place("provinces", "จังหวัด", Province, "region")
_place("districts", "อำเภอ/เขต", District, "province")
_place("subdistricts", "ตำบล/แขวง", Subdistrict, "district")


def _file_of_job(request: Request, job: Any) -> FileResponse:
    """The file under its Thai name. Raises ``Http404`` while there is none."""
    user: Any = request.user
    if not job_permissions.can_download(user, job):
        raise Http404
    kind = CONTENT_TYPES.get(PurePath(job.file_path).suffix, "application/octet-stream")
    try:
        stream = job.file.open("rb")
    except OSError as error:
        raise Http404 from error
    response = file_response(stream, name=job.file_name, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    return response


register(
    Resource(
        name="jobs",
        title="งานเบื้องหลัง",
        about="งานที่ใช้เวลานาน: ความคืบหน้า ผลลัพธ์ และสาเหตุที่ไม่สำเร็จ",
        model=Job,
        rows=lambda user: Job.objects.visible_to(user),
        fields=(
            "id",
            "kind",
            "title",
            "state",
            "percent",
            "stage",
            "failure",
            "failure_code",
            "requested_by",
            "region",
            "file_name",
            "file_sha256",
            "file_byte_count",
            "created_at",
            "started_at",
            "finished_at",
        ),
        told=(Told("has_file", "มีไฟล์ให้ดาวน์โหลด", "flag"),),
        order={"created_at": "created_at", "id": "pk", "state": "state"},
        default_sort="-created_at",
        filters=JobFilter,
        acts=(
            Act(
                "cancel",
                "ยกเลิกงาน",
                NothingForm,
                can=job_permissions.can_cancel,
                perform=lambda call: jobs.cancel(call.row, actor=call.actor),
            ),
            Act(
                "retry",
                "สั่งทำใหม่",
                NothingForm,
                can=job_permissions.can_retry,
                perform=lambda call: jobs.retry(call.row, actor=call.actor),
                about="งานที่ไม่สำเร็จหรือถูกยกเลิกแล้ว",
            ),
        ),
        parts=(Part("file", "ไฟล์ผลลัพธ์ของงาน", _file_of_job, media=MEDIA),),
    )
)


def _binned(user: Any) -> QuerySet[Binned]:
    """What was deleted out of a register: a saved filter of the pages is none of a program's rows."""
    labels = {resource.model._meta.label_lower for resource in RESOURCES.values()}
    return Binned.objects.visible_to(user).filter(model__in=labels).defer("content")


register(
    Resource(
        name=BIN,
        title="ถังขยะ",
        about="รายการที่ลบในพื้นที่ของท่านภายใน 30 วัน เลิกลบได้ พ้นกำหนดแล้วระบบลบถาวร",
        model=Binned,
        rows=_binned,
        fields=(
            "id",
            "model",
            "object_id",
            "kind",
            "title",
            "region",
            "province",
            "deleted_by",
            "deleted_at",
            "kept_until",
        ),
        order={"deleted_at": "deleted_at", "id": "pk"},
        default_sort="-deleted_at",
        search_texts=("title",),
        acts=(
            Act(
                "restore",
                "เลิกลบ นำกลับจากถังขยะ",
                NothingForm,
                can=bin.can_restore,
                perform=lambda call: bin.restore(actor=call.actor, binned=call.row),
                answers=ANY,
                about="คำตอบคือรายการที่กลับมาใต้รหัสเดิม ดูที่อยู่ในส่วนหัว (header) Location",
                status=201,
            ),
        ),
    )
)
