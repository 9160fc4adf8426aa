"""What the API offers of programmes, organisations, committees and meetings."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from codi.accounts.permissions import Decision
from codi.api.declared import Act, Part, Resource, Told, register
from codi.api.record_files import attaching
from programs import filters, forms, forms_of_bases, permissions, queries, services
from programs.models import (
    BudgetFrame,
    Committee,
    FundingSource,
    Meeting,
    Organisation,
    OrganisationCertification,
    Programme,
    ProgrammeTarget,
    QualityScale,
    RegionBase,
    Resolution,
)
from programs.services import bases

PLACES = ("region", "province", "district", "subdistrict")


def _sets_programmes(user: Any, row: Any) -> Decision:
    return permissions.can_manage_programmes(user)


def _keeps_organisations(user: Any, row: Any) -> Decision:
    return permissions.can_manage_organisations(user)


def _programmes(user: Any) -> QuerySet[Any]:
    return Programme.objects.visible_to(user).select_related("funding_source")


register(
    Resource(
        name="programmes",
        title="แผนงาน/โครงการหลัก",
        about="แผนงาน โครงการหลัก และแผนงานกิจกรรมของแต่ละปีงบประมาณ",
        model=Programme,
        rows=_programmes,
        fields=(
            "id",
            "code",
            "name",
            "kind",
            "fiscal_year",
            "parent",
            "position",
            "objectives",
            "version",
        ),
        told=(Told("funding_source_code", "รหัสแหล่งงบประมาณ", path="funding_source.code"),),
        order={"code": "code", "fiscal_year": "fiscal_year", "id": "pk"},
        default_sort="-fiscal_year",
        search_keys=("search_key",),
        create=Act(
            "new",
            "เพิ่มแผนงาน",
            forms.ProgrammeForm,
            can=_sets_programmes,
            perform=lambda call: services.create_programme(actor=call.actor, **call.facts),
            status=201,
        ),
        change=Act(
            "edit",
            "แก้ไขแผนงาน",
            forms.ProgrammeForm,
            can=_sets_programmes,
            perform=lambda call: services.update_programme(
                actor=call.actor, programme=call.row, expected_version=call.version, **call.facts
            ),
        ),
        acts=(
            Act(
                "frames",
                "ตั้งกรอบงบประมาณ",
                forms.FrameForm,
                can=_sets_programmes,
                perform=lambda call: services.set_frame(
                    actor=call.actor, programme=call.row, **call.facts
                ),
                answers="frames",
                status=201,
                needs_version=False,
                about="ตั้งได้ครั้งเดียวต่อภาคและระดับ เปลี่ยนภายหลังด้วยการปรับโอนงบ",
            ),
            Act(
                "targets",
                "เพิ่มเป้าหมาย",
                forms.TargetForm,
                can=_sets_programmes,
                perform=lambda call: services.add_target(
                    actor=call.actor, programme=call.row, **call.facts
                ),
                answers="targets",
                status=201,
                needs_version=False,
            ),
        ),
    )
)

register(
    Resource(
        name="funding-sources",
        title="แหล่งงบประมาณ",
        about="แหล่งเงินที่แผนงานอ้างถึง",
        model=FundingSource,
        rows=lambda user: FundingSource.objects.all(),
        is_common=True,
        fields=("id", "code", "name", "version"),
        order={"code": "code", "name": "name", "id": "pk"},
        default_sort="code",
        search_texts=("code", "name"),
        create=Act(
            "new",
            "เพิ่มแหล่งงบประมาณ",
            forms.SourceForm,
            can=_sets_programmes,
            perform=lambda call: services.create_source(actor=call.actor, **call.facts),
            status=201,
        ),
        change=Act(
            "edit",
            "แก้ไขชื่อแหล่งงบประมาณ",
            forms.SourceEditForm,
            can=_sets_programmes,
            perform=lambda call: services.rename_source(
                actor=call.actor, source=call.row, expected_version=call.version, **call.facts
            ),
            leave_out=("code",),
        ),
    )
)

register(
    Resource(
        name="frames",
        title="กรอบงบประมาณ",
        about="กรอบงบที่จัดสรรครั้งแรกให้ภาคและระดับโครงการ การปรับโอนภายหลังอยู่ใน budget-moves",
        model=BudgetFrame,
        rows=lambda user: BudgetFrame.objects.visible_to(user),
        fields=(
            "id",
            "programme",
            "region",
            "level",
            "allocated_baht",
            "allocated_on",
            "note",
            "version",
        ),
        order={"id": "pk", "allocated_on": "allocated_on", "allocated_baht": "allocated_baht"},
        default_sort="id",
        change=Act(
            "edit",
            "แก้ไขกรอบงบประมาณ",
            forms.FrameEditForm,
            can=_sets_programmes,
            perform=lambda call: services.correct_frame(
                actor=call.actor, frame=call.row, expected_version=call.version, **call.facts
            ),
            leave_out=("region", "level"),
            about="แก้ตัวเลขที่บันทึกผิด พร้อมเหตุผล (reason) ถ้าเป็นการย้ายเงินให้ใช้ budget-moves",
        ),
    )
)

register(
    Resource(
        name="targets",
        title="เป้าหมาย",
        about="จำนวนเป้าหมายของโครงการหลัก พร้อมที่มาและวันที่",
        model=ProgrammeTarget,
        rows=lambda user: ProgrammeTarget.objects.visible_to(user),
        fields=(
            "id",
            "programme",
            "region",
            "measure",
            "target_count",
            "basis",
            "set_on",
            "version",
        ),
        order={"id": "pk", "set_on": "set_on", "measure": "measure"},
        default_sort="id",
        change=Act(
            "edit",
            "แก้ไขเป้าหมาย",
            forms.TargetEditForm,
            can=_sets_programmes,
            perform=lambda call: services.update_target(
                actor=call.actor, target=call.row, expected_version=call.version, **call.facts
            ),
            leave_out=("measure",),
        ),
    )
)

register(
    Resource(
        name="organisations",
        title="องค์กร",
        about="องค์กรชุมชน เครือข่าย และคณะทำงานที่เสนอและดำเนินโครงการ พร้อมผลการรับรองสถานภาพ",
        model=Organisation,
        rows=lambda user: queries.organisations_for_list(user, timezone.localdate()),
        fields=("id", "name", "kind", *PLACES, "contact", "version"),
        told=(
            Told("certification_state", "ผลการรับรองสถานภาพวันนี้"),
            Told("certified_until", "รับรองถึงวันที่", "day"),
            Told("project_count", "จำนวนโครงการที่เห็นได้", "count"),
        ),
        order={"name": "sort_key", "kind": "kind", "id": "pk", "project_count": "project_count"},
        default_sort="name",
        filters=filters.OrganisationFilter,
        search_keys=("search_key",),
        create=Act(
            "new",
            "เพิ่มองค์กร",
            forms.OrganisationForm,
            can=_keeps_organisations,
            perform=lambda call: services.create_organisation(actor=call.actor, **call.facts),
            status=201,
        ),
        change=Act(
            "edit",
            "แก้ไของค์กร",
            forms.OrganisationForm,
            can=_keeps_organisations,
            perform=lambda call: services.update_organisation(
                actor=call.actor,
                organisation=call.row,
                expected_version=call.version,
                **call.facts,
            ),
        ),
        acts=(
            Act(
                "certifications",
                "บันทึกผลการรับรองสถานภาพ",
                forms.CertificationForm,
                can=_keeps_organisations,
                perform=lambda call: services.certify_organisation(
                    actor=call.actor, organisation=call.row, today=call.today, **call.facts
                ),
                answers="certifications",
                status=201,
                needs_version=False,
            ),
            attaching("organisation"),
        ),
    )
)

register(
    Resource(
        name="certifications",
        title="การรับรองสถานภาพองค์กร",
        about="ผลที่คณะพิจารณาให้แก่องค์กร เพิ่มที่ /organisations/{id}/certifications/",
        model=OrganisationCertification,
        rows=lambda user: OrganisationCertification.objects.select_related(
            "organisation", "meeting"
        ),
        seen_with="organisation",
        fields=(
            "id",
            "organisation",
            "meeting",
            "certified_on",
            "valid_until",
            "is_certified",
            "note",
            "version",
        ),
        told=(Told("organisation_name", "ชื่อองค์กร", path="organisation.name"),),
        order={"id": "pk", "certified_on": "certified_on"},
        default_sort="-certified_on",
        filters=filters.CertificationFilter,
        change=Act(
            "edit",
            "แก้ไขผลการรับรองสถานภาพ",
            forms.CertificationEditForm,
            can=_keeps_organisations,
            perform=lambda call: services.correct_certification(
                actor=call.actor,
                certification=call.row,
                expected_version=call.version,
                today=call.today,
                **call.facts,
            ),
            leave_out=("meeting",),
        ),
    )
)

register(
    Resource(
        name="committees",
        title="คณะพิจารณาโครงการ",
        about="คณะพิจารณาโครงการของภาค และของส่วนกลาง (ไม่มีภาค)",
        model=Committee,
        rows=queries.committees_for_list,
        fields=("id", "name", "region", "version"),
        told=(
            Told("meeting_count", "จำนวนการประชุม", "count"),
            Told("last_met_on", "ประชุมล่าสุดเมื่อ", "day"),
        ),
        order={"name": "name", "id": "pk", "last_met_on": "last_met_on"},
        default_sort="name",
        filters=filters.CommitteeFilter,
        create=Act(
            "new",
            "เพิ่มคณะพิจารณาโครงการ",
            forms.CommitteeForm,
            can=lambda user, row: permissions.can_manage_meetings(user),
            perform=lambda call: services.create_committee(actor=call.actor, **call.facts),
            optional=("region",),
            status=201,
        ),
        change=Act(
            "edit",
            "แก้ไขชื่อคณะพิจารณาโครงการ",
            forms.CommitteeNameForm,
            can=permissions.can_manage_committee,
            perform=lambda call: services.rename_committee(
                actor=call.actor, committee=call.row, expected_version=call.version, **call.facts
            ),
            leave_out=("region",),
        ),
        acts=(
            Act(
                "meetings",
                "บันทึกการประชุม",
                forms.MeetingForm,
                can=permissions.can_manage_committee,
                perform=lambda call: services.create_meeting(
                    actor=call.actor, committee=call.row, **call.facts
                ),
                answers="meetings",
                status=201,
                needs_version=False,
            ),
        ),
    )
)


def _of_meeting(meeting: Any) -> dict[str, Any]:
    """The form with every field: days that are fixed are refused by the service, not passed over."""
    initial = forms.initial_of(meeting, forms.MeetingEditForm)
    return {"initial": initial, "fixed": False}


def _keeps_meeting(user: Any, meeting: Any) -> Decision:
    return permissions.can_manage_committee(user, meeting.committee)


register(
    Resource(
        name="meetings",
        title="การประชุมคณะพิจารณาโครงการ",
        about="การประชุมแต่ละครั้ง พร้อมจำนวนมติ โครงการที่ผ่าน และผลรับรององค์กร",
        model=Meeting,
        rows=queries.meetings_for_list,
        fields=(
            "id",
            "committee",
            "number",
            "fiscal_year",
            "starts_on",
            "ends_on",
            "venue",
            "version",
        ),
        told=(
            Told("resolution_count", "จำนวนมติ", "count"),
            Told("project_count", "โครงการที่ผ่านและท่านเห็นได้", "count"),
            Told("certification_count", "ผลรับรององค์กรที่ท่านเห็นได้", "count"),
        ),
        order={"starts_on": "starts_on", "id": "pk", "fiscal_year": "fiscal_year"},
        default_sort="-starts_on",
        filters=filters.MeetingFilter,
        change=Act(
            "edit",
            "แก้ไขข้อมูลการประชุม",
            forms.MeetingEditForm,
            can=_keeps_meeting,
            form_kwargs=_of_meeting,
            perform=lambda call: services.update_meeting(
                actor=call.actor, meeting=call.row, expected_version=call.version, **call.facts
            ),
            about="วันประชุมแก้ได้เมื่อยังไม่มีโครงการหรือองค์กรอ้างถึง",
        ),
        acts=(
            Act(
                "resolutions",
                "บันทึกมติที่ประชุม",
                forms.ResolutionForm,
                can=_keeps_meeting,
                perform=lambda call: services.add_resolution(
                    actor=call.actor, meeting=call.row, **call.facts
                ),
                answers="resolutions",
                status=201,
                needs_version=False,
            ),
            attaching("meeting"),
        ),
    )
)

register(
    Resource(
        name="resolutions",
        title="มติที่ประชุม",
        about="มติของการประชุมแต่ละครั้ง เพิ่มที่ /meetings/{id}/resolutions/",
        model=Resolution,
        rows=lambda user: Resolution.objects.select_related("meeting__committee"),
        seen_with="meeting",
        fields=("id", "meeting", "number", "kind", "text", "version"),
        order={"id": "pk", "number": "number"},
        default_sort="id",
        filters=filters.ResolutionFilter,
        search_texts=("text",),
        change=Act(
            "edit",
            "แก้ไขมติที่ประชุม",
            forms.ResolutionEditForm,
            can=lambda user, row: _keeps_meeting(user, row.meeting),
            perform=lambda call: services.update_resolution(
                actor=call.actor, resolution=call.row, expected_version=call.version, **call.facts
            ),
            leave_out=("number",),
        ),
    )
)


def _sets_bases(user: Any, row: Any) -> Decision:
    return permissions.can_set_bases(user)


register(
    Resource(
        name="bases",
        title="ฐานและเป้าหมายรายภาค",
        about="จำนวนที่ใช้เทียบกับผลงานของแต่ละภาค พร้อมวันที่และที่มา",
        model=RegionBase,
        rows=lambda user: RegionBase.objects.visible_to(user),
        fields=(
            "id",
            "kind",
            "region",
            "fiscal_year",
            "stands_on",
            "base_count",
            "source",
            "version",
        ),
        order={"id": "pk", "fiscal_year": "fiscal_year", "stands_on": "stands_on"},
        default_sort="-fiscal_year",
        filters=filters.BaseFilter,
        create=Act(
            "new",
            "เพิ่มฐานหรือเป้าหมาย",
            forms_of_bases.BaseForm,
            can=_sets_bases,
            perform=lambda call: bases.add_base(actor=call.actor, today=call.today, **call.facts),
            status=201,
        ),
        change=Act(
            "edit",
            "แก้ไขฐานหรือเป้าหมาย",
            forms_of_bases.BaseEditForm,
            can=_sets_bases,
            perform=lambda call: bases.correct_base(
                actor=call.actor,
                base=call.row,
                expected_version=call.version,
                today=call.today,
                **call.facts,
            ),
            leave_out=forms_of_bases.BaseEditForm.stay,
        ),
    )
)


def _bounds(scale: Any) -> dict[str, str]:
    return {str(band.grade): str(band.from_pct) for band in scale.bands.all()}


register(
    Resource(
        name="scales",
        title="เกณฑ์สอบทานคุณภาพ",
        about="คะแนนร้อยละที่เริ่มแต่ละระดับ ปีที่ไม่มีเกณฑ์ของตนเองใช้เกณฑ์ของปีก่อนหน้า",
        model=QualityScale,
        rows=lambda user: QualityScale.objects.visible_to(user).prefetch_related("bands"),
        fields=("id", "subject", "fiscal_year", "source", "version"),
        order={"id": "pk", "fiscal_year": "fiscal_year"},
        default_sort="-fiscal_year",
        create=Act(
            "new",
            "เพิ่มเกณฑ์",
            forms_of_bases.ScaleForm,
            can=_sets_bases,
            perform=lambda call: bases.add_scale(actor=call.actor, **call.form.facts()),
            status=201,
        ),
        change=Act(
            "edit",
            "แก้ไขเกณฑ์",
            forms_of_bases.ScaleEditForm,
            can=_sets_bases,
            perform=lambda call: bases.correct_scale(
                actor=call.actor,
                scale=call.row,
                expected_version=call.version,
                **call.form.facts(),
            ),
            leave_out=forms_of_bases.ScaleEditForm.stay,
        ),
        parts=(
            Part(
                "bands",
                "ระดับและคะแนนที่เริ่ม",
                read=lambda request, row: _bounds(row),
            ),
        ),
    )
)
