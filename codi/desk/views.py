"""Pages of the bin: what was deleted, one deleted record, deleting and bringing back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.views import View

from codi.accounts.access import ScopedMixin
from codi.desk import bin
from codi.desk.models import Binned
from codi.desk.tables import BinTable
from codi.errors import Refused
from codi.history.queries import tracked_fields
from codi.ui.lists import Empty, ListPage
from codi.ui.toasts import offer
from codi.writing import shown

BIN = ("ถังขยะ", reverse_lazy("desk:bin"))
GONE = "รายการที่ถูกลบแล้ว"


class BinList(ScopedMixin, ListPage):
    """What was deleted in the person's scope during the last 30 days."""

    model = Binned
    table_class = BinTable
    page_title = "ถังขยะ"
    page_lead = "รายการที่ลบภายใน 30 วัน เปิดดูแล้วเลิกลบได้ พ้นกำหนดแล้วระบบลบถาวร แต่ประวัติยังอยู่"
    unit = "รายการ"
    default_sort = "-deleted_at"
    search_texts = ("title",)
    search_label = "ค้นหาชื่อรายการที่ลบ"
    empty = Empty("ถังขยะว่าง", "รายการที่ท่านหรือผู้อื่นในพื้นที่ของท่านลบ จะอยู่ที่นี่ 30 วัน", "trash-2")

    def get_queryset(self) -> QuerySet[Binned]:
        return super().get_queryset().select_related("deleted_by")


class BinnedView(ScopedMixin, View):
    """A page about one deleted record in sight."""

    def binned(self) -> Binned:
        """The entry of the address; 404 when it is out of sight or was brought back."""
        found: Binned = self.get_visible_or_404(Binned, pk=self.kwargs["pk"])
        return found


class BinnedPage(BinnedView):
    """What a deleted record held, and the way to bring it back."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        binned = self.binned()
        record = bin.record_of(binned)
        context = {
            "page_title": binned.title,
            "page_lead": f"{binned.kind}ที่ถูกลบ",
            "crumbs": [BIN, (binned.title, "")],
            "binned": binned,
            "facts": facts_of(record),
            "part_count": len(binned.content) - 1,
            "may": bin.can_restore(self.user, binned),
        }
        return render(request, "desk/binned.html", context)


def facts_of(record: Model) -> list[tuple[str, str]]:
    """Label and value of each filled field of a record that lies in no table."""
    facts = []
    for field in tracked_fields(type(record)):
        if getattr(record, field.attname) in (None, ""):
            continue
        try:
            told = shown(record, field.name, getattr(record, field.name))
        except ObjectDoesNotExist:
            told = GONE
        facts.append((str(field.verbose_name), told))
    return facts


class Restore(BinnedView):
    """Bring a deleted record back."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        binned = self.binned()
        self.require(bin.can_restore(self.user, binned))
        try:
            record = bin.restore(actor=self.user, binned=binned)
        except Refused as refused:
            messages.error(request, " ".join([refused.message, *refused.details]))
            return redirect(binned.get_absolute_url())
        messages.success(request, f"นำ{binned.kind} “{binned.title}” กลับมาแล้ว")
        return redirect(address_of(record))


def address_of(record: Any) -> str:
    """Where a record is seen: its own page, or the page that it belongs to."""
    if hasattr(record, "get_absolute_url"):
        return str(record.get_absolute_url())
    return bin.DELETABLE[record._meta.label_lower].after(record)


class Delete(ScopedMixin, View):
    """Put a record into the bin and offer the way back."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, model: str, pk: int) -> HttpResponse:
        declared = bin.DELETABLE.get(model)
        if declared is None:
            raise Http404
        record = self.get_visible_or_404(declared.model, pk=pk)
        self.require(declared.can_delete(self.user, record))
        try:
            binned = bin.delete(
                actor=self.user,
                record=record,
                expected_version=self._seen(record),
                now=timezone.now(),
            )
        except Refused as refused:
            messages.error(request, refused.message)
            return redirect(address_of(record))
        offer_undo(request, binned)
        return redirect(declared.after(record))

    def _seen(self, record: Model) -> int | None:
        """The version that the person saw; None for what has none, because only its owner writes it."""
        if not hasattr(record, "version"):
            return None
        typed = self.request.POST.get("version", "")
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def offer_undo(request: HttpRequest, binned: Binned) -> None:
    """The toast: what was deleted, and the button that brings it back."""
    offer(
        request,
        f"ลบ{binned.kind} “{binned.title}” แล้ว เลิกทำได้ภายใน 30 วัน",
        url=reverse("desk:restore", args=[binned.pk]),
        label="เลิกทำ",
    )
