"""What an issued report counts is not deleted: each of its figures leads to its records."""

from __future__ import annotations

from django.db.models import Model

from codi.desk.bin import register_keeper
from reports.models import FROZEN_STATES, EditionRecord


def counted_in_a_frozen_edition(record: Model) -> str:
    """Which issued edition counts the record, and what to do instead; nothing where none does."""
    behind = EditionRecord.objects.filter(
        model_label=record._meta.label_lower,
        keys__contains=[record.pk],
        grid__edition__state__in=FROZEN_STATES,
    )
    found = behind.select_related("grid__edition").order_by("-grid__edition").first()
    if found is None:
        return ""
    return f"รายงานที่ออกแล้วนับรายการนี้ ({found.grid.edition}) ให้แก้ไขรายการ หรือบันทึกการสิ้นสุดพร้อมเหตุผลแทน"


register_keeper(counted_in_a_frozen_edition)
