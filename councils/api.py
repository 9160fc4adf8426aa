"""What the API offers of councils, their terms and members."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from codi.accounts.permissions import Decision
from codi.api.declared import Act, Resource, Told, register
from codi.api.record_files import attaching
from councils import filters, forms, permissions, queries, services
from councils.api_of_work import ACTS_ON_A_COUNCIL
from councils.merging import COUNCIL_MERGER, GROUP_MERGER
from councils.models import Council, Member, Term
from programs.api_of_merging import register_doubles
from programs.tables_of_merging import DoubleFilter, GroupDoubleFilter

PLACES = ("region", "province", "district", "subdistrict")


def _registers(user: Any, row: Any) -> Decision:
    return permissions.can_manage_councils(user)


def _terms(user: Any) -> QuerySet[Any]:
    return queries.terms_for_list(user, timezone.localdate())


register(
    Resource(
        name="councils",
        title="สภาองค์กรชุมชน",
        about="สภาองค์กรชุมชนตำบล เทศบาล และเขต พร้อมแบบ จส.02-03 วาระ และจำนวนสมาชิก ณ วันนี้",
        model=Council,
        rows=lambda user: queries.councils_for_list(user, timezone.localdate()),
        fields=(
            "id", "code", "name", "kind", *PLACES, "registered_on", "certified_on",
            "withdrawn_on", "withdrawal_reason", "merged_into", "version",
        ),
        told=(
            Told("certification_basis", "ที่มาของการรับรอง ว่างเมื่อยังไม่รับรอง"),
            Told("has_js02", "แนบแบบ จส.02 แล้ว", "flag"),
            Told("has_js03", "แนบแบบ จส.03 แล้ว", "flag"),
            Told("term_state", "วาระสมาชิก"),
            Told("term_expires_on", "ครบวาระเมื่อ", "day"),
            Told("member_count", "จำนวนสมาชิก", "count"),
        ),
        order={
            "code": "code", "name": "sort_key", "registered_on": "registered_on",
            "certified_on": "certified_on", "id": "pk",
        },
        default_sort="name",
        filters=filters.CouncilFilter,
        search_keys=("search_key",),
        create=Act(
            "new",
            "จดแจ้งสภา",
            forms.CouncilForm,
            can=_registers,
            perform=lambda call: services.register_council(
                actor=call.actor, today=call.today, **call.facts
            ),
            status=201,
            about="ไม่ส่ง code ระบบจะออกเลขถัดไป ถ้าคำในชื่อไม่ตรงประเภทต้องส่ง is_right_kind เป็น true",
        ),
        change=Act(
            "edit",
            "แก้ไขข้อมูลสภา",
            forms.CouncilForm,
            can=permissions.can_keep,
            perform=lambda call: services.update_council(
                actor=call.actor,
                council=call.row,
                expected_version=call.version,
                today=call.today,
                **call.facts,
            ),
            leave_out=("code",),
        ),
        acts=(
            *ACTS_ON_A_COUNCIL,
            Act(
                "certify",
                "รับรองสภา",
                forms.CertifyForm,
                can=permissions.can_certify,
                perform=lambda call: services.certify_council(
                    actor=call.actor,
                    council=call.row,
                    expected_version=call.version,
                    today=call.today,
                    **call.facts,
                ),
                about="รับรองได้เมื่อมีแบบ จส.02 และ จส.03 วาระปัจจุบัน ผู้แทนชุมชน และตำบลหรือเขตครบ",
            ),
            Act(
                "withdraw",
                "ถอนออกจากทะเบียน",
                forms.ReasonForm,
                can=permissions.can_withdraw,
                perform=lambda call: services.withdraw_council(
                    actor=call.actor,
                    council=call.row,
                    expected_version=call.version,
                    today=call.today,
                    **call.facts,
                ),
            ),
            Act(
                "reinstate",
                "นำกลับเข้าทะเบียน",
                forms.ReinstateForm,
                can=permissions.can_reinstate,
                perform=lambda call: services.reinstate_council(
                    actor=call.actor, council=call.row, expected_version=call.version
                ),
            ),
            Act(
                "terms",
                "บันทึกวาระสมาชิก",
                forms.TermForm,
                can=permissions.can_keep,
                perform=lambda call: services.open_term(
                    actor=call.actor, council=call.row, today=call.today, **call.facts
                ),
                answers="council-terms",
                status=201,
                needs_version=False,
            ),
            Act(
                "members",
                "เพิ่มสมาชิก",
                forms.MemberForm,
                can=permissions.can_keep,
                perform=lambda call: services.add_member(
                    actor=call.actor, council=call.row, today=call.today, **call.facts
                ),
                answers="council-members",
                status=201,
                needs_version=False,
                about="ผู้ทรงคุณวุฒิมีได้ไม่เกินหนึ่งในห้าของผู้แทนชุมชน",
            ),
            attaching("council"),
        ),
    )
)  # fmt: skip

register(
    Resource(
        name="council-terms",
        title="วาระสมาชิกสภา",
        about="วาระ 4 ปีของสมาชิกสภา เพิ่มที่ /councils/{id}/terms/",
        model=Term,
        rows=_terms,
        fields=(
            "id", "council", "selected_on", "expires_on", "renewed_on", "withdrawn_on",
            "withdrawal_reason", "version",
        ),
        told=(
            Told("council_code", "รหัสสภา", path="council.code"),
            Told("council_name", "ชื่อสภา", path="council.name"),
            Told("state", "สถานะ"),
        ),
        order={"expires_on": "expires_on", "selected_on": "selected_on", "id": "pk"},
        default_sort="expires_on",
        filters=filters.TermFilter,
        search_keys=("council__search_key",),
        lock_first=lambda term: term.council,
        acts=(
            Act(
                "renew",
                "บันทึกการทบทวนสมาชิกครบวาระ",
                forms.RenewForm,
                can=permissions.can_renew_term,
                perform=lambda call: services.renew_term(
                    actor=call.actor,
                    term=call.row,
                    expected_version=call.version,
                    today=call.today,
                    **call.facts,
                ),
                about="คำตอบคือวาระใหม่ ต้องแนบเอกสารทบทวนสมาชิกกับวาระเดิมก่อน",
            ),
            Act(
                "withdraw",
                "ถอนวาระที่บันทึกผิด",
                forms.ReasonForm,
                can=permissions.can_keep_term,
                perform=lambda call: services.withdraw_term(
                    actor=call.actor,
                    term=call.row,
                    expected_version=call.version,
                    today=call.today,
                    **call.facts,
                ),
            ),
            attaching("term"),
        ),
    )
)  # fmt: skip

register(
    Resource(
        name="council-members",
        title="สมาชิกสภา",
        about="ผู้แทนชุมชนและผู้ทรงคุณวุฒิ เพิ่มที่ /councils/{id}/members/",
        model=Member,
        rows=queries.members_for_list,
        fields=("id", "council", "name", "kind", "selected_on", "left_on", "version"),
        told=(
            Told("council_code", "รหัสสภา", path="council.code"),
            Told("council_name", "ชื่อสภา", path="council.name"),
        ),
        order={"name": "name", "selected_on": "selected_on", "id": "pk"},
        default_sort="id",
        filters=filters.MemberFilter,
        search_texts=("name", "council__code"),
        lock_first=lambda member: member.council,
        change=Act(
            "edit",
            "แก้ไขข้อมูลสมาชิก",
            forms.MemberForm,
            can=permissions.can_keep_member,
            perform=lambda call: services.update_member(
                actor=call.actor,
                member=call.row,
                expected_version=call.version,
                today=call.today,
                **call.facts,
            ),
        ),
        acts=(
            Act(
                "end",
                "บันทึกสมาชิกพ้นจากตำแหน่ง",
                forms.EndMemberForm,
                can=permissions.can_keep_member,
                perform=lambda call: services.end_member(
                    actor=call.actor,
                    member=call.row,
                    expected_version=call.version,
                    today=call.today,
                    **call.facts,
                ),
            ),
        ),
    )
)
register_doubles("council-doubles", COUNCIL_MERGER, DoubleFilter)
register_doubles("group-doubles", GROUP_MERGER, GroupDoubleFilter, "council__")
