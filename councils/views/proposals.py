"""Proposals of councils to agencies: the list, the page of one, and its steps."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.views import View

from codi.accounts.access import ScopedMixin
from codi.ui.lists import Empty, ListPage
from councils.filters_of_work import ProposalFilter
from councils.forms_of_work import FollowUpForm, ProposalEditForm, ProposalForm
from councils.models import Council, Proposal, ProposalState
from councils.permissions_of_work import can_follow_up, can_record
from councils.queries_of_work import proposals_for_list
from councils.services import proposals as services
from councils.tables_of_work import PROPOSAL_TONES, ProposalTable
from programs.forms import initial_of
from programs.views.records import Crumb, RecordForm

PROPOSALS: Crumb = ("ข้อเสนอของสภา", reverse_lazy("councils:proposals"))


class ProposalList(ScopedMixin, ListPage):
    """Proposals of councils in sight."""

    model = Proposal
    table_class = ProposalTable
    filterset_class = ProposalFilter
    template_name = "councils/proposals.html"
    page_title = "ข้อเสนอของสภา"
    page_lead = "ข้อเสนอและปัญหาที่สภาองค์กรชุมชนส่งถึงหน่วยงาน พร้อมคำตอบและการติดตาม"
    unit = "ข้อเสนอ"
    default_sort = "-sent_on"
    search_texts = ("title", "agency")
    search_label = "ค้นหาเรื่องหรือหน่วยงาน"

    def get_queryset(self) -> QuerySet[Any]:
        return proposals_for_list(self.user)

    @property
    def empty(self) -> Empty:  # type: ignore[override]
        may = can_record(self.user)
        url = reverse("councils:proposal_new") if may else ""
        return Empty("ยังไม่มีข้อเสนอ", may.reason, "send", url, "บันทึกข้อเสนอ")

    def get_context(self) -> dict[str, Any]:
        return {"may": can_record(self.user)}


class ProposalPage(ScopedMixin, View):
    """One proposal: what, to whom, of which councils in sight, and what came of it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        proposal: Proposal = self.get_visible_or_404(Proposal, pk=pk)
        seen = (
            Council.objects.visible_to(self.user)
            .filter(proposals=proposal)
            .select_related("province")
        )
        context = {
            "page_title": proposal.title,
            "crumbs": [PROPOSALS, (proposal.title, "")],
            "proposal": proposal,
            "tone": PROPOSAL_TONES[ProposalState(proposal.state)],
            "councils": seen,
            "other_count": proposal.shares.count() - len(seen),
            "may": can_follow_up(self.user, proposal),
        }
        return render(request, "councils/proposal.html", context)


class ProposalNew(RecordForm):
    """Record a proposal that one or many councils sent."""

    keeps_draft = True
    form_class = ProposalForm
    page_title = "บันทึกข้อเสนอของสภา"
    submit_label = "บันทึกข้อเสนอ"

    def check(self) -> None:
        self.require(can_record(self.user))

    def crumbs(self) -> list[Crumb]:
        return [PROPOSALS]

    def get_form_kwargs(self) -> dict[str, Any]:
        asked = self.request.GET.get("council", "")[:20]
        councils = self.visible(Council).filter(code=asked) if asked else ()
        return super().get_form_kwargs() | {"initial": {"councils": list(councils)}}

    def save(self, form: ProposalForm) -> Model:
        return services.send_proposal(actor=self.user, today=self.today(), **form.cleaned_data)


class OfProposal(RecordForm):
    """A form about one proposal."""

    record: Proposal

    def check(self) -> None:
        self.record = self.get_visible_or_404(Proposal, pk=self.kwargs["pk"])
        self.require(can_follow_up(self.user, self.record))

    def crumbs(self) -> list[Crumb]:
        return [PROPOSALS, (self.record.title, self.record.get_absolute_url())]


class ProposalEdit(OfProposal):
    """Correct a proposal and its councils."""

    form_class = ProposalEditForm
    page_title = "แก้ไขข้อเสนอ"

    def get_form_kwargs(self) -> dict[str, Any]:
        initial = initial_of(self.record, ProposalEditForm)
        initial["councils"] = list(self.visible(Council).filter(proposals=self.record))
        return super().get_form_kwargs() | {"initial": initial}

    def save(self, form: ProposalEditForm) -> Model:
        return services.change_proposal(
            actor=self.user,
            proposal=self.record,
            expected_version=self.expected_version,
            today=self.today(),
            **form.facts(),
        )


class ProposalFollowUp(OfProposal):
    """Record what became of a proposal."""

    form_class = FollowUpForm
    page_title = "บันทึกคำตอบและการติดตาม"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"initial": initial_of(self.record, FollowUpForm)}

    def save(self, form: FollowUpForm) -> Model:
        return services.follow_up_proposal(
            actor=self.user,
            proposal=self.record,
            expected_version=self.expected_version,
            today=self.today(),
            **form.facts(),
        )
