"""Base figures and targets of regions, and the scales of quality reviews."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse, reverse_lazy
from django.views import View

from codi.accounts.access import ScopedMixin
from codi.ui.lists import Empty, ListPage
from programs.filters import BaseFilter
from programs.forms import initial_of
from programs.forms_of_bases import (
    BaseEditForm,
    BaseForm,
    ScaleEditForm,
    ScaleForm,
    initial_of_scale,
)
from programs.models import QualityScale, RegionBase
from programs.permissions import can_set_bases
from programs.services import bases as services
from programs.tables import BaseTable
from programs.views.records import Crumb, RecordForm

BASES: Crumb = ("ฐานและเป้าหมายรายภาค", reverse_lazy("programs:bases"))
SCALES: Crumb = ("เกณฑ์สอบทานคุณภาพ", reverse_lazy("programs:scales"))


class BaseList(ScopedMixin, ListPage):
    """Base figures and targets of the regions in sight, each with its day and source."""

    model = RegionBase
    table_class = BaseTable
    filterset_class = BaseFilter
    template_name = "programs/bases.html"
    page_title = "ฐานและเป้าหมายรายภาค"
    page_lead = "จำนวนที่ใช้เทียบกับผลงานของแต่ละภาค พร้อมวันที่และที่มา"
    unit = "รายการ"
    default_sort = "-fiscal_year"
    search_texts = ("source",)
    search_label = "ค้นหาที่มา"

    def get_queryset(self) -> QuerySet[RegionBase]:
        return RegionBase.objects.visible_to(self.user).select_related("region")

    @property
    def empty(self) -> Empty:  # type: ignore[override]
        may = can_set_bases(self.user)
        url = reverse("programs:base_new") if may else ""
        return Empty("ยังไม่มีฐานและเป้าหมาย", may.reason, "target", url, "เพิ่มรายการ")

    def get_context(self) -> dict[str, Any]:
        return {"may": can_set_bases(self.user)}


class BaseNew(RecordForm):
    """Add a base figure or target."""

    form_class = BaseForm
    page_title = "เพิ่มฐานหรือเป้าหมายรายภาค"

    def check(self) -> None:
        self.require(can_set_bases(self.user))

    def crumbs(self) -> list[Crumb]:
        return [BASES]

    def save(self, form: BaseForm) -> Model:
        return services.add_base(actor=self.user, today=self.today(), **form.cleaned_data)

    def next_url(self, record: Any) -> str:
        return str(BASES[1])


class BaseEdit(RecordForm):
    """Correct a base figure that was entered wrongly."""

    form_class = BaseEditForm
    page_title = "แก้ไขฐานหรือเป้าหมายรายภาค"
    record: RegionBase

    def check(self) -> None:
        self.record = self.get_visible_or_404(RegionBase, pk=self.kwargs["pk"])
        self.require(can_set_bases(self.user))

    def crumbs(self) -> list[Crumb]:
        return [BASES]

    def get_context(self, form: Any) -> dict[str, Any]:
        return super().get_context(form) | {"page_lead": str(self.record)}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"initial": initial_of(self.record, BaseEditForm)}

    def save(self, form: BaseEditForm) -> Model:
        return services.correct_base(
            actor=self.user,
            base=self.record,
            expected_version=self.expected_version,
            today=self.today(),
            **form.facts(),
        )

    def next_url(self, record: Any) -> str:
        return str(BASES[1])


class ScaleList(ScopedMixin, View):
    """The scales of all years: from which percentage on each grade is given."""

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {
            "page_title": SCALES[0],
            "page_lead": "ปีที่ไม่มีเกณฑ์ของตนเองใช้เกณฑ์ของปีก่อนหน้า",
            "crumbs": [BASES, (SCALES[0], "")],
            "scales": self.visible(QualityScale).prefetch_related("bands"),
            "may": can_set_bases(self.user),
        }
        return render(request, "programs/scales.html", context)


class ScaleNew(RecordForm):
    """Add the scale of a year."""

    form_class = ScaleForm
    page_title = "เพิ่มเกณฑ์สอบทานคุณภาพ"

    def check(self) -> None:
        self.require(can_set_bases(self.user))

    def crumbs(self) -> list[Crumb]:
        return [BASES, SCALES]

    def save(self, form: ScaleForm) -> Model:
        return services.add_scale(actor=self.user, **form.facts())

    def next_url(self, record: Any) -> str:
        return str(SCALES[1])


class ScaleEdit(RecordForm):
    """Correct the bounds of a scale."""

    form_class = ScaleEditForm
    page_title = "แก้ไขเกณฑ์สอบทานคุณภาพ"
    record: QualityScale

    def check(self) -> None:
        self.record = get_object_or_404(self.visible(QualityScale), pk=self.kwargs["pk"])
        self.require(can_set_bases(self.user))

    def crumbs(self) -> list[Crumb]:
        return [BASES, SCALES]

    def get_context(self, form: Any) -> dict[str, Any]:
        lead = f"{self.record} · ผลสอบทานที่บันทึกแล้วคงระดับเดิม"
        return super().get_context(form) | {"page_lead": lead}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"initial": initial_of_scale(self.record)}

    def save(self, form: ScaleEditForm) -> Model:
        return services.correct_scale(
            actor=self.user,
            scale=self.record,
            expected_version=self.expected_version,
            **form.facts(),
        )

    def next_url(self, record: Any) -> str:
        return str(SCALES[1])
