"""The list of members, and what is recorded of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Model, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse_lazy

from codi.accounts.access import ScopedMixin
from codi.ui.lists import Empty, ListPage
from councils import permissions, services
from councils.filters import MemberFilter
from councils.forms import EndMemberForm, MemberForm
from councils.models import Member
from councils.queries import members_for_list
from councils.tables import MemberTable
from councils.views.councils import COUNCILS, CouncilAct
from programs.forms import initial_of
from programs.views.records import Crumb, RecordForm

MEMBERS: Crumb = ("สมาชิกสภา", reverse_lazy("councils:members"))


class MemberList(ScopedMixin, ListPage):
    """Members of the councils in sight."""

    model = Member
    table_class = MemberTable
    filterset_class = MemberFilter
    page_title = "สมาชิกสภา"
    page_lead = "ผู้แทนชุมชนและผู้ทรงคุณวุฒิของสภาองค์กรชุมชน"
    unit = "คน"
    default_sort = "name"
    search_texts = ("name",)
    search_codes = ("council__code",)
    search_label = "ค้นหาชื่อสมาชิกหรือรหัสสภา"
    empty = Empty("ยังไม่มีสมาชิกในพื้นที่ของท่าน", "เพิ่มสมาชิกได้ที่หน้าของสภา หรือนำเข้าจากไฟล์", "users")

    def get_queryset(self) -> QuerySet[Member]:
        return members_for_list(self.user)

    def get_context(self) -> dict[str, Any]:
        return {"crumbs": [COUNCILS, (self.page_title, "")]}


class MemberNew(CouncilAct):
    """Add a member to a council."""

    form_class = MemberForm
    page_title = "เพิ่มสมาชิกสภา"
    submit_label = "เพิ่มสมาชิก"

    def get_context(self, form: Any) -> dict[str, Any]:
        return super().get_context(form) | {"page_lead": self.record.name}

    def save(self, form: MemberForm) -> Model:
        return services.add_member(
            actor=self.user, council=self.record, today=self.today(), **form.facts()
        )


class MemberAct(RecordForm):
    """What acts on one member share."""

    record: Member

    def check(self) -> None:
        rows = Member.objects.visible_to(self.user).select_related("council")
        self.record = get_object_or_404(rows, pk=self.kwargs["pk"])
        self.require(permissions.can_keep_member(self.user, self.record))

    def concerned(self) -> Sequence[Any]:
        return [self.record.council]

    def crumbs(self) -> list[Crumb]:
        council = self.record.council
        return [COUNCILS, (council.name, council.get_absolute_url())]

    def get_context(self, form: Any) -> dict[str, Any]:
        lead = f"{self.record} · {self.record.council}"
        return super().get_context(form) | {"page_lead": lead}


class MemberEdit(MemberAct):
    """Correct a member."""

    form_class = MemberForm
    page_title = "แก้ไขข้อมูลสมาชิกสภา"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"initial": initial_of(self.record, MemberForm)}

    def save(self, form: MemberForm) -> Model:
        return services.update_member(
            actor=self.user,
            member=self.record,
            expected_version=self.expected_version,
            today=self.today(),
            **form.facts(),
        )


class MemberEnd(MemberAct):
    """Record that a member left."""

    form_class = EndMemberForm
    page_title = "บันทึกสมาชิกพ้นจากตำแหน่ง"

    def save(self, form: EndMemberForm) -> Model:
        return services.end_member(
            actor=self.user,
            member=self.record,
            expected_version=None,
            today=self.today(),
            **form.cleaned_data,
        )

    def done(self, record: Any) -> str:
        return f"บันทึกว่า {record} พ้นจากตำแหน่งแล้ว"
