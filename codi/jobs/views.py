"""Pages of long work: the list, one job with its progress, its file."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views import View

from codi.accounts.access import ScopedMixin
from codi.errors import Refused
from codi.jobs import KINDS, exports, permissions, services
from codi.jobs.filters import JobFilter
from codi.jobs.models import Job, State
from codi.jobs.tables import TONES, JobTable
from codi.ui.downloads import CSV, PDF, XLSX, file_response
from codi.ui.lists import Empty, ListPage

CONTENT_TYPES = {".pdf": PDF, ".xlsx": XLSX, ".csv": CSV, ".json": "application/json"}
SANDBOX = "sandbox; default-src 'none'"


class JobList(ScopedMixin, ListPage):
    """The jobs that a person may see, the newest first."""

    model = Job
    table_class = JobTable
    filterset_class = JobFilter
    page_title = "งานเบื้องหลัง"
    page_lead = "งานที่ใช้เวลานาน เช่น จัดทำรายงาน ส่งออกรายการใหญ่ หรือนำเข้าไฟล์ใหญ่ ปิดหน้านี้ได้ ระบบทำต่อให้"
    unit = "งาน"
    default_sort = "-created_at"
    search_texts = ("title",)
    search_label = "ค้นหาชื่องาน"
    empty = Empty(
        "ยังไม่มีงานเบื้องหลัง",
        "เมื่อท่านจัดทำรายงาน ส่งออกรายการใหญ่ หรือนำเข้าไฟล์ใหญ่ งานจะแสดงที่นี่ กลับมาดูความคืบหน้าและรับไฟล์ได้ทุกเมื่อ",
        "hourglass",
    )

    def get_queryset(self) -> QuerySet[Job]:
        return super().get_queryset().select_related("requested_by")


class JobView(ScopedMixin, View):
    """A page about one job in sight."""

    def job(self) -> Job:
        """The job of the address; 404 when it is out of sight."""
        found: Job = self.get_visible_or_404(Job, pk=self.kwargs["pk"])
        return found


class JobPage(JobView):
    """One job: progress while it runs, then the file or the reason."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = self.job()
        kind = KINDS.get(job.kind)
        context = {
            "page_title": job.title,
            "crumbs": [("งานเบื้องหลัง", reverse("jobs:list")), (job.title, "")],
            "job": job,
            "tone": TONES[State(job.state)],
            "cancelling": job.is_active and job.cancel_requested_at is not None,
            "can_cancel": permissions.can_cancel(self.user, job),
            "can_retry": permissions.can_retry(self.user, job),
            "leads_to": kind.leads_to(job) if kind and kind.leads_to else None,
            "shows_pdf": job.has_file and PurePath(job.file_path).suffix == ".pdf",
        }
        return render(request, "jobs/detail.html", context)


class JobProgress(JobView):
    """The part of the page that is asked for every two seconds; the end loads the whole page."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = self.job()
        response = render(
            request, "jobs/progress.html", {"job": job, "tone": TONES[State(job.state)]}
        )
        if not job.is_active:
            response["HX-Refresh"] = "true"
        return response


class JobDownload(JobView):
    """The file of a job, saved under its Thai name; ``?inline=1`` shows a PDF in the page."""

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        job = self.job()
        self.require(permissions.can_download(self.user, job))
        content_type = CONTENT_TYPES.get(PurePath(job.file_path).suffix, "application/octet-stream")
        inline = request.GET.get("inline") == "1" and content_type == PDF
        try:
            stream = job.file.open("rb")
        except OSError as error:
            raise Http404 from error
        response = file_response(
            stream, name=job.file_name, content_type=content_type, inline=inline
        )
        response["X-Content-Type-Options"] = "nosniff"
        if not inline:
            response["Content-Security-Policy"] = SANDBOX
        return response


class JobAct(JobView):
    """A button on the page of a job."""

    def act(self, job: Job) -> str:
        """Call the service; returns what to tell the person."""
        raise NotImplementedError

    def post(self, request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        job = self.job()
        try:
            messages.success(request, self.act(job))
        except Refused as refused:
            messages.error(request, refused.message)
        return redirect("jobs:detail", pk=job.pk)


class JobCancel(JobAct):
    """Cancel."""

    def act(self, job: Job) -> str:
        if job.is_active:
            self.require(permissions.can_cancel(self.user, job))
        cancelled = services.cancel(job, actor=self.user)
        return "กำลังหยุดงาน อาจใช้เวลาสักครู่" if cancelled.is_active else "ยกเลิกงานแล้ว"


class JobRetry(JobAct):
    """Run again."""

    def act(self, job: Job) -> str:
        if not job.is_active and job.state != State.DONE:
            self.require(permissions.can_retry(self.user, job))
        services.retry(job, actor=self.user)
        return "สั่งทำใหม่แล้ว"


class ExportRequest(ScopedMixin, View):
    """Ask for the file of a long list; what comes next is the page of the job."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        address = request.POST.get("address", "")
        key = f"export-{self.user.pk}-{request.POST.get('one_time_key', '')[:64]}"
        try:
            form = request.POST.get("form", "")
            job = exports.request_export(address=address, key=key, actor=self.user, form=form)
        except Refused as refused:
            if refused.code == exports.NO_RIGHT:
                raise PermissionDenied(refused.message) from refused
            messages.error(request, refused.message)
            known = refused.code != exports.NO_LIST
            return redirect(address if known else "jobs:list")
        messages.success(request, "รับคำสั่งส่งออกแล้ว เมื่อเสร็จ ไฟล์อยู่ในหน้านี้ ปิดหน้านี้ได้ระหว่างรอ")
        return redirect("jobs:detail", pk=job.pk)
