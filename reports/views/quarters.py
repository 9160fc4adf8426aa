"""Quarters of reporting: how far each region is, the due day, closing and reopening."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from codi.accounts.access import ScopedMixin
from codi.accounts.permissions import Decision
from codi.fiscal import FiscalYear, Quarter
from codi.ui.lists import Empty, ListPage
from codi.ui.pages import FormPage
from reports import permissions, services
from reports.filters import QuarterFilter
from reports.forms import ClosingForm, DueDayForm, ReopeningForm
from reports.models import ReportingQuarter
from reports.quarter_pages import (
    days_left_text,
    lacking,
    later_count_of,
    lines_of,
    national_line,
    quarters_for_list,
    said_once,
)
from reports.services.quarters import national_edition_is_out
from reports.tables import QuarterTable

QUARTERS = ("ไตรมาส", "reports:quarters")


class QuarterList(ScopedMixin, ListPage):
    """The quarters that are reported, the latest first."""

    model = ReportingQuarter
    table_class = QuarterTable
    filterset_class = QuarterFilter
    template_name = "reports/quarters.html"
    page_title = "ไตรมาสที่รายงาน"
    page_lead = "แต่ละไตรมาส ภาคเสนอส่วนของตน ส่วนกลางรับรอง ผู้บริหารออกรายงานทั้งประเทศ แล้วปิดไตรมาส"
    unit = "ไตรมาส"
    default_sort = "-period"
    empty = Empty(
        "ยังไม่มีไตรมาสที่รายงาน",
        "ไตรมาสจะอยู่ในรายการนี้เมื่อมีผู้จัดทำรายงานของไตรมาสนั้น เปิดไตรมาสปัจจุบันจากปุ่มด้านบนแล้วเริ่มได้เลย",
        "calendar-days",
    )

    def get_queryset(self) -> QuerySet[Any]:
        return quarters_for_list(self.user)

    def allowed(self) -> Decision:
        return permissions.can_see_reports(self.user)

    def get_context(self) -> dict[str, Any]:
        present = Quarter.of(timezone.localdate())
        return {"present": present, "last": Quarter.of(present.start - dt.timedelta(days=1))}


class QuarterByKey(ScopedMixin, View):
    """The page of a quarter under the key by which notices name it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        quarter = self.get_visible_or_404(ReportingQuarter, pk=pk)
        return redirect("reports:quarter", year=quarter.fiscal_year, number=quarter.quarter)


class QuarterMixin(ScopedMixin, View):
    """A page about the quarter of the address; one that nobody reported on yet is there as well."""

    _quarter: ReportingQuarter | None = None

    @property
    def quarter(self) -> ReportingQuarter:
        """The quarter of the address, read once; 404 for no quarter or one to come."""
        if self._quarter is None:
            year, number = self.kwargs["year"], self.kwargs["number"]
            try:
                period = Quarter(FiscalYear(year), number)
            except ValueError as error:
                raise Http404 from error
            if period.start > timezone.localdate():
                raise Http404
            named = {"fiscal_year": year, "quarter": number}
            found = self.visible(ReportingQuarter).filter(**named)
            people = found.select_related("closed_by", "reopened_by")
            self._quarter = people.first() or ReportingQuarter(**named)
        return self._quarter

    @property
    def period(self) -> Quarter:
        """The quarter as a value."""
        return self.quarter.period

    @property
    def address(self) -> str:
        """The page of the quarter."""
        return reverse("reports:quarter", args=[self.period.fiscal_year.number, self.period.number])

    def crumbs(self, *more: tuple[str, str]) -> list[tuple[str, str]]:
        """The way to this page."""
        way = [("รายงาน", reverse("reports:list")), (QUARTERS[0], reverse(QUARTERS[1]))]
        return [*way, (self.period.label, self.address), *more]


class QuarterPage(QuarterMixin):
    """One quarter: the parts of the regions, the national report, and what comes next."""

    def get(self, request: HttpRequest, year: int, number: int) -> HttpResponse:
        self.require(permissions.can_see_reports(self.user))
        quarter, today = self.quarter, timezone.localdate()
        lines, once = said_once(lines_of(self.user, self.period, today))
        context = {
            "page_title": self.period.label,
            "page_lead": "ส่วนของภาค การรับรองของส่วนกลาง รายงานทั้งประเทศ และการปิดไตรมาส",
            "crumbs": [*self.crumbs()[:-1], (self.period.label, "")],
            "quarter": quarter,
            "period": self.period,
            "lines": lines,
            "said_once": once,
            "lacking": lacking(lines),
            "national": national_line(self.user, self.period),
            "days_left": days_left_text(quarter, today),
            "is_late": quarter.due_on is not None and quarter.due_on < today,
            "later_count": later_count_of(self.user, quarter),
            "can_close": permissions.can_close(self.user, quarter, today),
            "can_reopen": permissions.can_reopen(self.user, quarter),
            "can_set_due": permissions.can_set_due_day(self.user, quarter),
        }
        return render(request, "reports/quarter.html", context)


