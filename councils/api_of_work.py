"""What the API offers of the work of councils: meetings, missions, groups, letters, proposals …"""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from codi.api.declared import Act, NothingForm, Resource, Told, register
from codi.api.record_files import attaching
from councils import filters_of_work as filters
from councils import forms_of_work as forms
from councils import permissions_of_work as permissions
from councils import queries_of_work as queries
from councils.forms import ReinstateForm
from councils.models import (
    CapabilityResult,
    CommunityGroup,
    CouncilMeeting,
    GroupCertification,
    Proposal,
    QualityReview,
    Section21Mission,
    StatusLetter,
)
from councils.services import groups, letters, proposals, work

CODE = Told("council_code", "รหัสสภา", path="council.code")
BY_YEAR = {"id": "pk", "fiscal_year": "fiscal_year"}


def _of_council(model: Any) -> Any:
    """The rows of a kind of record of councils, with their councils."""
    return lambda user: model.objects.visible_to(user).select_related("council")


def _keeps_part(user: Any, row: Any) -> Any:
    return permissions.can_record_work(user, row.council)


def _issues_letter(user: Any, row: Any) -> Any:
    return permissions.can_issue_letter(user, row, None, timezone.localdate())


def _issues_group_letter(user: Any, row: Any) -> Any:
    return permissions.can_issue_letter(user, row.council, row, timezone.localdate())


def _new(path: str, title: str, form: Any, answers: str, service: Any) -> Act:
    """An act on a council that makes one record of its work."""
    return Act(
        path,
        title,
        form,
        can=permissions.can_record_work,
        perform=lambda call: service(
            actor=call.actor, council=call.row, today=call.today, **call.facts
        ),
        answers=answers,
        status=201,
        needs_version=False,
    )


def _edit(title: str, form: Any, service: Any, name: str, leave_out: tuple[str, ...] = ()) -> Act:
    """The correction of a record of a council; ``name`` is what the service calls it."""
    return Act(
        "edit",
        title,
        form,
        can=_keeps_part,
        perform=lambda call: service(
            actor=call.actor,
            expected_version=call.version,
            today=call.today,
            **{name: call.row},
            **call.facts,
        ),
        leave_out=leave_out,
    )


ACTS_ON_A_COUNCIL = (
    _new(
        "meetings",
        "บันทึกการประชุมสภา",
        forms.CouncilMeetingForm,
        "council-meetings",
        work.record_meeting,
    ),
    _new(
        "missions",
        "บันทึกภารกิจตามมาตรา 21 หนึ่งข้อ",
        forms.MissionForm,
        "council-missions",
        work.record_mission,
    ),
    _new(
        "capability",
        "บันทึกตัวชี้วัดศักยภาพ",
        forms.CapabilityForm,
        "council-capability",
        work.record_capability,
    ),
    _new(
        "reviews",
        "บันทึกการสอบทานคุณภาพ",
        forms.ReviewForm,
        "council-reviews",
        work.review_council,
    ),
    _new("groups", "จดแจ้งกลุ่ม", forms.GroupForm, "groups", groups.register_group),
    Act(
        "letters",
        "ออกจดหมายรับรองสถานภาพของสภา",
        NothingForm,
        can=_issues_letter,
        perform=lambda call: letters.issue_letter(
            actor=call.actor, council=call.row, today=call.today
        ),
        answers="letters",
        status=201,
        needs_version=False,
    ),
)

