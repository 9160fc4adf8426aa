"""Files that hang on records: a register per kind of record, and the act that attaches to it.

Whoever declares an ``AttachmentKind`` has the register (``project-files``); the room adds
``attaching("project")`` to the acts of the record's own register.
"""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from codi.api.declared import Act, Call, NothingForm, Part, Resource, Told, register
from codi.files import services
from codi.files.declared import KINDS, AttachmentKind
from codi.files.forms import OneFileForm, RemoveForm, ReplaceForm
from codi.files.models import CONTENT_TYPES, Attachment, FileState, Format
from codi.files.serving import JPEG, content_of, preview_of
from codi.ui.lists import ListFilter

READABLE = (FileState.PRESENT, FileState.REPLACED)
TAKEN = "multipart/form-data ไม่เกิน 20 MB: PDF, JPEG, PNG, XLSX, DOCX ตรวจทั้งชื่อและเนื้อหา"


def register_name(kind: AttachmentKind) -> str:
    """What the register of a kind of files is called: ``project-files``."""
    return f"{kind.key}-files"


def _sent(call: Call) -> services.Upload:
    """The file of the request as the service takes it."""
    facts = dict(call.facts)
    (file,) = facts.pop("file")
    return services.Upload(file, file.name, file.content_type or "", **facts)


def _file_act(kind: AttachmentKind, **more: Any) -> Act:
    """An act that brings a file of this kind."""
    return Act(
        form_kwargs=lambda row: {"kind": kind},
        choices={"document": [(document.value, document.label) for document in kind.documents]},
        status=201,
        about=TAKEN,
        **more,
    )


def attaching(key: str) -> Act:
    """The act of a record that takes files: attach one more. The same content is the same file."""
    kind = KINDS[key]
    return _file_act(
        kind,
        path="files",
        title="แนบไฟล์",
        form=OneFileForm,
        can=kind.can_attach,
        perform=lambda call: services.attach(
            actor=call.actor, subject=call.row, upload=_sent(call), now=call.now
        ),
        answers=register_name(kind),
        needs_version=False,
    )


def _acts(kind: AttachmentKind) -> tuple[Act, ...]:
    return (
        _file_act(
            kind,
            path="replace",
            title="แทนที่ด้วยฉบับใหม่",
            form=ReplaceForm,
            can=kind.replacing,
            perform=lambda call: services.replace(
                actor=call.actor, attachment=call.row, upload=_sent(call), now=call.now
            ),
        ),
        Act(
            "remove",
            "เอาไฟล์ออก",
            RemoveForm,
            can=kind.can_remove,
            perform=lambda call: services.remove(
                actor=call.actor, attachment=call.row, now=call.now, **call.facts
            ),
            about="นำกลับได้ภายใน 30 วัน",
        ),
        Act(
            "restore",
            "นำไฟล์กลับ",
            NothingForm,
            can=lambda user, row: kind.can_attach(user, row.subject),
            perform=lambda call: services.restore(actor=call.actor, attachment=call.row),
        ),
    )


def _content(request: Request, file: Attachment) -> HttpResponseBase:
    """The content under its name, never shown in a browser. Raises ``Http404`` once it is off."""
    if file.state not in READABLE:
        raise Http404
    return content_of(file)


def _preview(request: Request, file: Attachment) -> HttpResponseBase:
    if file.state not in READABLE:
        raise Http404
    return preview_of(file)


def _filter_of(kind: AttachmentKind) -> type[ListFilter]:
    """By record, state and format."""

    def subjects(request: Any) -> QuerySet[Any]:
        rows: Any = kind.subject_model._default_manager
        found: QuerySet[Any] = rows.visible_to(request.user)
        return found

    title = str(kind.subject_model._meta.verbose_name)
    words = {
        "subject": django_filters.ModelChoiceFilter(label=f"{title} (id)", queryset=subjects),
        "state": django_filters.ChoiceFilter(label="สถานะ", choices=FileState.choices),
        "format": django_filters.ChoiceFilter(label="ชนิดไฟล์", choices=Format.choices),
    }
    docs = {"__doc__": "By record, state and format.", "__module__": __name__}
    return type(f"{kind.model.__name__}Filter", (ListFilter,), {**words, **docs})


def _rows(kind: AttachmentKind) -> Any:
    """Files with what their rights ask of the record."""
    return lambda user: kind.rows.select_related("subject")


for _kind in KINDS.values():
    _title = str(_kind.subject_model._meta.verbose_name)
    register(
        Resource(
            name=register_name(_kind),
            title=f"ไฟล์แนบของ{_title}",
            about=f"ไฟล์ที่แนบกับ{_title} (subject) รวมฉบับที่ถูกแทนและที่เอาออกแล้ว แนบเพิ่มที่ …/{{id}}/files/",
            model=_kind.model,
            rows=_rows(_kind),
            fields=(
                "id",
                "subject",
                "file_name",
                "format",
                "byte_count",
                "sha256",
                "has_preview",
                "document",
                "description",
                "attached_by",
                "attached_at",
                "state",
                "replaces",
                "removed_by",
                "removed_at",
                "removal_reason",
                "purged_at",
            ),
            told=(Told("content_type", "ชนิดของเนื้อหาที่ดาวน์โหลด"),),
            order={"attached_at": "attached_at", "id": "pk", "file_name": "file_name"},
            default_sort="-attached_at",
            filters=_filter_of(_kind),
            search_texts=("file_name", "description"),
            acts=_acts(_kind),
            parts=(
                Part("content", "ดาวน์โหลดไฟล์", _content, media=tuple(CONTENT_TYPES.values())),
                Part("preview", "ภาพตัวอย่าง", _preview, media=(JPEG,)),
            ),
        )
    )
