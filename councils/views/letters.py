"""Letters of status: issuing, the page of one, its printing, and the public page behind the code."""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from codi.accounts.access import ScopedMixin, visible_or_404
from codi.accounts.addresses import client_address
from codi.accounts.permissions import Decision
from codi.api import pace
from codi.errors import Refused
from codi.pdf.renderer import RenderFailed
from codi.thai.dates import long_date
from codi.ui.downloads import PDF, file_name, file_response
from councils import letters
from councils.forms_of_work import LetterReasonForm
from councils.models import CommunityGroup, Council, StatusLetter
from councils.permissions_of_work import (
    can_issue_letter,
    can_print_letter,
    can_reissue_letter,
    can_revoke_letter,
)
from councils.services import letters as services
from councils.tables_of_work import VALIDITY_TONES
from councils.views.councils import COUNCILS
from programs.views.records import Crumb, RecordForm

CHECKS, CHECK_SECONDS = 30, 60.0
"""How many letters one address may look up, and in how many seconds."""


class Issue(ScopedMixin, View):
    """Issue the letter of a council."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.issue(self.get_visible_or_404(Council, pk=pk), None)

    def issue(self, council: Council, group: CommunityGroup | None) -> HttpResponse:
        """Issue it and show its page; a refusal is told on the page that was left."""
        today = timezone.localdate()
        may = can_issue_letter(self.user, council, group, today)
        if may.is_closed:
            messages.warning(self.request, may.reason)
            return HttpResponseRedirect((group or council).get_absolute_url())
        self.require(may)
        try:
            letter = services.issue_letter(
                actor=self.user, council=council, group=group, today=today
            )
        except Refused as refused:
            messages.error(self.request, refused.message)
            return HttpResponseRedirect((group or council).get_absolute_url())
        messages.success(self.request, f"ออกจดหมายรับรองสถานภาพเลขที่ {letter} แล้ว")
        return HttpResponseRedirect(letter.get_absolute_url())


class GroupIssue(Issue):
    """Issue the letter of a group."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        group = self.get_visible_or_404(CommunityGroup, pk=pk)
        return self.issue(group.council, group)


class LetterPage(ScopedMixin, View):
    """One letter: whose, whether in force, and the history of its printing."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        seen = StatusLetter.objects.with_subjects()
        letter: StatusLetter = visible_or_404(seen, self.user, pk=pk)
        validity = letter.validity_on(timezone.localdate())
        context = {
            "page_title": f"จดหมายรับรองสถานภาพ เลขที่ {letter}",
            "crumbs": [*_way_to(letter), (f"จดหมายเลขที่ {letter}", "")],
            "letter": letter,
            "validity": validity.label,
            "validity_tone": VALIDITY_TONES[validity],
            "address": letters.public_address(letter),
            "prints": letter.prints.select_related("printed_by"),
            "may_print": can_print_letter(self.user, letter),
            "may_revoke": can_revoke_letter(self.user, letter),
            "may_reissue": can_reissue_letter(self.user, letter, timezone.localdate()),
        }
        return render(request, "councils/letter.html", context)


def _way_to(letter: StatusLetter) -> list[Crumb]:
    council = letter.council_now
    way: list[Crumb] = [COUNCILS, (council.name, council.get_absolute_url())]
    return [*way, (letter.group.name, letter.group.get_absolute_url())] if letter.group else way


class Print(ScopedMixin, View):
    """Record a printing and send the PDF; drawn before it is recorded, so that no record lies."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        letter: StatusLetter = self.get_visible_or_404(StatusLetter, pk=pk)
        may = can_print_letter(self.user, letter)
        if may.is_closed:
            messages.warning(request, may.reason)
            return HttpResponseRedirect(letter.get_absolute_url())
        self.require(may)
        try:
            drawn = letters.pdf_of(letter)
            services.print_letter(actor=self.user, letter=letter, now=timezone.now())
        except (RenderFailed, Refused) as failure:
            messages.error(request, failure.message)
            return HttpResponseRedirect(letter.get_absolute_url())
        name = file_name("จดหมายรับรองสถานภาพ", str(letter).replace("/", "-"), extension="pdf")
        return file_response(io.BytesIO(drawn.pdf), name=name, content_type=PDF)


