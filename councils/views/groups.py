"""The list of community groups, the page of one, and what is recorded of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.views import View

from codi.accounts.access import ScopedMixin, visible_or_404
from codi.accounts.permissions import Decision
from codi.thai.dates import long_date
from codi.thai.numbers import number
from codi.ui.lists import Empty, ListPage
from councils.filters_of_work import GroupFilter
from councils.forms import ReinstateForm
from councils.forms_of_work import (
    GroupCertificationForm,
    GroupEditForm,
    GroupEndForm,
    GroupForm,
    WithdrawCertificationForm,
)
from councils.models import CommunityGroup, GroupCertification
from councils.permissions_of_work import (
    can_end_group,
    can_issue_letter,
    can_keep_group,
    can_record,
    can_reinstate_group,
    can_withdraw_certification,
)
from councils.queries_of_work import GROUP_STATES, groups_for_list, letter_in_force
from councils.services import groups as services
from councils.tables_of_work import GROUP_TONES, GroupTable, with_validity
from councils.views.work import OfCouncil
from programs.forms import initial_of
from programs.panels_of_merging import merged_into
from programs.views.duplicates import to_kept
from programs.views.records import Crumb, RecordForm

GROUPS: Crumb = ("กลุ่ม/องค์กรชุมชน", reverse_lazy("councils:groups"))


class GroupList(ScopedMixin, ListPage):
    """Groups in sight with their council, place and certification of this year."""

    model = CommunityGroup
    table_class = GroupTable
    filterset_class = GroupFilter
    template_name = "councils/groups.html"
    page_title = "กลุ่ม/องค์กรชุมชน"
    page_lead = "กลุ่ม องค์กร และเครือข่ายที่จดแจ้งกับสภาองค์กรชุมชน พร้อมการรับรองสถานภาพประจำปี"
    unit = "กลุ่ม"
    default_sort = "code"
    search_keys = ("search_key",)
    search_label = "ค้นหารหัสหรือชื่อกลุ่ม"
    empty = Empty("ยังไม่มีกลุ่มในพื้นที่ของท่าน", "จดแจ้งกลุ่มได้ที่หน้าสภาที่กลุ่มสังกัด", "users-round")

    def get_queryset(self) -> QuerySet[CommunityGroup]:
        return groups_for_list(self.user, timezone.localdate())

    def get_context(self) -> dict[str, Any]:
        url = f"{reverse('councils:groups_certify')}?{self.selection().urlencode()}"
        return {"certify_url": url if can_record(self.user) else ""}


class GroupPage(ScopedMixin, View):
    """One group: its facts, its certifications and its letters."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        today = timezone.localdate()
        group: Any = visible_or_404(groups_for_list(self.user, today), self.user, pk=pk)
        if way_on := to_kept(request, group, self.user):
            return way_on
        may_issue = can_issue_letter(self.user, group.council, group, today)
        certifications = list(group.certifications.all())
        context = {
            "page_title": group.name,
            "crumbs": [GROUPS, (group.name, "")],
            "group": group,
            "merged_from": merged_into(group, self.user),
            "state": GROUP_STATES[group.state],
            "state_tone": GROUP_TONES[group.state],
            "certifications": certifications,
            "may_withdraw": certifications
            and can_withdraw_certification(self.user, certifications[0]),
            "letters": with_validity(group.letters.with_subjects(), today),
            "may_keep": can_keep_group(self.user, group),
            "may_end": can_end_group(self.user, group),
            "may_reinstate": can_reinstate_group(self.user, group),
            "may_issue": may_issue and letter_in_force(group.council, group) is None,
        }
        return render(request, "councils/group.html", context)


class GroupNew(OfCouncil):
    """Register a group with a council."""

    keeps_draft = True
    form_class = GroupForm
    page_title = "จดแจ้งกลุ่ม/องค์กรชุมชน"
    submit_label = "จดแจ้งกลุ่ม"

    def save(self, form: GroupForm) -> Model:
        return services.register_group(
            actor=self.user, council=self.council, today=self.today(), **form.cleaned_data
        )

    def next_url(self, record: Any) -> str:
        return str(record.get_absolute_url())


class OfGroup(RecordForm):
    """A form about one group."""

    record: CommunityGroup

    def can(self) -> Decision:
        """Whether the person may act on the group."""
        return can_keep_group(self.user, self.record)

    def check(self) -> None:
        self.record = self.get_visible_or_404(CommunityGroup, pk=self.kwargs["pk"])
        self.require(self.can())

    def concerned(self) -> Sequence[Any]:
        return [self.record, self.record.council]

    def crumbs(self) -> list[Crumb]:
        return [GROUPS, (self.record.name, self.record.get_absolute_url())]

    def next_url(self, record: Any) -> str:
        return self.record.get_absolute_url()


class GroupEdit(OfGroup):
    """Correct the facts of a group, or record that it was found existing."""

    form_class = GroupEditForm
    page_title = "แก้ไขข้อมูลกลุ่ม"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"initial": initial_of(self.record, GroupEditForm)}

    def save(self, form: GroupEditForm) -> Model:
        return services.change_group(
            actor=self.user,
            group=self.record,
            expected_version=self.expected_version,
            today=self.today(),
            **form.facts(),
        )


