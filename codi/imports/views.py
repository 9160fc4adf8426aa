"""Pages of uploads: the list, a new file, its preview, and what is done with it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import resolve, reverse
from django.utils import timezone
from django.views import View

from codi.accounts.access import ScopedMixin, visible_or_404
from codi.accounts.permissions import Decision
from codi.errors import Refused
from codi.imports import permissions, services, templates, undoing
from codi.imports.declared import UPLOADS, Own, Upload
from codi.imports.filters import BatchFilter
from codi.imports.forms import RefusalForm, UndoForm, UploadForm
from codi.imports.models import BatchState, ImportBatch, ImportRow
from codi.imports.own_rows import form_key, is_long
from codi.imports.plan import STATUS_TITLES, Status
from codi.imports.tables import TONES, BatchTable
from codi.jobs import exports
from codi.jobs.models import Job
from codi.ui.downloads import XLSX, file_name, file_response
from codi.ui.lists import Empty, ListPage
from codi.ui.pages import FormPage

PAGE_SIZE = 50
QUEUED = "ไฟล์นี้ใหญ่ ระบบกำลังดำเนินการให้ ปิดหน้านี้ได้ แล้วกลับมาดูความคืบหน้าได้ทุกเมื่อ"
STATUS_TONES = {
    Status.NEW: "good",
    Status.CHANGED: "info",
    Status.SAME: "neutral",
    Status.ERROR: "bad",
}


def list_page_of(own: Own, request: HttpRequest) -> ListPage:
    """The list whose filters choose what goes out, as the address sets them."""
    page: ListPage = resolve(reverse(own.list_url)).func.view_class()  # type: ignore[attr-defined]
    page.setup(request)
    return page


class BatchList(ScopedMixin, ListPage):
    """The uploaded files that a person may see, the newest first."""

    model = ImportBatch
    table_class = BatchTable
    filterset_class = BatchFilter
    template_name = "imports/list.html"
    page_title = "นำเข้าข้อมูล"
    page_lead = "ส่งไฟล์ ตรวจผล แล้วจึงยืนยัน ระบบไม่บันทึกอะไรก่อนการยืนยัน"
    unit = "ไฟล์"
    default_sort = "-uploaded_at"
    search_texts = ("file_name",)
    search_label = "ค้นหาชื่อไฟล์"
    empty = Empty(
        "ยังไม่มีไฟล์นำเข้า",
        "ผู้มีสิทธินำเข้ากด “ส่งไฟล์นำเข้า” ด้านบน ดาวน์โหลดแบบฟอร์ม กรอกข้อมูล แล้วส่งไฟล์ ระบบแสดงผลตรวจก่อนบันทึกทุกครั้ง",
        "file-spreadsheet",
    )

    def get_queryset(self) -> QuerySet[ImportBatch]:
        return super().get_queryset().select_related("uploaded_by").defer("preview", "effects")

    def get_context(self) -> dict[str, Any]:
        can_upload = permissions.can_upload_any(self.user)
        return super().get_context() | {"can_upload": can_upload}


class UploadPage(ScopedMixin, FormPage):
    """Send a file; what comes next is its preview."""

    form_class = UploadForm
    template_name = "imports/new.html"
    page_title = "ส่งไฟล์นำเข้า"
    submit_label = "ส่งไฟล์และตรวจ"

    def get_form_kwargs(self) -> dict[str, Any]:
        self.require(permissions.can_upload_any(self.user))
        return super().get_form_kwargs() | {"initial": {"kind": self.request.GET.get("kind", "")}}

    def get_context(self, form: Any) -> dict[str, Any]:
        mine = [upload for upload in UPLOADS.values() if upload.can_upload(self.user)]
        crumbs = [("นำเข้าข้อมูล", reverse("imports:list")), (self.page_title, "")]
        return super().get_context(form) | {
            "uploads": mine,
            "crumbs": crumbs,
            "cancel_url": reverse("imports:list"),
        }

    def act(self, form: UploadForm) -> HttpResponse:
        file = form.cleaned_data["file"]
        batch = services.upload_file(
            kind=form.cleaned_data["kind"],
            content=file.read(),
            file_name=file.name,
            actor=self.user,
            today=self.today(),
            wait=False,
        )
        return redirect("imports:preview", pk=batch.pk)


class TemplateDownload(ScopedMixin, View):
    """The empty form of a kind of upload."""

    def get(self, request: HttpRequest, kind: str) -> FileResponse:
        if kind not in UPLOADS:
            raise Http404
        self.require(permissions.can_upload(self.user, kind))
        name = file_name("แบบฟอร์มนำเข้า", UPLOADS[kind].title, extension="xlsx")
        return file_response(
            templates.empty_file(UPLOADS[kind], self.user), name=name, content_type=XLSX
        )


class OwnRowsDownload(ScopedMixin, View):
    """The records of a list, in its scope, search and filters, as a workbook to edit."""

    def get(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        if kind not in UPLOADS:
            raise Http404
        self.require(permissions.can_take_out(self.user, kind))
        upload = UPLOADS[kind]
        if upload.own is None:
            raise Http404
        page = list_page_of(upload.own, request)
        self.require(Decision(bool(page.allowed()), getattr(page.allowed(), "reason", "")))
        address = f"{reverse(upload.own.list_url)}?{request.GET.urlencode()}"
        if page.sums["row_count"] > upload.most_records:
            messages.error(request, exports.too_many(upload.most_records))
            return redirect(address)
        if is_long(page):
            return self._ask_for_job(upload, page, address)
        name = file_name(templates.title_of(upload, timezone.localdate()), extension="xlsx")
        content = templates.own_file(upload, self.user, page.rows)
        return file_response(content, name=name, content_type=XLSX)

    def _ask_for_job(self, upload: Upload, page: ListPage, address: str) -> HttpResponse:
        """Many records are written by a worker: the page whose button orders that."""
        title = templates.title_of(upload, timezone.localdate())
        context = {
            "page_title": title,
            "crumbs": [(page.page_title, address), (title, "")],
            "row_count": page.sums["row_count"],
            "unit": page.unit,
            "address": address,
            "form_key": form_key(upload),
            "export_url": exports.export_address(),
            "export_key": uuid.uuid4().hex,
        }
        return render(self.request, "imports/long_rows.html", context)


class BatchView(ScopedMixin, View):
    """A page about one uploaded file in sight."""

    def batch(self) -> ImportBatch:
        """The file of the address; 404 when it is out of sight."""
        batches = ImportBatch.objects.select_related("uploaded_by")
        found: ImportBatch = visible_or_404(batches, self.user, pk=self.kwargs["pk"])
        return found

    def upload(self, batch: ImportBatch) -> Upload:
        """What kind of file it is; 404 when that kind is no longer taken."""
        if batch.kind not in UPLOADS:
            raise Http404
        return UPLOADS[batch.kind]


class PreviewPage(BatchView):
    """What the file would do, row by row, and the buttons of the next step."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(self.batch(), RefusalForm(user=self.user, today=timezone.localdate()))

    def show(self, batch: ImportBatch, form: RefusalForm) -> HttpResponse:
        """The page; ``form`` is the reason for sending the file back."""
        asked = self.request.GET.get("status", "")
        chosen = asked if asked in set(map(str, Status)) else ""
        rows = batch.rows.filter(**({"status": chosen} if chosen else {})).order_by("number")
        page = Paginator(rows, PAGE_SIZE).get_page(self.request.GET.get("page"))
        context = {
            "page_title": batch.file_name,
            "crumbs": [("นำเข้าข้อมูล", reverse("imports:list")), (batch.file_name, "")],
            "batch": batch,
            "tone": TONES[BatchState(batch.state)],
            "tabs": _tabs(batch),
            "chosen": chosen,
            "page": page,
            "rows": self._with_pages(batch, page.object_list),
            "titles": {str(status): title for status, title in STATUS_TITLES.items()},
            "form": form,
            "has_errors": form.is_bound,
            "rows_are_gone": not batch.is_open and not page.object_list and _had(batch, chosen),
            **_rights(self.user, batch),
        }
        return render(self.request, "imports/preview.html", context)

    def _with_pages(self, batch: ImportBatch, staged: Iterable[ImportRow]) -> list[dict[str, Any]]:
        """The rows, each with the address of what it became once the file is written."""
        rows: list[dict[str, Any]] = []
        for row in staged:
            row.batch = batch
            rows.append(row.to_dict())
        written = batch.state == BatchState.CONFIRMED and batch.kind in UPLOADS
        pages = UPLOADS[batch.kind].pages(rows, self.user) if written else {}
        return [row | {"url": pages.get(row["number"], "")} for row in rows]


