"""What the API offers of data quality: the findings, and saying that one is right as it is."""

from __future__ import annotations

from codi.api.declared import Act, NothingForm, Resource, Told, register
from codi.quality import filters, forms, permissions, queries, services
from codi.quality.models import Finding

register(
    Resource(
        name="findings",
        title="สิ่งที่พบในข้อมูล",
        about=(
            "รายการในทะเบียนที่ผิดกฎคุณภาพข้อมูล ตามการตรวจครั้งล่าสุด "
            "ไม่ระบุ state คือเฉพาะที่รอแก้ไข"
        ),
        model=Finding,
        rows=queries.findings_for_list,
        fields=(
            "id", "rule_key", "topic", "severity", "subject_key", "subject_label", "detail",
            "region", "province", "owner", "due_on", "first_seen_on", "gone_on", "closed_by",
            "closed_at", "reason", "follows", "version",
        ),
        told=(
            Told("state", "สถานะ"),
            Told("rule_title", "กฎ"),
            Told("seen_on", "พบล่าสุด", "day"),
            Told("mending_url", "หน้าที่ใช้แก้ไข"),
        ),
        order={
            "severity": "weight",
            "first_seen_on": "first_seen_on",
            "due_on": "due_on",
            "id": "pk",
        },
        default_sort="severity",
        filters=filters.FindingFilter,
        search_texts=("subject_label", "detail"),
        acts=(
            Act(
                "close",
                "ยืนยันว่าข้อมูลถูกต้องแล้ว",
                forms.CloseForm,
                can=permissions.can_close,
                perform=lambda call: services.close_finding(
                    actor=call.actor,
                    finding=call.row,
                    expected_version=call.version,
                    now=call.now,
                    **call.facts,
                ),
                about="ใช้ได้ตราบที่ข้อเท็จจริงของรายการไม่เปลี่ยน",
            ),
            Act(
                "reopen",
                "เปิดรายการที่ยืนยันไว้ใหม่",
                NothingForm,
                can=permissions.can_reopen,
                perform=lambda call: services.reopen_finding(
                    actor=call.actor, finding=call.row
                ),
            ),
        ),
    )
)  # fmt: skip