class GroupEnd(OfGroup):
    """Record that a group ended."""

    form_class = GroupEndForm
    page_title = "บันทึกการสิ้นสภาพของกลุ่ม"
    submit_label = "บันทึกการสิ้นสภาพ"

    def can(self) -> Decision:
        return can_end_group(self.user, self.record)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"initial": initial_of(self.record, GroupEndForm)}

    def save(self, form: GroupEndForm) -> Model:
        return services.end_group(
            actor=self.user,
            group=self.record,
            expected_version=self.expected_version,
            today=self.today(),
            **form.facts(),
        )


class GroupReinstate(OfGroup):
    """Bring back a group whose end was recorded by mistake."""

    form_class = ReinstateForm
    page_title = "นำกลุ่มกลับเข้าทะเบียน"
    page_lead = "ใช้เมื่อบันทึกการสิ้นสภาพผิดเท่านั้น วันและเหตุผลที่สิ้นสภาพยังอยู่ในประวัติการแก้ไข"
    submit_label = "นำกลับเข้าทะเบียน"

    def can(self) -> Decision:
        return can_reinstate_group(self.user, self.record)

    def save(self, form: ReinstateForm) -> Model:
        return services.reinstate_group(actor=self.user, group=self.record)

    def done(self, record: Any) -> str:
        return f"นำ {record} กลับเข้าทะเบียนแล้ว"


class GroupCertify(OfGroup):
    """Certify the status of one group for a year."""

    form_class = GroupCertificationForm
    page_title = "รับรองสถานภาพกลุ่ม"
    submit_label = "รับรอง"

    def save(self, form: GroupCertificationForm) -> Model:
        return services.certify_group(
            actor=self.user, group=self.record, today=self.today(), **form.cleaned_data
        )

    def done(self, record: Any) -> str:
        return f"{record} ของ {self.record} แล้ว"


class CertificationWithdraw(RecordForm):
    """Take back a certification of a group that was entered by mistake."""

    form_class = WithdrawCertificationForm
    page_title = "ถอนการรับรองสถานภาพกลุ่ม"
    submit_label = "ถอนการรับรอง"
    record: GroupCertification

    def check(self) -> None:
        self.record = self.get_visible_or_404(GroupCertification, pk=self.kwargs["pk"])
        self.require(can_withdraw_certification(self.user, self.record))

    def concerned(self) -> Sequence[Any]:
        return [self.record.group, self.record.group.council]

    def crumbs(self) -> list[Crumb]:
        return [GROUPS, (self.record.group.name, self.record.group.get_absolute_url())]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"initial": {"version": self.record.version}}

    def get_context(self, form: Any) -> dict[str, Any]:
        day = long_date(self.record.certified_on)
        lead = f"{self.record.group} ปีงบประมาณ {self.record.fiscal_year} ซึ่งรับรองเมื่อ {day}"
        letter = letter_in_force(self.record.group.council, self.record.group)
        if letter is not None:
            lead = (
                f"{lead} · จดหมายรับรองเลขที่ {letter} รับรองการจดแจ้ง จึงยังมีผล ถ้าออกผิดให้ยกเลิกที่หน้าจดหมาย"
            )
        return super().get_context(form) | {"page_lead": lead}

    def save(self, form: WithdrawCertificationForm) -> Model:
        return services.withdraw_certification(
            actor=self.user,
            certification=self.record,
            expected_version=self.expected_version,
            **form.facts(),
        )

    def done(self, record: Any) -> str:
        return f"ถอนการรับรองสถานภาพ ปีงบประมาณ {self.record.fiscal_year} ของ {record} แล้ว"


class GroupsCertify(RecordForm):
    """Certify for a year all groups that the list's search and filters choose."""

    form_class = GroupCertificationForm
    page_title = "รับรองสถานภาพกลุ่มตามรายการ"
    submit_label = "รับรองทั้งหมด"
    check_answers = True
    confirm_template_name = "councils/groups_certify_confirm.html"
    certified_count = 0

    def check(self) -> None:
        self.require(can_record(self.user))

    def crumbs(self) -> list[Crumb]:
        return [GROUPS]

    @cached_property
    def chosen(self) -> GroupList:
        """The list with the search and filters of this address."""
        request = HttpRequest()
        request.method, request.path = "GET", str(GROUPS[1])
        request.GET = QueryDict(self.request.GET.urlencode())
        request.user = self.user
        page = GroupList()
        page.setup(request)
        return page

    def get_context(self, form: Any) -> dict[str, Any]:
        count = self.chosen.sums["row_count"]
        lead = f"รายการที่เลือกมี {number(count)} กลุ่ม"
        if form.is_bound and form.is_valid():
            facts = form.cleaned_data
            waiting = services.certifiable(self.chosen.rows, self.user, **facts).count()
            lead = f"{lead} จะรับรอง {number(waiting)} กลุ่ม ที่จดแจ้งแล้ว ยังไม่สิ้นสภาพ และยังไม่ได้รับรองของปีนั้น"
        return super().get_context(form) | {"page_lead": lead}

    def save(self, form: GroupCertificationForm) -> Any:
        self.certified_count = services.certify_groups(
            actor=self.user, groups=self.chosen.rows, today=self.today(), **form.cleaned_data
        )
        return None

    def done(self, record: Any) -> str:
        return f"รับรองสถานภาพแล้ว {number(self.certified_count)} กลุ่ม"

    def next_url(self, record: Any) -> str:
        return f"{GROUPS[1]}?{self.chosen.selection().urlencode()}"
