"""The register of funds: list, page, adding, changing, stopping and withdrawing."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.views import View

from codi.accounts.access import ScopedMixin, visible_or_404
from codi.ui.lists import Empty, ListPage
from programs.forms import initial_of
from programs.panels_of_merging import merged_into
from programs.views.duplicates import to_kept
from programs.views.records import Crumb, RecordForm
from welfare import permissions, queries, services
from welfare.filters import FundFilter
from welfare.forms import FundForm, StopForm, WithdrawForm
from welfare.models import (
    INDICATORS,
    FundIndicators,
    FundReview,
    FundStatus,
    WelfareFund,
)
from welfare.queries import STANDINGS
from welfare.rules import not_classified
from welfare.status_bars import money_in, quarter_bars
from welfare.tables import STANDING_TONES, FundTable

FUNDS: Crumb = ("กองทุนสวัสดิการ", reverse_lazy("welfare:funds"))
QUARTERS_SHOWN = 12
# The small chart, in its own units: where bars begin, how far apart, how wide, how high at most.


class FundList(ScopedMixin, ListPage):
    """Funds in sight with their latest status, their answer of this quarter and their review."""

    model = WelfareFund
    table_class = FundTable
    filterset_class = FundFilter
    template_name = "welfare/funds.html"
    page_title = "กองทุนสวัสดิการ"
    page_lead = "ทะเบียนกองทุนสวัสดิการชุมชน รายงานล่าสุด และผลสอบทานคุณภาพ"
    unit = "กองทุน"
    default_sort = "name"
    search_keys = ("search_key",)
    search_label = "ค้นหาชื่อหรือรหัสกองทุน"

    def get_queryset(self) -> QuerySet[WelfareFund]:
        return queries.funds_for_list(self.user, timezone.localdate())

    @property
    def empty(self) -> Empty:  # type: ignore[override]
        may = permissions.can_manage_funds(self.user)
        url = reverse("welfare:fund_new") if may else ""
        return Empty("ยังไม่มีกองทุนในพื้นที่ของท่าน", may.reason, "hand-coins", url, "เพิ่มกองทุน")

    def get_context(self) -> dict[str, Any]:
        return {"may_manage": permissions.can_manage_funds(self.user)}


def _passed(record: FundIndicators) -> str:
    """The numbers of the indicators that are met, as 1.1, 1.2."""
    return ", ".join(
        f"1.{number}" for number, name in enumerate(INDICATORS, 1) if getattr(record, name)
    )


def _reported(fund: WelfareFund) -> dict[str, Any]:
    """What the page tells of the latest quarters of a fund."""
    rows = FundStatus.objects.filter(fund=fund).prefetch_related("benefits")
    statuses = list(rows.order_by("-fiscal_year", "-quarter")[:QUARTERS_SHOWN])
    latest = next((one for one in statuses if not one.has_nothing_to_report), None)
    indicators = FundIndicators.objects.filter(fund=fund)[:QUARTERS_SHOWN]
    return {
        "statuses": [(one, money_in(one), not_classified(vars(one))) for one in statuses],
        "latest": latest,
        "benefits": list(latest.benefits.all()) if latest else [],
        "bars": quarter_bars(statuses),
        "indicators": [(one, _passed(one)) for one in indicators],
        "reviews": FundReview.objects.filter(fund=fund).select_related("scale"),
    }


class FundPage(ScopedMixin, View):
    """One fund: facts, status by quarter, benefits, indicators, reviews, contributions, files."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        today = timezone.localdate()
        fund: Any = visible_or_404(queries.funds_for_list(self.user, today), self.user, pk=pk)
        if way_on := to_kept(request, fund, self.user):
            return way_on
        context = {
            "page_title": fund.name,
            "crumbs": [FUNDS, (fund.name, "")],
            "fund": fund,
            "merged_from": merged_into(fund, self.user),
            "standing": STANDINGS[fund.standing],
            "standing_tone": STANDING_TONES[fund.standing],
            **_reported(fund),
            "contributions": queries.contributions_of(fund, today),
            "may_manage": permissions.can_manage_fund(self.user, fund),
            "may_withdraw": permissions.can_withdraw_fund(self.user, fund),
        }
        return render(request, "welfare/fund.html", context)


class FundRecord(RecordForm):
    """What adding and changing a fund share."""

    keeps_draft = True
    form_class = FundForm
    template_name = "programs/organisation_form.html"
    fragments = {"places": "programs/places.html"}


class FundNew(FundRecord):
    """Add a fund to the register."""

    page_title = "เพิ่มกองทุน"
    page_lead = "ค้นหาในทะเบียนก่อนเพิ่ม เพื่อไม่ให้มีกองทุนเดียวกันสองรายการ"
    submit_label = "เพิ่มกองทุน"

    def check(self) -> None:
        self.require(permissions.can_manage_funds(self.user))

    def crumbs(self) -> list[Crumb]:
        return [FUNDS]

    def save(self, form: FundForm) -> Model:
        return services.create_fund(actor=self.user, today=self.today(), **form.facts())


class OfFund(RecordForm):
    """A form of one fund; ``may`` asks the right."""

    record: WelfareFund

    def may(self) -> Any:
        """The decision whether the person may do this to the fund."""
        return permissions.can_manage_fund(self.user, self.record)

    def check(self) -> None:
        self.record = self.get_visible_or_404(WelfareFund, pk=self.kwargs["pk"])
        self.require(self.may())

    def crumbs(self) -> list[Crumb]:
        return [FUNDS, (self.record.name, self.record.get_absolute_url())]

    def get_context(self, form: Any) -> dict[str, Any]:
        return super().get_context(form) | {"page_lead": f"{self.record.code} {self.record.name}"}

    def next_url(self, record: Any) -> str:
        return self.record.get_absolute_url()


class FundEdit(OfFund, FundRecord):
    """Change the facts of a fund."""

    page_title = "แก้ไขข้อมูลกองทุน"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"initial": initial_of(self.record, FundForm)}

    def save(self, form: FundForm) -> Model:
        return services.update_fund(
            actor=self.user,
            fund=self.record,
            expected_version=self.expected_version,
            today=self.today(),
            **form.facts(),
        )


class FundStop(OfFund):
    """Record since when a fund no longer works, or that it works again."""

    form_class = StopForm
    page_title = "บันทึกการหยุดดำเนินการ"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"initial": initial_of(self.record, StopForm)}

    def save(self, form: StopForm) -> Model:
        return services.stop_fund(
            actor=self.user,
            fund=self.record,
            expected_version=self.expected_version,
            today=self.today(),
            **form.facts(),
        )


class FundWithdraw(OfFund):
    """Take a double or wrong record out of the register."""

    form_class = WithdrawForm
    page_title = "ถอนกองทุนออกจากทะเบียน"
    submit_label = "ถอนออกจากทะเบียน"

    def may(self) -> Any:
        return permissions.can_withdraw_fund(self.user, self.record)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"initial": {"version": self.record.version}}

    def save(self, form: WithdrawForm) -> Model:
        return services.withdraw_fund(
            actor=self.user,
            fund=self.record,
            expected_version=self.expected_version,
            today=self.today(),
            **form.facts(),
        )

    def done(self, record: Any) -> str:
        return f"ถอน “{record}” ออกจากทะเบียนแล้ว รายงานเดิมยังอยู่ที่หน้านี้"