class Revoke(RecordForm):
    """Revoke a letter with its reason."""

    form_class = LetterReasonForm
    page_title = "ยกเลิกจดหมายรับรองสถานภาพ"
    page_lead = "หน้าตรวจสอบของจดหมายจะบอกทันทีว่าจดหมายยกเลิกแล้ว"
    submit_label = "ยกเลิกจดหมาย"
    record: StatusLetter

    def check(self) -> None:
        self.record = self.get_visible_or_404(StatusLetter, pk=self.kwargs["pk"])
        self.require(self.can())

    def can(self) -> Decision:
        """Whether the person may do this to the letter."""
        return can_revoke_letter(self.user, self.record)

    def crumbs(self) -> list[Crumb]:
        here = (f"จดหมายเลขที่ {self.record}", self.record.get_absolute_url())
        return [*_way_to(self.record), here]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"initial": {"version": self.record.version}}

    def save(self, form: LetterReasonForm) -> Model:
        return services.revoke_letter(
            actor=self.user,
            letter=self.record,
            expected_version=self.expected_version,
            today=self.today(),
            **form.facts(),
        )

    def done(self, record: Any) -> str:
        return f"ยกเลิกจดหมายเลขที่ {record} แล้ว"


class Reissue(Revoke):
    """Issue a new letter in the place of one in force."""

    page_title = "ออกจดหมายฉบับใหม่แทน"
    page_lead = "จดหมายฉบับเดิมจะถูกยกเลิกด้วยเหตุผลนี้ และได้เลขที่ใหม่"
    submit_label = "ออกฉบับใหม่แทน"

    def can(self) -> Decision:
        return can_reissue_letter(self.user, self.record, self.today())

    def save(self, form: LetterReasonForm) -> Model:
        return services.reissue_letter(
            actor=self.user,
            letter=self.record,
            expected_version=self.expected_version,
            today=self.today(),
            **form.facts(),
        )

    def done(self, record: Any) -> str:
        return f"ออกจดหมายเลขที่ {record} แทนเลขที่ {self.record} แล้ว"


class CheckLetter(View):
    """Public. The page behind the code of a letter: what it says and whether it is in force.

    Nobody logs in here. The random key cannot be guessed; one machine asks so often only.
    """

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        name = f"letter:{client_address(request)}"
        wait = pace.take(name, count=CHECKS, seconds=CHECK_SECONDS, now=timezone.now())
        if wait:
            answer = self._answer("ตรวจสอบถี่เกินไป กรุณารอ 1 นาทีแล้วลองใหม่", status=429)
            answer["Retry-After"] = str(int(wait) + 1)
            return answer
        letter = StatusLetter.objects.with_subjects().filter(token=token).first()
        if letter is None:
            return self._answer("ไม่พบจดหมายนี้ในระบบ กรุณาตรวจที่อยู่หรือสแกนคิวอาร์โค้ดอีกครั้ง", status=404)
        validity = letter.validity_on(timezone.localdate())
        return self._answer("", letter=letter, validity=validity)

    def _answer(self, refusal: str, *, status: int = 200, **context: Any) -> HttpResponse:
        """The page without menus, not to be kept by anybody."""
        validity = context.get("validity")
        context |= {
            "page_title": "ตรวจสอบจดหมายรับรองสถานภาพ",
            "page_lead": f"ตามทะเบียนของสถาบัน ณ วันที่ {long_date(timezone.localdate())}",
            "refusal": refusal,
            "tone": VALIDITY_TONES[validity] if validity else "",
        }
        answer = render(self.request, "councils/check_letter.html", context, status=status)
        answer["Cache-Control"] = "private, no-store"
        answer["X-Robots-Tag"] = "noindex"
        return answer
