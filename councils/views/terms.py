"""The list of terms, the page of one, and what is recorded of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.views import View

from codi.accounts.access import ScopedMixin
from codi.accounts.permissions import Decision
from codi.ui.lists import Empty, ListPage
from councils import permissions, services
from councils.filters import TermFilter
from councils.forms import ReasonForm, RenewForm, TermForm
from councils.models import Term
from councils.queries import terms_for_list
from councils.tables import TERM_TONES, TermTable
from councils.views.councils import COUNCILS, CouncilAct
from programs.views.records import Crumb, RecordForm

TERMS: Crumb = ("วาระสมาชิกสภา", reverse_lazy("councils:terms"))


class TermList(ScopedMixin, ListPage):
    """Terms in sight, those that were over first to look after."""

    model = Term
    table_class = TermTable
    filterset_class = TermFilter
    page_title = "วาระสมาชิกสภา"
    page_lead = "วาระ 4 ปีของสมาชิกสภา วาระที่ครบแล้ว และการทบทวน นับเป็นวาระ ไม่ใช่จำนวนสภา"
    unit = "วาระ"
    default_sort = "expires_on"
    search_keys = ("council__search_key",)
    search_label = "ค้นหารหัสหรือชื่อสภา"
    empty = Empty("ยังไม่มีวาระในพื้นที่ของท่าน", "บันทึกวาระได้ที่หน้าของสภา", "calendar-clock")

    def get_queryset(self) -> QuerySet[Term]:
        return terms_for_list(self.user, timezone.localdate())

    def get_context(self) -> dict[str, Any]:
        return {"crumbs": [COUNCILS, (self.page_title, "")]}


def _term_in_sight(page: ScopedMixin, pk: int) -> Term:
    rows = Term.objects.visible_to(page.user).select_related("council")
    found: Term = get_object_or_404(rows, pk=pk)
    return found


class TermPage(ScopedMixin, View):
    """One term: its days, its renewal and the documents of it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        today = timezone.localdate()
        term = _term_in_sight(self, pk)
        state = term.state_on(today)
        council = term.council
        context = {
            "page_title": str(term),
            "crumbs": [COUNCILS, (council.name, council.get_absolute_url()), (str(term), "")],
            "term": term,
            "state": state.label,
            "state_tone": TERM_TONES[state],
            "is_over": term.expires_on <= today,
            "may_renew": permissions.can_renew_term(self.user, term),
            "may_withdraw": permissions.can_keep_term(self.user, term),
        }
        return render(request, "councils/term.html", context)


class TermNew(CouncilAct):
    """Record a term of a council."""

    form_class = TermForm
    page_title = "บันทึกวาระสมาชิก"

    def get_context(self, form: Any) -> dict[str, Any]:
        return super().get_context(form) | {"page_lead": self.record.name}

    def save(self, form: TermForm) -> Model:
        return services.open_term(
            actor=self.user, council=self.record, today=self.today(), **form.cleaned_data
        )


class TermAct(RecordForm):
    """What acts on one term share."""

    record: Term

    def can(self) -> Decision:
        """Whether the person may act on the term."""
        return permissions.can_keep_term(self.user, self.record)

    def check(self) -> None:
        self.record = _term_in_sight(self, self.kwargs["pk"])
        self.require(self.can())

    def concerned(self) -> Sequence[Any]:
        return [self.record, self.record.council]

    def crumbs(self) -> list[Crumb]:
        council = self.record.council
        return [
            COUNCILS,
            (council.name, council.get_absolute_url()),
            (str(self.record), self.record.get_absolute_url()),
        ]

    def get_context(self, form: Any) -> dict[str, Any]:
        lead = f"{self.record.council} · {self.record}"
        return super().get_context(form) | {"page_lead": lead}

    def next_url(self, record: Any) -> str:
        return self.record.council.get_absolute_url()


class Renew(TermAct):
    """Record the renewal of a term that is over; the next term begins with it."""

    form_class = RenewForm
    page_title = "บันทึกการทบทวนสมาชิกครบวาระ"

    def can(self) -> Decision:
        return permissions.can_renew_term(self.user, self.record)

    def save(self, form: RenewForm) -> Model:
        return services.renew_term(
            actor=self.user, term=self.record, today=self.today(), **form.cleaned_data
        )

    def done(self, record: Any) -> str:
        return f"บันทึกการทบทวนแล้ว วาระใหม่คือ{record}"


class TermWithdraw(TermAct):
    """Take out a term that was entered wrongly."""

    form_class = ReasonForm
    page_title = "ถอนวาระที่บันทึกผิด"
    submit_label = "ถอนวาระ"

    def save(self, form: ReasonForm) -> Model:
        return services.withdraw_term(
            actor=self.user, term=self.record, today=self.today(), **form.cleaned_data
        )

    def done(self, record: Any) -> str:
        return f"ถอน{record}แล้ว เหตุผลอยู่ในทะเบียน"