register(
    Resource(
        name="council-meetings",
        title="การประชุมสภา",
        about="การประชุมของสภาองค์กรชุมชน นับตามปีงบประมาณของวันที่ประชุม",
        model=CouncilMeeting,
        rows=_of_council(CouncilMeeting),
        fields=(
            "id",
            "council",
            "fiscal_year",
            "number",
            "held_on",
            "attendee_count",
            "topics",
            "version",
        ),
        told=(CODE,),
        order=BY_YEAR | {"held_on": "held_on"},
        default_sort="-held_on",
        filters=filters.OfCouncilFilter,
        lock_first=lambda row: row.council,
        change=_edit("แก้ไขการประชุม", forms.CouncilMeetingEditForm, work.correct_meeting, "meeting"),
    )
)
register(
    Resource(
        name="council-missions",
        title="ภารกิจตามมาตรา 21",
        about="ภารกิจที่สภาดำเนินการในปีงบประมาณ ข้อ 1 ถึง 12",
        model=Section21Mission,
        rows=_of_council(Section21Mission),
        fields=("id", "council", "fiscal_year", "mission", "reported_on", "detail", "version"),
        told=(CODE,),
        order=BY_YEAR | {"mission": "mission"},
        default_sort="-fiscal_year",
        filters=filters.OfCouncilFilter,
        lock_first=lambda row: row.council,
    )
)
register(
    Resource(
        name="council-capability",
        title="ตัวชี้วัดศักยภาพสภา",
        about="ผลตัวชี้วัด ก.พ.ร.: มาตรา 21 (4) หรือ (5) และ (9) กับไฟล์แนบ 3 ประเภท",
        model=CapabilityResult,
        rows=_of_council(CapabilityResult),
        fields=(
            "id",
            "council",
            "fiscal_year",
            "reported_on",
            "advises",
            "asks_for_services",
            "reports_harm",
            "note",
            "version",
        ),
        told=(CODE,),
        order=BY_YEAR,
        default_sort="-fiscal_year",
        filters=filters.OfCouncilFilter,
        lock_first=lambda row: row.council,
        change=_edit(
            "แก้ไขตัวชี้วัดศักยภาพ",
            forms.CapabilityEditForm,
            work.correct_capability,
            "result",
            ("fiscal_year",),
        ),
        acts=(attaching("capability"),),
    )
)
register(
    Resource(
        name="council-reviews",
        title="การสอบทานคุณภาพสภา",
        about="คะแนนและระดับของปี ระดับให้ตามเกณฑ์ของปีนั้น",
        model=QualityReview,
        rows=_of_council(QualityReview),
        fields=(
            "id",
            "council",
            "fiscal_year",
            "reviewed_on",
            "scale",
            "score_pct",
            "grade",
            "version",
        ),
        told=(CODE,),
        order=BY_YEAR | {"reviewed_on": "reviewed_on"},
        default_sort="-fiscal_year",
        filters=filters.OfCouncilFilter,
        lock_first=lambda row: row.council,
        change=_edit(
            "แก้ไขการสอบทาน",
            forms.ReviewEditForm,
            work.correct_review,
            "review",
            ("fiscal_year",),
        ),
    )
)
register(
    Resource(
        name="groups",
        title="กลุ่ม/องค์กรชุมชน",
        about="กลุ่มที่จดแจ้งกับสภา พร้อมการรับรองสถานภาพของปีนี้",
        model=CommunityGroup,
        rows=lambda user: queries.groups_for_list(user, timezone.localdate()),
        fields=(
            "id",
            "code",
            "council",
            "name",
            "registered_on",
            "found_existing_on",
            "ended_on",
            "ended_reason",
            "version",
        ),
        told=(CODE, Told("state", "การรับรองปีนี้")),
        order={"code": "code", "registered_on": "registered_on", "id": "pk"},
        default_sort="code",
        filters=filters.GroupFilter,
        search_keys=("search_key",),
        lock_first=lambda row: row.council,
        change=_edit("แก้ไขข้อมูลกลุ่ม", forms.GroupEditForm, groups.change_group, "group"),
        acts=(
            Act(
                "end",
                "บันทึกการสิ้นสภาพ",
                forms.GroupEndForm,
                can=permissions.can_end_group,
                perform=lambda call: groups.end_group(
                    actor=call.actor,
                    group=call.row,
                    expected_version=call.version,
                    today=call.today,
                    **call.facts,
                ),
            ),
            Act(
                "reinstate",
                "นำกลับเข้าทะเบียน",
                ReinstateForm,
                can=permissions.can_reinstate_group,
                perform=lambda call: groups.reinstate_group(
                    actor=call.actor, group=call.row, expected_version=call.version
                ),
            ),
            Act(
                "certifications",
                "รับรองสถานภาพของปี",
                forms.GroupCertificationForm,
                can=permissions.can_keep_group,
                perform=lambda call: groups.certify_group(
                    actor=call.actor, group=call.row, today=call.today, **call.facts
                ),
                answers="group-certifications",
                status=201,
                needs_version=False,
            ),
            Act(
                "letters",
                "ออกจดหมายรับรองสถานภาพของกลุ่ม",
                NothingForm,
                can=_issues_group_letter,
                perform=lambda call: letters.issue_letter(
                    actor=call.actor, council=call.row.council, group=call.row, today=call.today
                ),
                answers="letters",
                status=201,
                needs_version=False,
            ),
        ),
    )
)
register(
    Resource(
        name="group-certifications",
        title="การรับรองสถานภาพกลุ่ม",
        about="การรับรองสถานภาพของกลุ่มในแต่ละปีงบประมาณ",
        model=GroupCertification,
        rows=lambda user: GroupCertification.objects.visible_to(user).select_related("group"),
        fields=("id", "group", "fiscal_year", "certified_on", "version"),
        told=(Told("group_code", "รหัสกลุ่ม", path="group.code"),),
        order=BY_YEAR | {"certified_on": "certified_on"},
        default_sort="-id",
        filters=filters.CertificationFilter,
        lock_first=lambda row: row.group.council,
        acts=(
            Act(
                "withdraw",
                "ถอนการรับรองที่บันทึกผิด",
                forms.WithdrawCertificationForm,
                can=permissions.can_withdraw_certification,
                perform=lambda call: groups.withdraw_certification(
                    actor=call.actor,
                    certification=call.row,
                    expected_version=call.version,
                    **call.facts,
                ),
                answers="groups",
                about="คำตอบคือกลุ่ม ซึ่งรับรองของปีนั้นใหม่ได้ เหตุผลอยู่ในประวัติของกลุ่ม",
            ),
        ),
    )
)


