"""Columns of the lists of groups and proposals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from codi.ui.tables import DateColumn, ListTable, NumberColumn, StateColumn, TextColumn
from councils.models import ProposalState, StatusLetter, Validity
from councils.queries_of_work import GROUP_STATES

GROUP_TONES = {"certified": "good", "waiting": "warn", "ended": "neutral"}
VALIDITY_TONES = {
    Validity.IN_FORCE: "good",
    Validity.REVOKED: "bad",
    Validity.REPLACED: "bad",
    Validity.MERGED: "warn",
    Validity.ENDED: "warn",
}
PROPOSAL_TONES = {"sent": "warn", "answered": "info", "followed_up": "info", "solved": "good"}


def with_validity(
    letters: Iterable[StatusLetter], today: dt.date
) -> list[tuple[StatusLetter, str, str]]:
    """Letters, each with the words that tell whether it is in force, and their tone."""
    told = [(letter, letter.validity_on(today)) for letter in letters]
    return [(letter, validity.label, VALIDITY_TONES[validity]) for letter, validity in told]


class GroupTable(ListTable):
    """Which groups registered with which council, and how they stand this year."""

    code = TextColumn("รหัสกลุ่ม", css_class="code", orderable=True)
    name = TextColumn("ชื่อกลุ่ม/องค์กร", wide=True, linkify=True)
    council = TextColumn("สภาองค์กรชุมชน", accessor="council__name", css_class="middling")
    region = TextColumn("ภาค", accessor="council__region__name", css_class="middling")
    province = TextColumn("จังหวัด", accessor="council__province__name")
    registered_on = DateColumn("จดแจ้งเมื่อ", orderable=True)
    found_existing_on = DateColumn("ตรวจพบว่าคงอยู่")
    state = StateColumn(
        "การรับรองปีนี้",
        choices=GROUP_STATES,
        tones=GROUP_TONES,
        definition="การรับรองสถานภาพของปีงบประมาณปัจจุบัน ณ วันที่ดูรายการ",
    )
    ended_on = DateColumn("สิ้นสภาพเมื่อ")


class ProposalTable(ListTable):
    """What councils proposed to whom, and what became of it."""

    title = TextColumn("เรื่อง", wide=True, linkify=True)
    agency = TextColumn("หน่วยงานที่รับ", css_class="middling")
    council_count = NumberColumn("สภาที่เสนอ", unit="สภา")
    sent_on = DateColumn("วันที่ส่ง", orderable=True)
    state = StateColumn(
        "ความคืบหน้า",
        accessor="state_key",
        choices=dict(ProposalState.choices),
        tones=PROPOSAL_TONES,
    )
    answered_on = DateColumn("ได้รับคำตอบ")
    solved_on = DateColumn("แก้ไขได้เมื่อ")