def _had(batch: ImportBatch, status: str) -> bool:
    """Whether the file had rows of that judgement, when it was judged."""
    return any(count for key, _title, count, _colour in _tabs(batch) if status in ("", key))


def _tabs(batch: ImportBatch) -> list[tuple[str, str, int, str]]:
    """Key, title, number of rows and colour of each part of the preview."""
    counts = {
        Status.ERROR: batch.error_count,
        Status.NEW: batch.new_count,
        Status.CHANGED: batch.changed_count,
        Status.SAME: batch.same_count,
    }
    return [
        (str(key), STATUS_TITLES[key], count, STATUS_TONES[key]) for key, count in counts.items()
    ]


def _rights(user: Any, batch: ImportBatch) -> dict[str, Decision | bool]:
    return {
        "can_confirm": permissions.can_confirm(user, batch),
        "can_send": permissions.can_send(user, batch),
        "can_refuse": permissions.can_refuse(user, batch),
        "can_discard": permissions.can_discard(user, batch),
        "can_undo": permissions.can_undo(user, batch),
        "can_see_job": batch.job is not None
        and Job.objects.filter(pk=batch.job.pk).visible_to(user).exists(),
    }


class ErrorsDownload(BatchView):
    """The rows to correct, with the reasons, as a spreadsheet."""

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        batch = self.batch()
        upload = self.upload(batch)
        if not batch.rows.filter(status=Status.ERROR).exists():
            raise Http404
        name = file_name("แถวที่ต้องแก้ไข", upload.title, extension="xlsx")
        return file_response(
            templates.errors_file(batch, upload, self.user), name=name, content_type=XLSX
        )


