"""The register of later changes: the list, and one change with the cells that it touches."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views import View

from codi.accounts.access import ScopedMixin
from codi.accounts.permissions import Decision
from codi.jobs.models import Job
from codi.jobs.starting import StartsJob
from codi.ui.lists import Empty, ListPage
from reports import permissions, services
from reports.filters import LaterChangeFilter
from reports.later_pages import cells_of, history_address, later_changes, record_address
from reports.models import LaterChange, LaterReading
from reports.tables import LaterChangeTable


class LaterChangeList(ScopedMixin, ListPage):
    """What was changed after a quarter closed or an edition came out, the newest first."""

    model = LaterChange
    table_class = LaterChangeTable
    filterset_class = LaterChangeFilter
    template_name = "reports/later.html"
    page_title = "ทะเบียนการแก้ไขภายหลัง"
    page_lead = (
        "รายการที่แก้หลังปิดไตรมาสหรือหลังออกฉบับ ฉบับที่ออกแล้วไม่เปลี่ยน ทะเบียนนี้บอกว่าตัวเลขใดของฉบับใดถูกกระทบ"
    )
    unit = "รายการ"
    default_sort = "-changed_at"
    search_texts = ("record", "actor")
    search_label = "ค้นหารายการหรือผู้แก้"
    empty = Empty(
        "ยังไม่มีการแก้ไขภายหลัง",
        "เมื่อมีผู้แก้รายการที่อยู่ในไตรมาสที่ปิดแล้วหรืออยู่เบื้องหลังฉบับที่ออกแล้ว รายการจะขึ้นที่นี่ภายในห้านาที",
        "history",
    )

    def get_queryset(self) -> QuerySet[Any]:
        return later_changes(self.user)

    def allowed(self) -> Decision:
        return permissions.can_see_reports(self.user)

    def get_context(self) -> dict[str, Any]:
        return {
            "reading": LaterReading.objects.first(),
            "can_read": permissions.can_read_history(self.user),
            "one_time_key": uuid.uuid4().hex,
        }


class ReadNow(StartsJob):
    """The button: read the history now; what comes next is the page of the job."""

    started = "เริ่มอ่านประวัติแล้ว ปิดหน้านี้ได้ ระบบทำต่อให้"

    def allowed(self) -> Decision:
        return permissions.can_read_history(self.user)

    def start(self, key: str) -> Job:
        return services.request_reading(actor=self.user, key=key)

    def back(self) -> str:
        return reverse("reports:later")


class LaterChangePage(ScopedMixin, View):
    """One later change: from what to what, by whom, why, and every cell that it touches."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        change = later_changes(self.user).filter(pk=pk).first()
        if change is None:
            raise Http404
        context = {
            "page_title": f"{change.get_verb_display()} {change.record}",
            "page_lead": "การแก้ไขภายหลัง",
            "crumbs": [
                ("รายงาน", reverse("reports:list")),
                ("การแก้ไขภายหลัง", reverse("reports:later")),
                (change.record, ""),
            ],
            "change": change,
            "touched": [(touched, cells_of(touched)) for touched in change.editions.all()],
            "record_url": record_address(change),
            "history_url": history_address(change),
        }
        return render(request, "reports/later_change.html", context)