def _reissues_letter(user: Any, row: Any) -> Any:
    return permissions.can_reissue_letter(user, row, timezone.localdate())


def _letter_act(path: str, title: str, can: Any, service: Any, status: int = 200) -> Act:
    return Act(
        path,
        title,
        forms.LetterReasonForm,
        can=can,
        perform=lambda call: service(
            actor=call.actor,
            letter=call.row,
            expected_version=call.version,
            today=call.today,
            **call.facts,
        ),
        status=status,
    )


register(
    Resource(
        name="letters",
        title="จดหมายรับรองสถานภาพ",
        about="จดหมายของสภาและของกลุ่ม เลขที่นับใหม่ทุกปีงบประมาณ",
        model=StatusLetter,
        rows=lambda user: StatusLetter.objects.visible_to(user).with_subjects(),
        fields=(
            "id",
            "number",
            "fiscal_year",
            "council",
            "group",
            "issued_on",
            "issued_by",
            "replaces",
            "revoked_on",
            "revocation_reason",
            "version",
        ),
        told=(CODE,),
        order=BY_YEAR | {"number": "number", "issued_on": "issued_on"},
        default_sort="-id",
        filters=filters.LetterFilter,
        lock_first=lambda row: row.council_now,
        acts=(
            _letter_act(
                "revoke", "ยกเลิกจดหมาย", permissions.can_revoke_letter, letters.revoke_letter
            ),
            _letter_act(
                "reissue", "ออกฉบับใหม่แทน", _reissues_letter, letters.reissue_letter, status=201
            ),
        ),
    )
)


def _follows_up(user: Any, row: Any) -> Any:
    return permissions.can_follow_up(user, row)


def _on_proposal(path: str, title: str, form: Any, service: Any) -> Act:
    return Act(
        path,
        title,
        form,
        can=_follows_up,
        perform=lambda call: service(
            actor=call.actor,
            proposal=call.row,
            expected_version=call.version,
            today=call.today,
            **call.facts,
        ),
    )


register(
    Resource(
        name="proposals",
        title="ข้อเสนอของสภา",
        about="ข้อเสนอของสภาหนึ่งหรือหลายสภาถึงหน่วยงาน พร้อมคำตอบและการติดตาม",
        model=Proposal,
        rows=queries.proposals_for_list,
        fields=(
            "id",
            "title",
            "fiscal_year",
            "agency",
            "letter_number",
            "sent_on",
            "answered_on",
            "answer",
            "followed_up_on",
            "follow_up",
            "solved_on",
            "version",
        ),
        told=(
            Told("council_count", "จำนวนสภาที่เสนอ", "count"),
            Told("state_key", "ความคืบหน้า"),
        ),
        order=BY_YEAR | {"sent_on": "sent_on"},
        default_sort="-sent_on",
        filters=filters.ProposalFilter,
        search_texts=("title", "agency"),
        create=Act(
            "new",
            "บันทึกข้อเสนอ",
            forms.ProposalForm,
            can=lambda user, row: permissions.can_record(user),
            perform=lambda call: proposals.send_proposal(
                actor=call.actor, today=call.today, **call.facts
            ),
            status=201,
            about="councils: รหัสหรือชื่อเต็มของสภา คั่นด้วยจุลภาคหรือขึ้นบรรทัดใหม่",
        ),
        change=_on_proposal(
            "edit", "แก้ไขข้อเสนอ", forms.ProposalEditForm, proposals.change_proposal
        ),
        acts=(
            _on_proposal(
                "follow-up",
                "บันทึกคำตอบและการติดตาม",
                forms.FollowUpForm,
                proposals.follow_up_proposal,
            ),
        ),
    )
)