class BatchAct(BatchView):
    """A button on the preview page; a refusal is told there."""

    done_text = ""

    def allowed(self, batch: ImportBatch) -> Decision:
        """Whether it is the person's part, so that a stranger's press is a 403.

        A press that comes too late for the file, such as a second one, is told on its page.
        """
        raise NotImplementedError

    def act(self, batch: ImportBatch) -> None:
        """Call the one service."""
        raise NotImplementedError

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = self.batch()
        self.upload(batch)
        decision = self.allowed(batch)
        if not decision and batch.is_open:
            self.require(decision)
        try:
            self.act(batch)
        except Refused as refused:
            messages.error(request, refused.message)
        else:
            messages.success(request, self.done_text)
        return redirect("imports:preview", pk=batch.pk)


class Confirm(BatchAct):
    """Write the file."""

    done_text = "นำเข้าข้อมูลแล้วทั้งไฟล์"

    def allowed(self, batch: ImportBatch) -> Decision:
        return permissions.is_confirmer(self.user, batch)

    def act(self, batch: ImportBatch) -> None:
        seen = self.request.POST.get("seen", "")
        today = timezone.localdate()
        done = services.order_writing(batch=batch, actor=self.user, seen=seen, today=today)
        if done.state != BatchState.CONFIRMED:
            self.done_text = QUEUED


class Send(BatchAct):
    """Hand the file to the second person."""

    done_text = "ส่งให้ผู้มีสิทธิยืนยันแล้ว"

    def allowed(self, batch: ImportBatch) -> Decision:
        return permissions.is_sender(self.user, batch)

    def act(self, batch: ImportBatch) -> None:
        services.send_for_confirmation(batch=batch, actor=self.user)


class CheckAgain(BatchAct):
    """Make the preview anew."""

    done_text = "ตรวจใหม่แล้ว กรุณาดูผลตรวจอีกครั้ง"

    def allowed(self, batch: ImportBatch) -> Decision:
        return permissions.can_discard(self.user, batch)

    def act(self, batch: ImportBatch) -> None:
        today = timezone.localdate()
        done = services.check_again(batch=batch, actor=self.user, today=today, wait=False)
        if done.is_busy:
            self.done_text = QUEUED


class Discard(BatchAct):
    """Throw the file away."""

    done_text = "ยกเลิกไฟล์แล้ว ไม่มีการบันทึกข้อมูล"

    def allowed(self, batch: ImportBatch) -> Decision:
        return permissions.can_discard(self.user, batch)

    def act(self, batch: ImportBatch) -> None:
        services.discard(batch=batch, actor=self.user)


class Undo(ScopedMixin, FormPage):
    """What taking a written file back would do, what stands in the way, and the reason to give."""

    form_class = UndoForm
    template_name = "imports/undo.html"
    page_title = "ย้อนกลับไฟล์นำเข้า"
    submit_label = "ย้อนกลับทั้งไฟล์"

    def get_form_kwargs(self) -> dict[str, Any]:
        self.batch: ImportBatch = self.get_visible_or_404(ImportBatch, pk=self.kwargs["pk"])
        self.require(permissions.can_undo(self.user, self.batch))
        return super().get_form_kwargs()

    def get_context(self, form: Any) -> dict[str, Any]:
        back = reverse("imports:preview", args=[self.batch.pk])
        crumbs = [("นำเข้าข้อมูล", reverse("imports:list")), (self.batch.file_name, back)]
        small = self.batch.new_count + self.batch.changed_count <= services.DIRECT_ROW_COUNT
        return super().get_context(form) | {
            "batch": self.batch,
            "crumbs": [*crumbs, (self.page_title, "")],
            "cancel_url": back,
            "obstacles": undoing.obstacles(self.batch, user=self.user) if small else [],
        }

    def act(self, form: UndoForm) -> HttpResponse:
        done = undoing.order_undo(
            batch=self.batch,
            actor=self.user,
            reason=form.cleaned_data["reason"],
            today=self.today(),
        )
        taken_back = done.state == BatchState.UNDONE
        messages.success(self.request, "ย้อนกลับทั้งไฟล์แล้ว" if taken_back else QUEUED)
        return redirect("imports:preview", pk=self.batch.pk)


class Refuse(PreviewPage):
    """The second person sends the file back with a reason."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = self.batch()
        if batch.is_open:
            self.require(permissions.is_checker(self.user, batch))
        form = RefusalForm(data=request.POST, user=self.user, today=timezone.localdate())
        if not form.is_valid():
            return self.show(batch, form)
        try:
            services.refuse(batch=batch, actor=self.user, reason=form.cleaned_data["reason"])
        except Refused as refused:
            messages.error(request, refused.message)
        else:
            messages.success(request, "ส่งกลับพร้อมเหตุผลแล้ว")
        return redirect("imports:preview", pk=batch.pk)
