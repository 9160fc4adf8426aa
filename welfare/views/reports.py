"""What funds report: status of a quarter, indicators, reviews, contributions; who has not reported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views import View

from codi.accounts.access import ScopedMixin
from codi.fiscal import FiscalYear, Quarter
from codi.thai.dates import long_date
from codi.thai.numbers import percent_of
from programs.forms import initial_of
from welfare import forms, permissions, queries, services
from welfare.models import Contribution, FundIndicators, FundReview, FundStatus
from welfare.views.funds import FUNDS, OfFund

YEARS_OFFERED = 12


class PartEdit(OfFund):
    """A form of one record of a fund; a subclass names its ``model``."""

    model: type[Model]
    record: Any

    def check(self) -> None:
        rows: Any = self.visible(self.model)
        self.record = get_object_or_404(rows.select_related("fund"), pk=self.kwargs["pk"])
        self.require(permissions.can_manage_fund(self.user, self.record.fund))

    def concerned(self) -> Sequence[Any]:
        return [self.record.fund]

    def crumbs(self) -> Any:
        fund = self.record.fund
        return [FUNDS, (fund.name, fund.get_absolute_url())]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"initial": self.initial()}

    def initial(self) -> dict[str, Any]:
        """The stored values."""
        return initial_of(self.record, self.form_class)

    def get_context(self, form: Any) -> dict[str, Any]:
        return super(OfFund, self).get_context(form) | {"page_lead": str(self.record)}

    def next_url(self, record: Any) -> str:
        url: str = self.record.fund.get_absolute_url()
        return url


class StatusNew(OfFund):
    """Report a quarter of a fund."""

    keeps_draft = True
    form_class = forms.StatusForm
    template_name = "welfare/status_form.html"
    page_title = "รายงานสถานะกองทุน"

    def get_context(self, form: Any) -> dict[str, Any]:
        latest = queries.quarters_told([self.record.pk])[self.record.pk][:1]
        return super().get_context(form) | {"earlier": latest}

    def save(self, form: forms.StatusForm) -> Model:
        return services.report_status(
            actor=self.user, fund=self.record, today=self.today(), **form.facts()
        )


class StatusEdit(PartEdit):
    """Correct what a fund reported of a quarter."""

    model = FundStatus
    form_class = forms.StatusEditForm
    template_name = "welfare/status_form.html"
    page_title = "แก้ไขรายงานสถานะกองทุน"

    def initial(self) -> dict[str, Any]:
        return forms.initial_of_status(self.record)

    def save(self, form: forms.StatusEditForm) -> Model:
        return services.correct_status(
            actor=self.user,
            status=self.record,
            expected_version=self.expected_version,
            today=self.today(),
            **form.facts(),
        )


class IndicatorsNew(OfFund):
    """Record the indicators of a fund for a quarter."""

    form_class = forms.IndicatorsForm
    page_title = "บันทึกข้อมูลพัฒนากองทุน"

    def save(self, form: forms.IndicatorsForm) -> Model:
        return services.record_indicators(
            actor=self.user, fund=self.record, today=self.today(), **form.facts()
        )


class IndicatorsEdit(PartEdit):
    """Correct indicators."""

    model = FundIndicators
    form_class = forms.IndicatorsEditForm
    page_title = "แก้ไขข้อมูลพัฒนากองทุน"

    def save(self, form: forms.IndicatorsEditForm) -> Model:
        return services.correct_indicators(
            actor=self.user,
            record=self.record,
            expected_version=self.expected_version,
            today=self.today(),
            **form.facts(),
        )


def _reviewed(review: FundReview) -> str:
    """What was written, and what follows in the register from a finding."""
    told = f"บันทึก “{review}” แล้ว"
    stopped_on = review.fund.stopped_on
    if review.is_stopped and stopped_on:
        told += f" กองทุนหยุดดำเนินการในทะเบียนตั้งแต่ {long_date(stopped_on)}"
    return told


class ReviewNew(OfFund):
    """Record a year's quality review."""

    form_class = forms.ReviewForm
    page_title = "บันทึกการสอบทานคุณภาพ"

    def save(self, form: forms.ReviewForm) -> Model:
        return services.record_review(
            actor=self.user, fund=self.record, today=self.today(), **form.facts()
        )

    def done(self, record: Any) -> str:
        return _reviewed(record)