class QuarterAct(QuarterMixin, FormPage):
    """A page that asks before it acts on the quarter; who may not act is told why (403)."""

    template_name = "reports/quarter_act.html"
    done = ""

    def decision(self) -> Decision:
        """Whether this person may act on this quarter now."""
        raise NotImplementedError

    def take(self, form: Any) -> ReportingQuarter:
        """Call the one service."""
        raise NotImplementedError

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            self.require(self.decision())
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        initial = {"version": self.quarter.version, "due_on": self.quarter.due_on}
        return {**super().get_form_kwargs(), "initial": initial}

    def get_context(self, form: Any) -> dict[str, Any]:
        return {
            **super().get_context(form),
            "crumbs": self.crumbs((self.page_title, "")),
            "cancel_url": self.address,
            "quarter": self.quarter,
        }

    def act(self, form: Any) -> HttpResponse:
        self.take(form)
        messages.success(self.request, self.done)
        return redirect(self.address)

    def facts(self, form: Any) -> dict[str, Any]:
        """What every service of quarters takes."""
        version = form.cleaned_data["version"]
        # A quarter that nobody reported on has no row yet, and no version to be held to.
        seen = version if self.quarter.pk else None
        return {"actor": self.user, "period": self.period, "expected_version": seen}


class CloseQuarter(QuarterAct):
    """Close; with a reason where the national edition is not out."""

    form_class = ClosingForm
    page_title = "ปิดไตรมาส"
    page_lead = (
        "หลังปิดแล้วข้อมูลยังแก้ให้ถูกได้ แต่ทุกการแก้ที่กระทบไตรมาสนี้จะอยู่ในทะเบียนการแก้ไขภายหลัง "
        "พร้อมฉบับและตัวเลขที่กระทบ"
    )
    submit_label = "ปิดไตรมาส"
    done = "ปิดไตรมาสแล้ว การแก้ไขหลังจากนี้จะอยู่ในทะเบียนการแก้ไขภายหลัง"

    def decision(self) -> Decision:
        return permissions.can_close(self.user, self.quarter, timezone.localdate())

    def get_context(self, form: Any) -> dict[str, Any]:
        return {**super().get_context(form), "is_out": national_edition_is_out(self.period)}

    def take(self, form: ClosingForm) -> ReportingQuarter:
        return services.close_quarter(
            **self.facts(form),
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
            today=self.today(),
        )


class ReopenQuarter(QuarterAct):
    """Open a closed quarter again, with the reason."""

    form_class = ReopeningForm
    page_title = "เปิดไตรมาสอีกครั้ง"
    page_lead = "รายการในทะเบียนการแก้ไขภายหลังยังอยู่ครบ การแก้ระหว่างที่เปิดจะไม่ถูกนับว่าแก้หลังปิด"
    submit_label = "เปิดไตรมาส"
    done = "เปิดไตรมาสอีกครั้งแล้ว"

    def decision(self) -> Decision:
        return permissions.can_reopen(self.user, self.quarter)

    def take(self, form: ReopeningForm) -> ReportingQuarter:
        return services.reopen_quarter(
            **self.facts(form), reason=form.cleaned_data["reason"], now=timezone.now()
        )


class SetDueDay(QuarterAct):
    """By when the regions hand in their parts."""

    form_class = DueDayForm
    page_title = "กำหนดวันส่งส่วนของภาค"
    page_lead = "ภาคเห็นวันนี้ในหน้าไตรมาส เว้นว่างไว้เมื่อยังไม่กำหนด"
    done = "บันทึกกำหนดส่งแล้ว"

    def decision(self) -> Decision:
        return permissions.can_set_due_day(self.user, self.quarter)

    def take(self, form: DueDayForm) -> ReportingQuarter:
        return services.set_due_day(**self.facts(form), due_on=form.cleaned_data["due_on"])