class ReviewEdit(PartEdit):
    """Correct a review."""

    model = FundReview
    form_class = forms.ReviewEditForm
    page_title = "แก้ไขการสอบทานคุณภาพ"

    def initial(self) -> dict[str, Any]:
        """The stored values; a grade that follows from the score is not told again."""
        told = super().initial()
        return told | ({"grade": ""} if self.record.score_pct is not None else {})

    def save(self, form: forms.ReviewEditForm) -> Model:
        return services.correct_review(
            actor=self.user,
            review=self.record,
            expected_version=self.expected_version,
            today=self.today(),
            **form.facts(),
        )

    def done(self, record: Any) -> str:
        return _reviewed(record)


class ContributionNew(OfFund):
    """Record that a fund asks for the state's contribution of a year."""

    form_class = forms.ContributionForm
    page_title = "ขอเงินสมทบกองทุน"

    def save(self, form: forms.ContributionForm) -> Model:
        return services.request_contribution(
            actor=self.user, fund=self.record, today=self.today(), **form.facts()
        )


class ContributionEdit(PartEdit):
    """Correct the members, round or day of a contribution."""

    model = Contribution
    form_class = forms.ContributionEditForm
    page_title = "แก้ไขเงินสมทบกองทุน"

    def save(self, form: forms.ContributionEditForm) -> Model:
        return services.correct_contribution(
            actor=self.user,
            contribution=self.record,
            expected_version=self.expected_version,
            today=self.today(),
            **form.facts(),
        )


class ContributionProject(PartEdit):
    """Draw up the project of a contribution, or name one on record."""

    model = Contribution
    form_class = forms.ProjectOfContributionForm
    page_title = "โครงการของเงินสมทบ"

    def initial(self) -> dict[str, Any]:
        return {"version": self.record.version}

    def save(self, form: forms.ProjectOfContributionForm) -> Model:
        return services.carry_by_project(
            actor=self.user,
            contribution=self.record,
            expected_version=self.expected_version,
            project=form.project,
            programme=form.cleaned_data["programme"],
            requested_baht=form.cleaned_data["requested_baht"],
        )

    def done(self, record: Any) -> str:
        return f"เงินสมทบใช้โครงการ {record.project.code} แล้ว เสนอ อนุมัติ และเบิกจ่ายต่อที่หน้าโครงการ"


def _asked_quarter(request: HttpRequest, present: Quarter) -> Quarter:
    """The quarter that the address asks for; the present one for anything else."""
    year, number = request.GET.get("fiscal_year", ""), request.GET.get("quarter", "")
    offered = range(present.fiscal_year.number - YEARS_OFFERED, present.fiscal_year.number + 1)
    if year.isascii() and year.isdigit() and number in {"1", "2", "3", "4"}:
        asked = int(year[:4])
        if asked in offered:
            return min(Quarter(FiscalYear(asked), int(number)), present)
    return present


class Completeness(ScopedMixin, View):
    """How many funds answered for a quarter, by region; by province within one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        today = timezone.localdate()
        present = Quarter.of(today)
        quarter = _asked_quarter(request, present)
        by = "region" if self.user.sees_nation else "province"
        rows = queries.completeness(self.user, quarter, today, by=by)
        year = present.fiscal_year.number
        context = {
            "page_title": "ความครบถ้วนและทันเวลาของรายงานกองทุน",
            "page_lead": quarter.label,
            "crumbs": [FUNDS, ("ความครบถ้วน", "")],
            "rows": [(row, percent_of(row.answered_count, row.fund_count)) for row in rows],
            "total": (total := queries.in_all(rows)),
            "total_pct": percent_of(total.answered_count, total.fund_count),
            "quarter": quarter,
            "is_present": quarter == present,
            "by": by,
            "years": list(range(year, year - YEARS_OFFERED - 1, -1)),
            "may_enter": permissions.can_manage_funds(self.user),
        }
        return render(request, "welfare/completeness.html", context)
